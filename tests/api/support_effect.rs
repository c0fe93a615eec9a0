//! What changed when a support began, beside those who were alike and had none.
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::full_class::pupil;
use asagao_tests::{AOI, CLASS_5_2, HARUTO, HIBARINO, KAEDE, Person, School, TODAY};
use chrono::{Datelike, NaiveDate};
use serde_json::{Value, json};
use uuid::Uuid;

const EFFECTS: &str = "query ($id: ID!) { pupil(id: $id) { supportEffects { began since changes { measure before after othersBefore
    othersAfter others difference low high mayBeChance withheld text english: text(language: EN) } } } }";

async fn effects(person: &Person<'_>, pupil: Uuid) -> Value {
    person.ask(EFFECTS, json!({ "id": pupil })).await.data("/pupil/supportEffects").clone()
}

async fn note(person: &Person<'_>, pupil: Uuid, day: NaiveDate) {
    let document = "mutation ($input: RecordSupportActionInput!) { recordSupportAction(input: $input) { userErrors { code } } }";
    let input = json!({ "pupilId": pupil, "kind": "TALK", "text": "朝の声かけ", "day": day });
    assert_eq!(person.ask(document, json!({ "input": input })).await.data("/recordSupportAction/userErrors"), &json!([]));
}

/// 40 school days of a class of 22, and the day of the 21st. 朝倉 葵 is away on 6 of the first 20 and 2 of the second; 8 others and one more,
/// who is supported as well, on 6 and 5; the rest never.
async fn autumn() -> (School, NaiveDate) {
    let school = School::open().await;
    school.fill_class().await;
    let today: NaiveDate = TODAY.parse().expect("a date");
    let mut all: Vec<NaiveDate> =
        today.iter_days().rev().skip(1).filter(|day| day.weekday().number_from_monday() < 6).take(40).collect();
    all.reverse();
    let ana = school.person("ana");
    let take = "mutation ($input: TakeAttendanceInput!) { takeAttendance(input: $input) { userErrors { code } rejected { code } } }";
    for (at, day) in all.iter().enumerate() {
        let away = |of: Uuid| json!({ "pupilId": of, "kind": "ILLNESS" });
        let (before, within) = (at < 20, at % 20);
        let mut marks = Vec::new();
        if within < if before { 6 } else { 2 } {
            marks.push(away(AOI));
        }
        for other in 7..=15 {
            // Not all on the same days, and not all alike afterwards.
            let after = if other % 2 == 0 { 4 } else { 6 };
            if (within + usize::try_from(other).expect("a number")) % 20 < if before { 6 } else { after } {
                marks.push(away(pupil(other)));
            }
        }
        let taken = ana.ask(take, json!({ "input": { "classId": CLASS_5_2, "day": day, "marks": marks } })).await;
        assert_eq!(taken.data("/takeAttendance"), &json!({ "userErrors": [], "rejected": [] }));
    }
    let begun = all[20];
    note(&ana, pupil(15), all[3]).await;
    (school, begun)
}

#[tokio::test]
async fn the_days_before_and_after_stand_beside_those_of_pupils_who_were_alike_and_had_no_support() {
    let (school, begun) = autumn().await;
    let ana = school.person("ana");
    assert_eq!(effects(&ana, AOI).await, json!([]), "nothing has begun");
    note(&ana, AOI, begun).await;
    // A second talk a week later goes on with the first.
    note(&ana, AOI, begun + chrono::Days::new(7)).await;
    let found = effects(&ana, AOI).await;
    assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
    assert_eq!((&found[0]["began"], &found[0]["since"]), (&json!("SUPPORT"), &json!(begun)));
    let absence = &found[0]["changes"][0];
    assert_eq!((&absence["measure"], &absence["withheld"], &absence["others"]), (&json!("ABSENCE"), &Value::Null, &json!(8)), "{absence}");
    let figure = |name: &str| (absence[name].as_f64().expect("a figure") * 100.0).round() / 100.0;
    let figures = ["before", "after", "othersBefore", "othersAfter", "difference"].map(|name| format!("{}", figure(name)));
    assert_eq!(figures, ["6", "2", "6", "5", "-3"]);
    assert!(figure("low") <= -4.0 && figure("high") >= -2.0, "{absence}");
    assert_eq!(absence["mayBeChance"], false, "the others scatter by a day, which three days go beyond");
    let text = absence["text"].as_str().unwrap();
    assert!(text.contains("20授業日あたり6日から2日") && text.contains("8人では、平均6日から5日") && text.contains("言えません"), "{text}");
    assert!(absence["english"].as_str().unwrap().contains("Mean of 8 pupils"));
    let activity = &found[0]["changes"][1];
    assert_eq!((&activity["measure"], &activity["before"]), (&json!("ACTIVITY"), &Value::Null), "{activity}");
    assert_eq!(activity["withheld"], "TOO_FEW_DAYS_BEFORE", "apps began to post with the second half: before that nothing is known");
    let page = school.visitor_as("ana").await.get(&format!("/pupils/{AOI}")).await;
    assert!(page.text.contains("支援の前後") && page.text.contains("20授業日あたり6日から2日"), "{}", page.text);
}

