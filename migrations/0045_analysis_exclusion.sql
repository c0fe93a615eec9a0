-- Pupils whose records are kept out of the analysis, because the family asked for it (利用停止).
CREATE TABLE analysis_exclusion (
    id     UUID PRIMARY KEY,
    pupil  UUID NOT NULL REFERENCES pupil (id),
    -- FAMILY: said by a guardian here; OFFICE: on paper, or by telephone.
    origin TEXT NOT NULL,
    begins DATE NOT NULL,
    ends   DATE NOT NULL
);
CREATE INDEX analysis_exclusion_by_pupil ON analysis_exclusion (pupil);
