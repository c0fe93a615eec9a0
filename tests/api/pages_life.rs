//! The pages of life records: the morning's health, the infirmary, 相談, and the board's words.
use asagao_graphql::access::duty::{self, Duty, DutyKind};
use asagao_tests::{AOI, CLASS_5_2, HARUTO, HIBARINO, School, TODAY, Visitor};
use axum::http::StatusCode;
use uuid::Uuid;

fn over_school(kind: DutyKind) -> impl FnOnce(Uuid) -> Vec<Duty> {
    move |id| vec![duty::new(id, kind, Some(HIBARINO), None, TODAY.parse().expect("a date"))]
}

async fn school() -> School {
    let mut school = School::open().await;
    school.hire("mei", over_school(DutyKind::Nurse)).await;
    school.hire("sora", over_school(DutyKind::Counsellor)).await;
    school.hire("board", |id| vec![duty::new(id, DutyKind::BoardOfficial, None, None, TODAY.parse().expect("a date"))]).await;
    school
}

async fn pupil(school: &School, who: Uuid) -> Visitor<'_> {
    let code = school.pupil_token(who).await;
    let mut visitor = school.visitor();
    visitor.enter(&code).await;
    visitor
}

/// The values of the radio buttons of a name with what stands beside them.
fn value_beside<'a>(text: &'a str, name: &str, word: &str) -> &'a str {
    let field = format!("name=\"{name}\" value=\"");
    let found = text.split(field.as_str()).skip(1).find(|rest| rest.split("</label>").next().unwrap_or_default().contains(word));
    found.and_then(|rest| rest.split('"').next()).unwrap_or_else(|| panic!("there is no {word}"))
}

#[tokio::test]
async fn a_pupil_asks_to_talk_without_a_mood_and_the_adult_takes_it() {
    let school = school().await;
    let mut aoi = pupil(&school, AOI).await;
    assert!(aoi.get("/check-in").await.text.contains("talk=1"), "it is always there");
    let page = aoi.get("/check-in?talk=1").await;
    assert!(page.text.contains("0120-0-78310") && page.text.contains("<rt>ほけんしつ</rt>"), "{}", page.text);
    let (id, sora) = (page.hidden("id").to_owned(), value_beside(&page.text, "staff", "sora").to_owned());
    let none = aoi.submit("/check-in", &[("act", "talk"), ("id", &id), ("text", "なかまはずれ"), ("lang", "ja")]).await;
    assert_eq!((none.status, none.text.contains("なかまはずれ"), none.hidden("id")), (StatusCode::UNPROCESSABLE_ENTITY, true, id.as_str()), "nothing is lost");
    let fields = [("act", "talk"), ("id", id.as_str()), ("staff", &sora), ("topic", "FRIENDS"), ("text", "なかまはずれ"), ("lang", "ja")];
    for _ in 0..2 {
        assert_eq!(aoi.submit("/check-in", &fields).await.location(), (StatusCode::SEE_OTHER, "/check-in?lang=ja#talk"));
    }
    let page = aoi.get("/check-in?lang=ja").await;
    assert!(page.text.contains("とどきました") && page.text.contains("sora") && page.text.contains("type=\"radio\" name=\"weather\""), "{}", page.text);
    assert_eq!(school.count("mood", "1 = 1").await, 0);

    let mut sora = school.visitor_as("sora").await;
    assert_eq!(sora.get("/classes").await.location(), (StatusCode::SEE_OTHER, "/consultations"));
    let page = sora.get("/consultations").await;
    assert!(page.text.contains("朝倉 葵") && page.text.contains("なかまはずれ") && page.text.contains("友だち"), "{}", page.text);
    assert_eq!(sora.submit("/consultations", &[("do", "accept"), ("id", &id)]).await.location(), (StatusCode::SEE_OTHER, "/consultations"));
    assert!(aoi.get("/check-in?lang=ja").await.text.contains("<rt>う</rt>"), "受け取りました");
    sora.get("/consultations").await;
    sora.submit("/consultations", &[("do", "end"), ("id", &id), ("agreed", "木曜に話す")]).await;
    let page = sora.get("/consultations").await;
    assert!(page.text.contains("終わった相談 1件") && page.text.contains("木曜に話す"));
    let late = sora.submit("/consultations", &[("do", "accept"), ("id", &id)]).await;
    assert_eq!((late.status, late.text.contains("もう終わっています")), (StatusCode::CONFLICT, true));
    for who in ["board", "ana"] {
        assert!(!school.visitor_as(who).await.get("/consultations").await.text.contains("木曜に話す"), "{who}");
    }
}

