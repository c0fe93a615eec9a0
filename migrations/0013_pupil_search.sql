-- What a search for a pupil looks into: the shown name and its reading folded, apart from them what the register says, which fewer people
-- may search, and the version of the rules that they were folded by. 0: not yet; bringing the database up to date does it.
ALTER TABLE pupil ADD COLUMN folded TEXT NOT NULL DEFAULT '';
ALTER TABLE pupil ADD COLUMN folded_official TEXT NOT NULL DEFAULT '';
ALTER TABLE pupil ADD COLUMN folded_by INTEGER NOT NULL DEFAULT 0;

-- 正式氏名 and 学籍番号 are for those who keep the register, and for the pupil.
INSERT INTO duty_right (duty, right_to) VALUES
    ('OPERATOR', 'official-name:read'), ('HEAD', 'official-name:read'), ('HOMEROOM_TEACHER', 'official-name:read'),
    ('ACADEMIC_AFFAIRS', 'official-name:read'), ('PUPIL', 'official-name:read');
