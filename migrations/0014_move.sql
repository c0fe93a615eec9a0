-- Moves of pupils, what one school hands over to another, the exchange class, and the draft of a school's next year.

-- 特別支援学級, the pupils of which also belong to an ordinary class as guests.
ALTER TABLE class ADD COLUMN special_needs BOOLEAN NOT NULL DEFAULT FALSE;
-- A class that was made for next year and taken back. It stays for what is known of it, and nobody reaches it.
ALTER TABLE class ADD COLUMN withdrawn BOOLEAN NOT NULL DEFAULT FALSE;
-- HOME: the class keeps the pupil's register (and every lesson is so). EXCHANGE: the pupil is a guest there and counted elsewhere.
ALTER TABLE enrolment ADD COLUMN kind TEXT NOT NULL DEFAULT 'HOME';

-- 学籍異動. What was wrong is undone, or corrected by a further row; both stay. `effect` is what it changed of the enrolments.
CREATE TABLE pupil_move (
    id           UUID PRIMARY KEY,
    pupil        UUID NOT NULL REFERENCES pupil (id),
    pupil_name   TEXT NOT NULL,
    pupil_kana   TEXT NOT NULL,
    school       UUID NOT NULL REFERENCES school (id),
    kind         TEXT NOT NULL,
    day          DATE NOT NULL,
    class        UUID REFERENCES class (id),
    other_school UUID REFERENCES school (id),
    other_name   TEXT NOT NULL,
    reason       TEXT NOT NULL,
    answers      UUID REFERENCES pupil_move (id),
    corrects     UUID REFERENCES pupil_move (id),
    recorded_by  UUID NOT NULL,
    at           TIMESTAMPTZ NOT NULL,
    undone_at    TIMESTAMPTZ,
    undo_reason  TEXT NOT NULL,
    effect       TEXT NOT NULL
);
CREATE INDEX pupil_move_by_school ON pupil_move (school, day);
CREATE INDEX pupil_move_by_pupil ON pupil_move (pupil);
CREATE INDEX pupil_move_by_other ON pupil_move (other_school);
CREATE INDEX pupil_move_by_answer ON pupil_move (answers);

-- One kind of record of one school that another school of the board may read of one pupil. Without a row nothing follows the pupil.
CREATE TABLE hand_over (
    id          UUID PRIMARY KEY,
    move        UUID NOT NULL REFERENCES pupil_move (id),
    pupil       UUID NOT NULL REFERENCES pupil (id),
    from_school UUID NOT NULL REFERENCES school (id),
    to_school   UUID NOT NULL REFERENCES school (id),
    right_to    TEXT NOT NULL,
    reason      TEXT NOT NULL,
    given_by    UUID NOT NULL,
    begins      DATE NOT NULL,
    ends        DATE NOT NULL
);
CREATE INDEX hand_over_by_pupil ON hand_over (pupil);
CREATE INDEX hand_over_by_move ON hand_over (move);

-- 年度更新: a school's draft of its next year. Nothing of it is a record of the school before it is committed.
CREATE TABLE turnover (
    id           UUID PRIMARY KEY,
    school       UUID NOT NULL REFERENCES school (id),
    from_year    UUID NOT NULL REFERENCES academic_year (id),
    year         INTEGER NOT NULL,
    begins       DATE NOT NULL,
    ends         DATE NOT NULL,
    state        TEXT NOT NULL,
    version      INTEGER NOT NULL,
    made_by      UUID NOT NULL,
    made_at      TIMESTAMPTZ NOT NULL,
    committed_by UUID,
    committed_at TIMESTAMPTZ,
    effect       TEXT NOT NULL
);
CREATE UNIQUE INDEX turnover_by_school ON turnover (school, year);

CREATE TABLE turnover_class (
    id            UUID PRIMARY KEY,
    turnover      UUID NOT NULL REFERENCES turnover (id),
    copied_from   UUID REFERENCES class (id),
    name          TEXT NOT NULL,
    grades        TEXT NOT NULL,
    special_needs BOOLEAN NOT NULL,
    place         INTEGER NOT NULL
);
CREATE INDEX turnover_class_by_turnover ON turnover_class (turnover);

