-- Who may do what, over whom, from when to when; and the trail of every change.

-- A person's or a program's duty: what it gives is in duty_right, over whom is in school, grade and class (empty: all of them).
CREATE TABLE duty (
    id     UUID PRIMARY KEY,
    holder UUID NOT NULL,
    kind   TEXT NOT NULL,
    school UUID,
    grade  TEXT NOT NULL,
    class  UUID,
    begins DATE NOT NULL,
    ends   DATE NOT NULL
);
CREATE INDEX duty_by_holder ON duty (holder);

CREATE TABLE duty_right (
    duty     TEXT NOT NULL,
    right_to TEXT NOT NULL,
    PRIMARY KEY (duty, right_to)
);

INSERT INTO duty_right (duty, right_to) VALUES
    ('OPERATOR', 'school:read'), ('OPERATOR', 'roster:read'), ('OPERATOR', 'roster:write'), ('OPERATOR', 'activity:read'),
    ('OPERATOR', 'activity:write'), ('OPERATOR', 'assignment:write'), ('OPERATOR', 'analysis:run'), ('OPERATOR', 'flag:read'),
    ('OPERATOR', 'flag:review'), ('OPERATOR', 'access:write'),
    ('APP', 'school:read'), ('APP', 'roster:read'), ('APP', 'activity:read'), ('APP', 'activity:write'), ('APP', 'assignment:write'),
    ('HEAD', 'school:read'), ('HEAD', 'roster:read'), ('HEAD', 'activity:read'), ('HEAD', 'assignment:write'),
    ('HEAD', 'analysis:run'), ('HEAD', 'flag:read'), ('HEAD', 'flag:review'),
    ('GRADE_HEAD', 'school:read'), ('GRADE_HEAD', 'roster:read'), ('GRADE_HEAD', 'activity:read'),
    ('GRADE_HEAD', 'assignment:write'), ('GRADE_HEAD', 'analysis:run'), ('GRADE_HEAD', 'flag:read'), ('GRADE_HEAD', 'flag:review'),
    ('HOMEROOM_TEACHER', 'school:read'), ('HOMEROOM_TEACHER', 'roster:read'), ('HOMEROOM_TEACHER', 'activity:read'),
    ('HOMEROOM_TEACHER', 'assignment:write'), ('HOMEROOM_TEACHER', 'analysis:run'), ('HOMEROOM_TEACHER', 'flag:read'),
    ('HOMEROOM_TEACHER', 'flag:review'),
    ('SUBJECT_TEACHER', 'school:read'), ('SUBJECT_TEACHER', 'roster:read'), ('SUBJECT_TEACHER', 'activity:read'),
    ('SUBJECT_TEACHER', 'assignment:write'),
    ('ACADEMIC_AFFAIRS', 'school:read'), ('ACADEMIC_AFFAIRS', 'roster:read'), ('ACADEMIC_AFFAIRS', 'roster:write'),
    ('ACADEMIC_AFFAIRS', 'activity:read'),
    ('NURSE', 'school:read'), ('NURSE', 'roster:read'),
    ('BOARD_OFFICIAL', 'school:read'),
    ('ICT_SUPPORT', 'school:read');

-- A program that posts or reads.
CREATE TABLE app (
    id         UUID PRIMARY KEY,
    name       TEXT NOT NULL,
    revoked_at TIMESTAMPTZ
);

-- A bearer token, kept only as its SHA-256. `rights` narrows what the holder's duties give; empty: nothing is narrowed.
CREATE TABLE access_token (
    id         UUID PRIMARY KEY,
    hash       BYTEA NOT NULL UNIQUE,
    holder     UUID NOT NULL,
    rights     TEXT NOT NULL,
    begins_at  TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ
);
CREATE INDEX access_token_by_holder ON access_token (holder);

-- What was changed, by whom, why, and what it was before.
CREATE TABLE trail (
    id        UUID PRIMARY KEY,
    at        TIMESTAMPTZ NOT NULL,
    actor     UUID NOT NULL,
    reason    TEXT NOT NULL,
    record    TEXT NOT NULL,
    record_id UUID NOT NULL,
    before    TEXT,
    after     TEXT
);
CREATE INDEX trail_by_record ON trail (record_id);
