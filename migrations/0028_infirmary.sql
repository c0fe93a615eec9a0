-- 保健室来室: who came when, why, what was done, until when. `nurse_note` is for the nurse alone.
CREATE TABLE infirmary_visit (
    id           UUID PRIMARY KEY,
    pupil        UUID NOT NULL REFERENCES pupil (id),
    school       UUID NOT NULL REFERENCES school (id),
    day          DATE NOT NULL,
    came_at      TIMESTAMPTZ NOT NULL,
    left_at      TIMESTAMPTZ,
    reason       TEXT NOT NULL,
    outcome      TEXT NOT NULL,
    note         TEXT NOT NULL,
    nurse_note   TEXT NOT NULL,
    noted_by     UUID NOT NULL,
    withdrawn_at TIMESTAMPTZ
);
CREATE INDEX infirmary_visit_by_pupil ON infirmary_visit (pupil, day);
CREATE INDEX infirmary_visit_by_school ON infirmary_visit (school, day);

INSERT INTO duty_right (duty, right_to) VALUES
    ('OPERATOR', 'visit:read'), ('HEAD', 'visit:read'), ('NURSE', 'visit:read'), ('GRADE_HEAD', 'visit:read'),
    ('HOMEROOM_TEACHER', 'visit:read'),
    ('OPERATOR', 'visit:write'), ('NURSE', 'visit:write');
