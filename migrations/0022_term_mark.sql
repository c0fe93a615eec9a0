-- 成績: terms, the school's rules of marking, assessments with their results, what teachers decide and write, and terms that are closed.

-- 学期, of a school year of the board. Where a year has none, the usual three hold.
CREATE TABLE term (
    id     UUID PRIMARY KEY,
    year   INTEGER NOT NULL,
    number INTEGER NOT NULL,
    begins DATE NOT NULL,
    ends   DATE NOT NULL
);
CREATE UNIQUE INDEX term_by_year ON term (year, number);

-- 評価の規準. A version is never changed: a newer one of the same school, year, grade and subject takes its place. `grade` and `subject` are
-- empty for all of them; the most special rule wins. An empty `rule` takes the ones before it back.
CREATE TABLE mark_scheme (
    id      UUID PRIMARY KEY,
    school  UUID NOT NULL REFERENCES school (id),
    year    INTEGER NOT NULL,
    grade   TEXT NOT NULL,
    subject TEXT NOT NULL,
    version INTEGER NOT NULL,
    rule    TEXT NOT NULL,
    reason  TEXT NOT NULL,
    made_by UUID NOT NULL,
    made_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX mark_scheme_version ON mark_scheme (school, year, grade, subject, version);

-- A test or a piece of work that is marked, in a homeroom or a lesson. A maximum is the full points of a viewpoint; null: not looked at.
CREATE TABLE assessment (
    id            UUID PRIMARY KEY,
    school        UUID NOT NULL REFERENCES school (id),
    class         UUID NOT NULL REFERENCES class (id),
    year          INTEGER NOT NULL,
    term          INTEGER NOT NULL,
    subject       TEXT NOT NULL,
    name          TEXT NOT NULL,
    day           DATE NOT NULL,
    knowledge_max INTEGER,
    thinking_max  INTEGER,
    attitude_max  INTEGER,
    weight        INTEGER NOT NULL,
    made_by       UUID NOT NULL,
    withdrawn     BOOLEAN NOT NULL
);
CREATE INDEX assessment_by_class ON assessment (class, year, term, subject);

-- What a pupil reached in a viewpoint, in tenths of a point. A change replaces the row by a new one; `state` NONE takes it away.
CREATE TABLE assessment_result (
    assessment  UUID NOT NULL REFERENCES assessment (id),
    pupil       UUID NOT NULL REFERENCES pupil (id),
    viewpoint   TEXT NOT NULL,
    known_from  TIMESTAMPTZ NOT NULL,
    known_until TIMESTAMPTZ NOT NULL,
    school      UUID NOT NULL REFERENCES school (id),
    state       TEXT NOT NULL,
    tenths      INTEGER,
    recorded_by UUID NOT NULL,
    PRIMARY KEY (assessment, pupil, viewpoint, known_from)
);
CREATE UNIQUE INDEX assessment_result_held ON assessment_result (assessment, pupil, viewpoint)
    WHERE known_until = '9999-12-31T00:00:00+00:00';
CREATE INDEX assessment_result_by_pupil ON assessment_result (pupil);

-- What a teacher decided beside what was computed at that time. A change replaces the row by a new one; a null `decided` takes it back.
CREATE TABLE mark_decision (
    pupil       UUID NOT NULL REFERENCES pupil (id),
    school      UUID NOT NULL REFERENCES school (id),
    year        INTEGER NOT NULL,
    term        INTEGER NOT NULL,
    subject     TEXT NOT NULL,
    item        TEXT NOT NULL,
    known_from  TIMESTAMPTZ NOT NULL,
    known_until TIMESTAMPTZ NOT NULL,
    day         DATE NOT NULL,
    computed    TEXT,
    decided     TEXT,
    reason      TEXT NOT NULL,
    decided_by  UUID NOT NULL,
    PRIMARY KEY (pupil, school, year, term, subject, item, known_from)
);
CREATE UNIQUE INDEX mark_decision_held ON mark_decision (pupil, school, year, term, subject, item)
    WHERE known_until = '9999-12-31T00:00:00+00:00';

-- 所見: what is said in words of a pupil's term, in a subject or (an empty `subject`) as a whole. A change replaces the row by a new one.
CREATE TABLE term_remark (
    pupil       UUID NOT NULL REFERENCES pupil (id),
    school      UUID NOT NULL REFERENCES school (id),
    year        INTEGER NOT NULL,
    term        INTEGER NOT NULL,
    subject     TEXT NOT NULL,
    known_from  TIMESTAMPTZ NOT NULL,
    known_until TIMESTAMPTZ NOT NULL,
    day         DATE NOT NULL,
    text        TEXT NOT NULL,
    written_by  UUID NOT NULL,
    PRIMARY KEY (pupil, school, year, term, subject, known_from)
);
CREATE UNIQUE INDEX term_remark_held ON term_remark (pupil, school, year, term, subject)
    WHERE known_until = '9999-12-31T00:00:00+00:00';

-- 学期末の締め of a homeroom, once a term.
CREATE TABLE term_closing (
    id            UUID PRIMARY KEY,
    school        UUID NOT NULL REFERENCES school (id),
    class         UUID NOT NULL REFERENCES class (id),
    year          INTEGER NOT NULL,
    term          INTEGER NOT NULL,
    closed_by     UUID NOT NULL,
    at            TIMESTAMPTZ NOT NULL,
    gaps_accepted BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX term_closing_once ON term_closing (class, year, term);

-- A pupil's term as it stood when it was closed: marks, rules, decisions and words. Nothing changes it any more.
CREATE TABLE term_report (
    closing UUID NOT NULL REFERENCES term_closing (id),
    pupil   UUID NOT NULL REFERENCES pupil (id),
    school  UUID NOT NULL REFERENCES school (id),
    class   UUID NOT NULL REFERENCES class (id),
    year    INTEGER NOT NULL,
    term    INTEGER NOT NULL,
    day     DATE NOT NULL,
    number  INTEGER,
    content TEXT NOT NULL,
    PRIMARY KEY (pupil, school, year, term)
);
CREATE INDEX term_report_by_class ON term_report (class, year, term);

-- By the right over marks a homeroom is reached by those who look after it as a whole; a subject teacher has lessons alone.
CREATE VIEW mark_reach AS
    SELECT d.holder, r.right_to, d.begins, d.ends, c.id AS class
    FROM duty d
    JOIN duty_right r ON r.duty = d.kind
    JOIN class c ON (d.class IS NULL OR d.class = c.id) AND (d.school IS NULL OR d.school = c.school)
                AND (d.grade = '' OR ',' || c.grades || ',' LIKE '%,' || d.grade || ',%')
    WHERE NOT c.withdrawn AND (d.kind <> 'SUBJECT_TEACHER' OR c.kind = 'SCHEDULED');

INSERT INTO duty_right (duty, right_to) VALUES
    ('OPERATOR', 'mark:read'), ('HOMEROOM_TEACHER', 'mark:read'), ('SUBJECT_TEACHER', 'mark:read'), ('GRADE_HEAD', 'mark:read'),
    ('HEAD', 'mark:read'), ('ACADEMIC_AFFAIRS', 'mark:read'), ('APP', 'mark:read'), ('PUPIL', 'mark:read'),
    ('OPERATOR', 'mark:write'), ('HOMEROOM_TEACHER', 'mark:write'), ('SUBJECT_TEACHER', 'mark:write'), ('APP', 'mark:write'),
    ('OPERATOR', 'mark:decide'), ('HOMEROOM_TEACHER', 'mark:decide'), ('SUBJECT_TEACHER', 'mark:decide'),
    ('OPERATOR', 'mark:close'), ('HOMEROOM_TEACHER', 'mark:close'), ('HEAD', 'mark:close'), ('ACADEMIC_AFFAIRS', 'mark:close'),
    ('OPERATOR', 'mark-scheme:write'), ('ACADEMIC_AFFAIRS', 'mark-scheme:write'),
    ('OPERATOR', 'term:write'), ('BOARD_OFFICIAL', 'term:write');
