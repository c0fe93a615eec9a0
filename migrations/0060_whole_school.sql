-- What is learnt in a whole school is read by its days. No column that changes while apps post is in the index, so that PostgreSQL changes a
-- total in its page alone.
CREATE INDEX daily_total_by_school ON daily_total (school, day);

-- Which schools a holder reaches as a whole, and not by a grade, a class or a lesson of it alone: for what is told of a school without its
-- pupils. `board`: by a duty over every school of the board.
CREATE VIEW whole_reach AS
    SELECT d.holder, r.right_to, d.begins, d.ends, s.id AS school, d.school IS NULL AS board
    FROM duty d
    JOIN duty_right r ON r.duty = d.kind
    JOIN school s ON d.school = s.id OR d.school IS NULL
    WHERE d.class IS NULL AND d.grade = '' AND d.kind <> 'SUBJECT_TEACHER';
