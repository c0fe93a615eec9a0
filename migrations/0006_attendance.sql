-- Attendance: the board's kinds, and each pupil's mark of a school day. And who reaches what, without looking at every class.

-- What a mark can say. The flags do the register's arithmetic: a day is of attendance unless it is absent or excused (出席停止・忌引等).
-- `usual` is what everybody is marked with who is not named; `place` orders the kinds on a page.
CREATE TABLE attendance_kind (
    code       TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    mark       TEXT NOT NULL,
    absent     BOOLEAN NOT NULL,
    excused    BOOLEAN NOT NULL,
    usual      BOOLEAN NOT NULL,
    place      INTEGER NOT NULL,
    retired_on DATE
);
INSERT INTO attendance_kind (code, name, mark, absent, excused, usual, place) VALUES
    ('PRESENT', '出席', '', FALSE, FALSE, TRUE, 10),
    ('ILLNESS', '病欠', '病', TRUE, FALSE, FALSE, 20),
    ('OTHER', '事故欠', '事', TRUE, FALSE, FALSE, 30),
    ('SUSPENDED', '出停', '停', FALSE, TRUE, FALSE, 40),
    ('MOURNING', '忌引', '忌', FALSE, TRUE, FALSE, 50);

-- One marking of a pupil's day in a school. A later one replaces it and both are kept; without a kind the mark was taken away.
-- On the day of a transfer both schools keep their registers.
CREATE TABLE attendance_mark (
    id          UUID PRIMARY KEY,
    pupil       UUID NOT NULL REFERENCES pupil (id),
    day         DATE NOT NULL,
    known_from  TIMESTAMPTZ NOT NULL,
    known_until TIMESTAMPTZ NOT NULL,
    school      UUID NOT NULL REFERENCES school (id),
    class       UUID NOT NULL REFERENCES class (id),
    kind        TEXT REFERENCES attendance_kind (code),
    late        BOOLEAN NOT NULL,
    left_early  BOOLEAN NOT NULL,
    place       TEXT NOT NULL,
    note        TEXT,
    reason      TEXT,
    marked_by   UUID NOT NULL
);
CREATE INDEX attendance_mark_by_pupil ON attendance_mark (pupil, day);
CREATE UNIQUE INDEX attendance_mark_holds ON attendance_mark (pupil, day, school) WHERE known_until = '9999-12-31T00:00:00+00:00';
CREATE INDEX attendance_mark_by_class ON attendance_mark (class, day) WHERE known_until = '9999-12-31T00:00:00+00:00';

INSERT INTO duty_right (duty, right_to) VALUES
    ('OPERATOR', 'attendance:read'), ('APP', 'attendance:read'), ('HEAD', 'attendance:read'), ('GRADE_HEAD', 'attendance:read'),
    ('HOMEROOM_TEACHER', 'attendance:read'), ('SUBJECT_TEACHER', 'attendance:read'), ('ACADEMIC_AFFAIRS', 'attendance:read'),
    ('NURSE', 'attendance:read'),
    ('OPERATOR', 'attendance:write'), ('APP', 'attendance:write'), ('HEAD', 'attendance:write'), ('GRADE_HEAD', 'attendance:write'),
    ('HOMEROOM_TEACHER', 'attendance:write'), ('ACADEMIC_AFFAIRS', 'attendance:write'), ('NURSE', 'attendance:write'),
    ('OPERATOR', 'attendance-kind:write'), ('BOARD_OFFICIAL', 'attendance-kind:write'),
    -- A pupil needs no duty row: being enrolled is it, and it reaches the pupil's own record alone.
    ('PUPIL', 'roster:read'), ('PUPIL', 'activity:read'), ('PUPIL', 'attendance:read');

DROP VIEW pupil_reach;
DROP VIEW reach;

-- As before, but a duty over one class asks for that class alone, and one over a school for the school's.
CREATE VIEW reach AS
    SELECT d.holder, r.right_to, d.begins, d.ends, c.id AS class
    FROM duty d
    JOIN duty_right r ON r.duty = d.kind
    JOIN class c ON c.id = d.class
    WHERE (d.school IS NULL OR d.school = c.school) AND (d.grade = '' OR ',' || c.grades || ',' LIKE '%,' || d.grade || ',%')
    UNION ALL
    SELECT d.holder, r.right_to, d.begins, d.ends, c.id AS class
    FROM duty d
    JOIN duty_right r ON r.duty = d.kind
    JOIN class c ON c.school = d.school
    WHERE d.class IS NULL AND (d.grade = '' OR ',' || c.grades || ',' LIKE '%,' || d.grade || ',%')
    UNION ALL
    SELECT d.holder, r.right_to, d.begins, d.ends, c.id AS class
    FROM duty d
    JOIN duty_right r ON r.duty = d.kind
    JOIN class c ON d.school IS NULL
    WHERE d.class IS NULL AND (d.grade = '' OR ',' || c.grades || ',' LIKE '%,' || d.grade || ',%');

CREATE VIEW pupil_reach AS
    SELECT d.holder, r.right_to, d.begins, d.ends, e.pupil, e.class, e.school, e.begins AS enrolled, e.ends AS leaves
    FROM enrolment e
    JOIN class c ON c.id = e.class
    JOIN duty d ON (d.class IS NULL OR d.class = c.id) AND (d.school IS NULL OR d.school = c.school)
               AND (d.grade = '' OR ',' || c.grades || ',' LIKE '%,' || d.grade || ',%')
    JOIN duty_right r ON r.duty = d.kind
    WHERE e.known_until = '9999-12-31T00:00:00+00:00'
    UNION ALL
    SELECT e.pupil AS holder, r.right_to, e.begins, e.ends, e.pupil, e.class, e.school, e.begins AS enrolled, e.ends AS leaves
    FROM enrolment e
    JOIN duty_right r ON r.duty = 'PUPIL'
    WHERE e.known_until = '9999-12-31T00:00:00+00:00';
