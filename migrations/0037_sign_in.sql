-- Signing in by the board's identity provider. Whoever is signed in to the pages has a session of their own, by a code or by a provider; a
-- session that was opened with a code still holds no longer than that. Those of before are over: everybody signs in once more.
DROP TABLE page_session;
CREATE TABLE page_session (
    id         UUID PRIMARY KEY,
    hash       BYTEA NOT NULL UNIQUE,
    holder     UUID NOT NULL,
    -- 'code', or the key of the provider.
    way        TEXT NOT NULL,
    -- The code that it was opened with; NULL by a provider.
    token      UUID REFERENCES access_token (id),
    mfa        BOOLEAN NOT NULL,
    -- When the person has last shown who they are.
    auth_at    TIMESTAMPTZ NOT NULL,
    -- In a few words from which kind of device.
    device     TEXT NOT NULL,
    begins_at  TIMESTAMPTZ NOT NULL,
    seen_at    TIMESTAMPTZ NOT NULL,
    locked_at  TIMESTAMPTZ,
    ended_at   TIMESTAMPTZ,
    presenting BOOLEAN NOT NULL,
    keep       TEXT NOT NULL
);
CREATE INDEX page_session_of_holder ON page_session (holder);
-- Codes go with the pupil: what hangs on them is found by the code.
CREATE INDEX page_session_of_token ON page_session (token);

-- Who somebody is at a provider: its subject, which says nothing to others.
CREATE TABLE sign_in_subject (
    id       UUID PRIMARY KEY,
    provider TEXT NOT NULL,
    subject  TEXT NOT NULL,
    holder   UUID NOT NULL,
    UNIQUE (provider, subject),
    UNIQUE (provider, holder)
);
CREATE INDEX sign_in_subject_of_holder ON sign_in_subject (holder);
