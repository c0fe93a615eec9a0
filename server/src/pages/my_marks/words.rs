//! The words of a pupil's own marks, in three languages. `{成績|せいせき}` has its reading above.
use crate::pages::mine::{self, Lang};
use crate::pages::ruby;

/// What the page says in one language.
pub(super) struct Words {
    pub(super) lang: &'static Lang,
    pub(super) title: &'static str,
    pub(super) heading: &'static str,
    /// What it is, and what it is not.
    pub(super) about: &'static str,
    pub(super) none: &'static str,
    pub(super) subject: &'static str,
    /// The three viewpoints, and 評定.
    pub(super) columns: [&'static str; 4],
    /// What A, B and C say.
    pub(super) letters: [&'static str; 3],
    /// That the numbers go up to 3, and up to 5.
    pub(super) scales: [&'static str; 2],
    pub(super) gap: &'static str,
    pub(super) from_teacher: &'static str,
    pub(super) ask: &'static str,
    pub(super) before: &'static str,
    pub(super) now: &'static str,
    look: &'static str,
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

    /// A subject, with its reading or in another language; as it is where it has no usual name.
    pub(super) fn subject(&self, name: &str) -> String {
        let Some((_, read, pt, en)) = SUBJECTS.iter().find(|(of, ..)| *of == name) else { return ruby::japanese(name) };
        match self.lang.code {
            "pt" => ruby::marked(pt),
            "en" => ruby::marked(en),
            _ if self.lang.ruby => ruby::marked(read),
            _ => ruby::japanese(name),
        }
    }

    /// The n-th of the terms of a year.
    pub(super) fn term(&self, name: &str, number: i32) -> String {
        match (self.lang.code, name) {
            ("pt", _) => format!("{number}º período"),
            ("en", _) => format!("Term {number}"),
            (_, name) if !self.lang.ruby => ruby::japanese(name),
            (_, "前期") => ruby::marked("{前期|ぜんき}"),
            (_, "後期") => ruby::marked("{後期|こうき}"),
            _ => ruby::marked(&format!("{number}{{学期|がっき}}")),
        }
    }
}

/// The usual subjects: read aloud, in Portuguese, in English.
const SUBJECTS: [(&str, &str, &str, &str); 19] = [
    ("国語", "{国語|こくご}", "Língua japonesa", "Japanese"),
    ("社会", "{社会|しゃかい}", "Estudos sociais", "Social studies"),
    ("算数", "{算数|さんすう}", "Aritmética", "Arithmetic"),
    ("数学", "{数学|すうがく}", "Matemática", "Mathematics"),
    ("理科", "{理科|りか}", "Ciências", "Science"),
    ("生活", "{生活|せいかつ}", "Vida e ambiente", "Living and environment"),
    ("音楽", "{音楽|おんがく}", "Música", "Music"),
    ("図画工作", "{図画工作|ずがこうさく}", "Artes e trabalhos manuais", "Arts and crafts"),
    ("美術", "{美術|びじゅつ}", "Artes", "Fine arts"),
    ("家庭", "{家庭|かてい}", "Economia doméstica", "Home economics"),
    ("体育", "{体育|たいいく}", "Educação física", "Physical education"),
    ("保健体育", "{保健体育|ほけんたいいく}", "Saúde e educação física", "Health and physical education"),
    ("技術・家庭", "{技術|ぎじゅつ}・{家庭|かてい}", "Tecnologia e economia doméstica", "Technology and home economics"),
    ("外国語", "{外国語|がいこくご}", "Língua estrangeira", "Foreign language"),
    ("道徳", "{道徳|どうとく}", "Educação moral", "Moral education"),
    ("外国語活動", "{外国語活動|がいこくごかつどう}", "Atividades em língua estrangeira", "Foreign language activities"),
    (
        "総合的な学習の時間",
        "{総合的|そうごうてき}な {学習|がくしゅう}の {時間|じかん}",
        "Estudos integrados",
        "Integrated studies",
    ),
    ("特別活動", "{特別活動|とくべつかつどう}", "Atividades especiais", "Special activities"),
    ("行動の記録", "{行動|こうどう}の {記録|きろく}", "Registro de conduta", "Record of conduct"),
];

const JA: Words = Words {
    lang: &mine::JA,
    title: "わたしの せいせき",
    heading: "わたしの {成績|せいせき}",
    about: "おわった {学期|がっき}の {記録|きろく}です。ほかの {人|ひと}と くらべる ものでは ありません。",
    none: "まだ ありません。{学期|がっき}が おわると、ここで {見|み}る ことが できます。",
    subject: "{教科|きょうか}",
    columns: ["わかる・ できる", "{考|かんが}える・ あらわす", "すすんで {学|まな}ぶ", "{評定|ひょうてい}"],
    letters: ["A　よく できて いる", "B　できて いる", "C　もう すこし"],
    scales: ["{評定|ひょうてい}は、3から 1までの {数字|すうじ}です。", "{評定|ひょうてい}は、5から 1までの {数字|すうじ}です。"],
    gap: "–　{記録|きろく}が ない ところです。わるい しるしでは ありません。",
    from_teacher: "{先生|せんせい}から",
    ask: "わからない ことや、{話|はな}したい ことが あれば、{先生|せんせい}や おうちの {人|ひと}に {話|はな}して ください。",
    before: "まえの {学年|がくねん}の {成績|せいせき}",
    now: "いまの {学年|がくねん}の {成績|せいせき}",
    look: "{成績|せいせき}を {見|み}る",
};

const PT: Words = Words {
    lang: &mine::PT,
    title: "Minhas notas",
    heading: "Minhas notas",
    about: "São os registros dos períodos que terminaram. Não servem para comparar você com outras pessoas.",
    none: "Ainda não há nada. Quando o período terminar, você poderá ver aqui.",
    subject: "Matéria",
    columns: ["Saber e fazer", "Pensar e expressar", "Vontade de aprender", "Nota"],
    letters: ["A　Faz muito bem", "B　Faz bem", "C　Falta um pouco"],
    scales: ["A nota é um número de 3 a 1.", "A nota é um número de 5 a 1."],
    gap: "–　Não há registro. Não é um sinal ruim.",
    from_teacher: "Palavras do professor",
    ask: "Se você não entender algo ou quiser conversar, fale com o professor ou com sua família.",
    before: "Notas do ano anterior",
    now: "Notas deste ano",
    look: "Ver minhas notas",
};

const EN: Words = Words {
    lang: &mine::EN,
    title: "My marks",
    heading: "My marks",
    about: "These are the records of terms that are over. They are not for comparing you with others.",
    none: "There is nothing yet. When the term is over you can see it here.",
    subject: "Subject",
    columns: ["Knowing and doing", "Thinking and expressing", "Wanting to learn", "Mark"],
    letters: ["A　Done very well", "B　Done well", "C　A little more to do"],
    scales: ["The mark is a number from 3 to 1.", "The mark is a number from 5 to 1."],
    gap: "–　There is no record. It is not a bad sign.",
    from_teacher: "From your teacher",
    ask: "If there is something you do not understand or want to talk about, tell your teacher or your family.",
    before: "Marks of the year before",
    now: "Marks of this year",
    look: "See my marks",
};

static CHILD_JA: Words = Words {
    lang: &mine::FAMILY_JA,
    title: "お子さんの成績",
    heading: "お子さんの成績",
    about: "終わった学期の記録です。ほかの子どもと比べるものではありません。",
    none: "まだありません。学期が終わると、ここで見られます。",
    subject: "教科",
    columns: ["知識・技能", "思考・判断・表現", "主体的に学習に取り組む態度", "評定"],
    letters: ["A　十分満足できる", "B　おおむね満足できる", "C　努力を要する"],
    scales: ["評定は3〜1の数字です。", "評定は5〜1の数字です。"],
    gap: "–　記録がないところです。悪い印ではありません。",
    from_teacher: "先生から",
    ask: "分からないことや話したいことがあれば、学校にご連絡ください。",
    before: "前の学年の成績",
    now: "今の学年の成績",
    look: "成績を見る",
};

static CHILD_PT: Words = Words {
    lang: &mine::FAMILY_PT,
    title: "Notas da criança",
    heading: "Notas da criança",
    about: "São os registros dos períodos que terminaram. Não servem para comparar com outras crianças.",
    ask: "Se não entender algo ou quiser conversar, fale com a escola.",
    look: "Ver as notas",
    ..PT
};

static CHILD_EN: Words = Words {
    lang: &mine::FAMILY_EN,
    title: "Your child's marks",
    heading: "Your child's marks",
    about: "These are the records of terms that are over. They are not for comparing with other children.",
    ask: "If there is something you do not understand or want to talk about, ask the school.",
    look: "See the marks",
    ..EN
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::mine::bare;
    use asagao_graphql::marks::subject;

    #[test]
    fn every_kanji_has_its_reading_and_every_subject_its_name() {
        let said = [JA.title, JA.heading, JA.about, JA.none, JA.subject, JA.gap, JA.from_teacher, JA.ask, JA.before];
        let more = [JA.now, JA.look].into_iter().chain(JA.columns).chain(JA.letters).chain(JA.scales);
        for text in said.into_iter().chain(more).chain(SUBJECTS.map(|of| of.1)) {
            assert!(!bare(text), "{text}");
        }
        for name in subject::of_grade("") {
            assert!(SUBJECTS.iter().any(|of| of.0 == *name), "{name}");
        }
        assert_eq!(EN.subject("算数"), "Arithmetic");
        assert_eq!(JA.subject("タブレット"), "<span lang=\"ja\">タブレット</span>");
        assert_eq!((PT.term("2学期", 2), JA.term("後期", 2).contains("こうき")), ("2º período".to_owned(), true));
    }
}
