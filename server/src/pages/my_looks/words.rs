//! The words of who looked at a pupil's records, in three languages. `{記録|きろく}` has its reading above.
use crate::pages::mine::{self, Lang};
use crate::pages::{looks, ruby};

/// What the page says in one language.
pub(super) struct Words {
    pub(super) lang: &'static Lang,
    pub(super) title: &'static str,
    pub(super) heading: &'static str,
    pub(super) about: &'static str,
    pub(super) none: &'static str,
    pub(super) ask: &'static str,
    /// The way to what was before.
    pub(super) more: &'static str,
    look: &'static str,
    /// Whoever runs the server.
    server: &'static str,
    /// The pupil.
    pupil: &'static str,
}

/// Who looked.
pub(super) enum By {
    /// A member of staff or a program.
    Named(String),
    /// The pupil.
    Pupil,
    /// Whoever runs the server.
    Server,
}

/// The way here from another page of pupils, in their language.
pub(in crate::pages) fn look(lang: &str) -> String {
    ruby::marked(Words::of(lang).look)
}

impl Words {
    /// The words of a language; Japanese where there are none.
    pub(super) fn of(lang: &str) -> &'static Words {
        [&JA, &PT, &EN].into_iter().find(|words| words.lang.code == lang).unwrap_or(&JA)
    }

    /// The words of the same page for guardians.
    pub(super) fn of_child(lang: &str) -> &'static Words {
        [&CHILD_JA, &CHILD_PT, &CHILD_EN].into_iter().find(|words| words.lang.code == lang).unwrap_or(&CHILD_JA)
    }

    /// Somebody, with what they are to the pupil.
    pub(super) fn person(&self, by: &By, duties: &[String]) -> String {
        let name = match by {
            By::Named(name) => name,
            By::Pupil => return ruby::marked(self.pupil),
            By::Server => return ruby::marked(self.server),
        };
        let duty = DUTIES.iter().find(|(kind, ..)| duties.iter().any(|duty| duty == kind));
        let Some((_, ja, pt, en)) = duty else { return ruby::japanese(name) };
        let duty = match self.lang.code {
            "pt" => pt,
            "en" => en,
            _ => ja,
        };
        format!("{}（{}）", ruby::japanese(name), self.lang.written(duty))
    }

    /// Which records some rights are about.
    pub(super) fn areas(&self, rights: &[String]) -> Vec<String> {
        let mut areas = Vec::new();
        for area in looks::areas(rights) {
            let Some((_, ja, pt, en)) = AREAS.iter().find(|(of, ..)| *of == area) else { continue };
            let area = self.lang.written(match self.lang.code {
                "pt" => pt,
                "en" => en,
                _ => ja,
            });
            if !areas.contains(&area) {
                areas.push(area);
            }
        }
        areas
    }
}

/// What adults are to a pupil, the nearest first: the duty, read aloud, in Portuguese, in English.
const DUTIES: [(&str, &str, &str, &str); 8] = [
    ("HOMEROOM_TEACHER", "{担任|たんにん}の {先生|せんせい}", "professor(a) da turma", "your class teacher"),
    ("SUBJECT_TEACHER", "{教科|きょうか}の {先生|せんせい}", "professor(a) da matéria", "a subject teacher"),
    ("NURSE", "{保健室|ほけんしつ}の {先生|せんせい}", "enfermaria", "the nurse's room"),
    ("COUNSELLOR", "スクールカウンセラー", "conselheiro(a)", "the school counsellor"),
    ("GRADE_HEAD", "{学年|がくねん}の {先生|せんせい}", "professor(a) do ano", "the head of your grade"),
    ("HEAD", "{校長|こうちょう}・{教頭|きょうとう}{先生|せんせい}", "direção", "the head"),
    ("ACADEMIC_AFFAIRS", "{学校|がっこう}の {事務|じむ}", "secretaria", "the office"),
    ("BOARD_OFFICIAL", "{教育|きょういく}{委員会|いいんかい}", "secretaria de educação", "the board of education"),
];