#[tokio::test]
async fn what_was_asked_of_a_homeroom_teacher_stands_on_the_class_page_until_it_is_taken_back() {
    let school = school().await;
    let mut aoi = pupil(&school, AOI).await;
    let page = aoi.get("/check-in?talk=1&lang=en").await;
    let (id, ana) = (page.hidden("id").to_owned(), value_beside(&page.text, "staff", "your class teacher").to_owned());
    aoi.submit("/check-in", &[("act", "talk"), ("id", &id), ("staff", &ana), ("lang", "en")]).await;
    let class = format!("/classes/{CLASS_5_2}");
    let mut teacher = school.visitor_as("ana").await;
    let mark = format!("/consultations#c-{id}");
    let page = teacher.get(&class).await;
    assert!(page.text.contains(&mark) && page.text.find("相談したい") < page.text.find("気にかけたい"), "it stands first");
    assert!(!school.visitor_as("hugo").await.get(&class).await.text.contains(&mark), "the head sees nothing of it");
    teacher.submit("/presentation", &[("on", "true"), ("class", &CLASS_5_2.to_string())]).await;
    assert!(!teacher.get(&class).await.text.contains(&mark), "nor does the room");
    assert_eq!(teacher.get("/consultations").await.status, StatusCode::NOT_FOUND);
    aoi.get("/check-in?lang=en").await;
    aoi.submit("/check-in", &[("act", "withdraw"), ("wish", &id), ("lang", "en")]).await;
    assert!(!aoi.get("/check-in?lang=en").await.text.contains("It has arrived"));
}

