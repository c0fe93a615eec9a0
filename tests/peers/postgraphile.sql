-- What PostGraphile makes its schema of: a class, its pupils of today, and of each pupil the marks and totals of some days as functions, which
-- PostgreSQL puts into the statement of the request.
CREATE SCHEMA board;
CREATE VIEW board.class AS SELECT id, name FROM public.class;
CREATE VIEW board.pupil AS
  SELECT p.id, e.class, e.number,
    concat_ws(' ', coalesce(nullif(p.preferred_family_name, ''), p.family_name), coalesce(nullif(p.preferred_given_name, ''), p.given_name)) AS name
  FROM public.enrolment e JOIN public.pupil p ON p.id = e.pupil
  WHERE e.kind = 'HOME' AND e.known_until = '9999-12-31T00:00:00+00:00' AND e.begins <= current_date AND e.ends >= current_date;
CREATE VIEW board.attendance AS
  SELECT pupil, day, kind, late, left_early FROM public.attendance_mark WHERE kind IS NOT NULL AND known_until = '9999-12-31T00:00:00+00:00';
CREATE VIEW board.learning AS SELECT pupil, day, sum(interactions)::int AS interactions FROM public.daily_total GROUP BY pupil, day;
COMMENT ON VIEW board.class IS E'@primaryKey id';
COMMENT ON VIEW board.pupil IS E'@primaryKey id\n@foreignKey (class) references board.class (id)|@foreignFieldName pupils';
CREATE FUNCTION board.pupil_attendance(p board.pupil, "from" date, "to" date) RETURNS SETOF board.attendance LANGUAGE sql STABLE AS
  $$ SELECT * FROM board.attendance a WHERE a.pupil = p.id AND a.day BETWEEN "from" AND "to" ORDER BY a.day $$;
CREATE FUNCTION board.pupil_learning(p board.pupil, "from" date, "to" date) RETURNS SETOF board.learning LANGUAGE sql STABLE AS
  $$ SELECT * FROM board.learning l WHERE l.pupil = p.id AND l.day BETWEEN "from" AND "to" ORDER BY l.day $$;
COMMENT ON FUNCTION board.pupil_attendance(board.pupil, date, date) IS '@behavior +list -connection';
COMMENT ON FUNCTION board.pupil_learning(board.pupil, date, date) IS '@behavior +list -connection';
