-- The analysis that servers make of each school once after each school day. The row is the claim: whoever writes it does the work, and holds
-- it until a time that is put off as long as the work goes on; after that another server may take it over.
CREATE TABLE analysis_night (
    school   UUID NOT NULL REFERENCES school (id),
    -- The last school day that counts.
    day      DATE NOT NULL,
    -- RUNNING; WAITING to be gone on with from `until` on; DONE; FAILED for good.
    state    TEXT NOT NULL,
    -- Which server: an id of its own for each start.
    server   UUID NOT NULL,
    until    TIMESTAMPTZ NOT NULL,
    attempts BIGINT NOT NULL,
    -- When it was first claimed; classes analysed since then are not analysed again.
    began_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ,
    classes  BIGINT NOT NULL,
    -- How many classes could not be analysed at the last attempt.
    failed   BIGINT NOT NULL,
    PRIMARY KEY (school, day)
);
