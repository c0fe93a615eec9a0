-- The rows of an import in parts, so that not all of half a million are in memory at once. Those kept until now are forgotten: the next
-- import looks at every record once.
DROP TABLE roster_rows;
CREATE TABLE roster_rows (
    import UUID NOT NULL REFERENCES roster_import (id),
    record TEXT NOT NULL,
    part   BIGINT NOT NULL,
    holds  BOOLEAN NOT NULL,
    keys   BYTEA NOT NULL,
    PRIMARY KEY (import, record, part)
);
