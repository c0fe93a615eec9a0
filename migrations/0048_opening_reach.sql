-- Which records are open to somebody of the board: those that they have opened, while they have the duty by which they did.
CREATE VIEW opening_reach AS
    SELECT o.holder, o.pupil, o.begins, o.ends
    FROM record_opening o
    WHERE EXISTS (SELECT 1 FROM duty d WHERE d.holder = o.holder AND d.kind = 'BOARD_OFFICIAL'
                  AND d.begins <= o.begins AND d.ends >= o.ends);

-- As before, but for what is open.
DROP VIEW pupil_reach;
CREATE VIEW pupil_reach AS
    SELECT d.holder, r.right_to, d.begins, d.ends, e.pupil, e.class, e.school, e.begins AS enrolled, e.ends AS leaves,
        y.begins AS year_begins,
        d.kind <> 'SUBJECT_TEACHER' AND e.kind = 'HOME' AND (c.kind = 'HOMEROOM' OR (d.class IS NULL AND d.grade = '')) AS whole
    FROM enrolment e
    JOIN class c ON c.id = e.class
    JOIN academic_year y ON y.id = c.academic_year
    JOIN duty d ON (d.class IS NULL OR d.class = c.id) AND (d.school IS NULL OR d.school = c.school)
               AND (d.grade = '' OR ',' || c.grades || ',' LIKE '%,' || d.grade || ',%')
    JOIN duty_right r ON r.duty = d.kind
    WHERE e.known_until = '9999-12-31T00:00:00+00:00' AND d.kind <> 'BOARD_OFFICIAL'
        AND (e.kind = 'HOME' OR r.right_to IN ('roster:read', 'protected:read', 'attendance:read', 'activity:read'))
    UNION ALL
    SELECT e.pupil AS holder, r.right_to, e.begins, e.ends, e.pupil, e.class, e.school, e.begins AS enrolled, e.ends AS leaves,
        y.begins AS year_begins, TRUE AS whole
    FROM enrolment e
    JOIN class c ON c.id = e.class
    JOIN academic_year y ON y.id = c.academic_year
    JOIN duty_right r ON r.duty = 'PUPIL'
    WHERE e.known_until = '9999-12-31T00:00:00+00:00'
    UNION ALL
    SELECT g.holder, r.right_to, g.begins, g.ends, e.pupil, e.class, e.school, e.begins AS enrolled, e.ends AS leaves,
        y.begins AS year_begins, TRUE AS whole
    FROM (SELECT holder, pupil, begins, ends, 'GUARDIAN' AS duty FROM guardian_reach
          UNION ALL
          SELECT holder, pupil, begins, ends, 'RECORD_OPENING' AS duty FROM opening_reach) g
    JOIN enrolment e ON e.pupil = g.pupil
    JOIN class c ON c.id = e.class
    JOIN academic_year y ON y.id = c.academic_year
    JOIN duty_right r ON r.duty = g.duty
    WHERE e.known_until = '9999-12-31T00:00:00+00:00'
    UNION ALL
    SELECT d.holder, h.right_to,
        CASE WHEN h.begins > d.begins THEN h.begins ELSE d.begins END AS begins,
        CASE WHEN h.ends < d.ends THEN h.ends ELSE d.ends END AS ends,
        h.pupil, o.class, h.from_school AS school, e.begins AS enrolled, e.ends AS leaves, y.begins AS year_begins, TRUE AS whole
    FROM hand_over h
    JOIN enrolment e ON e.pupil = h.pupil AND e.school = h.to_school
    JOIN class c ON c.id = e.class
    JOIN enrolment o ON o.pupil = h.pupil AND o.school = h.from_school
    JOIN class f ON f.id = o.class
    JOIN academic_year y ON y.id = f.academic_year
    JOIN duty d ON (d.class IS NULL OR d.class = c.id) AND (d.school IS NULL OR d.school = c.school)
               AND (d.grade = '' OR ',' || c.grades || ',' LIKE '%,' || d.grade || ',%')
    JOIN duty_right r ON r.duty = d.kind AND r.right_to = h.right_to
    WHERE e.known_until = '9999-12-31T00:00:00+00:00' AND o.known_until = '9999-12-31T00:00:00+00:00'
        AND e.kind = 'HOME' AND o.kind = 'HOME' AND c.kind = 'HOMEROOM' AND f.kind = 'HOMEROOM' AND d.kind <> 'SUBJECT_TEACHER';
