//! The words of 心の天気, in three languages. `{気|き}` has its reading above.
mod talk;

use super::check_in::Adult;
use super::{ruby, words};
use chrono::{Datelike, NaiveDate};
use talk::TalkWords;

/// What the page says in one language.
pub(super) struct Words {
    pub(super) lang: &'static str,
    pub(super) name: &'static str,
    /// Whether names have their readings above.
    pub(super) ruby: bool,
    pub(super) title: &'static str,
    pub(super) languages: &'static str,
    /// In the morning, by day, in the evening.
    greetings: [&'static str; 3],
    question: &'static str,
    choose: &'static str,
    skip: &'static str,
    pub(super) send: &'static str,
    free: &'static str,
    thanks: &'static str,
    /// What was sent, and who can see it where somebody is named.
    thanks_more: [&'static str; 2],
    pub(super) change: &'static str,
    skipped: &'static str,
    skipped_more: &'static str,
    answer: &'static str,
    leave: &'static str,
    purposes: &'static str,
    pub(super) talk: TalkWords,
}

impl Words {
    pub(super) const ALL: [&'static Words; 3] = [&JA, &PT, &EN];

    /// The words of a language; Japanese where there are none.
    pub(super) fn of(lang: &str) -> &'static Words {
        Words::ALL.into_iter().find(|words| words.lang == lang).unwrap_or(&JA)
    }

    pub(super) fn greeting(&self, name: &str, hour: u32, day: NaiveDate) -> String {
        let greeting = self.greetings[match hour {
            0..11 => 0,
            11..17 => 1,
            _ => 2,
        }];
        match self.lang {
            "pt" => format!("{greeting}, {name}.　{}, {}/{}", PT_DAYS[weekday(day)], day.day(), day.month()),
            "en" => format!("{greeting}, {name}.　{}, {} {}", EN_DAYS[weekday(day)], day.day(), EN_MONTHS[day.month0() as usize]),
            _ => {
                let weekday = format!("（{{{}|{}}}）", words::weekday(day), JA_DAYS[weekday(day)]);
                let day = format!("{}{{月|がつ}}{}{weekday}", day.month(), of_month(day.day()));
                format!("{name} さん、{greeting}　<span class=\"day\">{}</span>", ruby::marked(&day))
            }
        }
    }

    /// Who sees it, and what it is not for.
    pub(super) fn readers(&self, readers: &[Adult]) -> String {
        let adult = |adult: &Adult| {
            let kana = adult.kana.as_deref().map(words::family);
            let name = words::family(&adult.name);
            match self.lang {
                "pt" => format!("{}{}", PT_DUTIES[duty(adult)], ruby::japanese(name)),
                "en" => format!("{}{}", EN_DUTIES[duty(adult)], ruby::japanese(name)),
                _ => format!(
                    "{}{} {}",
                    ruby::marked(JA_DUTIES[duty(adult)]),
                    ruby::name(name, kana),
                    ruby::marked("{先生|せんせい}")
                ),
            }
        };
        let readers: Vec<_> = readers.iter().map(adult).collect();
        let (first, join, end) = match self.lang {
            "pt" => ("Quem pode ver: ", ", ", ". "),
            "en" => ("Who can see it: ", ", ", ". "),
            _ => ("{見|み}る ことが できる {人|ひと}：", "と、", "。"),
        };
        let who = if readers.is_empty() { String::new() } else { format!("{}{}{end}", ruby::marked(first), readers.join(join)) };
        format!("{who}{}", ruby::marked(self.free))
    }

    /// What has become of a wish to talk, with whom it is.
    pub(super) fn arrived(&self, adult: &str, taken: bool) -> String {
        let [before, behind] = if taken { self.talk.taken } else { self.talk.sent };
        format!("{}{adult}{}", ruby::marked(before), ruby::marked(behind))
    }

    /// What an adult is to the pupil.
    pub(super) fn role(&self, role: &str) -> &'static str {
        let at = match role {
            "HOMEROOM" => 0,
            "NURSE" => 1,
            "COUNSELLOR" => 2,
            "HEAD" => 3,
            _ => 4,
        };
        match self.lang {
            "pt" => PT_ROLES[at],
            "en" => EN_ROLES[at],
            _ => JA_ROLES[at],
        }
    }

    pub(super) fn question(&self) -> String {
        ruby::marked(self.question)
    }
    pub(super) fn choose(&self) -> String {
        ruby::marked(self.choose)
    }
    pub(super) fn skip(&self) -> String {
        ruby::marked(self.skip)
    }
    pub(super) fn thanks(&self, named: bool) -> (String, String) {
        let [sent, seen] = self.thanks_more;
        let more = if named { format!("{sent} {seen}") } else { sent.to_owned() };
        (ruby::marked(self.thanks), ruby::marked(&more))
    }
    pub(super) fn skipped(&self) -> (String, String) {
        (ruby::marked(self.skipped), ruby::marked(self.skipped_more))
    }
    pub(super) fn answer(&self) -> String {
        ruby::marked(self.answer)
    }
    /// For what it is taken in.
    pub(super) fn purposes(&self) -> String {
        ruby::marked(self.purposes)
    }
    pub(super) fn leave(&self) -> String {
        ruby::marked(self.leave)
    }
}

fn weekday(day: NaiveDate) -> usize {
    day.weekday().num_days_from_monday() as usize
}

/// A day of the month, with what is above its 日: the number reads itself, but for two.
fn of_month(day: u32) -> String {
    match day {
        1 => "{1日|ついたち}".to_owned(),
        20 => "{20日|はつか}".to_owned(),
        2..=10 | 14 | 24 => format!("{day}{{日|か}}"),
        _ => format!("{day}{{日|にち}}"),
    }
}

/// The place of a duty in the lists of words.
fn duty(adult: &Adult) -> usize {
    match adult.duty.as_str() {
        "HOMEROOM_TEACHER" => 0,
        "NURSE" => 1,
        "GRADE_HEAD" => 2,
        _ => 3,
    }
}

const JA_DUTIES: [&str; 4] = ["{担任|たんにん}の ", "{保健室|ほけんしつ}の ", "{学年|がくねん}の ", ""];
const PT_DUTIES: [&str; 4] = ["professor(a) da turma ", "enfermaria: ", "professor(a) do ano ", "professor(a) "];
const EN_DUTIES: [&str; 4] = ["your class teacher ", "the nurse's room: ", "the head of your grade ", "teacher "];
const JA_ROLES: [&str; 5] =
    ["{担任|たんにん}の ", "{保健室|ほけんしつ}の ", "スクールカウンセラーの ", "{校長|こうちょう}・{教頭|きょうとう}の ", ""];
const PT_ROLES: [&str; 5] = ["professor(a) da turma ", "enfermaria: ", "conselheiro(a) ", "direção: ", "professor(a) "];
const EN_ROLES: [&str; 5] = ["your class teacher ", "the nurse's room: ", "the school counsellor ", "the head: ", "teacher "];
const JA_DAYS: [&str; 7] = ["げつ", "か", "すい", "もく", "きん", "ど", "にち"];
const PT_DAYS: [&str; 7] = ["segunda", "terça", "quarta", "quinta", "sexta", "sábado", "domingo"];
const EN_DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const EN_MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
static JA: Words = Words {
    lang: "ja",
    name: "にほんご",
    ruby: true,
    title: "こころの てんき",
    languages: "ことば",
    greetings: ["おはようございます。", "こんにちは。", "こんばんは。"],
    question: "いまの {気|き}もちは、どの {天気|てんき}に にていますか",
    choose: "{天気|てんき}を ひとつ えらんでください。{答|こた}えなくても だいじょうぶです。",
    skip: "{今日|きょう}は {答|こた}えない",
    send: "これで おくる",
    free: "{答|こた}えなくても だいじょうぶです。{成績|せいせき}には つかいません。",
    thanks: "おくりました。ありがとう",
    thanks_more: [
        "{今日|きょう}の {天気|てんき}を おくりました。",
        "{下|した}に {名前|なまえ}が ある {先生|せんせい}は、{見|み}る ことが できます。",
    ],
    change: "なおす",
    skipped: "{今日|きょう}は {答|こた}えません",
    skipped_more: "それで だいじょうぶです。{今日|きょう}は もう ききません。",
    answer: "やっぱり {答|こた}える",
    leave: "おわる",
    purposes: "なんの ために つかうの？",
    talk: TalkWords {
        want: "だれかに {話|はな}したい",
        who: "だれに {話|はな}したいですか",
        about: "どんな ことですか。{言|い}わなくても だいじょうぶです。",
        own: "{書|か}きたい ことが あれば {書|か}いてください。なくても だいじょうぶです。",
        only: "えらんだ {人|ひと}だけが {見|み}ます。だれも {受|う}け{取|と}らない ときは、つぎの {先生|せんせい}が {見|み}ます。",
        outside: "{学校|がっこう}の {外|そと}の {人|ひと}に {話|はな}したい とき",
        wrong: "{話|はな}したい {人|ひと}を ひとり えらんで、もういちど おくってください。",
        sent: ["とどきました。", "が {見|み}ます。"],
        taken: ["", "が {受|う}け{取|と}りました。"],
        withdraw: "とりけす",
        back: "もどる",
    },
};

static PT: Words = Words {
    lang: "pt",
    name: "Português",
    ruby: false,
    title: "O tempo do coração",
    languages: "Idioma",
    greetings: ["Bom dia", "Boa tarde", "Boa noite"],
    question: "Com que tempo se parece o que você sente agora?",
    choose: "Escolha um tempo. Você também pode não responder.",
    skip: "Hoje não respondo",
    send: "Enviar",
    free: "Você não precisa responder. Não vale nota.",
    thanks: "Enviado. Obrigado!",
    thanks_more: ["Você enviou o tempo de hoje.", "Os professores com o nome abaixo podem ver."],
    change: "Mudar",
    skipped: "Hoje você não responde",
    skipped_more: "Está tudo bem. Hoje não perguntamos mais.",
    answer: "Quero responder",
    leave: "Terminar",
    purposes: "Para que se usa?",
    talk: TalkWords {
        want: "Quero conversar com alguém",
        who: "Com quem você quer conversar?",
        about: "Sobre o quê? Você não precisa dizer.",
        own: "Se quiser, escreva algo. Também pode deixar vazio.",
        only: "Só a pessoa escolhida vê. Se ninguém responder, o próximo professor vê.",
        outside: "Se quiser conversar com alguém de fora da escola",
        wrong: "Escolha uma pessoa e envie de novo.",
        sent: ["Chegou. Quem vai ver: ", "."],
        taken: ["Recebido por: ", "."],
        withdraw: "Cancelar",
        back: "Voltar",
    },
};

static EN: Words = Words {
    lang: "en",
    name: "English",
    ruby: false,
    title: "Weather of the heart",
    languages: "Language",
    greetings: ["Good morning", "Good afternoon", "Good evening"],
    question: "Which weather is most like how you feel now?",
    choose: "Choose one weather. You may also leave it out.",
    skip: "Not today",
    send: "Send this",
    free: "You need not answer. It is not for marks.",
    thanks: "Sent. Thank you!",
    thanks_more: ["You have sent today's weather.", "The teachers named below can see it."],
    change: "Change it",
    skipped: "You are not answering today",
    skipped_more: "That is fine. Nobody asks again today.",
    answer: "Answer after all",
    leave: "Finish",
    purposes: "What is it for?",
    talk: TalkWords {
        want: "I want to talk to somebody",
        who: "Whom do you want to talk to?",
        about: "What is it about? You need not say.",
        own: "Write something if you like. You may leave it empty.",
        only: "Only the person you choose sees it. If nobody takes it, the next teacher sees it.",
        outside: "If you want to talk to somebody outside of school",
        wrong: "Choose one person and send it again.",
        sent: ["It has arrived. It will be seen by ", "."],
        taken: ["It was taken by ", "."],
        withdraw: "Take it back",
        back: "Back",
    },
};

#[cfg(test)]
mod tests;
