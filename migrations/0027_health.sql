-- 朝の健康観察: how each pupil of a class is in the morning. A later observation of the day replaces the first and both are kept.

-- `symptoms` are codes of the board's words, joined by commas; `temperature` is in tenths of a degree. Without a state it was taken back.
CREATE TABLE health_observation (
    id          UUID PRIMARY KEY,
    pupil       UUID NOT NULL REFERENCES pupil (id),
    day         DATE NOT NULL,
    known_from  TIMESTAMPTZ NOT NULL,
    known_until TIMESTAMPTZ NOT NULL,
    school      UUID NOT NULL REFERENCES school (id),
    class       UUID NOT NULL REFERENCES class (id),
    state       TEXT,
    symptoms    TEXT NOT NULL,
    disease     TEXT,
    temperature INTEGER,
    note        TEXT NOT NULL,
    observed_by UUID NOT NULL
);
CREATE INDEX health_observation_by_pupil ON health_observation (pupil, day);
CREATE UNIQUE INDEX health_observation_holds ON health_observation (pupil, day, school) WHERE known_until = '9999-12-31T00:00:00+00:00';
CREATE INDEX health_observation_by_class ON health_observation (class, day) WHERE known_until = '9999-12-31T00:00:00+00:00';

INSERT INTO retention_rule (kind, years, counted_from, basis) VALUES
    ('HEALTH', 5, 'LEAVING', '初期値：健康診断票（学校保健安全法施行規則 第8条第4項）に合わせた5年。健康観察と来室の記録に法令の定めはなく、教育委員会が決めます');

INSERT INTO duty_right (duty, right_to) VALUES
    ('OPERATOR', 'health:read'), ('HEAD', 'health:read'), ('NURSE', 'health:read'), ('GRADE_HEAD', 'health:read'),
    ('HOMEROOM_TEACHER', 'health:read'),
    ('OPERATOR', 'health:write'), ('NURSE', 'health:write'), ('HOMEROOM_TEACHER', 'health:write');
