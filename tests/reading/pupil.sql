SELECT p.family_name, p.given_name, p.preferred_family_name, p.preferred_given_name FROM pupil p WHERE p.id = {id};
SELECT t.day, t.interactions FROM daily_total t WHERE t.pupil = {id} AND t.day BETWEEN {from} AND {to} ORDER BY t.day;
