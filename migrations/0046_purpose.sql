-- Purposes of use (利用目的): for what each kind of record is taken in, as the law asks to be told beforehand. The first line is what is taken
-- in, the second for what and by whom it is seen. A board words them as its own rules do.
INSERT INTO board_word (kind, code, label, easy, english, portuguese, weather, low, place) VALUES
    ('PURPOSE', 'ATTENDANCE', '出欠の記録
出席簿をつけ、欠席の連絡や安全の確認、学習の支援に使います。担任と学校の教職員が見ます。', '{出|で}た {日|ひ}・{休|やす}んだ {日|ひ}
みんなが {無事|ぶじ}か たしかめ、{休|やす}んだ {人|ひと}を たすける ために つかいます。', 'Attendance
To keep the register, to make sure that everybody is safe and to help those who were away. Teachers and staff of the school see it.', 'Presença
Para o registro escolar, para saber se todos estão bem e ajudar quem faltou. Professores e funcionários da escola veem.', NULL, FALSE, 10),
    ('PURPOSE', 'ACTIVITY', '学習アプリの記録
学びの様子を知り、授業の工夫と一人ひとりの支援に使います。担任と教科の先生が見ます。', '{学習|がくしゅう}アプリの {記録|きろく}
わかる{授業|じゅぎょう}に する ために つかいます。', 'Records of learning apps
To know how learning goes, to teach better and to help each pupil. The class teacher and the subject teachers see them.', 'Registros dos aplicativos de estudo
Para saber como vai o estudo, ensinar melhor e ajudar cada aluno. O professor da turma e os das matérias veem.', NULL, FALSE, 20),
    ('PURPOSE', 'MARK', 'テストと成績
学習の評価と通知表、指導の改善に使います。担任と教科の先生、学校の管理職が見ます。', 'テストと {成績|せいせき}
どこまで できたかを {知|し}り、つぎの {学習|がくしゅう}を たすける ために つかいます。', 'Tests and marks
To assess learning, to write report cards and to teach better. The class teacher, the subject teachers and the head see them.', 'Provas e notas
Para avaliar o estudo, fazer o boletim e ensinar melhor. O professor da turma, os das matérias e a direção veem.', NULL, FALSE, 30),
    ('PURPOSE', 'MOOD', '心の天気
気もちの変化に気づき、声をかけるために使います。入力は自由で、評価には使いません。担任・学年主任・養護教諭・管理職が見ます。', '{心|こころ}の {天気|てんき}
{先生|せんせい}が {気|き}づいて、{声|こえ}を かける ために つかいます。{成績|せいせき}には つかいません。こたえなくても だいじょうぶです。', 'How you feel
So that adults notice and can ask. Answering is free, and it is never used for marks. The class teacher, the head of the grade, the nurse and the head see it.', 'Como você se sente
Para os adultos perceberem e poderem conversar. Responder é livre e não vale nota. O professor da turma, o coordenador do ano, a enfermaria e a direção veem.', NULL, FALSE, 40),
    ('PURPOSE', 'HEALTH', '健康観察と保健室の記録
体調を知り、手当てと感染症の予防に使います。養護教諭と担任・管理職が見ます。養護教諭だけが見るメモもあります。', 'からだの ようすと {保健室|ほけんしつ}の {記録|きろく}
からだを まもる ために つかいます。', 'Health in the morning and the nurse''s room
To know how pupils are, to care for them and to prevent infections. The nurse, the class teacher and the head see them; some notes the nurse alone.', 'Saúde de manhã e enfermaria
Para saber como estão, cuidar e evitar doenças. A enfermaria, o professor da turma e a direção veem; algumas notas só a enfermaria.', NULL, FALSE, 50),
    ('PURPOSE', 'CONSULTATION', '相談したいという知らせ
話を聞くために使います。選んだ相手だけが見て、記録はほかの目的に使いません。', '{相談|そうだん}したい という {知|し}らせ
えらんだ {人|ひと}だけが {見|み}ます。ほかの ことには つかいません。', 'Asking to talk
To listen to you. Only the adult whom you choose sees it, and it is used for nothing else.', 'Pedido para conversar
Para ouvir você. Só o adulto que você escolhe vê, e não é usado para mais nada.', NULL, FALSE, 60),
    ('PURPOSE', 'ANALYSIS', '学習と生活の記録の分析
支援が必要かもしれない人に早く気づくために、出欠・学習・心の天気を学級の中で比べます。判断は必ず先生がします。分析に使わないでほしいときは、いつでも止められます。', '{記録|きろく}を まとめて {見|み}ること
こまっている {人|ひと}に はやく {気|き}づく ために つかいます。きめるのは {先生|せんせい}です。やめて ほしい ときは、おうちの {人|ひと}が とめる ことが できます。', 'Analysis of learning and life records
To notice early who may need support, attendance, learning and moods are compared within the class. A teacher always decides. You can stop it at any time.', 'Análise dos registros
Para perceber cedo quem pode precisar de apoio, comparam-se presença, estudo e humor dentro da turma. Quem decide é sempre o professor. Você pode parar quando quiser.', NULL, FALSE, 70);
