-- Rosters brought in from OneRoster packages: what each import read, what it would change, what was wrong, and what it last said of each
-- record, so that what has not changed costs nothing and what was changed by hand is not overwritten.

-- From the demographics of a roster; to tell people of one name apart.
ALTER TABLE pupil ADD COLUMN birth_date DATE;

-- One reading of a package. `counts` and `finding_counts` are JSON; the changes and findings are deleted a week after it was read, and
-- with them the way back.
CREATE TABLE roster_import (
    id             UUID PRIMARY KEY,
    made_by        UUID NOT NULL,
    at             TIMESTAMPTZ NOT NULL,
    state          TEXT NOT NULL,
    file_name      TEXT NOT NULL,
    version        TEXT NOT NULL,
    encoding       TEXT NOT NULL,
    rows_read      BIGINT NOT NULL,
    told_at        TIMESTAMPTZ NOT NULL,
    counts         TEXT NOT NULL,
    finding_counts TEXT NOT NULL,
    suspicion      TEXT NOT NULL,
    ended_by       UUID,
    committed_at   TIMESTAMPTZ,
    undone_at      TIMESTAMPTZ,
    cleared_at     TIMESTAMPTZ
);
CREATE INDEX roster_import_by_time ON roster_import (at);

-- The schools that a package speaks of: who has the right over all of them may see and commit it.
CREATE TABLE roster_import_school (
    import UUID NOT NULL REFERENCES roster_import (id),
    school UUID NOT NULL,
    PRIMARY KEY (import, school)
);

-- One record that an import would change, as it is and as it would be (JSON). `theirs`: what the package says where a change by hand is
-- kept. `digest`: what the package says now, `said_before` what it said last; no digest: it does not speak of the record any more.
-- `left_out`: committing did not apply it.
CREATE TABLE roster_import_change (
    import      UUID NOT NULL REFERENCES roster_import (id),
    seq         BIGINT NOT NULL,
    record      TEXT NOT NULL,
    record_id   UUID NOT NULL,
    kind        TEXT NOT NULL,
    suspicious  BOOLEAN NOT NULL,
    school      UUID,
    class       UUID,
    pupil       UUID,
    candidate   UUID,
    line        BIGINT NOT NULL,
    before      TEXT,
    after       TEXT,
    theirs      TEXT,
    digest      BYTEA,
    said_before BYTEA,
    left_out    BOOLEAN NOT NULL,
    PRIMARY KEY (import, seq)
);
CREATE INDEX roster_import_change_by_kind ON roster_import_change (import, kind, seq);
CREATE INDEX roster_import_change_by_record ON roster_import_change (import, record_id);

CREATE TABLE roster_import_finding (
    import      UUID NOT NULL REFERENCES roster_import (id),
    seq         BIGINT NOT NULL,
    severity    TEXT NOT NULL,
    code        TEXT NOT NULL,
    file        TEXT NOT NULL,
    line        BIGINT NOT NULL,
    column_name TEXT NOT NULL,
    value       TEXT NOT NULL,
    message     TEXT NOT NULL,
    advice      TEXT NOT NULL,
    PRIMARY KEY (import, seq)
);

-- What the last import said of a record, as a digest. `content`: in full, where the record was kept as somebody had changed it.
CREATE TABLE roster_source (
    record  TEXT NOT NULL,
    id      UUID NOT NULL,
    digest  BYTEA NOT NULL,
    content TEXT,
    PRIMARY KEY (record, id)
);

-- The digests of the lots of rows that the last import was made of: a lot that comes again as it was needs no look at its records.
CREATE TABLE roster_lots (
    import  UUID NOT NULL REFERENCES roster_import (id),
    record  TEXT NOT NULL,
    digests BYTEA NOT NULL,
    holds   BOOLEAN NOT NULL,
    PRIMARY KEY (import, record)
);

CREATE INDEX roster_source_kept ON roster_source (record) WHERE content IS NOT NULL;

-- To find what was changed by hand since an import.
CREATE INDEX trail_by_time ON trail (at);

-- Whoever records moves and prepares the next year keeps the roster too.
INSERT INTO duty_right (duty, right_to) VALUES ('HEAD', 'roster:write');
