-- Whose learning belongs to whom. A homeroom's duties are for all that its pupils learn in the school, lessons included; a subject
-- teacher's are for the lesson alone.
DROP VIEW pupil_reach;

-- As before, with `whole`: the duty reaches the pupil's learning in every lesson of the school, and what belongs to no class, and not
-- only in `class`. `year_begins` bounds which lessons: those of years that were over by then are another homeroom's.
CREATE VIEW pupil_reach AS
    SELECT d.holder, r.right_to, d.begins, d.ends, e.pupil, e.class, e.school, e.begins AS enrolled, e.ends AS leaves,
        y.begins AS year_begins, d.kind <> 'SUBJECT_TEACHER' AND (c.kind = 'HOMEROOM' OR (d.class IS NULL AND d.grade = '')) AS whole
    FROM enrolment e
    JOIN class c ON c.id = e.class
    JOIN academic_year y ON y.id = c.academic_year
    JOIN duty d ON (d.class IS NULL OR d.class = c.id) AND (d.school IS NULL OR d.school = c.school)
               AND (d.grade = '' OR ',' || c.grades || ',' LIKE '%,' || d.grade || ',%')
    JOIN duty_right r ON r.duty = d.kind
    WHERE e.known_until = '9999-12-31T00:00:00+00:00'
    UNION ALL
    SELECT e.pupil AS holder, r.right_to, e.begins, e.ends, e.pupil, e.class, e.school, e.begins AS enrolled, e.ends AS leaves,
        y.begins AS year_begins, TRUE AS whole
    FROM enrolment e
    JOIN class c ON c.id = e.class
    JOIN academic_year y ON y.id = c.academic_year
    JOIN duty_right r ON r.duty = 'PUPIL'
    WHERE e.known_until = '9999-12-31T00:00:00+00:00';
