-- When a pupil last did something in a class on a day, was last done, last asked for help and was last answered: what a live page of a class
-- shows. Kept with the totals, so that it is read like them, whatever the length of history; the key has the day before the class for that.
ALTER TABLE daily_total
    ADD COLUMN last_at     TIMESTAMPTZ,
    ADD COLUMN done_at     TIMESTAMPTZ,
    ADD COLUMN asked_at    TIMESTAMPTZ,
    ADD COLUMN answered_at TIMESTAMPTZ,
    DROP CONSTRAINT daily_total_pkey,
    ADD PRIMARY KEY (pupil, day, class);
-- A total changes many times in its day: room for that in its page spares the index.
ALTER TABLE daily_total SET (fillfactor = 70);
UPDATE daily_total SET last_at = posted.last_at, done_at = posted.done_at, asked_at = posted.asked_at, answered_at = posted.answered_at
FROM (SELECT pupil, class, day,
          max(occurred_at) FILTER (WHERE verb NOT IN ('INITIALIZED', 'RESPONDED', 'SCORED', 'SHARED', 'WAIVED')) AS last_at,
          max(occurred_at) FILTER (WHERE verb IN ('COMPLETED', 'SUBMITTED')) AS done_at,
          max(occurred_at) FILTER (WHERE verb = 'REQUESTED_ATTENTION') AS asked_at,
          max(occurred_at) FILTER (WHERE verb = 'RESPONDED') AS answered_at
      FROM activity WHERE withdrawn_at IS NULL GROUP BY pupil, class, day) AS posted
WHERE posted.pupil = daily_total.pupil AND posted.class = daily_total.class AND posted.day = daily_total.day;
