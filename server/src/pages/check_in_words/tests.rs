//! Every language says everything, and nothing is left without its reading.
use super::*;

#[test]
fn every_kanji_of_a_pupils_page_has_its_reading() {
    let kanji = |of: char| matches!(of, '\u{4e00}'..='\u{9fff}');
    let bare = |text: &str| {
        text.split('{').skip(1).all(|rest| rest.contains('|') && rest.contains('}'))
            && !text
                .split('{')
                .map(|part| part.split_once('}').map_or(part, |(_, behind)| behind))
                .any(|part| part.chars().any(kanji))
    };
    for text in [
        JA.question,
        JA.choose,
        JA.skip,
        JA.send,
        JA.free,
        JA.thanks,
        JA.thanks_more[0],
        JA.thanks_more[1],
        JA.change,
        JA.skipped,
        JA.skipped_more,
        JA.answer,
        JA.leave,
        JA.title,
    ] {
        assert!(bare(text), "{text}");
    }
    let talk = &JA.talk;
    let more = [talk.want, talk.who, talk.about, talk.own, talk.only, talk.outside, talk.wrong, talk.withdraw, talk.back];
    assert!(more.iter().chain(&talk.sent).chain(&talk.taken).chain(&JA_ROLES).all(|text| bare(text)));
    assert!(JA_DUTIES.iter().all(|duty| bare(duty)));
}

#[test]
fn a_pupil_is_greeted_with_the_day() {
    let day = "2026-11-24".parse().unwrap();
    let greeting = JA.greeting("A", 8, day);
    assert!(greeting.starts_with("A さん、おはようございます。"), "{greeting}");
    assert!(greeting.contains("24<ruby>日<rp>（</rp><rt>か</rt>"), "{greeting}");
    assert_eq!(EN.greeting("A", 18, day), "Good evening, A.　Tuesday, 24 November");
}