#[tokio::test]
async fn little_is_said_as_such() {
    let (school, begun) = autumn().await;
    let ana = school.person("ana");
    // Nobody was alike: one who was never away of whom there are many is compared, with too few days after nothing is.
    note(&ana, HARUTO, TODAY.parse().unwrap()).await;
    let found = effects(&ana, HARUTO).await;
    assert_eq!(found[0]["changes"][0]["withheld"], "TOO_FEW_DAYS_AFTER", "{found}");
    assert!(found[0]["changes"][0]["text"].as_str().unwrap().contains("まだ10日ない"), "{found}");
    assert_eq!(found[0]["changes"][0]["before"], Value::Null);
    for other in 7..=11 {
        note(&ana, pupil(other), begun).await;
    }
    note(&ana, AOI, begun).await;
    let found = effects(&ana, AOI).await;
    assert_eq!(found[0]["changes"][0]["withheld"], "TOO_FEW_COMPARABLE", "only three are left without support: {found}");
    assert!(found[0]["changes"][0]["text"].as_str().unwrap().contains("ひとりでに元にもどった"));
}

#[tokio::test]
async fn only_who_sees_flags_and_support_sees_it_and_of_whom_is_kept_out_nothing_is_said() {
    let (mut school, begun) = autumn().await;
    let from = TODAY.parse().expect("a date");
    school.hire("office", |id| vec![duty::new(id, DutyKind::AcademicAffairs, Some(HIBARINO), None, from)]).await;
    note(&school.person("ana"), AOI, begun).await;
    assert_eq!(effects(&school.person("hugo"), AOI).await.as_array().unwrap().len(), 1);
    assert_eq!(school.person("office").ask(EFFECTS, json!({ "id": AOI })).await.code(), "FORBIDDEN");
    let stranger = school.person("mari").ask(EFFECTS, json!({ "id": AOI })).await;
    assert_eq!(stranger.data("/pupil"), &Value::Null);
    let choose = "mutation ($input: ChooseAnalysisInput!) { chooseAnalysis(input: $input) { keptOut } }";
    let keep_out = async |pupil: Uuid| {
        let kept = school.person("office").ask(choose, json!({ "input": { "pupilId": pupil, "keepOut": true } })).await;
        assert_eq!(kept.data("/chooseAnalysis/keptOut"), true);
    };
    keep_out(pupil(7)).await;
    assert_eq!(effects(&school.person("ana"), AOI).await[0]["changes"][0]["others"], 7, "nobody is compared with them either");
    keep_out(AOI).await;
    assert_eq!(effects(&school.person("ana"), AOI).await, json!([]));
    assert_eq!(effects(&school.person("ana"), KAEDE).await, json!([]));
}

#[tokio::test]
async fn a_beginning_costs_the_same_however_large_the_class() {
    let (school, begun) = autumn().await;
    let ana = school.person("ana");
    note(&ana, AOI, begun).await;
    let answer = ana.ask(EFFECTS, json!({ "id": AOI })).await;
    assert!(answer.queries() <= 24, "{}", answer.queries());
}
