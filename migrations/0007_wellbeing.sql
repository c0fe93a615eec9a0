-- Moods (心の天気): what a pupil said of a day, or that the pupil would rather not say.

-- A later entry of the day replaces it and both are kept. Without weather it was skipped, which counts as nothing.
CREATE TABLE mood (
    id          UUID PRIMARY KEY,
    pupil       UUID NOT NULL REFERENCES pupil (id),
    day         DATE NOT NULL,
    known_from  TIMESTAMPTZ NOT NULL,
    known_until TIMESTAMPTZ NOT NULL,
    school      UUID NOT NULL REFERENCES school (id),
    weather     TEXT,
    entered_by  UUID NOT NULL
);
CREATE INDEX mood_by_pupil ON mood (pupil, day);
CREATE UNIQUE INDEX mood_holds ON mood (pupil, day) WHERE known_until = '9999-12-31T00:00:00+00:00';

INSERT INTO duty_right (duty, right_to) VALUES
    ('OPERATOR', 'mood:read'), ('HEAD', 'mood:read'), ('GRADE_HEAD', 'mood:read'), ('HOMEROOM_TEACHER', 'mood:read'),
    ('NURSE', 'mood:read'), ('PUPIL', 'mood:read'),
    ('OPERATOR', 'mood:write'), ('APP', 'mood:write'), ('PUPIL', 'mood:write');
