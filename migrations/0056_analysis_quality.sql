-- How good the flags were, of each homeroom and each week: figures of the last analysis of the week, counted once, that name nobody. What
-- became of the pupils is counted in once it is known.
CREATE TABLE analysis_quality (
    class         UUID NOT NULL REFERENCES class (id),
    -- The Monday.
    week          DATE NOT NULL,
    school        UUID NOT NULL REFERENCES school (id),
    run           UUID NOT NULL REFERENCES analysis_run (id),
    as_of         DATE NOT NULL,
    pupils        BIGINT NOT NULL,
    watch         BIGINT NOT NULL,
    support       BIGINT NOT NULL,
    -- Of the pupils who were scored a week before as well: flagged now, flagged then, at both.
    again_now     BIGINT NOT NULL,
    again_before  BIGINT NOT NULL,
    again_both    BIGINT NOT NULL,
    -- The answers that stand, by the week in which they were given.
    useful        BIGINT NOT NULL,
    already_known BIGINT NOT NULL,
    not_right     BIGINT NOT NULL,
    -- Whether the days after have been counted.
    settled       BOOLEAN NOT NULL,
    known         BIGINT NOT NULL,
    outcome       BIGINT NOT NULL,
    places        BIGINT NOT NULL,
    hits          BIGINT NOT NULL,
    -- What single features would have found at as many places; ties by what is to be expected.
    by_absence    DOUBLE PRECISION NOT NULL,
    by_work       DOUBLE PRECISION NOT NULL,
    by_activity   DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (class, week)
);
CREATE INDEX analysis_quality_by_school ON analysis_quality (school, week);

INSERT INTO duty_right (duty, right_to) VALUES
    ('OPERATOR', 'quality:read'), ('HEAD', 'quality:read'), ('BOARD_OFFICIAL', 'quality:read');