#[tokio::test]
async fn a_class_is_noted_as_fine_but_for_exceptions_and_the_nurse_sees_the_school() {
    let school = school().await;
    let path = format!("/classes/{CLASS_5_2}/health");
    let mut ana = school.visitor_as("ana").await;
    let page = ana.get(&path).await;
    assert!(page.text.contains("ほかは全員元気") && !page.text.contains(" checked"), "nothing is chosen beforehand");
    let symptom = format!("symptom.{AOI}");
    let degrees = format!("degrees.{AOI}");
    let wrong = ana.submit(&path, &[("day", TODAY), ("act", "save"), (&symptom, "COUGH"), (&degrees, "50"), (&format!("was.{AOI}"), "||||")]).await;
    assert_eq!((wrong.status, wrong.text.contains("体温は"), wrong.text.contains("value=\"50\"")), (StatusCode::CONFLICT, true, true));
    let was: Vec<(String, String)> = page.text.split("name=\"was.").skip(1).map(|rest| (format!("was.{}", &rest[..36]), "||||".to_owned())).collect();
    let mut fields: Vec<(&str, &str)> = was.iter().map(|(name, was)| (name.as_str(), was.as_str())).collect();
    fields.extend([("day", TODAY), ("act", "all"), (&symptom, "COUGH"), (&degrees, "37.5")]);
    assert_eq!(ana.submit(&path, &fields).await.status, StatusCode::SEE_OTHER);
    assert_eq!(school.count("health_observation", "state = 'FINE'").await, 5);
    assert_eq!(school.count("health_observation", "state = 'ILL' AND symptoms = 'COUGH' AND temperature = 375").await, 1);
    let mut mei = school.visitor_as("mei").await;
    let seen = mei.get(&format!("/schools/{HIBARINO}/health")).await;
    assert!(seen.text.contains("せき <strong>1</strong>人") && seen.text.contains("まだの学級 1"), "{}", seen.text);
    assert_eq!(school.visitor_as("board").await.get(&format!("/schools/{HIBARINO}/health")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(school.visitor_as("hugo").await.get(&path).await.status, StatusCode::NOT_FOUND, "the head reads and does not note");
}

#[tokio::test]
async fn the_nurse_notes_a_visit_in_three_touches_and_ends_it_with_a_fourth() {
    let school = school().await;
    let path = format!("/schools/{HIBARINO}/infirmary");
    let mut mei = school.visitor_as("mei").await;
    assert_eq!(mei.get("/infirmary").await.location(), (StatusCode::SEE_OTHER, path.as_str()));
    let page = mei.get(&path).await;
    let id = page.hidden("id").to_owned();
    let haruto = HARUTO.to_string();
    let nobody = mei.submit(&path, &[("id", &id), ("reason", "HEADACHE")]).await;
    assert_eq!((nobody.status, nobody.text.contains("だれが来たかを選んでください")), (StatusCode::UNPROCESSABLE_ENTITY, true));
    let saved = format!("{path}?saved={id}");
    assert_eq!(mei.submit(&path, &[("id", &id), ("pupil", &haruto), ("reason", "HEADACHE")]).await.location(), (StatusCode::SEE_OTHER, saved.as_str()));
    let page = mei.get(&saved).await;
    assert!(page.text.contains("いま保健室にいる人") && page.text.contains("頭痛") && page.text.contains("来室中"), "{}", page.text);
    assert!(page.text.contains("頭痛 を記録しました"), "what was touched wrongly can be taken back at once");
    let fields = [("visit", id.as_str()), ("day", TODAY), ("act", "correct"), ("reason", "HEADACHE"), ("became", "REST"), ("nurse", "ないしょの話")];
    assert_eq!(mei.submit(&path, &fields).await.status, StatusCode::SEE_OTHER);
    let page = mei.get(&path).await;
    assert!(page.text.contains("休養") && page.text.contains("ないしょの話") && page.text.contains("いま保健室にいる人"));
    let read = school.visitor_as("ana").await.get(&path).await;
    assert!(read.text.contains("頭痛") && !read.text.contains("ないしょの話") && !read.text.contains("name=\"outcome\""), "the homeroom teacher reads the rest");
    mei.submit(&path, &[("visit", &id), ("outcome", "BACK_TO_CLASS")]).await;
    let page = mei.get(&path).await;
    assert!(page.text.contains("教室へ</span>") && !page.text.contains("いま保健室にいる人"));
    mei.submit(&path, &[("visit", &id), ("day", TODAY), ("act", "correct"), ("reason", "FEVER"), ("came", "08:00"), ("left", "08:10"), ("note", "水を飲んだ"), ("nurse", ""), ("nurse-was", "ないしょの話")]).await;
    assert!(mei.get(&path).await.text.contains("8:00〜8:10"));
    assert_eq!(school.count("infirmary_visit", "reason = 'FEVER' AND note = '水を飲んだ' AND nurse_note = ''").await, 1);
    let typed = [("visit", id.as_str()), ("act", "correct"), ("day", TODAY), ("nurse", "家で眠れない"), ("note", "水を飲んだ"), ("note-was", "水を飲んだ"), ("left", "00:01")];
    let page = mei.submit(&path, &typed).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("家で眠れない</textarea>") && page.text.contains("<details class=\"no-print\" open>"), "what was typed is there: {}", page.text);
    mei.submit(&path, &[("visit", &id), ("act", "withdraw")]).await;
    assert!(mei.get(&path).await.text.contains("来室の記録はまだありません"));
}

#[tokio::test]
async fn a_support_sheet_is_opened_from_a_visit_and_the_next_visit_is_added_to_it() {
    let school = school().await;
    let path = format!("/schools/{HIBARINO}/infirmary");
    let mut mei = school.visitor_as("mei").await;
    let aoi = AOI.to_string();
    for _ in 0..2 {
        let id = mei.get(&path).await.hidden("id").to_owned();
        mei.submit(&path, &[("id", &id), ("pupil", &aoi), ("reason", "TALK")]).await;
    }
    let page = mei.get(&path).await;
    let links: Vec<&str> = page.text.split("href=\"").filter(|rest| rest.contains("/support?visit=")).map(|rest| rest.split('#').next().unwrap_or_default()).collect();
    let sheet = links[1].to_owned();
    let form = mei.get(&sheet).await;
    let visit = form.hidden("visit").to_owned();
    assert!(form.text.contains("保健室の来室から開きます"));
    mei.submit(&format!("/pupils/{AOI}/support"), &[("do", "open"), ("visit", &visit), ("reason", "よく来る")]).await;
    let page = mei.get(&path).await;
    assert!(page.text.contains("支援シート</a>につながっています") && page.text.contains("支援シートに加える"), "{}", page.text);
    let other = page.text.split("name=\"visit\" value=\"").map(|rest| &rest[..36]).find(|id| *id != visit && id.parse::<Uuid>().is_ok()).expect("the other visit").to_owned();
    assert_eq!(mei.submit(&path, &[("visit", &other), ("act", "support")]).await.status, StatusCode::SEE_OTHER);
    assert!(!mei.get(&path).await.text.contains("支援シートに加える"));
    for who in ["mei", "ana"] {
        let sheet = school.visitor_as(who).await.get(&format!("/pupils/{AOI}/support")).await;
        assert_eq!(sheet.text.matches("　話したい</h3>").count(), 2, "{who}");
        assert!(sheet.text.contains("保健室から。よく来る"));
    }
    let guardians = school.visitor_as("ana").await.get(&format!("/pupils/{AOI}/support?for=guardian")).await;
    assert!(guardians.text.contains(&format!("/pupils/{AOI}/summary")) && !guardians.text.contains("話したい"));
    assert!(school.visitor_as("ana").await.get(&format!("/pupils/{AOI}/summary")).await.text.contains("/support?for=guardian"));
    assert!(!school.visitor_as("ana").await.get(&format!("/pupils/{HARUTO}/summary")).await.text.contains("/support?for=guardian"), "there is no sheet");
}

#[tokio::test]
async fn the_board_changes_its_words_and_the_check_in_shows_them() {
    let school = school().await;
    let mut board = school.visitor_as("board").await;
    assert!(board.get("/words").await.text.contains("かみなり"));
    let word = [("kind", "MOOD"), ("code", "RAINBOW"), ("label", "にじ"), ("easy", "にじ\nわくわく"), ("weather", "SUNNY"), ("place", "5")];
    assert_eq!(board.submit("/words", &word).await.location(), (StatusCode::SEE_OTHER, "/words#MOOD"));
    let mut aoi = pupil(&school, AOI).await;
    assert!(aoi.get("/check-in").await.text.contains("わくわく"));
    aoi.submit("/check-in", &[("act", "send"), ("weather", "RAINBOW"), ("lang", "ja")]).await;
    let page = school.visitor_as("ana").await.get(&format!("/pupils/{AOI}?view=table")).await;
    assert!(page.text.contains("にじ"), "the teacher reads the word that the pupil chose");
    let wrong = board.submit("/words", &[("kind", "MOOD"), ("code", "RAINBOW"), ("label", "にじ"), ("weather", "SUNNY"), ("low", "1"), ("place", "5")]).await;
    assert_eq!((wrong.status, wrong.text.contains("もう使われた")), (StatusCode::UNPROCESSABLE_ENTITY, true));
    assert_eq!(school.visitor_as("hugo").await.get("/words").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_school_says_how_long_a_pupil_waits_and_who_comes_next() {
    let school = school().await;
    let address = format!("/schools/{HIBARINO}/talk");
    let mut hugo = school.visitor_as("hugo").await;
    let page = hugo.get(&address).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(page.text.contains("value=\"60\"") && page.text.contains("value=\"08:00\"") && page.text.contains("<option value=\"NURSE\" selected>"), "{}", page.text);
    let fields = |minutes, next1| [("minutes", minutes), ("opens", "08:15"), ("closes", "16:45"), ("next0", "COUNSELLOR"), ("next1", next1)];
    for (minutes, next1) in [("4", "HEAD"), ("x", "HEAD"), ("30", "COUNSELLOR")] {
        assert_eq!(hugo.submit(&address, &fields(minutes, next1)).await.status, StatusCode::CONFLICT, "{minutes} {next1}");
        hugo.get(&address).await;
    }
    assert_eq!(hugo.submit(&address, &fields("30", "HEAD")).await.location(), (StatusCode::SEE_OTHER, address.as_str()));
    let page = hugo.get(&address).await;
    assert!(page.text.contains("value=\"30\"") && page.text.contains("<option value=\"COUNSELLOR\" selected>"), "{}", page.text);
    for who in ["ana", "mei", "board"] {
        assert_eq!(school.visitor_as(who).await.get(&address).await.status, StatusCode::NOT_FOUND, "{who}");
    }
    let mut mari = school.visitor_as("mari").await;
    assert_ne!(mari.submit(&address, &fields("30", "HEAD")).await.status, StatusCode::SEE_OTHER, "another school's");
}
