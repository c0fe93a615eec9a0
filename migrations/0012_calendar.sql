-- The school calendar, what the office decides over a homeroom's mark, closures of a class, 出席扱い, the timetable and its lessons.

-- From when to when a school's calendar decides what a school day is. Outside of it the register tells.
CREATE TABLE school_calendar (
    id         UUID PRIMARY KEY,
    school     UUID NOT NULL REFERENCES school (id),
    year       INTEGER NOT NULL,
    begins     DATE NOT NULL,
    ends       DATE NOT NULL,
    known_from TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX school_calendar_by_school ON school_calendar (school, year);

-- A day that is not as the week and the national holidays have it, or that has a name. An empty grade is the whole school; what is said
-- of a grade goes before. A change replaces the row by a new one and both are kept; without a kind the day is as the week has it.
CREATE TABLE calendar_day (
    id          UUID PRIMARY KEY,
    school      UUID NOT NULL REFERENCES school (id),
    grade       TEXT NOT NULL,
    day         DATE NOT NULL,
    known_from  TIMESTAMPTZ NOT NULL,
    known_until TIMESTAMPTZ NOT NULL,
    kind        TEXT,
    title       TEXT NOT NULL,
    reason      TEXT,
    set_by      UUID NOT NULL
);
CREATE UNIQUE INDEX calendar_day_holds ON calendar_day (school, day, grade) WHERE known_until = '9999-12-31T00:00:00+00:00';
CREATE INDEX calendar_day_by_school ON calendar_day (school, day);

-- 学級閉鎖: every pupil of the class need not attend. The marks that follow name it.
CREATE TABLE class_closure (
    id           UUID PRIMARY KEY,
    school       UUID NOT NULL REFERENCES school (id),
    class        UUID NOT NULL REFERENCES class (id),
    kind         TEXT NOT NULL REFERENCES attendance_kind (code),
    begins       DATE NOT NULL,
    ends         DATE NOT NULL,
    reason       TEXT NOT NULL,
    closed_by    UUID NOT NULL,
    -- The first day on which the class met again after all; at `begins` it was never closed.
    withdrawn_on DATE
);
CREATE INDEX class_closure_by_class ON class_closure (class, begins);

-- `office`: decided by the office, which a homeroom's marking does not replace.
ALTER TABLE attendance_mark ADD COLUMN office BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE attendance_mark ADD COLUMN closure UUID REFERENCES class_closure (id);
-- The days that are no plain attendance, about one in twenty: the lists of long absence read nothing else.
CREATE INDEX attendance_mark_apart ON attendance_mark (school, day, pupil, kind, place)
    WHERE known_until = '9999-12-31T00:00:00+00:00' AND (kind <> 'PRESENT' OR place <> 'CLASSROOM');

-- 出席扱い: who decided, for a pupil and a place, that being there is attendance.
CREATE TABLE attendance_recognition (
    id         UUID PRIMARY KEY,
    school     UUID NOT NULL REFERENCES school (id),
    pupil      UUID NOT NULL REFERENCES pupil (id),
    place      TEXT NOT NULL,
    begins     DATE NOT NULL,
    ends       DATE NOT NULL,
    note       TEXT NOT NULL,
    decided_by UUID NOT NULL
);
CREATE INDEX attendance_recognition_by_pupil ON attendance_recognition (pupil);

-- 時間割: what a class has in which period of a weekday (1 is Monday), from when to when.
CREATE TABLE timetable_lesson (
    id      UUID PRIMARY KEY,
    school  UUID NOT NULL REFERENCES school (id),
    class   UUID NOT NULL REFERENCES class (id),
    weekday INTEGER NOT NULL,
    period  INTEGER NOT NULL,
    subject TEXT NOT NULL,
    begins  DATE NOT NULL,
    ends    DATE NOT NULL
);
CREATE INDEX timetable_lesson_by_class ON timetable_lesson (class, begins);

-- 欠課 and the like: what a teacher saw in one lesson. It never changes the register. A later marking replaces it and both are kept;
-- without a kind the mark was taken away.
CREATE TABLE lesson_mark (
    id          UUID PRIMARY KEY,
    pupil       UUID NOT NULL REFERENCES pupil (id),
    day         DATE NOT NULL,
    period      INTEGER NOT NULL,
    known_from  TIMESTAMPTZ NOT NULL,
    known_until TIMESTAMPTZ NOT NULL,
    school      UUID NOT NULL REFERENCES school (id),
    class       UUID NOT NULL REFERENCES class (id),
    kind        TEXT,
    marked_by   UUID NOT NULL
);
CREATE UNIQUE INDEX lesson_mark_holds ON lesson_mark (pupil, day, period, class) WHERE known_until = '9999-12-31T00:00:00+00:00';
CREATE INDEX lesson_mark_by_class ON lesson_mark (class, day);

INSERT INTO duty_right (duty, right_to) VALUES
    ('OPERATOR', 'calendar:write'), ('HEAD', 'calendar:write'), ('ACADEMIC_AFFAIRS', 'calendar:write'),
    ('OPERATOR', 'attendance:decide'), ('HEAD', 'attendance:decide'), ('ACADEMIC_AFFAIRS', 'attendance:decide'),
    ('OPERATOR', 'attendance:recognise'), ('HEAD', 'attendance:recognise'),
    ('OPERATOR', 'attendance:count'), ('HEAD', 'attendance:count'), ('ACADEMIC_AFFAIRS', 'attendance:count'),
    ('BOARD_OFFICIAL', 'attendance:count'),
    ('OPERATOR', 'lesson:write'), ('HEAD', 'lesson:write'), ('GRADE_HEAD', 'lesson:write'), ('HOMEROOM_TEACHER', 'lesson:write'),
    ('SUBJECT_TEACHER', 'lesson:write'), ('ACADEMIC_AFFAIRS', 'lesson:write');
