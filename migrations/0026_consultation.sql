-- 相談したい: a pupil asks one adult to talk. Read by the pupil and by whomever it is with, by nobody else and by no job.

CREATE TABLE consultation (
    id       UUID PRIMARY KEY,
    pupil    UUID NOT NULL REFERENCES pupil (id),
    school   UUID NOT NULL REFERENCES school (id),
    day      DATE NOT NULL,
    at       TIMESTAMPTZ NOT NULL,
    asked    UUID NOT NULL,
    topic    TEXT,
    words    TEXT NOT NULL,
    state    TEXT NOT NULL,
    agreed   TEXT NOT NULL,
    ended_at TIMESTAMPTZ
);
CREATE INDEX consultation_by_pupil ON consultation (pupil);
CREATE INDEX consultation_open ON consultation (school) WHERE state = 'SENT' OR state = 'ACCEPTED';

-- With whom it is, and with whom it was: one row holds, the others are over.
CREATE TABLE consultation_step (
    id           UUID PRIMARY KEY,
    consultation UUID NOT NULL REFERENCES consultation (id),
    staff        UUID NOT NULL,
    role         TEXT NOT NULL,
    since        TIMESTAMPTZ NOT NULL,
    until_at     TIMESTAMPTZ NOT NULL,
    accepted_at  TIMESTAMPTZ
);
CREATE INDEX consultation_step_by_consultation ON consultation_step (consultation);
CREATE INDEX consultation_step_by_staff ON consultation_step (staff);
CREATE UNIQUE INDEX consultation_step_holds ON consultation_step (consultation) WHERE until_at = '9999-12-31T00:00:00+00:00';

-- How long a school lets a pupil wait, in minutes of its own hours, and who comes next then. `id` is the school's.
CREATE TABLE consultation_setting (
    id      UUID PRIMARY KEY REFERENCES school (id),
    minutes INTEGER NOT NULL,
    opens   INTEGER NOT NULL,
    closes  INTEGER NOT NULL,
    roles   TEXT NOT NULL
);

INSERT INTO duty_right (duty, right_to) VALUES
    ('PUPIL', 'consultation:write'),
    ('HOMEROOM_TEACHER', 'consultation:take'), ('GRADE_HEAD', 'consultation:take'), ('SUBJECT_TEACHER', 'consultation:take'),
    ('NURSE', 'consultation:take'), ('COUNSELLOR', 'consultation:take'), ('HEAD', 'consultation:take'),
    ('HEAD', 'consultation-setting:write'), ('ACADEMIC_AFFAIRS', 'consultation-setting:write'),
    ('OPERATOR', 'consultation-setting:write');

-- Whom a pupil can ask, by which duty. It gives no right over the pupil's records: the counsellor sees what was sent, and nothing else.
CREATE VIEW consultation_reach AS
    SELECT e.pupil, e.school, e.begins AS enrolled, e.ends AS leaves, d.holder, d.begins, d.ends, 'HOMEROOM' AS role
    FROM enrolment e
    JOIN class c ON c.id = e.class AND c.kind = 'HOMEROOM'
    JOIN duty d ON d.class = c.id AND d.kind = 'HOMEROOM_TEACHER'
    WHERE e.known_until = '9999-12-31T00:00:00+00:00'
    UNION ALL
    SELECT e.pupil, e.school, e.begins AS enrolled, e.ends AS leaves, d.holder, d.begins, d.ends, 'GRADE' AS role
    FROM enrolment e
    JOIN class c ON c.id = e.class AND c.kind = 'HOMEROOM'
    JOIN class k ON k.school = c.school AND k.academic_year = c.academic_year AND k.kind = 'HOMEROOM' AND k.id <> c.id AND k.grades <> ''
        AND (',' || c.grades || ',' LIKE '%,' || k.grades || ',%' OR ',' || k.grades || ',' LIKE '%,' || c.grades || ',%')
    JOIN duty d ON d.class = k.id AND d.kind = 'HOMEROOM_TEACHER'
    WHERE e.known_until = '9999-12-31T00:00:00+00:00' AND e.kind = 'HOME'
    UNION ALL
    SELECT e.pupil, e.school, e.begins AS enrolled, e.ends AS leaves, d.holder, d.begins, d.ends, 'GRADE' AS role
    FROM enrolment e
    JOIN class c ON c.id = e.class
    JOIN duty d ON d.class = c.id AND d.kind = 'SUBJECT_TEACHER'
    WHERE e.known_until = '9999-12-31T00:00:00+00:00'
    UNION ALL
    SELECT e.pupil, e.school, e.begins AS enrolled, e.ends AS leaves, d.holder, d.begins, d.ends,
        CASE d.kind WHEN 'GRADE_HEAD' THEN 'GRADE' ELSE d.kind END AS role
    FROM enrolment e
    JOIN class c ON c.id = e.class AND c.kind = 'HOMEROOM'
    JOIN duty d ON d.school = c.school AND d.class IS NULL AND d.kind IN ('GRADE_HEAD', 'NURSE', 'COUNSELLOR', 'HEAD')
        AND (d.grade = '' OR ',' || c.grades || ',' LIKE '%,' || d.grade || ',%')
    WHERE e.known_until = '9999-12-31T00:00:00+00:00' AND e.kind = 'HOME';
