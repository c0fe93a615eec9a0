-- From where on the plain rules of the analysis speak: the board's decision. 0 is off; a rule without a row speaks from its usual threshold on.
-- Each setting is a row of its own and holds until the next, so that a former answer can be had again.
CREATE TABLE analysis_rule (
    rule      TEXT NOT NULL,
    threshold INTEGER NOT NULL,
    set_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (rule, set_at)
);

INSERT INTO duty_right (duty, right_to) VALUES ('OPERATOR', 'analysis-rule:write'), ('BOARD_OFFICIAL', 'analysis-rule:write');
