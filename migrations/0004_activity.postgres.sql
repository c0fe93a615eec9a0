-- What pupils did, as apps sent it, and its totals by pupil, class (the nil UUID for none) and school day.
-- One clustered key: PostgreSQL keeps the key as an index beside the table.

CREATE TABLE activity (
    -- What the app sent.
    pupil                UUID NOT NULL,
    id                   UUID NOT NULL,
    class                UUID NOT NULL,
    verb                 TEXT NOT NULL,
    object_id            TEXT NOT NULL,
    object_kind          TEXT NOT NULL,
    object_name          TEXT,
    device_at            TIMESTAMPTZ NOT NULL,
    duration_ms          BIGINT,
    interactions         BIGINT NOT NULL,
    score_raw            DOUBLE PRECISION,
    score_min            DOUBLE PRECISION,
    score_max            DOUBLE PRECISION,
    success              BOOLEAN,
    place                TEXT,
    subject              TEXT,
    course_of_study_code TEXT,
    extensions           TEXT,
    -- A digest of all that, to tell a replay from another content under the same key.
    content              BYTEA NOT NULL,
    -- What Asagao adds: the time after the device's clock error, its school day, whose it is.
    occurred_at          TIMESTAMPTZ NOT NULL,
    received_at          TIMESTAMPTZ NOT NULL,
    day                  DATE NOT NULL,
    school               UUID NOT NULL,
    sent_by              UUID NOT NULL,
    withdrawn_at         TIMESTAMPTZ,
    withdrawn_reason     TEXT,
    PRIMARY KEY (pupil, id)
);

-- Only hand-ins, marks and waivers are looked up by what they are about.
CREATE INDEX activity_handed_in ON activity (object_id) WHERE verb IN ('SUBMITTED', 'SCORED', 'WAIVED');

-- `own` counts the pupil's interactions: what teachers did to the work is not the pupil's.
CREATE VIEW pupil_activity AS
    SELECT a.*, CASE WHEN a.verb IN ('INITIALIZED', 'RESPONDED', 'SCORED', 'SHARED', 'WAIVED') THEN 0 ELSE a.interactions END AS own
    FROM activity a;

CREATE TABLE daily_total (
    pupil        UUID NOT NULL,
    class        UUID NOT NULL,
    day          DATE NOT NULL,
    school       UUID NOT NULL,
    activities   BIGINT NOT NULL,
    interactions BIGINT NOT NULL,
    duration_ms  BIGINT NOT NULL,
    at_home      BIGINT NOT NULL,
    material     BIGINT NOT NULL,
    quiz         BIGINT NOT NULL,
    assignment   BIGINT NOT NULL,
    discussion   BIGINT NOT NULL,
    portal       BIGINT NOT NULL,
    tool         BIGINT NOT NULL,
    PRIMARY KEY (pupil, class, day)
);
CREATE INDEX daily_total_by_class ON daily_total (class, day);
