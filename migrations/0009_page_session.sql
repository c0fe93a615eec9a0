-- Who is signed in to the pages: a random secret, kept only as its SHA-256. It holds no longer than the token that it was opened with.
CREATE TABLE page_session (
    id         UUID PRIMARY KEY,
    hash       BYTEA NOT NULL UNIQUE,
    token      UUID NOT NULL REFERENCES access_token (id),
    begins_at  TIMESTAMPTZ NOT NULL,
    seen_at    TIMESTAMPTZ NOT NULL,
    ended_at   TIMESTAMPTZ,
    presenting BOOLEAN NOT NULL
);
