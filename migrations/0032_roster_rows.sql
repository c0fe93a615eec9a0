-- Which rows the last import was made of: half of the digest of each, eight bytes, one after another. A row that comes again as it was needs no
-- look at its record.
DROP TABLE roster_lots;
CREATE TABLE roster_rows (
    import UUID NOT NULL REFERENCES roster_import (id),
    record TEXT NOT NULL,
    keys   BYTEA NOT NULL,
    holds  BOOLEAN NOT NULL,
    PRIMARY KEY (import, record)
);
