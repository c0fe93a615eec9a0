//! Readings above kanji, for pupils.
use std::fmt::Write as _;

/// Writes `いまの {気|き}もち` out with readings in HTML. What stands outside the braces is escaped, and so is what stands in them.
pub(super) fn marked(text: &str) -> String {
    let mut html = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((inside, behind)) = after.split_once('}') else { break };
        let (base, reading) = inside.split_once('|').unwrap_or((inside, ""));
        html.push_str(&escaped(before));
        html.push_str(&over(base, reading));
        rest = behind;
    }
    html.push_str(&escaped(rest));
    html
}

/// The same without the readings, for who reads kanji.
pub(super) fn unread(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((inside, behind)) = after.split_once('}') else { break };
        plain.push_str(before);
        plain.push_str(inside.split_once('|').map_or(inside, |(base, _)| base));
        rest = behind;
    }
    plain + rest
}

/// A name with its reading above: family and given name each under their own, where both can be told apart.
pub(super) fn name(name: &str, kana: Option<&str>) -> String {
    let names: Vec<_> = name.split_whitespace().collect();
    let kana: Vec<_> = kana.unwrap_or_default().split_whitespace().map(hiragana).collect();
    if names.len() == kana.len() {
        let parts: Vec<_> = names.iter().zip(&kana).map(|(name, kana)| over(name, kana)).collect();
        return parts.join(" ");
    }
    over(name, &kana.join(" "))
}

/// A name in a text of another language.
pub(super) fn japanese(name: &str) -> String {
    format!("<span lang=\"ja\">{}</span>", escaped(name))
}

/// The reading stands above only what has kanji: not above kana or letters.
fn over(base: &str, reading: &str) -> String {
    let base = escaped(base);
    if reading.is_empty() || !base.chars().any(kanji) {
        return base;
    }
    let mut html = String::new();
    write!(html, "<ruby>{base}<rp>（</rp><rt>{}</rt><rp>）</rp></ruby>", escaped(reading)).expect("a string takes all");
    html
}

fn kanji(of: char) -> bool {
    matches!(of, '々' | '〆' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// A reading as small children read it: hiragana for katakana.
pub(super) fn hiragana(kana: &str) -> String {
    kana.chars()
        .map(|of| match of {
            'ァ'..='ヶ' => char::from_u32(u32::from(of) - 0x60).unwrap_or(of),
            of => of,
        })
        .collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOP: &str =
        "<ruby>髙橋<rp>（</rp><rt>たかはし</rt><rp>）</rp></ruby> <ruby>朝陽<rp>（</rp><rt>あさひ</rt><rp>）</rp></ruby>";

    #[test]
    fn a_name_has_its_reading_above() {
        assert_eq!(name("髙橋 朝陽", Some("タカハシ アサヒ")), TOP);
        assert_eq!(name("サントス ルカス", Some("サントス ルカス")), "サントス ルカス");
        assert_eq!(
            name("岩本 さくら", Some("イワモト サクラ")),
            "<ruby>岩本<rp>（</rp><rt>いわもと</rt><rp>）</rp></ruby> さくら"
        );
        assert_eq!(name("髙橋 朝陽", None), "髙橋 朝陽");
        assert_eq!(name("<b>", Some("\"")), "&lt;b&gt;");
    }

    #[test]
    fn what_is_marked_is_written_out() {
        assert_eq!(marked("いまの {気|き}もち"), "いまの <ruby>気<rp>（</rp><rt>き</rt><rp>）</rp></ruby>もち");
        assert_eq!(marked("a < b {"), "a &lt; b {");
        assert_eq!((unread("いまの {気|き}もち"), unread("a {b")), ("いまの 気もち".to_owned(), "a {b".to_owned()));
    }
}
