-- The board's words: moods, symptoms, diseases, why pupils come to the infirmary, what they want to talk about, and whom to call outside.

-- A second line of a word stands below it in smaller letters; `easy` is やさしい日本語 with readings, as in `{天気|てんき}`. A mood has one of
-- the four pictures and says whether somebody may want to ask about it. A word that was used is retired, never taken away.
CREATE TABLE board_word (
    kind       TEXT NOT NULL,
    code       TEXT NOT NULL,
    label      TEXT NOT NULL,
    easy       TEXT NOT NULL,
    english    TEXT NOT NULL,
    portuguese TEXT NOT NULL,
    weather    TEXT,
    low        BOOLEAN NOT NULL,
    place      INTEGER NOT NULL,
    retired_on DATE,
    PRIMARY KEY (kind, code)
);
-- The codes of the first four moods are what `mood.weather` has held up to now; it holds the code of a word from here on.
INSERT INTO board_word (kind, code, label, easy, english, portuguese, weather, low, place) VALUES
    ('MOOD', 'SUNNY', 'はれ', 'はれ
げんき、たのしい', 'Sunny
well, happy', 'Sol
animado, contente', 'SUNNY', FALSE, 10),
    ('MOOD', 'CLOUDY', 'くもり', 'くもり
ふつう、まあまあ', 'Cloudy
okay, so-so', 'Nublado
normal, mais ou menos', 'CLOUDY', FALSE, 20),
    ('MOOD', 'RAINY', 'あめ', 'あめ
かなしい、つかれた', 'Rainy
sad, tired', 'Chuva
triste, cansado', 'RAINY', TRUE, 30),
    ('MOOD', 'STORMY', 'かみなり', 'かみなり
いらいら、こわい', 'Thunder
cross, afraid', 'Trovão
irritado, com medo', 'STORMY', TRUE, 40),
    ('SYMPTOM', 'FEVER', '発熱', '', 'Fever', 'Febre', NULL, FALSE, 10),
    ('SYMPTOM', 'COUGH', 'せき', '', 'Cough', 'Tosse', NULL, FALSE, 20),
    ('SYMPTOM', 'RUNNY_NOSE', '鼻水', '', 'Runny nose', 'Coriza', NULL, FALSE, 30),
    ('SYMPTOM', 'SORE_THROAT', 'のどの痛み', '', 'Sore throat', 'Dor de garganta', NULL, FALSE, 40),
    ('SYMPTOM', 'HEADACHE', '頭痛', '', 'Headache', 'Dor de cabeça', NULL, FALSE, 50),
    ('SYMPTOM', 'STOMACH_ACHE', '腹痛', '', 'Stomach ache', 'Dor de barriga', NULL, FALSE, 60),
    ('SYMPTOM', 'NAUSEA', '吐き気・嘔吐', '', 'Nausea, vomiting', 'Náusea, vômito', NULL, FALSE, 70),
    ('SYMPTOM', 'DIARRHOEA', '下痢', '', 'Diarrhoea', 'Diarreia', NULL, FALSE, 80),
    ('SYMPTOM', 'RASH', '発しん', '', 'Rash', 'Erupção na pele', NULL, FALSE, 90),
    ('SYMPTOM', 'WEARY', 'だるさ', '', 'Weariness', 'Cansaço', NULL, FALSE, 100),
    ('DISEASE', 'INFLUENZA', 'インフルエンザ', '', 'Influenza', 'Gripe (influenza)', NULL, FALSE, 10),
    ('DISEASE', 'COVID', '新型コロナウイルス感染症', '', 'COVID-19', 'COVID-19', NULL, FALSE, 20),
    ('DISEASE', 'GASTROENTERITIS', '感染性胃腸炎', '', 'Infectious gastroenteritis', 'Gastroenterite infecciosa', NULL, FALSE, 30),
    ('DISEASE', 'STREPTOCOCCUS', '溶連菌感染症', '', 'Streptococcal infection', 'Infecção por estreptococo', NULL, FALSE, 40),
    ('DISEASE', 'CHICKENPOX', '水痘', '', 'Chickenpox', 'Catapora', NULL, FALSE, 50),
    ('DISEASE', 'MUMPS', '流行性耳下腺炎', '', 'Mumps', 'Caxumba', NULL, FALSE, 60),
    ('DISEASE', 'PHARYNGOCONJUNCTIVAL', '咽頭結膜熱', '', 'Pharyngoconjunctival fever', 'Febre faringoconjuntival', NULL, FALSE, 70),
    ('DISEASE', 'PERTUSSIS', '百日咳', '', 'Pertussis', 'Coqueluche', NULL, FALSE, 80),
    ('DISEASE', 'MYCOPLASMA', 'マイコプラズマ感染症', '', 'Mycoplasma', 'Micoplasma', NULL, FALSE, 90),
    ('DISEASE', 'COLD', 'かぜ', '', 'Cold', 'Resfriado', NULL, FALSE, 100),
    ('DISEASE', 'OTHER', 'そのほかの病気', '', 'Another illness', 'Outra doença', NULL, FALSE, 900),
    ('VISIT_REASON', 'ILL', '体調がわるい', '', 'Feeling ill', 'Sente-se mal', NULL, FALSE, 10),
    ('VISIT_REASON', 'HEADACHE', '頭痛', '', 'Headache', 'Dor de cabeça', NULL, FALSE, 20),
    ('VISIT_REASON', 'STOMACH_ACHE', '腹痛', '', 'Stomach ache', 'Dor de barriga', NULL, FALSE, 30),
    ('VISIT_REASON', 'FEVER', '発熱', '', 'Fever', 'Febre', NULL, FALSE, 40),
    ('VISIT_REASON', 'NAUSEA', '吐き気', '', 'Nausea', 'Náusea', NULL, FALSE, 50),
    ('VISIT_REASON', 'INJURY', 'けが', '', 'Injury', 'Machucado', NULL, FALSE, 60),
    ('VISIT_REASON', 'TALK', '話したい', '', 'Wants to talk', 'Quer conversar', NULL, FALSE, 70),
    ('VISIT_REASON', 'OTHER', 'そのほか', '', 'Something else', 'Outro motivo', NULL, FALSE, 900),
    ('CONSULTATION_TOPIC', 'FRIENDS', '友だち', '{友|とも}だちの こと', 'Friends', 'Amigos', NULL, FALSE, 10),
    ('CONSULTATION_TOPIC', 'LEARNING', '勉強', 'べんきょうの こと', 'Learning', 'Estudos', NULL, FALSE, 20),
    ('CONSULTATION_TOPIC', 'HOME', '家', '{家|いえ}の こと', 'Home', 'Casa', NULL, FALSE, 30),
    ('CONSULTATION_TOPIC', 'FUTURE', '進路', 'しんろの こと', 'What comes after school', 'Futuro', NULL, FALSE, 40),
    ('CONSULTATION_TOPIC', 'OTHER', 'そのほか', 'そのほか', 'Something else', 'Outro assunto', NULL, FALSE, 900),
    ('OUTSIDE_CONTACT', 'SOS_DIAL', '24時間子供SOSダイヤル
0120-0-78310', '24{時間|じかん} {子供|こども}SOSダイヤル
0120-0-78310', '24-hour SOS line for children (Japanese)
0120-0-78310', 'Linha SOS 24 horas para crianças (japonês)
0120-0-78310', NULL, FALSE, 10);

INSERT INTO duty_right (duty, right_to) VALUES ('OPERATOR', 'board-word:write'), ('BOARD_OFFICIAL', 'board-word:write');
