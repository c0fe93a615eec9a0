-- Whoever is not named is marked with one kind, and one alone.
CREATE UNIQUE INDEX attendance_kind_usual ON attendance_kind (usual) WHERE usual;
