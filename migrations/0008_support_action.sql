-- What was done for a pupil: a call, a talk, a visit.
CREATE TABLE support_action (
    id      UUID PRIMARY KEY,
    pupil   UUID NOT NULL REFERENCES pupil (id),
    school  UUID NOT NULL REFERENCES school (id),
    day     DATE NOT NULL,
    kind    TEXT NOT NULL,
    text    TEXT NOT NULL,
    next_on DATE,
    done_by UUID NOT NULL,
    at      TIMESTAMPTZ NOT NULL
);
CREATE INDEX support_action_by_pupil ON support_action (pupil, day);
CREATE INDEX support_flag_by_pupil ON support_flag (pupil);

INSERT INTO duty_right (duty, right_to) VALUES
    ('OPERATOR', 'support:read'), ('HEAD', 'support:read'), ('GRADE_HEAD', 'support:read'), ('HOMEROOM_TEACHER', 'support:read'),
    ('OPERATOR', 'support:write'), ('HEAD', 'support:write'), ('GRADE_HEAD', 'support:write'), ('HOMEROOM_TEACHER', 'support:write');
