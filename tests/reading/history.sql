-- A history of a town that goes back over so many school days: on each of them every pupil who is there did 20 things and has a mark, and the day's
-- totals are of the same things. What is there already stays, and older days are put before it.
--   psql -v days=139 -f history.sql
-- Only what is made here lives without the log of the database, for it is made anew with every run: reading is the same.
SELECT relpersistence = 'u' AS begun FROM pg_class WHERE oid = 'activity'::regclass \gset
\if :begun
\else
ALTER TABLE activity SET UNLOGGED;
ALTER TABLE activity SET (autovacuum_enabled = off);
\endif
BEGIN;
-- A school has a calendar of its year.
INSERT INTO school_calendar (id, school, year, begins, ends, known_from)
  SELECT gen_random_uuid(), s.id, extract(year FROM y.begins)::int, y.begins, y.ends, y.begins FROM school s JOIN academic_year y
    ON (now() AT TIME ZONE 'Asia/Tokyo')::date BETWEEN y.begins AND y.ends
  WHERE NOT EXISTS (SELECT 1 FROM school_calendar c WHERE c.school = s.id);
-- What the rows refer to is taken from where it is.
SET LOCAL session_replication_role = replica;
CREATE TEMP TABLE place ON COMMIT DROP AS
  SELECT e.pupil, e.class, e.school, d.holder AS teacher, (row_number() OVER (ORDER BY e.class, e.pupil))::int AS n
  FROM enrolment e JOIN class c ON c.id = e.class LEFT JOIN duty d ON d.class = e.class AND d.kind = 'HOMEROOM_TEACHER'
  WHERE c.kind = 'HOMEROOM' AND e.kind = 'HOME' AND e.known_until = '9999-12-31T00:00:00+00:00';
CREATE TEMP TABLE school_day ON COMMIT DROP AS
  SELECT day::date, (day::date - date '2000-01-01') AS n
  FROM generate_series(now() AT TIME ZONE 'Asia/Tokyo' - 2 * :days * interval '1 day', now() AT TIME ZONE 'Asia/Tokyo', '1 day') AS day
  WHERE extract(isodow FROM day) < 6 ORDER BY day DESC LIMIT :days;
DELETE FROM school_day WHERE day >= (SELECT min(day) FROM daily_total);
CREATE TEMP TABLE thing ON COMMIT DROP AS
  SELECT n, (ARRAY['ANSWERED', 'ANSWERED', 'ANSWERED', 'VIEWED', 'COMPLETED'])[1 + n % 5] AS verb,
    'https://drill.example/fractions/' || n AS object_id, (ARRAY['QUESTION', 'QUESTION', 'QUIZ', 'MATERIAL', 'TOOL'])[1 + n % 5] AS object_kind,
    CASE WHEN n < 16 THEN 'SCHOOL' ELSE 'HOME' END AS place, lpad(to_hex(n), 12, '0') AS last
  FROM generate_series(1, 20) AS n;

DO $$
DECLARE today record;
BEGIN
  FOR today IN SELECT * FROM school_day ORDER BY day LOOP
    INSERT INTO activity (pupil, id, class, verb, object_id, object_kind, device_at, duration_ms, interactions, success, place, content,
      occurred_at, received_at, day, school, sent_by)
    SELECT p.pupil, t.id, p.class, t.verb, t.object_id, t.object_kind, t.at, 12000, 1 + (p.n + t.n) % 3, p.n % 4 > 0, t.place,
      '\x5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9', t.at, t.at, today.day, p.school,
      '00000000-0000-0000-0000-000000000000'
    FROM place p CROSS JOIN (
      SELECT *, (lpad(to_hex(today.n), 8, '0') || '-0000-7000-8000-' || last)::uuid AS id,
        today.day + time '00:30' + n * interval '17 minutes' AS at
      FROM thing) t
    WHERE (p.n + today.n) % 17 > 0;

    INSERT INTO daily_total (pupil, class, day, school, activities, interactions, duration_ms, at_home, material, quiz, assignment, discussion,
      portal, tool, changed_at, last_at, done_at)
    SELECT p.pupil, p.class, today.day, p.school, t.activities, t.interactions, t.activities * 12000, t.at_home, t.material, t.quiz, 0, 0, 0, t.tool,
      today.day + time '06:10', today.day + time '06:10', today.day + time '05:53'
    FROM place p JOIN (
      SELECT r.rest, count(*) AS activities, sum(1 + (r.rest + t.n) % 3) AS interactions,
        sum(1 + (r.rest + t.n) % 3) FILTER (WHERE place = 'HOME') AS at_home,
        sum(1 + (r.rest + t.n) % 3) FILTER (WHERE object_kind = 'MATERIAL') AS material,
        sum(1 + (r.rest + t.n) % 3) FILTER (WHERE object_kind IN ('QUIZ', 'QUESTION')) AS quiz,
        sum(1 + (r.rest + t.n) % 3) FILTER (WHERE object_kind = 'TOOL') AS tool
      FROM generate_series(0, 2) AS r (rest) CROSS JOIN thing t GROUP BY r.rest) t ON t.rest = p.n % 3
    WHERE (p.n + today.n) % 17 > 0;

    INSERT INTO attendance_mark (id, pupil, day, known_from, known_until, school, class, kind, late, left_early, place, marked_by, office)
    SELECT gen_random_uuid(), p.pupil, today.day, today.day + time '00:10', '9999-12-31T00:00:00+00:00', p.school, p.class,
      CASE WHEN (p.n + today.n) % 17 = 0 THEN 'ILLNESS' ELSE 'PRESENT' END, (p.n + today.n) % 23 = 1 AND (p.n + today.n) % 17 > 0, FALSE, 'CLASSROOM',
      p.teacher, FALSE
    FROM place p;
  END LOOP;
END $$;
COMMIT;
ANALYZE activity;
VACUUM (ANALYZE) daily_total;
VACUUM (ANALYZE) attendance_mark;
