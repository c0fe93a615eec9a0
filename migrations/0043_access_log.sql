-- The access log: who looked at what, changed, took out, signed in, was refused. Each server writes a chain of its own; what an entry says
-- lies beside the chain and can be erased without breaking it.
CREATE TABLE access_chain (
    id          UUID PRIMARY KEY,
    begun_at    TIMESTAMPTZ NOT NULL,
    -- The last links of the chains that were there before, as JSON: they cannot go unnoticed.
    follows     TEXT NOT NULL,
    -- Up to which link a later chain follows this one; only to find what the next one is to follow.
    followed_to BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE access_link (
    chain   UUID NOT NULL REFERENCES access_chain (id),
    seq     BIGINT NOT NULL,
    at      TIMESTAMPTZ NOT NULL,
    -- SHA-256 of the entry with its salt.
    entry   BYTEA NOT NULL,
    -- SHA-256 over the link before and all of this.
    digest  BYTEA NOT NULL,
    PRIMARY KEY (chain, seq)
);

CREATE TABLE access_entry (
    id      UUID NOT NULL UNIQUE,
    chain   UUID NOT NULL,
    seq     BIGINT NOT NULL,
    at      TIMESTAMPTZ NOT NULL,
    holder  UUID NOT NULL,
    salt    BYTEA NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (chain, seq)
);
CREATE INDEX access_entry_by_holder ON access_entry (holder, at);
CREATE INDEX access_entry_by_time ON access_entry (at);

-- Whom and what entries are about: pupils, classes, schools.
CREATE TABLE access_subject (
    subject UUID NOT NULL,
    at      TIMESTAMPTZ NOT NULL,
    chain   UUID NOT NULL,
    seq     BIGINT NOT NULL,
    PRIMARY KEY (subject, at, chain, seq)
);
CREATE INDEX access_subject_by_entry ON access_subject (chain, seq);

-- Links that were dropped because nothing is beside them any more: the last of each chain, from which the rest goes on.
CREATE TABLE access_dropped (
    chain   UUID PRIMARY KEY,
    seq     BIGINT NOT NULL,
    digest  BYTEA NOT NULL,
    at      TIMESTAMPTZ NOT NULL
);

INSERT INTO duty_right (duty, right_to) VALUES
    ('OPERATOR', 'access-log:read'), ('HEAD', 'access-log:read'), ('BOARD_OFFICIAL', 'access-log:read'), ('PUPIL', 'access-log:read');
