-- School counsellors and social workers: a duty that by itself gives the school alone, and no pupil.
INSERT INTO duty_right (duty, right_to) VALUES ('COUNSELLOR', 'school:read');
