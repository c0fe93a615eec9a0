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

-- To find what was changed by hand since an import, without going over what imports wrote.
DROP INDEX trail_by_time;
CREATE INDEX trail_by_hand ON trail (at) WHERE reason <> 'roster imported';

-- To find the records of the rows that did not come again.
CREATE INDEX roster_source_by_key ON roster_source (record, substr(digest, 1, 8));
