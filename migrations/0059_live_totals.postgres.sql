-- When a pupil last did something in a class on a day, was last done, last asked for help and was last answered: what a live page of a class
-- shows. Kept with the totals, so that it is read like them, whatever the length of history; the key has the day before the class for that.
-- Days before this have no times: nobody looks at them live.
ALTER TABLE daily_total
    ADD COLUMN last_at     TIMESTAMPTZ,
    ADD COLUMN done_at     TIMESTAMPTZ,
    ADD COLUMN asked_at    TIMESTAMPTZ,
    ADD COLUMN answered_at TIMESTAMPTZ,
    DROP CONSTRAINT daily_total_pkey,
    ADD PRIMARY KEY (pupil, day, class);
-- A total changes many times in its day: room for that in its page spares the index.
ALTER TABLE daily_total SET (fillfactor = 70);
