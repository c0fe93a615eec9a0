-- What an analysis saw: a digest of its input, and the latest time at which anything of it was received or changed.
ALTER TABLE analysis_run ADD COLUMN input_digest TEXT;
ALTER TABLE analysis_run ADD COLUMN watermark TIMESTAMPTZ;

-- When a total was last added to or taken from, so that the time need not be looked for among the activities.
ALTER TABLE daily_total ADD COLUMN changed_at TIMESTAMPTZ;
UPDATE daily_total SET changed_at = posted.at
FROM (SELECT pupil, class, day, max(received_at) AS at FROM activity GROUP BY pupil, class, day) AS posted
WHERE posted.pupil = daily_total.pupil AND posted.class = daily_total.class AND posted.day = daily_total.day;
