-- When a pupil last did something in a class on a day, was last done, last asked for help and was last answered: what a live page of a class
-- shows. Kept with the totals, so that it is read like them, whatever the length of history; the key has the day before the class for that.
-- Days before this have no times: nobody looks at them live.
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
INSERT INTO daily_total_anew (pupil, class, day, school, activities, interactions, duration_ms, at_home, material, quiz, assignment, discussion,
    portal, tool, changed_at)
SELECT pupil, class, day, school, activities, interactions, duration_ms, at_home, material, quiz, assignment, discussion, portal, tool, changed_at
FROM daily_total ORDER BY pupil, day, class;
DROP TABLE daily_total;
ALTER TABLE daily_total_anew RENAME TO daily_total;
CREATE INDEX daily_total_by_class ON daily_total (class, day);
