-- A visit to the infirmary from which a support sheet was opened, or that was added to one.
ALTER TABLE infirmary_visit ADD COLUMN sheet UUID;
CREATE INDEX infirmary_visit_by_sheet ON infirmary_visit (sheet);
ALTER TABLE support_sheet ADD COLUMN from_visit UUID;
