-- 児童生徒理解・支援シート: what a school knows and does for a pupil who is cared for, who takes part in it, and who may read which part.

-- One open at a time for a pupil in a school; `ends` is the day on which it was closed, or none yet.
CREATE TABLE support_sheet (
    id           UUID PRIMARY KEY,
    pupil        UUID NOT NULL REFERENCES pupil (id),
    school       UUID NOT NULL REFERENCES school (id),
    origin       TEXT NOT NULL,
    from_flag    UUID,
    from_action  UUID,
    reason       TEXT NOT NULL,
    begins       DATE NOT NULL,
    ends         DATE NOT NULL,
    outcome      TEXT,
    close_reason TEXT NOT NULL,
    opened_by    UUID NOT NULL,
    at           TIMESTAMPTZ NOT NULL
);
CREATE INDEX support_sheet_by_pupil ON support_sheet (pupil, school);
CREATE UNIQUE INDEX support_sheet_one_open ON support_sheet (pupil, school) WHERE ends = '9999-12-31';

-- 共通シート (year 0) and 学年別シート: one text for each part, year and level of confidentiality.
CREATE TABLE support_section (
    id         UUID PRIMARY KEY,
    sheet      UUID NOT NULL REFERENCES support_sheet (id),
    pupil      UUID NOT NULL REFERENCES pupil (id),
    school     UUID NOT NULL REFERENCES school (id),
    part       TEXT NOT NULL,
    year       INTEGER NOT NULL,
    level      TEXT NOT NULL,
    text       TEXT NOT NULL,
    version    INTEGER NOT NULL,
    written_by UUID NOT NULL,
    at         TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX support_section_once ON support_section (sheet, part, year, level);
CREATE INDEX support_section_by_pupil ON support_section (pupil);

-- ケース会議・検討会等の記録.
CREATE TABLE support_meeting (
    id         UUID PRIMARY KEY,
    sheet      UUID NOT NULL REFERENCES support_sheet (id),
    pupil      UUID NOT NULL REFERENCES pupil (id),
    school     UUID NOT NULL REFERENCES school (id),
    day        DATE NOT NULL,
    level      TEXT NOT NULL,
    took_part  TEXT NOT NULL,
    said       TEXT NOT NULL,
    decided    TEXT NOT NULL,
    version    INTEGER NOT NULL,
    written_by UUID NOT NULL,
    at         TIMESTAMPTZ NOT NULL
);
CREATE INDEX support_meeting_by_sheet ON support_meeting (sheet, day);
CREATE INDEX support_meeting_by_pupil ON support_meeting (pupil);

-- 手だて.
CREATE TABLE support_task (
    id         UUID PRIMARY KEY,
    sheet      UUID NOT NULL REFERENCES support_sheet (id),
    pupil      UUID NOT NULL REFERENCES pupil (id),
    school     UUID NOT NULL REFERENCES school (id),
    what       TEXT NOT NULL,
    staff      UUID NOT NULL REFERENCES staff (id),
    due_on     DATE NOT NULL,
    level      TEXT NOT NULL,
    state      TEXT NOT NULL,
    ended_on   DATE,
    word       TEXT NOT NULL,
    version    INTEGER NOT NULL,
    written_by UUID NOT NULL,
    at         TIMESTAMPTZ NOT NULL
);
CREATE INDEX support_task_by_sheet ON support_task (sheet, due_on);
CREATE INDEX support_task_by_staff ON support_task (staff, state, due_on);
CREATE INDEX support_task_by_pupil ON support_task (pupil);

-- 担当者: who takes part, from when to when. It ends with the sheet, with the pupil's time in the school and with the duties of who was asked.
CREATE TABLE support_assignment (
    id       UUID PRIMARY KEY,
    sheet    UUID NOT NULL REFERENCES support_sheet (id),
    pupil    UUID NOT NULL REFERENCES pupil (id),
    school   UUID NOT NULL REFERENCES school (id),
    staff    UUID NOT NULL REFERENCES staff (id),
    part     TEXT NOT NULL,
    begins   DATE NOT NULL,
    ends     DATE NOT NULL,
    given_by UUID NOT NULL,
    at       TIMESTAMPTZ NOT NULL
);
CREATE INDEX support_assignment_by_sheet ON support_assignment (sheet);
CREATE INDEX support_assignment_by_staff ON support_assignment (staff);

-- 引継ぎ: to which class of the school, or to which other school, up to which level and which parts (separated by commas), with whose consent.
-- The class in which the sheet was opened has a row of its own.
CREATE TABLE support_share (
    id          UUID PRIMARY KEY,
    sheet       UUID NOT NULL REFERENCES support_sheet (id),
    pupil       UUID NOT NULL REFERENCES pupil (id),
    school      UUID NOT NULL REFERENCES school (id),
    class       UUID REFERENCES class (id),
    to_school   UUID REFERENCES school (id),
    level       TEXT NOT NULL,
    parts       TEXT NOT NULL,
    consent_by  TEXT NOT NULL,
    consent_on  DATE,
    consent_how TEXT NOT NULL,
    reason      TEXT NOT NULL,
    begins      DATE NOT NULL,
    ends        DATE NOT NULL,
    given_by    UUID NOT NULL,
    at          TIMESTAMPTZ NOT NULL
);
CREATE INDEX support_share_by_sheet ON support_share (sheet);
CREATE INDEX support_share_by_pupil ON support_share (pupil);

-- What was done may be for fewer eyes, too, and belongs to the sheet that was open when it was noted.
ALTER TABLE support_action ADD COLUMN level TEXT NOT NULL DEFAULT 'SCHOOL_TEAM';
ALTER TABLE support_action ADD COLUMN sheet UUID;
CREATE INDEX support_action_by_sheet ON support_action (sheet);

-- Which levels a duty reads, and whether a sheet is for it in every class (the head) or in those to which it was given. ASSIGNED is no duty:
-- it stands for whoever takes part.
CREATE TABLE support_level (
    duty       TEXT NOT NULL,
    level      TEXT NOT NULL,
    everywhere BOOLEAN NOT NULL,
    PRIMARY KEY (duty, level)
);
INSERT INTO support_level (duty, level, everywhere) VALUES
    ('ASSIGNED', 'ASSIGNED', FALSE), ('ASSIGNED', 'SCHOOL_TEAM', FALSE), ('ASSIGNED', 'SHAREABLE', FALSE),
    ('HEAD', 'ASSIGNED', TRUE), ('HEAD', 'SCHOOL_TEAM', TRUE), ('HEAD', 'SHAREABLE', TRUE),
    ('OPERATOR', 'ASSIGNED', TRUE), ('OPERATOR', 'SCHOOL_TEAM', TRUE), ('OPERATOR', 'SHAREABLE', TRUE),
    ('GRADE_HEAD', 'SCHOOL_TEAM', FALSE), ('GRADE_HEAD', 'SHAREABLE', FALSE),
    ('HOMEROOM_TEACHER', 'SCHOOL_TEAM', FALSE), ('HOMEROOM_TEACHER', 'SHAREABLE', FALSE);

INSERT INTO duty_right (duty, right_to) VALUES
    ('HEAD', 'support:open'), ('GRADE_HEAD', 'support:open'), ('HOMEROOM_TEACHER', 'support:open'),
    ('NURSE', 'support:open'),
    ('HEAD', 'support:join'), ('GRADE_HEAD', 'support:join'), ('HOMEROOM_TEACHER', 'support:join'),
    ('SUBJECT_TEACHER', 'support:join'), ('ACADEMIC_AFFAIRS', 'support:join'), ('NURSE', 'support:join'), ('COUNSELLOR', 'support:join');

-- Who reads or writes what of a pupil's support in which school, level by level: whoever takes part in a sheet (`sheet`), whoever has a duty
-- over the pupil's class (`class`), and those who have the same duty in a school to which it was handed over (`handed`, `here`).
CREATE VIEW support_reach AS
    SELECT a.staff AS holder, r.right_to, l.level, s.pupil, s.school, s.id AS sheet, e.class, s.school AS here,
        l.everywhere, FALSE AS handed,
        CASE WHEN a.begins > d.begins THEN a.begins ELSE d.begins END AS begins,
        CASE WHEN a.ends < d.ends THEN a.ends ELSE d.ends END AS ends,
        e.begins AS enrolled, e.ends AS leaves
    FROM support_assignment a
    JOIN support_sheet s ON s.id = a.sheet AND s.ends = '9999-12-31'
    JOIN enrolment e ON e.pupil = s.pupil AND e.school = s.school
    JOIN duty d ON d.holder = a.staff
    LEFT JOIN class k ON k.id = d.class
    JOIN duty_right r ON r.duty = d.kind AND r.right_to = 'support:join'
    JOIN support_level l ON l.duty = 'ASSIGNED'
    WHERE e.known_until = '9999-12-31T00:00:00+00:00' AND e.kind = 'HOME' AND COALESCE(d.school, k.school, s.school) = s.school
    UNION ALL
    SELECT d.holder, r.right_to, l.level, e.pupil, e.school, NULL AS sheet, e.class, e.school AS here, l.everywhere, FALSE AS handed,
        d.begins, d.ends, e.begins AS enrolled, e.ends AS leaves
    FROM enrolment e
    JOIN class c ON c.id = e.class
    JOIN duty d ON (d.class IS NULL OR d.class = c.id) AND (d.school IS NULL OR d.school = c.school)
               AND (d.grade = '' OR ',' || c.grades || ',' LIKE '%,' || d.grade || ',%')
    JOIN duty_right r ON r.duty = d.kind AND r.right_to IN ('support:read', 'support:write')
    JOIN support_level l ON l.duty = d.kind
    WHERE e.known_until = '9999-12-31T00:00:00+00:00' AND e.kind = 'HOME'
    UNION ALL
    SELECT d.holder, r.right_to, l.level, h.pupil, h.from_school AS school, NULL AS sheet, e.class, e.school AS here,
        FALSE AS everywhere, TRUE AS handed,
        CASE WHEN h.begins > d.begins THEN h.begins ELSE d.begins END AS begins,
        CASE WHEN h.ends < d.ends THEN h.ends ELSE d.ends END AS ends,
        e.begins AS enrolled, e.ends AS leaves
    FROM hand_over h
    JOIN enrolment e ON e.pupil = h.pupil AND e.school = h.to_school
    JOIN class c ON c.id = e.class
    JOIN duty d ON (d.class IS NULL OR d.class = c.id) AND (d.school IS NULL OR d.school = c.school)
               AND (d.grade = '' OR ',' || c.grades || ',' LIKE '%,' || d.grade || ',%')
    JOIN duty_right r ON r.duty = d.kind AND r.right_to = h.right_to
    JOIN support_level l ON l.duty = d.kind
    WHERE h.right_to = 'support:read' AND l.level <> 'ASSIGNED' AND c.kind = 'HOMEROOM'
        AND e.known_until = '9999-12-31T00:00:00+00:00' AND e.kind = 'HOME';
