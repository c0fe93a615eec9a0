-- What classes are asked to do, and the days' totals of what pupils did.

CREATE TABLE assignment (
    id          UUID NOT NULL,
    known_from  TIMESTAMPTZ NOT NULL,
    known_until TIMESTAMPTZ NOT NULL,
    school      UUID NOT NULL REFERENCES school (id),
    class       UUID NOT NULL REFERENCES class (id),
    title       TEXT NOT NULL,
    due_at      TIMESTAMPTZ NOT NULL,
    due_day     DATE NOT NULL,
    weight      DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (id, known_from)
);
CREATE UNIQUE INDEX assignment_known_now ON assignment (id) WHERE known_until = '9999-12-31T00:00:00+00:00';
CREATE INDEX assignment_by_class ON assignment (class, due_day);
