-- How long each kind of record is kept, what must not go, and what has gone.

-- 保存期間, by kind of record. `counted_from`: LEAVING, from the end of the school year in which the pupil left the school; SCHOOL_YEAR, from
-- the end of the school year that the record is of. `basis` says where the number comes from; the board changes both.
CREATE TABLE retention_rule (
    kind         TEXT PRIMARY KEY,
    years        INTEGER NOT NULL,
    counted_from TEXT NOT NULL,
    basis        TEXT NOT NULL
);
INSERT INTO retention_rule (kind, years, counted_from, basis) VALUES
    ('STUDENT_REGISTER', 20, 'LEAVING', '指導要録（学籍に関する記録）：学校教育法施行規則 第28条第2項'),
    ('GUIDANCE_RECORD', 5, 'LEAVING', '指導要録（指導に関する記録）：学校教育法施行規則 第28条第2項'),
    ('ATTENDANCE_REGISTER', 5, 'LEAVING', '出席簿：学校教育法施行規則 第28条第2項。指導要録の出欠の日数がもとづくので、学年の終わりからでなく、卒業・転学から数えます'),
    ('SUPPORT', 5, 'LEAVING', '初期値：指導に関する記録に合わせた5年。法令の定めはなく、教育委員会が決めます'),
    ('LEARNING', 1, 'LEAVING', '初期値：1年。法令の定めはなく、教育委員会が決めます'),
    ('SUPPORT_FLAG', 1, 'SCHOOL_YEAR', '初期値：1年。法令の定めはなく、教育委員会が決めます'),
    ('MOOD', 1, 'SCHOOL_YEAR', '初期値：1年。法令の定めはなく、教育委員会が決めます'),
    ('NEXT_YEAR_DRAFT', 1, 'SCHOOL_YEAR', '初期値：1年。年度更新の下書きは、その年度のうちに要らなくなります');

-- What must not go, whatever the rule says: of one pupil, or of a school, all of it (an empty kind) or one kind of record.
CREATE TABLE legal_hold (
    id          UUID PRIMARY KEY,
    school      UUID REFERENCES school (id),
    pupil       UUID REFERENCES pupil (id),
    kind        TEXT NOT NULL,
    reason      TEXT NOT NULL,
    placed_by   UUID NOT NULL,
    placed_at   TIMESTAMPTZ NOT NULL,
    lifted_by   UUID,
    lifted_at   TIMESTAMPTZ,
    lift_reason TEXT NOT NULL
);
CREATE INDEX legal_hold_by_pupil ON legal_hold (pupil);
CREATE INDEX legal_hold_by_school ON legal_hold (school);

-- What went: of which school, kind and school year, under which rule, by whom, when. Nobody is named.
CREATE TABLE deletion (
    id           UUID PRIMARY KEY,
    at           TIMESTAMPTZ NOT NULL,
    deleted_by   UUID NOT NULL,
    kind         TEXT NOT NULL,
    school       UUID NOT NULL REFERENCES school (id),
    year         INTEGER NOT NULL,
    years        INTEGER NOT NULL,
    counted_from TEXT NOT NULL,
    basis        TEXT NOT NULL,
    pupils       BIGINT NOT NULL,
    records      BIGINT NOT NULL,
    tables       TEXT NOT NULL
);
CREATE INDEX deletion_by_school ON deletion (school);

-- Whose: a digest of the pupil's id, which tells it to nobody who has not the id.
CREATE TABLE deletion_subject (
    deletion UUID NOT NULL REFERENCES deletion (id),
    whose    TEXT NOT NULL,
    PRIMARY KEY (deletion, whose)
);
CREATE INDEX deletion_subject_by_whose ON deletion_subject (whose);

-- What is looked up by pupil when it is due, and for a pupil's history.
CREATE INDEX run_score_by_pupil ON run_score (pupil);
CREATE INDEX lesson_mark_by_pupil ON lesson_mark (pupil, day);
CREATE INDEX turnover_pupil_by_pupil ON turnover_pupil (pupil);

INSERT INTO duty_right (duty, right_to) VALUES
    ('OPERATOR', 'retention:read'), ('BOARD_OFFICIAL', 'retention:read'), ('HEAD', 'retention:read'), ('ACADEMIC_AFFAIRS', 'retention:read'),
    ('OPERATOR', 'retention:write'), ('BOARD_OFFICIAL', 'retention:write'), ('HEAD', 'retention:write'),
    ('OPERATOR', 'retention-rule:write'), ('BOARD_OFFICIAL', 'retention-rule:write');
