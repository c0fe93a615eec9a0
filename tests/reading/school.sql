SELECT c.name AS class, p.id, p.family_name, p.given_name, p.preferred_family_name, p.preferred_given_name, e.number, m.*
FROM class c JOIN enrolment e ON e.class = c.id JOIN pupil p ON p.id = e.pupil LEFT JOIN LATERAL (
  SELECT count(*) FILTER (WHERE NOT k.absent AND NOT k.excused) AS present, count(*) FILTER (WHERE k.absent) AS absent,
    count(*) FILTER (WHERE k.excused) AS excused
  FROM attendance_mark a JOIN attendance_kind k ON k.code = a.kind
  WHERE a.pupil = p.id AND a.school = c.school AND a.day BETWEEN {from} AND {to} AND a.known_until = '9999-12-31T00:00:00+00:00') m ON TRUE
WHERE c.school = {id} AND c.kind = 'HOMEROOM' AND e.kind = 'HOME' AND e.known_until = '9999-12-31T00:00:00+00:00' AND e.begins <= {to} AND e.ends >= {to}
ORDER BY c.id, e.number;
