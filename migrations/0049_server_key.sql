-- Random bytes that servers of this database share and tell nobody.
CREATE TABLE server_key (
    name  TEXT PRIMARY KEY,
    bytes BYTEA NOT NULL
);
