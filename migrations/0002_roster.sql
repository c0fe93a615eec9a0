-- The roster: one board a database, its schools, years, classes, people and who is where from when to when.

CREATE TABLE board (
    id   UUID PRIMARY KEY,
    code TEXT NOT NULL,
    name TEXT NOT NULL
);

CREATE TABLE school (
    id   UUID PRIMARY KEY,
    code TEXT NOT NULL,
    name TEXT NOT NULL
);

-- Years may overlap and share a number: some rosters keep each term, or each run of a course, as a year of its own.
CREATE TABLE academic_year (
    id     UUID PRIMARY KEY,
    title  TEXT NOT NULL,
    year   INTEGER NOT NULL,
    begins DATE NOT NULL,
    ends   DATE NOT NULL
);

CREATE TABLE class (
    id            UUID PRIMARY KEY,
    school        UUID NOT NULL REFERENCES school (id),
    academic_year UUID NOT NULL REFERENCES academic_year (id),
    kind          TEXT NOT NULL,
    name          TEXT NOT NULL,
    grades        TEXT NOT NULL,
    subjects      TEXT NOT NULL
);
CREATE INDEX class_by_school ON class (school, academic_year);

CREATE TABLE pupil (
    id                    UUID PRIMARY KEY,
    identifier            TEXT NOT NULL,
    family_name           TEXT NOT NULL,
    given_name            TEXT NOT NULL,
    preferred_family_name TEXT NOT NULL,
    preferred_given_name  TEXT NOT NULL,
    kana_family_name      TEXT NOT NULL,
    kana_given_name       TEXT NOT NULL
);

CREATE TABLE staff (
    id    UUID PRIMARY KEY,
    name  TEXT NOT NULL,
    kana  TEXT NOT NULL,
    email TEXT NOT NULL
);

-- A pupil's place in a class. A change replaces the row by a new one: what was known when stays known.
CREATE TABLE enrolment (
    id          UUID NOT NULL,
    known_from  TIMESTAMPTZ NOT NULL,
    known_until TIMESTAMPTZ NOT NULL,
    school      UUID NOT NULL REFERENCES school (id),
    class       UUID NOT NULL REFERENCES class (id),
    pupil       UUID NOT NULL REFERENCES pupil (id),
    number      INTEGER,
    begins      DATE NOT NULL,
    ends        DATE NOT NULL,
    PRIMARY KEY (id, known_from)
);
CREATE INDEX enrolment_by_pupil ON enrolment (pupil);
CREATE UNIQUE INDEX enrolment_known_now ON enrolment (id) WHERE known_until = '9999-12-31T00:00:00+00:00';
CREATE INDEX enrolment_by_class ON enrolment (class);

-- The row scope. Which schools and classes a holder reaches, by which right, from when to when.
CREATE VIEW school_reach AS
    SELECT d.holder, r.right_to, d.begins, d.ends, s.id AS school
    FROM duty d
    JOIN duty_right r ON r.duty = d.kind
    JOIN school s ON d.school = s.id OR (d.school IS NULL AND d.class IS NULL);

CREATE VIEW reach AS
    SELECT d.holder, r.right_to, d.begins, d.ends, c.id AS class
    FROM duty d
    JOIN duty_right r ON r.duty = d.kind
    JOIN class c ON (d.school IS NULL OR d.school = c.school)
                AND (d.class IS NULL OR d.class = c.id)
                AND (d.grade = '' OR ',' || c.grades || ',' LIKE '%,' || d.grade || ',%');

-- Which pupils a holder reaches: those of the classes that it reaches. `enrolled` and `leaves` bound when that is.
CREATE VIEW pupil_reach AS
    SELECT r.holder, r.right_to, r.begins, r.ends, e.pupil, e.class, e.school, e.begins AS enrolled, e.ends AS leaves
    FROM reach r
    JOIN enrolment e ON e.class = r.class
    WHERE e.known_until = '9999-12-31T00:00:00+00:00';