-- What becomes of a pupil. One who comes from outside the board's records has no `pupil` before the draft is committed, only names.
CREATE TABLE turnover_pupil (
    id               UUID PRIMARY KEY,
    turnover         UUID NOT NULL REFERENCES turnover (id),
    pupil            UUID REFERENCES pupil (id),
    identifier       TEXT NOT NULL,
    family_name      TEXT NOT NULL,
    given_name       TEXT NOT NULL,
    kana_family_name TEXT NOT NULL,
    kana_given_name  TEXT NOT NULL,
    birth_date       DATE,
    from_class       UUID REFERENCES class (id),
    from_number      INTEGER,
    from_name        TEXT NOT NULL,
    outcome          TEXT NOT NULL,
    grade            TEXT NOT NULL,
    destination      UUID REFERENCES school (id),
    class            UUID REFERENCES turnover_class (id),
    number           INTEGER,
    exchange         UUID REFERENCES turnover_class (id),
    version          INTEGER NOT NULL
);
CREATE INDEX turnover_pupil_by_turnover ON turnover_pupil (turnover);
CREATE UNIQUE INDEX turnover_pupil_once ON turnover_pupil (turnover, pupil);
CREATE INDEX turnover_pupil_by_destination ON turnover_pupil (destination);

CREATE TABLE turnover_duty (
    id       UUID PRIMARY KEY,
    turnover UUID NOT NULL REFERENCES turnover (id),
    staff    UUID NOT NULL REFERENCES staff (id),
    kind     TEXT NOT NULL,
    class    UUID REFERENCES turnover_class (id),
    grade    TEXT NOT NULL
);
CREATE INDEX turnover_duty_by_turnover ON turnover_duty (turnover);

-- Two pupils who are to be in different classes, or in the same.
CREATE TABLE turnover_wish (
    id       UUID PRIMARY KEY,
    turnover UUID NOT NULL REFERENCES turnover (id),
    one      UUID NOT NULL REFERENCES turnover_pupil (id),
    other    UUID NOT NULL REFERENCES turnover_pupil (id),
    together BOOLEAN NOT NULL
);
CREATE INDEX turnover_wish_by_turnover ON turnover_wish (turnover);

INSERT INTO duty_right (duty, right_to) VALUES
    ('OPERATOR', 'move:write'), ('HEAD', 'move:write'), ('ACADEMIC_AFFAIRS', 'move:write'),
    ('OPERATOR', 'turnover:write'), ('HEAD', 'turnover:write'), ('ACADEMIC_AFFAIRS', 'turnover:write'),
    ('OPERATOR', 'duty:write'), ('HEAD', 'duty:write'), ('ACADEMIC_AFFAIRS', 'duty:write');

CREATE INDEX duty_by_class ON duty (class);
CREATE INDEX duty_by_school ON duty (school);

DROP VIEW pupil_reach;
DROP VIEW reach;

-- As before, without the classes that were taken back.
CREATE VIEW reach AS
    SELECT d.holder, r.right_to, d.begins, d.ends, c.id AS class
    FROM duty d
    JOIN duty_right r ON r.duty = d.kind
    JOIN class c ON c.id = d.class
    WHERE NOT c.withdrawn
        AND (d.school IS NULL OR d.school = c.school) AND (d.grade = '' OR ',' || c.grades || ',' LIKE '%,' || d.grade || ',%')
    UNION ALL
    SELECT d.holder, r.right_to, d.begins, d.ends, c.id AS class
    FROM duty d
    JOIN duty_right r ON r.duty = d.kind
    JOIN class c ON c.school = d.school
    WHERE NOT c.withdrawn AND d.class IS NULL AND (d.grade = '' OR ',' || c.grades || ',' LIKE '%,' || d.grade || ',%')
    UNION ALL
    SELECT d.holder, r.right_to, d.begins, d.ends, c.id AS class
    FROM duty d
    JOIN duty_right r ON r.duty = d.kind
    JOIN class c ON d.school IS NULL
    WHERE NOT c.withdrawn AND d.class IS NULL AND (d.grade = '' OR ',' || c.grades || ',' LIKE '%,' || d.grade || ',%');

-- As before, and: through an exchange class only who is there and what is learnt in it; and what another school has handed over, for
-- those who have the same right over the pupil's own homeroom here. `school` is whose records they are, `enrolled` and `leaves` bound
-- when they are reached.
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
    WHERE e.known_until = '9999-12-31T00:00:00+00:00'
        AND (e.kind = 'HOME' OR r.right_to IN ('roster:read', 'attendance:read', 'activity:read'))
    UNION ALL
    SELECT e.pupil AS holder, r.right_to, e.begins, e.ends, e.pupil, e.class, e.school, e.begins AS enrolled, e.ends AS leaves,
        y.begins AS year_begins, TRUE AS whole
    FROM enrolment e
    JOIN class c ON c.id = e.class
    JOIN academic_year y ON y.id = c.academic_year
    JOIN duty_right r ON r.duty = 'PUPIL'
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
