-- Guardians (保護者), of whom and by which standing, and households under protection (支援措置・抑止).
CREATE TABLE guardian (
    id               UUID PRIMARY KEY,
    family_name      TEXT NOT NULL,
    given_name       TEXT NOT NULL,
    kana_family_name TEXT NOT NULL,
    kana_given_name  TEXT NOT NULL,
    email            TEXT NOT NULL,
    -- In which language pages are shown: JA, EN, PT.
    language         TEXT NOT NULL
);

-- standing: PARENTAL (親権者), CUSTODIAL (監護者), NONE (neither: sees nothing). `withheld` holds back from one who has a standing.
CREATE TABLE guardianship (
    id        UUID PRIMARY KEY,
    guardian  UUID NOT NULL REFERENCES guardian (id),
    pupil     UUID NOT NULL REFERENCES pupil (id),
    relation  TEXT NOT NULL,
    standing  TEXT NOT NULL,
    household BOOLEAN NOT NULL,
    withheld  BOOLEAN NOT NULL,
    begins    DATE NOT NULL,
    ends      DATE NOT NULL,
    UNIQUE (guardian, pupil)
);
CREATE INDEX guardianship_by_pupil ON guardianship (pupil);

-- From when to when a pupil's household is under protection. While it is, the pupil's name is told to those alone who teach and care for
-- the pupil, and the record is shown to guardians of the household alone.
CREATE TABLE protection (
    id     UUID PRIMARY KEY,
    pupil  UUID NOT NULL REFERENCES pupil (id),
    reason TEXT NOT NULL,
    begins DATE NOT NULL,
    ends   DATE NOT NULL
);
CREATE INDEX protection_by_pupil ON protection (pupil);
-- Whether there is one that has not ended: a name is read in too many places to look it up.
ALTER TABLE pupil ADD COLUMN protected BOOLEAN NOT NULL DEFAULT FALSE;

-- A single pupil's record that somebody of the board has opened, for a reason that is told to the school and the family.
CREATE TABLE record_opening (
    id     UUID PRIMARY KEY,
    holder UUID NOT NULL,
    pupil  UUID NOT NULL REFERENCES pupil (id),
    reason TEXT NOT NULL,
    at     TIMESTAMPTZ NOT NULL,
    begins DATE NOT NULL,
    ends   DATE NOT NULL
);
CREATE INDEX record_opening_by_holder ON record_opening (holder, ends);
CREATE INDEX record_opening_by_pupil ON record_opening (pupil, begins);

INSERT INTO duty_right (duty, right_to) VALUES
    ('OPERATOR', 'guardian:read'), ('OPERATOR', 'guardian:write'),
    ('HEAD', 'guardian:read'), ('HEAD', 'guardian:write'),
    ('ACADEMIC_AFFAIRS', 'guardian:read'), ('ACADEMIC_AFFAIRS', 'guardian:write'),
    ('HOMEROOM_TEACHER', 'guardian:read'), ('NURSE', 'guardian:read'),
    ('OPERATOR', 'protected:read'), ('HEAD', 'protected:read'), ('ACADEMIC_AFFAIRS', 'protected:read'),
    ('GRADE_HEAD', 'protected:read'), ('HOMEROOM_TEACHER', 'protected:read'), ('SUBJECT_TEACHER', 'protected:read'),
    ('NURSE', 'protected:read'), ('COUNSELLOR', 'protected:read'), ('PUPIL', 'protected:read'),
    ('BOARD_OFFICIAL', 'record:open'),
    -- What a guardian has over a child of theirs.
    ('GUARDIAN', 'roster:read'), ('GUARDIAN', 'official-name:read'), ('GUARDIAN', 'protected:read'), ('GUARDIAN', 'attendance:read'),
    ('GUARDIAN', 'activity:read'), ('GUARDIAN', 'mark:read'), ('GUARDIAN', 'access-log:read'), ('GUARDIAN', 'analysis:choose'),
    ('HEAD', 'analysis:choose'), ('ACADEMIC_AFFAIRS', 'analysis:choose'), ('OPERATOR', 'analysis:choose'),
    -- What somebody of the board has over a record that they have opened.
    ('RECORD_OPENING', 'roster:read'), ('RECORD_OPENING', 'official-name:read'), ('RECORD_OPENING', 'protected:read'),
    ('RECORD_OPENING', 'attendance:read'), ('RECORD_OPENING', 'activity:read'), ('RECORD_OPENING', 'mark:read'),
    ('RECORD_OPENING', 'access-log:read');

-- By which guardianships a record is shown, from when to when.
CREATE VIEW guardian_reach AS
    SELECT g.guardian AS holder, g.pupil, g.begins, g.ends
    FROM guardianship g
    JOIN pupil p ON p.id = g.pupil
    WHERE g.standing <> 'NONE' AND NOT g.withheld AND (g.household OR NOT p.protected);

-- As before, but that the board reaches no pupil by its duty; with the records that it has opened, and with guardians.
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
          SELECT holder, pupil, begins, ends, 'RECORD_OPENING' AS duty FROM record_opening) g
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
