//! The page from answers of the API as samples.
use super::*;
use crate::pages::scene;
use serde_json::Value;

fn page(lang: &str, moods: &Value, asking: Asking) -> CheckInPage {
    let pupil = json!({ "id": "p-19", "name": "髙橋 朝陽", "kana": "タカハシ アサヒ", "moods": moods, "moodReaders": [
        { "name": "中島 由紀", "kana": "ナカジマ ユキ", "duty": "HOMEROOM_TEACHER" },
        { "name": "三浦 恵", "kana": "ミウラ メグミ", "duty": "NURSE" },
    ] });
    let word = |code: &str, label: &str, weather: Value| {
        json!({ "code": code, "label": label, "easy": format!("{label}\nげんき"),
        "english": label, "portuguese": label, "weather": weather })
    };
    let adult = |name: &str, kana: &str, role: &str| json!({ "staffId": name, "name": name, "kana": kana, "role": role });
    let asked = json!({
        "viewer": { "pupil": pupil },
        "moods": [word("SUNNY", "はれ", json!("SUNNY")), word("CLOUDY", "くもり", json!("CLOUDY")), word("RAINY", "あめ", json!("RAINY")),
            word("STORMY", "かみなり", json!("STORMY"))],
        "consultationChoices": {
            "adults": [adult("中島 由紀", "ナカジマ ユキ", "HOMEROOM"), adult("三浦 恵", "ミウラ メグミ", "NURSE")],
            "topics": [word("FRIENDS", "{友|とも}だち", Value::Null)],
            "outside": [word("SOS", "こどもSOS", Value::Null)],
        },
        "consultations": { "nodes": [{ "id": "c-1", "state": "SENT", "addressee": adult("三浦 恵", "ミウラ メグミ", "NURSE") }] },
    });
    CheckInPage::of(&serde_json::from_value(asked).unwrap(), Words::of(lang), "token".into(), asking).unwrap()
}

fn asking() -> Asking {
    Asking { again: false, choose: false, talking: None, ways: Ways { marks: true, looks: true }, now: 8, today: scene::today() }
}

#[test]
fn whom_to_talk_to_is_asked_in_any_language_and_what_was_sent_is_shown() {
    for lang in ["ja", "pt", "en"] {
        let talking = Asking { talking: Some(Typed::default()), ..asking() };
        let html = scene::render(&format!("check_in_talk_{lang}"), &page(lang, &json!([]), talking));
        assert_eq!((html.matches("name=\"staff\"").count(), html.matches("checked").count()), (2, 0));
        assert!(html.contains("value=\"withdraw\"") && html.contains("name=\"id\""));
    }
    let html = scene::render("check_in_asked", &page("ja", &json!([]), asking()));
    assert!(html.contains("とどきました") && html.contains("talk=1"));
}

#[test]
fn nothing_is_chosen_beforehand_in_any_language() {
    for lang in ["ja", "pt", "en"] {
        let html = scene::render(&format!("check_in_{lang}"), &page(lang, &json!([]), asking()));
        assert_eq!((html.matches("type=\"radio\"").count(), html.matches("checked").count()), (4, 0));
        assert!(html.contains(&format!("<html lang=\"{lang}\">")) && html.contains("value=\"skip\""));
    }
}

#[test]
fn what_was_sent_is_thanked_for_and_a_skipped_day_is_not_asked_again() {
    let html = scene::render("check_in_sent", &page("ja", &json!([{ "word": "CLOUDY" }]), asking()));
    assert!(html.contains("なおす") && html.contains("くもり") && !html.contains("type=\"radio\""));
    let html = scene::render("check_in_skipped", &page("ja", &json!([{ "word": null }]), asking()));
    assert!(html.contains("again=1") && !html.contains("type=\"radio\""));
    let again = Asking { again: true, ..asking() };
    assert!(scene::render("check_in_again", &page("ja", &json!([{ "word": null }]), again)).contains("type=\"radio\""));
}
