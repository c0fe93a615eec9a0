-- 個別の指導計画 and 個別の教育支援計画: goals, means, reviews, and what the guardians agreed to.
CREATE TABLE support_plan (
    id         UUID PRIMARY KEY,
    sheet      UUID NOT NULL REFERENCES support_sheet (id),
    pupil      UUID NOT NULL REFERENCES pupil (id),
    school     UUID NOT NULL REFERENCES school (id),
    kind       TEXT NOT NULL,
    level      TEXT NOT NULL,
    begins     DATE NOT NULL,
    ends       DATE NOT NULL,
    review_on  DATE,
    guardians  TEXT NOT NULL,
    version    INTEGER NOT NULL,
    written_by UUID NOT NULL,
    at         TIMESTAMPTZ NOT NULL
);
CREATE INDEX support_plan_by_sheet ON support_plan (sheet);
CREATE INDEX support_plan_by_pupil ON support_plan (pupil);

CREATE TABLE support_goal (
    id           UUID PRIMARY KEY,
    plan         UUID NOT NULL REFERENCES support_plan (id),
    place        INTEGER NOT NULL,
    goal         TEXT NOT NULL,
    means        TEXT NOT NULL,
    due_on       DATE,
    evaluation   TEXT NOT NULL,
    evaluated_on DATE
);
CREATE INDEX support_goal_by_plan ON support_goal (plan, place);

-- 同意: who agreed, when, how, to sharing a plan with whom; and until when.
CREATE TABLE support_consent (
    id           UUID PRIMARY KEY,
    plan         UUID NOT NULL REFERENCES support_plan (id),
    given_by     TEXT NOT NULL,
    given_on     DATE NOT NULL,
    how          TEXT NOT NULL,
    share_with   TEXT NOT NULL,
    withdrawn_on DATE,
    recorded_by  UUID NOT NULL,
    at           TIMESTAMPTZ NOT NULL
);
CREATE INDEX support_consent_by_plan ON support_consent (plan);
