//! The words of a guardian's page, in three languages.

/// What the page says in one language.
pub(super) struct Words {
    pub(super) lang: &'static str,
    pub(super) name: &'static str,
    pub(super) languages: &'static str,
    pub(super) title: &'static str,
    pub(super) none: &'static str,
    pub(super) attendance: &'static str,
    /// 授業日数, 欠席, 出席停止・忌引等, 遅刻, 早退.
    pub(super) columns: [&'static str; 5],
    pub(super) attendance_ask: &'static str,
    pub(super) marks: &'static str,
    pub(super) looks: &'static str,
    pub(super) analysis: &'static str,
    /// What is done with the child's records, and that it is not.
    pub(super) analysed: &'static str,
    pub(super) kept_out: &'static str,
    pub(super) keep_out: &'static str,
    pub(super) take_in: &'static str,
    pub(super) purposes: &'static str,
    pub(super) purposes_about: &'static str,
    pub(super) leave: &'static str,
}

impl Words {
    pub(super) const ALL: [&'static Words; 3] = [&JA, &PT, &EN];

    /// The words of a language; Japanese where there are none.
    pub(super) fn of(lang: &str) -> &'static Words {
        Words::ALL.into_iter().find(|words| words.lang == lang).unwrap_or(&JA)
    }
}

static JA: Words = Words {
    lang: "ja",
    name: "日本語",
    languages: "言語",
    title: "お子さんの記録",
    none: "いま見られる記録はありません。お心当たりがないときは、学校にお問い合わせください。",
    attendance: "今年度の出欠",
    columns: ["授業日数", "欠席", "出停・忌引等", "遅刻", "早退"],
    attendance_ask: "記録が違うと思われるときは、学校にご連絡ください。",
    marks: "成績を見る",
    looks: "記録を見た人",
    analysis: "記録の分析",
    analysed: "支援が必要かもしれないお子さんに早く気づくために、出欠・学習・心の天気の記録を学級の中で比べています。決めるのは先生です。使ってほしくないときは、理由を言わずに、いつでも止められます。成績や学校での扱いは変わりません。",
    kept_out: "お子さんの記録は、分析に使っていません。",
    keep_out: "分析に使わない",
    take_in: "また分析に使う",
    purposes: "記録を使う目的",
    purposes_about: "学校が集めている記録と、使う目的、見る人です。ここに書いていない目的には使いません。",
    leave: "終わる",
};

static PT: Words = Words {
    lang: "pt",
    name: "Português",
    languages: "Idioma",
    title: "Registros das crianças",
    none: "Agora não há registros que possam ser vistos. Se não souber por quê, fale com a escola.",
    attendance: "Presença neste ano letivo",
    columns: ["Aulas", "Faltas", "Dispensa", "Atrasos", "Saiu antes"],
    attendance_ask: "Se algo parecer errado, fale com a escola.",
    marks: "Ver as notas",
    looks: "Quem viu os registros",
    analysis: "Análise dos registros",
    analysed: "Para perceber cedo quem pode precisar de apoio, comparamos presença, estudo e humor dentro da turma. Quem decide é o professor. Se não quiser, pode parar quando quiser, sem dizer o motivo. Nada muda nas notas nem na escola.",
    kept_out: "Os registros desta criança não entram na análise.",
    keep_out: "Não usar na análise",
    take_in: "Usar de novo na análise",
    purposes: "Para que servem os registros",
    purposes_about: "Os registros que a escola guarda, para que servem e quem os vê. Não são usados para mais nada.",
    leave: "Sair",
};

static EN: Words = Words {
    lang: "en",
    name: "English",
    languages: "Language",
    title: "Your children's records",
    none: "There is no record to see now. If you do not know why, ask the school.",
    attendance: "Attendance this school year",
    columns: ["School days", "Absent", "Excused", "Late", "Left early"],
    attendance_ask: "If something seems wrong, tell the school.",
    marks: "See the marks",
    looks: "Who looked at the records",
    analysis: "Analysis of records",
    analysed: "To notice early who may need support, attendance, learning and moods are compared within the class. A teacher decides. If you do not want that, stop it at any time, without a reason. Nothing changes in marks or at school.",
    kept_out: "This child's records are not analysed.",
    keep_out: "Keep out of the analysis",
    take_in: "Take into the analysis again",
    purposes: "What the records are for",
    purposes_about: "The records that the school keeps, for what, and who sees them. They are used for nothing else.",
    leave: "Sign out",
};
