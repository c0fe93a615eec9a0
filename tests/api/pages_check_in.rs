//! 心の天気 at a pupil's browser.
use asagao_tests::{AOI, School, Visitor};
use axum::http::StatusCode;

async fn aoi(school: &School) -> Visitor<'_> {
    let code = school.pupil_token(AOI).await;
    let mut aoi = school.visitor();
    aoi.enter(&code).await;
    aoi
}

#[tokio::test]
async fn a_pupil_says_how_it_is_and_may_change_it() {
    let school = School::open().await;
    let mut aoi = aoi(&school).await;
    let page = aoi.get("/check-in").await;
    assert!(page.text.contains("<ruby>朝倉<rp>（</rp><rt>あさくら</rt>") && page.text.contains("おはようございます"), "{}", page.text);
    assert!(page.text.contains("<ruby>有村<rp>（</rp><rt>ありむら</rt>"), "it says who sees it: {}", page.text);
    assert!(!page.text.contains(" checked"));
    let page = aoi.submit("/check-in", &[("act", "send")]).await;
    assert_eq!((page.status, school.count("mood", "1 = 1").await), (StatusCode::UNPROCESSABLE_ENTITY, 0));
    for (weather, name) in [("CLOUDY", "くもり"), ("SUNNY", "はれ")] {
        let sent = aoi.submit("/check-in", &[("act", "send"), ("weather", weather), ("lang", "ja")]).await;
        assert_eq!(sent.location(), (StatusCode::SEE_OTHER, "/check-in?lang=ja"));
        let page = aoi.get(sent.header("location")).await;
        assert!(!page.text.contains("とどきました") && page.text.contains("ことが できます"), "nobody promises to look: {}", page.text);
        assert!(page.text.contains(name) && page.text.contains("なおす") && !page.text.contains("type=\"radio\""));
        assert!(aoi.get("/check-in?again=1").await.text.contains("type=\"radio\""));
    }
    assert_eq!(school.count("mood", "weather = 'SUNNY' AND known_until > '9999-01-01T00:00:00+00:00'").await, 1);
}

#[tokio::test]
async fn a_pupil_who_would_rather_not_say_is_not_asked_again_that_day() {
    let school = School::open().await;
    let mut aoi = aoi(&school).await;
    aoi.get("/check-in?lang=pt").await;
    // A weather that was tapped before does not count.
    let sent = aoi.submit("/check-in", &[("act", "skip"), ("weather", "STORMY"), ("lang", "pt")]).await;
    let page = aoi.get(sent.header("location")).await;
    assert!(page.text.contains("<html lang=\"pt\">") && !page.text.contains("type=\"radio\""), "{}", page.text);
    assert_eq!(school.count("mood", "weather IS NULL").await, 1);
    school.clock.advance(chrono::TimeDelta::hours(24));
    let code = school.pupil_token(AOI).await;
    assert!(aoi.enter(&code).await.text.contains("type=\"radio\""), "the next day it is asked again");
}

#[tokio::test]
async fn what_goes_wrong_is_said_in_the_language_of_the_pupil() {
    let school = School::open().await;
    let mut pupil = aoi(&school).await;
    pupil.get("/check-in?lang=pt").await;
    school.clock.advance(chrono::TimeDelta::minutes(30));
    assert!(pupil.get("/check-in?lang=pt").await.header("location").contains("lang=pt"));
    let late = pupil.submit("/check-in", &[("act", "send"), ("weather", "SUNNY"), ("lang", "pt")]).await;
    assert!(late.status == StatusCode::FORBIDDEN && late.text.contains("<html lang=\"pt\">") && late.text.contains("Entre de novo"), "{}", late.text);
    assert_eq!((late.hidden("late.weather"), late.hidden("late")), ("SUNNY", "/check-in"));
    let late = pupil.submit("/check-in", &[("act", "send"), ("lang", "ja")]).await;
    assert!(late.text.contains("<ruby>入<rp>（</rp><rt>はい</rt>") && !late.text.contains("確かめて"), "{}", late.text);
    school.lose_database().await;
    let page = pupil.get("/check-in?lang=en").await;
    assert!(page.status == StatusCode::SERVICE_UNAVAILABLE && page.text.contains("<html lang=\"en\">"), "{}", page.text);
}
