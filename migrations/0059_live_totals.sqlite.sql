-- When a pupil last did something in a class on a day, was last done, last asked for help and was last answered: what a live page of a class
-- shows. Kept with the totals, so that it is read like them, whatever the length of history; the key has the day before the class for that.
CREATE TABLE daily_total_anew (
    pupil        UUID NOT NULL,
    class        UUID NOT NULL,
    day          DATE NOT NULL,
    school       UUID NOT NULL,
    activities   BIGINT NOT NULL,
    interactions BIGINT NOT NULL,
    duration_ms  BIGINT NOT NULL,
    at_home      BIGINT NOT NULL,
    material     BIGINT NOT NULL,
    quiz         BIGINT NOT NULL,
    assignment   BIGINT NOT NULL,
    discussion   BIGINT NOT NULL,
    portal       BIGINT NOT NULL,
    tool         BIGINT NOT NULL,
    changed_at   TIMESTAMPTZ,
    last_at      TIMESTAMPTZ,
    done_at      TIMESTAMPTZ,
    asked_at     TIMESTAMPTZ,
    answered_at  TIMESTAMPTZ,
    PRIMARY KEY (pupil, day, class)
) WITHOUT ROWID;
INSERT INTO daily_total_anew
SELECT t.pupil, t.class, t.day, t.school, t.activities, t.interactions, t.duration_ms, t.at_home, t.material, t.quiz, t.assignment, t.discussion,
    t.portal, t.tool, t.changed_at, posted.last_at, posted.done_at, posted.asked_at, posted.answered_at
FROM daily_total t LEFT JOIN (
    SELECT pupil, class, day,
        max(occurred_at) FILTER (WHERE verb NOT IN ('INITIALIZED', 'RESPONDED', 'SCORED', 'SHARED', 'WAIVED')) AS last_at,
        max(occurred_at) FILTER (WHERE verb IN ('COMPLETED', 'SUBMITTED')) AS done_at,
        max(occurred_at) FILTER (WHERE verb = 'REQUESTED_ATTENTION') AS asked_at,
        max(occurred_at) FILTER (WHERE verb = 'RESPONDED') AS answered_at
    FROM activity WHERE withdrawn_at IS NULL GROUP BY pupil, class, day) AS posted
    ON posted.pupil = t.pupil AND posted.class = t.class AND posted.day = t.day;
DROP TABLE daily_total;
ALTER TABLE daily_total_anew RENAME TO daily_total;
CREATE INDEX daily_total_by_class ON daily_total (class, day);
