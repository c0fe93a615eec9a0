//! The words of the page to sign in with, in three languages.
use super::{address, ruby};

/// What the page says in one language.
pub(super) struct Words {
    pub(super) lang: &'static str,
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) skip: &'static str,
    pub(super) languages: &'static str,
    pub(super) about: &'static str,
    ways: &'static str,
    pub(super) ways_text: &'static str,
    by: [&'static str; 2],
    pub(super) demo: &'static str,
    pub(super) demo_text: &'static str,
    pub(super) others: &'static str,
    pub(super) staff: &'static str,
    pub(super) staff_text: &'static str,
    pub(super) code: &'static str,
    pub(super) enter: &'static str,
    pupils: &'static str,
    pub(super) pupils_text: &'static str,
    pub(super) pupils_code: &'static str,
    pub(super) pupils_enter: &'static str,
    pub(super) help: &'static str,
    help_lines: [&'static str; 3],
    /// The same where nobody has a code.
    help_without_code: [&'static str; 2],
    pub(super) rest: [&'static str; 2],
    pub(super) expired: &'static str,
    pub(super) wrong: &'static str,
    pub(super) missing: &'static str,
}

impl Words {
    pub(super) const ALL: [Words; 3] = [JA, PT, EN];

    /// The words of a language; Japanese where there are none.
    pub(super) fn of(lang: &str) -> Words {
        Words::ALL.into_iter().find(|words| words.lang == lang).unwrap_or(JA)
    }

    /// This page in this language.
    pub(super) fn href(&self, next: &str) -> String {
        let path = address::with("/sign-in", "lang", self.lang);
        if next.is_empty() { path } else { address::with(&path, "next", next) }
    }

    pub(super) fn ways(&self) -> String {
        ruby::marked(self.ways)
    }

    /// What stands on the button of a provider.
    pub(super) fn by(&self, name: &str) -> String {
        let [before, behind] = self.by;
        format!("{before}{name}{behind}")
    }

    /// What one can do who cannot come in.
    pub(super) fn help(&self, codes: bool) -> &[&'static str] {
        if codes { &self.help_lines } else { &self.help_without_code }
    }

    pub(super) fn pupils(&self) -> String {
        ruby::marked(self.pupils)
    }
}

const JA: Words = Words {
    lang: "ja",
    name: "日本語",
    title: "入る",
    skip: "本文へ",
    languages: "ことば",
    about: "学びと校務のきろく",
    ways: "{学校|がっこう}のアカウントで{入|はい}る",
    ways_text: "先生・職員の方も、児童・生徒のみなさんも、ここから入ります。",
    by: ["", "で入る"],
    demo: "お試しの学校",
    demo_text: "人物はすべて架空です。だれかになって入れます。",
    others: "ほかの人を見る",
    staff: "先生・職員の方",
    staff_text: "学校の担当者から受け取ったコードで入ります。",
    code: "入るためのコード",
    enter: "入る",
    pupils: "{児童|じどう}・{生徒|せいと}のみなさん",
    pupils_text: "せんせいから もらった コードで はいります。",
    pupils_code: "はいるための コード",
    pupils_enter: "はいる",
    help: "入れないとき",
    help_lines: [
        "コードは「asagao_」から始まります。前後に空白が入っていないか確かめてください。",
        "先生・職員の方：コードの期限が切れていることがあります。学校の教務か、教育委員会の担当に新しいコードを頼んでください。",
        "児童・生徒のみなさん：たんにんの せんせいに きいてください。",
    ],
    help_without_code: [
        "先生・職員の方：学校のアカウントになっているか確かめてください。だめなときは、学校の教務か、教育委員会の担当に聞いてください。",
        "児童・生徒のみなさん：たんにんの せんせいに きいてください。",
    ],
    rest: [
        "15分操作がないと、画面をロックします。個人の記録を変えたことは残ります。",
        "この端末を離れるときは、必ず「出る」を押してください。",
    ],
    expired: "時間がたったため、もういちど入ってください",
    wrong: "このコードでは入れません。まちがいがないか、期限が切れていないか確かめてください",
    missing: "コードを入れてください",
};

const PT: Words = Words {
    lang: "pt",
    name: "Português",
    title: "Entrar",
    skip: "Ir para o conteúdo",
    languages: "Idioma",
    about: "Registros de aprendizagem e da escola",
    ways: "Entrar com a conta da escola",
    ways_text: "Professores, funcionários e alunos entram por aqui.",
    by: ["Entrar com ", ""],
    demo: "Escola de demonstração",
    demo_text: "Todas as pessoas são fictícias. Escolha uma para entrar.",
    others: "Ver outras pessoas:",
    staff: "Professores e funcionários",
    staff_text: "Entre com o código que recebeu do responsável na escola.",
    code: "Código de entrada",
    enter: "Entrar",
    pupils: "Alunos",
    pupils_text: "Entre com o código que o professor deu.",
    pupils_code: "Código de entrada",
    pupils_enter: "Entrar",
    help: "Não consigo entrar",
    help_lines: [
        "O código começa com “asagao_”. Confira se não há espaços antes ou depois.",
        "Professores e funcionários: o código pode ter vencido. Peça um novo à escola ou à secretaria de educação.",
        "Alunos: perguntem ao professor da turma.",
    ],
    help_without_code: [
        "Professores e funcionários: confira se está usando a conta da escola. Se não der certo, pergunte à escola ou à secretaria de educação.",
        "Alunos: perguntem ao professor da turma.",
    ],
    rest: [
        "Depois de 15 minutos sem uso, a tela é bloqueada. Toda mudança em um registro fica anotada.",
        "Ao deixar este aparelho, aperte sempre “出る”.",
    ],
    expired: "O tempo passou. Entre de novo, por favor",
    wrong: "Não é possível entrar com este código. Confira se está certo e se não venceu",
    missing: "Escreva o código",
};

const EN: Words = Words {
    lang: "en",
    name: "English",
    title: "Sign in",
    skip: "Skip to the content",
    languages: "Language",
    about: "Records of learning and of the school",
    ways: "Sign in with your school account",
    ways_text: "Staff and pupils alike.",
    by: ["Sign in with ", ""],
    demo: "A school to try",
    demo_text: "Everybody here is made up. Choose whom to sign in as.",
    others: "Show others:",
    staff: "Teachers and staff",
    staff_text: "Sign in with the code that your school gave you.",
    code: "Sign-in code",
    enter: "Sign in",
    pupils: "Pupils",
    pupils_text: "Sign in with the code from your teacher.",
    pupils_code: "Sign-in code",
    pupils_enter: "Sign in",
    help: "If you cannot sign in",
    help_lines: [
        "The code begins with “asagao_”. Make sure that there is no space before or after it.",
        "Teachers and staff: the code may have ended. Ask your school's office or the board of education for a new one.",
        "Pupils: ask your class teacher.",
    ],
    help_without_code: [
        "Staff: make sure that it is your school account. If that does not help, ask your school's office or the board of education.",
        "Pupils: ask your class teacher.",
    ],
    rest: [
        "After 15 minutes of rest the screen locks. Every change to a record is kept.",
        "Always press “出る” when you leave this device.",
    ],
    expired: "Some time has passed: please sign in again",
    wrong: "This code does not let you in. Check that it is right and has not ended",
    missing: "Enter the code",
};
