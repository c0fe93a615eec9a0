-- Whether a day of the calendar came with its year when that was laid out. Laying the year out anew changes those days and no other: what
-- somebody has set stays. Before this was kept, a long vacation without a reason was taken for one of the year's, and so it is here.
ALTER TABLE calendar_day ADD COLUMN laid_out BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE calendar_day SET laid_out = TRUE WHERE kind = 'VACATION' AND reason IS NULL;
