//! What a pupil is told when 心の天気 cannot be shown or sent, in the pupil's language and with readings.
use super::check_in_words::Words;
use super::error::PageError;
use super::frame::Frame;
use super::{html, ruby};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

/// The words of one language.
struct Said {
    /// A form that came after its session.
    late: [&'static str; 2],
    /// The same, once somebody is signed in again.
    ready: [&'static str; 2],
    missing: [&'static str; 2],
    unavailable: [&'static str; 2],
    expired: [&'static str; 2],
    unread: [&'static str; 2],
    internal: [&'static str; 2],
    code: &'static str,
    enter: &'static str,
    send: &'static str,
    open: &'static str,
    home: &'static str,
}

/// Which page is asked for, as far as the pupil's language and what was chosen tell it.
pub(super) fn is_of(path: &str) -> bool {
    path.split('?').next() == Some("/check-in")
}

/// The language that a path or a form asks for.
pub(super) fn lang(path: &str, field: &str) -> &'static str {
    let query = path.split_once('?').map_or("", |(_, query)| query);
    let asked = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "lang").map(|(_, value)| value.into_owned());
    Words::of(if field.is_empty() { asked.as_deref().unwrap_or_default() } else { field }).lang
}

/// What the page offers to do.
pub(super) enum Way<'a> {
    /// To sign in, with what the form carries along.
    SignIn(Vec<(String, &'a str)>),
    /// To send it again.
    Send(&'a str, Vec<(String, &'a str)>),
    /// To open the page again.
    Open(&'a str),
    /// To sign in anew.
    Enter,
    /// To begin anew.
    Home,
}

#[derive(Template)]
#[template(path = "check_in_trouble.html")]
struct TroublePage<'a> {
    frame: Frame,
    lang: &'static str,
    said: &'static Said,
    title: &'static str,
    text: &'static str,
    plain_title: String,
    alert: bool,
    way: Way<'a>,
}

/// A form that came too late; `alert` where a code did not hold.
pub(super) fn late(lang: &'static str, ready: bool, way: Way<'_>, alert: bool, status: StatusCode) -> Response {
    let said = Said::of(lang);
    page(lang, if ready { said.ready } else { said.late }, way, alert, status)
}

/// An error; the way on is the one that fits.
pub(super) fn error(lang: &'static str, error: &PageError, way: Option<Way<'_>>, status: StatusCode) -> Response {
    let said = Said::of(lang);
    let (words, otherwise) = match error {
        PageError::Unavailable => (said.unavailable, Way::Home),
        PageError::Expired => (said.expired, Way::Enter),
        PageError::NotFound => (said.missing, Way::Home),
        PageError::TooLong | PageError::BadForm => (said.unread, Way::Home),
        _ => (said.internal, Way::Home),
    };
    page(lang, words, way.unwrap_or(otherwise), false, status)
}

fn page(lang: &'static str, [title, text]: [&'static str; 2], way: Way<'_>, alert: bool, status: StatusCode) -> Response {
    let frame = Frame::outside(String::new());
    let page = TroublePage { frame, lang, said: Said::of(lang), title, text, plain_title: plain(title), alert, way };
    match html(&page) {
        Ok(page) => (status, page).into_response(),
        Err(_) => (status, Html(plain(title))).into_response(),
    }
}

/// The text without its readings, for a place that cannot have them.
fn plain(text: &str) -> String {
    let mut parts = text.split('{');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (marked, rest) = part.split_once('}').unwrap_or((part, ""));
        plain.push_str(marked.split('|').next().unwrap_or_default());
        plain.push_str(rest);
    }
    plain
}

impl Said {
    fn of(lang: &str) -> &'static Said {
        match lang {
            "pt" => &PT,
            "en" => &EN,
            _ => &JA,
        }
    }
}

static JA: Said = Said {
    late: [
        "もういちど {入|はい}って ください",
        "{時間|じかん}が たちました。えらんだ {天気|てんき}は まだ おくっていません。コードを {入|い}れると、おくれます。",
    ],
    ready: ["もういちど おくって ください", "えらんだ {天気|てんき}は まだ おくっていません。"],
    missing: ["この ページは ありません", "はじめの ページから すすんで ください。"],
    unavailable: ["いまは つながりません", "すこし まってから、もういちど ためして ください。"],
    expired: ["もういちど {入|はい}って ください", "{時間|じかん}が たちました。なにも おくっていません。"],
    unread: ["おくれませんでした", "なにも おくっていません。はじめの ページから もういちど ためして ください。"],
    internal: ["うまく いきませんでした", "{先生|せんせい}に しらせて ください。"],
    code: "{入|はい}るための コード",
    enter: "{入|はい}る",
    send: "もういちど おくる",
    open: "もういちど ひらく",
    home: "はじめの ページへ",
};

static PT: Said = Said {
    late: [
        "Entre de novo, por favor",
        "O tempo passou. O tempo que você escolheu ainda não foi enviado. Escreva o código para enviar.",
    ],
    ready: ["Envie de novo, por favor", "O tempo que você escolheu ainda não foi enviado."],
    missing: ["Esta página não existe", "Comece pela primeira página."],
    unavailable: ["Agora não há conexão", "Espere um pouco e tente de novo."],
    expired: ["Entre de novo, por favor", "O tempo passou. Nada foi enviado."],
    unread: ["Não foi possível enviar", "Nada foi enviado. Tente de novo pela primeira página."],
    internal: ["Não deu certo", "Avise o professor, por favor."],
    code: "Código de entrada",
    enter: "Entrar",
    send: "Enviar de novo",
    open: "Abrir de novo",
    home: "Primeira página",
};

static EN: Said = Said {
    late: [
        "Please sign in again",
        "Some time has passed. The weather that you chose has not been sent yet. Enter the code to send it.",
    ],
    ready: ["Please send it again", "The weather that you chose has not been sent yet."],
    missing: ["There is no such page", "Begin with the first page."],
    unavailable: ["There is no connection just now", "Wait a little and try again."],
    expired: ["Please sign in again", "Some time has passed. Nothing has been sent."],
    unread: ["It could not be sent", "Nothing has been sent. Try again from the first page."],
    internal: ["That did not work", "Please tell your teacher."],
    code: "Sign-in code",
    enter: "Sign in",
    send: "Send again",
    open: "Open again",
    home: "First page",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::scene;

    #[test]
    fn a_pupil_is_told_in_the_own_language() {
        for (asked, title, word) in [
            ("ja", "もういちど 入って ください｜朝顔", "<rt>はい</rt>"),
            ("pt", "Entre de novo, por favor｜朝顔", "Entrar"),
            ("en", "Please sign in again｜朝顔", "Sign in"),
        ] {
            let lang = lang(&format!("/check-in?lang={asked}"), "");
            let [title_words, text] = Said::of(lang).late;
            let way = Way::SignIn(vec![("late".into(), "/check-in")]);
            let frame = Frame::outside(String::new());
            let page = TroublePage {
                frame,
                lang,
                said: Said::of(lang),
                title: title_words,
                text,
                plain_title: plain(title_words),
                alert: false,
                way,
            };
            let html = scene::render(&format!("check_in_late_{asked}"), &page);
            assert!(html.contains(&format!("<html lang=\"{asked}\">")) && html.contains(title) && html.contains(word), "{html}");
            assert!(html.contains("name=\"late\" value=\"/check-in\""));
        }
        assert_eq!(lang("/check-in?lang=en", "pt"), "pt", "the form knows best");
        assert!(is_of("/check-in?lang=en") && !is_of("/check-in-x") && !is_of("/classes"));
    }
}
