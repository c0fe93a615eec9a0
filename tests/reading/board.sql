SELECT day, count(DISTINCT pupil) AS pupils, sum(activities) AS activities, sum(interactions) AS interactions, sum(at_home) AS at_home,
  sum(duration_ms) AS duration_ms
FROM daily_total WHERE day BETWEEN {from} AND {to} GROUP BY day ORDER BY day;
