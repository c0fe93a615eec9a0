-- Analysis runs, stored whole, and the flags that they raise.

CREATE TABLE analysis_run (
    id           UUID PRIMARY KEY,
    school       UUID NOT NULL REFERENCES school (id),
    class        UUID NOT NULL REFERENCES class (id),
    as_of        DATE NOT NULL,
    known_at     TIMESTAMPTZ NOT NULL,
    -- A replay was asked for with a time of knowledge of its own; it never moves a flag.
    replay       BOOLEAN NOT NULL,
    made_at      TIMESTAMPTZ NOT NULL,
    made_by      UUID NOT NULL,
    version      TEXT NOT NULL,
    parameters   TEXT NOT NULL,
    window_from  DATE,
    school_days  BIGINT NOT NULL,
    cohort_size  BIGINT NOT NULL,
    withheld     TEXT,
    stability    DOUBLE PRECISION NOT NULL,
    groups_found TEXT NOT NULL
);
CREATE INDEX analysis_run_by_class ON analysis_run (class, as_of);

CREATE TABLE run_score (
    run          UUID NOT NULL REFERENCES analysis_run (id),
    pupil        UUID NOT NULL REFERENCES pupil (id),
    school       UUID NOT NULL,
    score        DOUBLE PRECISION NOT NULL,
    sum          DOUBLE PRECISION NOT NULL,
    level        TEXT NOT NULL,
    group_number BIGINT,
    certainty    DOUBLE PRECISION NOT NULL,
    rules        TEXT NOT NULL,
    reasons      TEXT NOT NULL,
    PRIMARY KEY (run, pupil)
);

CREATE TABLE support_flag (
    id            UUID PRIMARY KEY,
    school        UUID NOT NULL REFERENCES school (id),
    class         UUID NOT NULL REFERENCES class (id),
    pupil         UUID NOT NULL REFERENCES pupil (id),
    run           UUID NOT NULL REFERENCES analysis_run (id),
    state         TEXT NOT NULL,
    since         DATE NOT NULL,
    snoozed_until DATE,
    ended_on      DATE
);
-- A pupil has at most one flag at a time in a class.
CREATE UNIQUE INDEX support_flag_open ON support_flag (class, pupil) WHERE ended_on IS NULL;

-- What became of a flag: raised, kept, answered, ended.
CREATE TABLE support_flag_event (
    id            UUID PRIMARY KEY,
    flag          UUID NOT NULL REFERENCES support_flag (id),
    at            TIMESTAMPTZ NOT NULL,
    actor         UUID NOT NULL,
    kind          TEXT NOT NULL,
    run           UUID REFERENCES analysis_run (id),
    answer        TEXT,
    note          TEXT,
    snoozed_until DATE
);
CREATE INDEX support_flag_event_by_flag ON support_flag_event (flag);