/// Which records: as the staff call them, read aloud, in Portuguese, in English.
const AREAS: [(&str, &str, &str, &str); 15] = [
    ("名簿", "{名前|なまえ}と {学級|がっきゅう}", "nome e turma", "name and class"),
    ("学籍", "{学校|がっこう}の {登録|とうろく}", "registro escolar", "school register"),
    ("保護者", "おうちの {人|ひと}", "responsáveis", "guardians"),
    ("出欠", "{出|で}た {日|ひ}・{休|やす}んだ {日|ひ}", "presença", "attendance"),
    ("学習", "{学習|がくしゅう}", "atividades de estudo", "learning"),
    ("成績", "{成績|せいせき}", "notas", "marks"),
    ("心の天気", "{心|こころ}の {天気|てんき}", "como você se sente", "how you feel"),
    ("健康観察", "{朝|あさ}の {健康|けんこう}", "saúde de manhã", "health in the morning"),
    ("保健室", "{保健室|ほけんしつ}", "enfermaria", "the nurse's room"),
    ("気にかけたい知らせ", "{先生|せんせい}の ノート", "anotações dos professores", "teachers' notes"),
    ("支援", "{先生|せんせい}の ノート", "anotações dos professores", "teachers' notes"),
    ("来年度の準備", "{来年|らいねん}の {学級|がっきゅう}", "turma do próximo ano", "next year's class"),
    ("保存と廃棄", "{記録|きろく}を とっておく {期間|きかん}", "por quanto tempo se guarda", "how long records are kept"),
    ("閲覧の記録", "だれが {見|み}たか", "quem viu", "who looked"),
    ("ほかの記録", "ほかの {記録|きろく}", "outros registros", "other records"),
];

const JA: Words = Words {
    lang: &mine::JA,
    title: "わたしの きろくを 見た 人",
    heading: "わたしの {記録|きろく}を {見|み}た {人|ひと}",
    about: "{学校|がっこう}の {人|ひと}が {仕事|しごと}で {見|み}た ものです。あたらしい ものが {上|うえ}です。",
    none: "まだ だれも {見|み}て いません。",
    ask: "「どうして {見|み}たの？」と {思|おも}ったら、{先生|せんせい}や おうちの {人|ひと}に {話|はな}して ください。",
    more: "もっと {前|まえ}を {見|み}る",
    look: "わたしの {記録|きろく}を {見|み}た {人|ひと}",
    server: "コンピューターの {係|かかり}",
    pupil: "わたし",
};

const PT: Words = Words {
    lang: &mine::PT,
    title: "Quem viu meus registros",
    heading: "Quem viu meus registros",
    about: "São pessoas da escola que viram no trabalho delas. O mais recente está em cima.",
    none: "Ninguém viu ainda.",
    ask: "Se você quiser saber por que alguém viu, fale com o professor ou com sua família.",
    more: "Ver mais antigos",
    look: "Quem viu meus registros",
    server: "administração do sistema",
    pupil: "você",
};

const EN: Words = Words {
    lang: &mine::EN,
    title: "Who looked at my records",
    heading: "Who looked at my records",
    about: "These are people of the school who looked for their work. The newest is at the top.",
    none: "Nobody has looked yet.",
    ask: "If you wonder why somebody looked, talk to your teacher or your family.",
    more: "See earlier ones",
    look: "Who looked at my records",
    server: "whoever runs the computer",
    pupil: "you",
};

static CHILD_JA: Words = Words {
    lang: &mine::FAMILY_JA,
    title: "お子さんの記録を見た人",
    heading: "お子さんの記録を見た人",
    about: "学校や教育委員会の人が、仕事で見たものです。新しいものが上です。教育委員会の人が見たときは、その理由も出ます。",
    none: "まだだれも見ていません。",
    ask: "見た理由を知りたいときは、学校にお問い合わせください。",
    more: "もっと前を見る",
    server: "システムの管理者",
    pupil: "お子さん",
    ..JA
};

static CHILD_PT: Words = Words {
    lang: &mine::FAMILY_PT,
    title: "Quem viu os registros da criança",
    heading: "Quem viu os registros da criança",
    about: "São pessoas da escola ou da secretaria de educação que viram no trabalho delas. O mais recente está em cima. Quando a secretaria vê, o motivo também aparece.",
    ask: "Se quiser saber por que alguém viu, fale com a escola.",
    pupil: "a criança",
    ..PT
};

static CHILD_EN: Words = Words {
    lang: &mine::FAMILY_EN,
    title: "Who looked at your child's records",
    heading: "Who looked at your child's records",
    about: "These are people of the school or the board of education who looked for their work. The newest is at the top. Where the board looked, its reason is shown.",
    ask: "If you wonder why somebody looked, ask the school.",
    pupil: "your child",
    ..EN
};
