-- Apps by client credentials: what an app may ask a token for, its secrets (two valid at a time), and the tokens that they gave.
ALTER TABLE app ADD COLUMN rights TEXT NOT NULL DEFAULT '';
-- The first token was made with the app, for what it was registered for.
UPDATE app SET rights = COALESCE(
    (SELECT t.rights FROM access_token t WHERE t.holder = app.id ORDER BY t.begins_at, t.id LIMIT 1), '');

-- 256 random bits, kept only as their SHA-256.
CREATE TABLE app_secret (
    id        UUID PRIMARY KEY,
    hash      BYTEA NOT NULL UNIQUE,
    app       UUID NOT NULL REFERENCES app (id),
    begins_at TIMESTAMPTZ NOT NULL,
    ended_at  TIMESTAMPTZ
);
CREATE INDEX app_secret_by_app ON app_secret (app);

-- The secret that gave the token; empty for one that somebody has issued by hand.
ALTER TABLE access_token ADD COLUMN secret UUID;
CREATE INDEX access_token_by_secret ON access_token (secret);
