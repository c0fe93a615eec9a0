-- What the comparison had to add about a pupil: whether the name is kept from the day before, and what would have to be different for it to go.
ALTER TABLE run_score ADD COLUMN held BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE run_score ADD COLUMN changes TEXT NOT NULL DEFAULT '[]';
