SELECT c.name, p.id, p.family_name, p.given_name, p.preferred_family_name, p.preferred_given_name, e.number
FROM class c JOIN enrolment e ON e.class = c.id JOIN pupil p ON p.id = e.pupil
WHERE c.id = {id} AND e.kind = 'HOME' AND e.known_until = '9999-12-31T00:00:00+00:00' AND e.begins <= {to} AND e.ends >= {to} ORDER BY e.number;
SELECT m.pupil, m.day, m.kind, m.late, m.left_early FROM enrolment e JOIN attendance_mark m ON m.pupil = e.pupil
WHERE e.class = {id} AND e.kind = 'HOME' AND e.known_until = '9999-12-31T00:00:00+00:00' AND e.begins <= {to} AND e.ends >= {to}
  AND m.day BETWEEN {from} AND {to} AND m.known_until = '9999-12-31T00:00:00+00:00' AND m.kind IS NOT NULL ORDER BY m.pupil, m.day;
SELECT t.pupil, t.day, t.interactions FROM enrolment e JOIN daily_total t ON t.pupil = e.pupil
WHERE e.class = {id} AND e.kind = 'HOME' AND e.known_until = '9999-12-31T00:00:00+00:00' AND e.begins <= {to} AND e.ends >= {to}
  AND t.day BETWEEN {from} AND {to} ORDER BY t.pupil, t.day;
