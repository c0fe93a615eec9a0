-- What a pupil's grade is in a class of several grades, who has a duty beside whom, and who came after a next year was committed.

-- Null where nobody has said it: then the class tells, where it has one grade.
ALTER TABLE enrolment ADD COLUMN grade TEXT;
-- Whether those who have this duty in the live year keep it, too.
ALTER TABLE turnover_duty ADD COLUMN beside BOOLEAN NOT NULL DEFAULT FALSE;
-- Whether the pupil was taken up after the draft was committed and is still to be placed.
ALTER TABLE turnover_pupil ADD COLUMN late BOOLEAN NOT NULL DEFAULT FALSE;
