-- What share of a class a school can look after at once, in percent; 15 where a school has set nothing. Kept as the rules are.
CREATE TABLE analysis_capacity (
    school UUID NOT NULL REFERENCES school (id),
    share  INTEGER NOT NULL,
    set_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (school, set_at)
);

INSERT INTO duty_right (duty, right_to) VALUES
    ('HEAD', 'analysis-capacity:write'), ('ACADEMIC_AFFAIRS', 'analysis-capacity:write'), ('OPERATOR', 'analysis-capacity:write');
