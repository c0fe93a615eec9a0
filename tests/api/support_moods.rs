//! Flags, legends and tables name moods as the board does.
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::full_class::{YESTERDAY, pupil, school_days};
use asagao_tests::{CLASS_5_2, Person, School, TODAY};
use serde_json::{Value, json};

/// A board with five moods of its own, two of them low.
async fn with_five_moods() -> School {
    let mut school = School::open().await;
    school.hire("board", |id| vec![duty::new(id, DutyKind::BoardOfficial, None, None, TODAY.parse().expect("a date"))]).await;
    let board = school.person("board");
    let save = "mutation ($input: SaveBoardWordInput!) { saveBoardWord(input: $input) { userErrors { code field } } }";
    let mood = |code: &str, label: &str, english: &str, weather: &str, low: bool| {
        json!({ "kind": "MOOD", "code": code, "label": label, "english": english, "weather": weather, "low": low, "place": 5 })
    };
    for input in [
        mood("SUNNY", "はれ", "Sunny", "SUNNY", false), mood("CLOUDY", "くもり", "Cloudy", "CLOUDY", false), mood("GREAT", "にじ\nさいこう", "Rainbow", "SUNNY", false),
        mood("RAINY", "しとしと\nすこし つらい", "Drizzle\na little sad", "RAINY", true), mood("STORMY", "ざあざあ", "", "STORMY", true),
    ] {
        assert_eq!(board.ask(save, json!({ "input": input })).await.data("/saveBoardWord/userErrors"), &json!([]));
    }
    school.fill_class().await;
    school
}

/// A week in which one pupil said nothing but low moods.
async fn feel(school: &School) {
    let days = school_days();
    let felt = |number: u64, words: [&str; 5]| {
        days[15..].iter().zip(words).map(|(day, word)| json!({ "pupilId": pupil(number), "day": day, "word": word })).collect::<Vec<_>>()
    };
    let mut moods = felt(20, ["RAINY", "STORMY", "RAINY", "RAINY", "STORMY"]);
    moods.extend((7..20).flat_map(|number| felt(number, ["SUNNY", "CLOUDY", "GREAT", "SUNNY", "CLOUDY"])));
    let document = "mutation ($moods: [MoodInput!]!) { recordMoods(input: { moods: $moods }) { recorded rejected { code field } } }";
    let answer = school.person("portal").ask(document, json!({ "moods": moods })).await;
    assert_eq!(answer.data("/recordMoods"), &json!({ "recorded": 70, "rejected": [] }));
}

/// What the pupil's flag says in a language: the rules, and the reason about moods.
async fn said(person: &Person<'_>, language: &str) -> (Value, Value) {
    let run = "mutation ($class: ID!, $day: Date!) { analyze(input: { classId: $class, asOf: $day }) { userErrors { code } } }";
    person.ask(run, json!({ "class": CLASS_5_2, "day": YESTERDAY })).await;
    let document = "query ($class: ID!, $in: Language!) { supportFlags(classId: $class) { nodes { pupil { number } rules { text(language: $in) }
        reasons { feature label(language: $in) text(language: $in) } } } }";
    let answer = person.ask(document, json!({ "class": CLASS_5_2, "in": language })).await;
    let flags = answer.data("/supportFlags/nodes").as_array().expect("a list").clone();
    let flag = flags.into_iter().find(|flag| flag["pupil"]["number"] == 20).expect("a flag");
    let reason = flag["reasons"].as_array().expect("a list").iter().find(|of| of["feature"] == "low_moods_last20").expect("the reason").clone();
    (flag["rules"][0]["text"].clone(), reason)
}

#[tokio::test]
async fn a_flag_names_the_low_moods_of_the_board() {
    let school = with_five_moods().await;
    feel(&school).await;
    let ana = school.person("ana");
    let (rule, reason) = said(&ana, "JA").await;
    assert_eq!((&rule, &reason["label"]), (&json!("心の天気のしとしと・ざあざあが5回続いています"), &json!("心の天気 しとしと・ざあざあ")));
    assert_eq!(reason["text"], "直近20授業日の心の天気 しとしと・ざあざあ 5日（学級の中央 0日）");
    let (rule, reason) = said(&ana, "EN").await;
    assert_eq!((&rule, &reason["label"]), (&json!("5 times in a row the mood Drizzle or ざあざあ"), &json!("Mood Drizzle or ざあざあ")));
}

#[tokio::test]
async fn the_pages_of_the_class_and_of_the_pupil_name_them_too() {
    let school = with_five_moods().await;
    feel(&school).await;
    said(&school.person("ana"), "JA").await;
    let mut ana = school.visitor_as("ana").await;
    for path in [format!("/classes/{CLASS_5_2}"), format!("/pupils/{}", pupil(20))] {
        let text = ana.get(&path).await.text;
        for words in ["</svg>はれ・にじ</span>", "</svg>くもり</span>", "</svg>しとしと</span>", "</svg>ざあざあ</span>", "心の天気 しとしと・ざあざあ"] {
            assert!(text.replace("にじ・はれ", "はれ・にじ").contains(words), "{path} {words}");
        }
        for words in ["あめ", "かみなり"] {
            assert!(!text.contains(words), "{path} {words}");
        }
    }
}
