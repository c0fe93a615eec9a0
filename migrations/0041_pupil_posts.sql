-- A pupil's own device posts in the pupil's name, and for that pupil alone: the row scope of `activity:write` says so.
INSERT INTO duty_right (duty, right_to) VALUES ('PUPIL', 'activity:write');
