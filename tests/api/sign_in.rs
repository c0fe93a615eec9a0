//! Signing in by a provider: whom its word is of, what more than one factor opens, where one is signed in. The conversation with a provider
//! is tested in a browser (`tests/browser/signin.test.mjs`).
use crate::marks::{CARDS, mark, record, save_test, three, with_rule};
use asagao::sign_in::SignIn;
use asagao_graphql::access::class::InformationClass;
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_graphql::access::subject::Claimed;
use asagao_tests::{ANA, AOI, CLASS_5_2, HIBARINO, HUGO, School, TODAY};
use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::path::Path;
use uuid::Uuid;

const PROVIDER: &str = "[[provider]]
key = 'google'
name = 'Google'
issuer = 'https://accounts.google.com'
client_id = 'asagao'
client_secret_env = 'SECRET'
person = 'email'
mfa = { amr = ['mfa'] }
";

fn read(text: &str) -> Result<SignIn, String> {
    SignIn::read(text, Path::new("."), &|name| (name == "SECRET").then(|| "0123456789abcdef0123".to_owned()))
}

#[tokio::test]
async fn sessions_end_with_the_subject_that_they_may_have_been_opened_by() {
    let school = School::open().await;
    school.put_subject(ANA, "google", "118").await.expect("a subject");
    let mut ana = school.visitor_as("ana").await;
    let mut hugo = school.visitor_as("hugo").await;
    school.put_subject(ANA, "google", "118").await.expect("the same");
    school.put_subject(HUGO, "google", "120").await.expect("a first subject");
    assert_eq!((ana.get("/sessions").await.status, hugo.get("/sessions").await.status), (StatusCode::OK, StatusCode::OK));
    school.put_subject(ANA, "google", "119").await.expect("another account");
    assert_eq!((ana.get("/sessions").await.status, hugo.get("/sessions").await.status), (StatusCode::SEE_OTHER, StatusCode::OK));
}

#[tokio::test]
async fn people_are_found_by_subject_verified_address_or_roster_and_never_made() {
    let mut school = School::open().await;
    let staff = school.count("staff", "1 = 1").await;
    assert_eq!(school.claimed(Claimed::Subject("google", "118")).await, None);
    assert_eq!(school.put_subject(ANA, "google", "118").await, Ok(true));
    assert_eq!(school.put_subject(ANA, "google", "118").await, Ok(false), "said again it is nothing new");
    assert_eq!(school.put_subject(ANA, "entra", "118").await, Ok(true));
    assert_eq!(school.claimed(Claimed::Subject("google", "118")).await, Some(ANA));
    assert_eq!(school.claimed(Claimed::Subject("another", "118")).await, None, "a subject is one provider's");
    school.put_subject(ANA, "google", "119").await.expect("another account");
    assert_eq!(school.claimed(Claimed::Subject("google", "118")).await, None, "the account of before is hers no more");
    school.hire("mika", |id| vec![duty::new(id, DutyKind::Nurse, Some(HIBARINO), None, TODAY.parse().expect("a day"))]).await;
    let mika = school.person("mika").id;
    assert_eq!(school.claimed(Claimed::Email("Mika@Asagiri.Example")).await, Some(mika));
    for nobody in ["", "mika", "mika@asagiri.example ", "%"] {
        assert_eq!(school.claimed(Claimed::Email(nobody)).await, None, "{nobody:?}");
    }
    for id in [ANA, AOI] {
        assert_eq!(school.claimed(Claimed::Id(&id.to_string())).await, Some(id));
    }
    for nobody in ["", "118", "0a5a9a00-0000-4000-8000-00000000ffff", "00000000-0000-0000-0000-000000000000"] {
        assert_eq!(school.claimed(Claimed::Id(nobody)).await, None, "{nobody:?}");
    }
    assert_eq!(school.count("staff", "1 = 1").await, staff + 1);
}

#[tokio::test]
async fn an_address_of_two_is_of_nobody_unless_one_of_them_has_left() {
    let mut school = School::open().await;
    let day = TODAY.parse().expect("a day");
    for name in ["mika", "MIKA"] {
        school.hire(name, |id| vec![duty::new(id, DutyKind::Nurse, Some(HIBARINO), None, day)]).await;
    }
    assert_eq!(school.claimed(Claimed::Email("mika@asagiri.example")).await, None);
    assert_eq!(school.end_duties("MIKA").await, 1);
    school.clock.advance(TimeDelta::days(1));
    assert_eq!(school.claimed(Claimed::Email("mika@asagiri.example")).await, Some(school.person("mika").id));
}

#[tokio::test]
async fn what_is_wrong_with_a_subject_is_said() {
    let school = School::open().await;
    school.put_subject(ANA, "google", "118").await.expect("a subject");
    for (holder, provider, subject, said) in [
        (HUGO, "google", "118", "already"),
        (Uuid::nil(), "google", "1", "no pupil and no guardian"),
        (ANA, "Google!", "1", "small letters"),
        (ANA, "code", "1", "sign in with a code"),
        (ANA, "google", "", "1 to 255"),
        (ANA, "google", "1\n2", "1 to 255"),
    ] {
        let refused = school.put_subject(holder, provider, subject).await.expect_err(said);
        assert!(refused.contains(said), "{refused}");
    }
    assert_eq!(school.count("sign_in_subject", "1 = 1").await, 1);
    assert_eq!(school.count("trail", "record = 'sign_in_subject'").await, 1);
}

#[tokio::test]
async fn only_who_works_or_learns_here_today_comes_in() {
    let school = School::open().await;
    assert!(school.visitor_by("google", Uuid::nil(), true).await.is_none(), "not even whoever runs the server");
    let mut aoi = school.visitor_by("google", AOI, false).await.expect("a pupil of today");
    assert_eq!(aoi.get("/").await.location(), (StatusCode::SEE_OTHER, "/check-in"));
    let mut ana = school.visitor_by("google", ANA, false).await.expect("a teacher of today");
    assert_eq!(ana.get("/").await.location(), (StatusCode::SEE_OTHER, "/classes"));
    school.end_duties("ana").await;
    school.clock.advance(TimeDelta::days(1));
    assert!(school.visitor_by("google", ANA, true).await.is_none());
    assert_eq!(ana.get("/classes").await.status, StatusCode::SEE_OTHER);
}

async fn rights(school: &School) -> Vec<String> {
    let answer = school.person("ana").ask("{ viewer { rights } }", json!({})).await;
    let rights = answer.data("/viewer/rights").as_array().expect("a list").clone();
    rights.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[tokio::test]
async fn without_a_second_factor_no_resolver_gives_what_is_of_class_two() {
    let mut school = with_rule().await;
    save_test(&school.person("ana"), 1, json!({})).await;
    record(&school.person("ana"), 1, json!(three(AOI, [80.0, 25.0, 9.5]))).await;
    let marks = format!("/classes/{CLASS_5_2}/marks");
    let mut before = school.visitor_by("google", ANA, false).await.expect("a teacher");
    assert_eq!(before.get(&marks).await.status, StatusCode::OK, "a board that asks for nothing more");
    let all = rights(&school).await;
    school.require_mfa(InformationClass::Two, &[], read(PROVIDER).expect("settings"));
    let narrowed = rights(&school).await;
    assert!(all.contains(&"mark:read".to_owned()) && !narrowed.contains(&"mark:read".to_owned()));
    assert!(narrowed.contains(&"attendance:read".to_owned()), "class III is open");
    let cards = school.person("ana").ask(CARDS, json!({ "class": CLASS_5_2 })).await;
    assert!(cards.code() == "FORBIDDEN" || cards.data("/class").is_null(), "{}", cards.body);
    let flags = format!("{{ supportFlags(classId: \"{CLASS_5_2}\") {{ nodes {{ id }} }} }}");
    assert_eq!(school.person("ana").ask(&flags, json!({})).await.code(), "FORBIDDEN");
    let note = format!("mutation {{ recordSupportAction(input: {{ pupilId: \"{AOI}\", kind: TALK, text: \"話\" }}) {{ userErrors {{ code }} }} }}");
    assert_eq!(school.person("ana").ask(&note, json!({})).await.code(), "FORBIDDEN");
    assert_eq!(mark(&school.person("portal"), AOI).await, "ABA 3", "programs are not asked");

    let mut one = school.visitor_by("google", ANA, false).await.expect("a teacher");
    let page = one.get(&marks).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.text.contains("多要素認証が必要です") && page.text.contains("/sign-in/google?for=mfa&#38;next="), "{}", page.text);
    let page = one.get(&format!("/classes/{CLASS_5_2}/attendance")).await;
    assert!(page.status == StatusCode::OK && page.text.contains("多要素認証をする"));
    let mut two = school.visitor_by("google", ANA, true).await.expect("a teacher");
    let page = two.get(&marks).await;
    assert!(page.status == StatusCode::OK && !page.text.contains("多要素認証をする"));
    // Nobody learns by it what there is elsewhere.
    let strange = "/classes/0a5a9a00-0000-4000-8000-00000000ffff/marks";
    assert_eq!(two.get(strange).await.status, StatusCode::NOT_FOUND);
    let (there, nowhere) = (one.get("/classes/0a5a9a00-0000-4000-8000-000000000041/marks").await, one.get(strange).await);
    assert_eq!(there.status, nowhere.status);
    let mut pupil = school.visitor_by("google", AOI, false).await.expect("a pupil");
    assert_eq!(pupil.get("/my-marks").await.status, StatusCode::OK, "pupils are not asked");
}

#[tokio::test]
async fn a_session_by_code_counts_as_one_factor() {
    let mut school = School::open().await;
    school.require_mfa(InformationClass::Two, &[], read(PROVIDER).expect("settings"));
    let mut ana = school.visitor_as("ana").await;
    let page = ana.get(&format!("/classes/{CLASS_5_2}/marks")).await;
    assert!(page.status == StatusCode::FORBIDDEN && page.text.contains("/sign-in/google?for=mfa"));
    let post = [("act", "save"), ("subject", "算数")];
    let page = ana.submit(&format!("/classes/{CLASS_5_2}/report"), &post).await;
    assert!(page.status == StatusCode::FORBIDDEN && page.text.contains("送られた内容は記録していません"), "{}", page.text);
}

#[tokio::test]
async fn one_sees_ones_own_sessions_alone_and_ends_them() {
    let school = School::open().await;
    let mut here = school.visitor_as("ana").await;
    let mut there = school.visitor_by("google", ANA, false).await.expect("a teacher");
    let mut hugo = school.visitor_as("hugo").await;
    let page = here.get("/sessions").await;
    assert!(page.text.contains("2台") && page.text.contains("Chromebook・Chrome") && page.text.contains("コードできょう 8:20に入る"));
    let own = page.between("この端末", "</li>").to_owned();
    let own = own.split("value=\"").nth(2).and_then(|rest| rest.split('"').next()).expect("the button of this session").to_owned();
    let page = hugo.get("/sessions").await;
    assert!(page.text.contains("1台"));
    hugo.submit("/sessions", &[("end", &own)]).await;
    assert_eq!(here.get("/classes").await.status, StatusCode::SEE_OTHER, "to her class");
    assert_eq!(school.count("page_session", "ended_at IS NOT NULL").await, 0, "nobody ends another's");
    here.get("/sessions").await;
    here.submit("/sessions", &[("end", "others")]).await;
    assert_eq!(there.get("/sessions").await.status, StatusCode::SEE_OTHER);
    assert!(here.get("/sessions").await.text.contains("1台"));
    let out = here.submit("/sessions", &[("end", &own)]).await;
    assert_eq!(out.location(), (StatusCode::SEE_OTHER, "/sign-in"));
    assert_eq!(here.get("/sessions").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn revoking_ends_sessions_by_providers_too() {
    let school = School::open().await;
    let mut ana = school.visitor_by("google", ANA, false).await.expect("a teacher");
    assert_eq!(ana.get("/sessions").await.status, StatusCode::OK);
    school.revoke("ana").await;
    assert_eq!(ana.get("/sessions").await.location(), (StatusCode::SEE_OTHER, "/sign-in?expired=1&next=%2Fsessions"));
}

#[tokio::test]
async fn a_board_can_do_without_codes() {
    let mut school = School::open().await;
    let sign_in = std::sync::Arc::new(read(&format!("codes = false\n{PROVIDER}")).expect("settings"));
    school.serve(|app| asagao::router::App { sign_in, ..app });
    let mut visitor = school.visitor();
    let page = visitor.get("/sign-in?next=/pupils").await;
    assert!(page.text.contains("href=\"/sign-in/google?next=%2Fpupils\"") && !page.text.contains("name=\"code\""));
    let sent = visitor.submit("/sign-in", &[("code", school.code("ana"))]).await;
    assert_eq!((sent.status, sent.header("set-cookie")), (StatusCode::NOT_FOUND, ""));
    assert_eq!(visitor.get("/sign-in/another").await.status, StatusCode::NOT_FOUND);
    let mut ana = school.visitor_by("google", ANA, false).await.expect("a teacher");
    ana.get("/pupils").await;
    ana.submit("/lock", &[("page", "/pupils")]).await;
    let page = ana.get("/locked?next=%2Fpupils").await;
    assert!(page.text.contains("Googleで入る") && !page.text.contains("name=\"code\""));
}

#[test]
fn settings_that_are_weak_or_contradict_themselves_are_refused_with_the_reason() {
    let with = |from: &str, to: &str| PROVIDER.replace(from, to);
    for (text, said) in [
        (with("https://accounts.google.com", "http://accounts.example"), "speaks https"),
        (with("https://accounts.google.com", "accounts.google.com"), "no address"),
        (with("https://accounts.google.com", "https://login.microsoftonline.com/common/v2.0"), "every organisation"),
        (with("client_secret_env = 'SECRET'\n", ""), "secrets are not in this file"),
        (with("'SECRET'", "'SECRET'\nclient_secret_file = 'x'"), "say one of them"),
        (with("'SECRET'", "'OTHER'"), "no OTHER in the environment"),
        (with("client_secret_env = 'SECRET'", "client_secret_file = '/nowhere/secret'"), "cannot be read"),
        (with("client_secret_env = 'SECRET'", "client_secret = 'abc'"), "unknown field"),
        (with("'email'", "'email'\nclaim = 'upn'"), "only of the claim \"email\""),
        (with("person = 'email'", "person = 'id'"), "needs the claim"),
        (with("person = 'email'", "person = 'name'"), "unknown variant"),
        (with("key = 'google'", "key = 'Google'"), "small letters"),
        (with("key = 'google'", "key = 'code'"), "with a code"),
        (with("name = 'Google'", "name = ' '"), "stands on the button"),
        (with("client_id = 'asagao'", "client_id = ''"), "client_id is empty"),
        (format!("{PROVIDER}{PROVIDER}"), "two providers have this key"),
        ("codes = false".to_owned(), "nobody could sign in"),
        ("cods = false".to_owned(), "unknown field"),
        (format!("{}[mfa]\nfrom = 'II'", with("mfa = { amr = ['mfa'] }\n", "")), "nobody could show it"),
        (format!("{PROVIDER}[mfa]\nfrom = '2'"), "is no class"),
        (format!("{PROVIDER}[mfa]\nfrom = 'II'\nraise = {{ 'mark:read' = 'III' }}"), "not lowered"),
        (format!("{PROVIDER}[mfa]\nfrom = 'II'\nraise = {{ 'mark:see' = 'I' }}"), "no right"),
    ] {
        let refused = read(&text).expect_err(said);
        assert!(refused.contains(said), "{said}: {refused}");
        assert!(!refused.contains("0123456789abcdef"), "a secret is in no message");
    }
    let short = SignIn::read(PROVIDER, Path::new("."), &|_| Some("short".into())).expect_err("a short secret");
    assert!(short.contains("fewer than 16"), "{short}");
    let read = read(&format!("{PROVIDER}[mfa]\nfrom = 'III'\nraise = {{ 'school:read' = 'III' }}")).expect("settings");
    assert!(read.codes && read.stepping_up("code") == Some("google"));
    assert!(!format!("{read:?}").contains("0123456789abcdef"));
}

#[tokio::test]
async fn a_board_raises_a_single_field() {
    let mut school = School::open().await;
    school.require_mfa(InformationClass::One, &["Pupil.kana"], read(PROVIDER).expect("settings"));
    let document = format!("{{ class(id: \"{CLASS_5_2}\") {{ pupils {{ nodes {{ name kana }} }} }} }}");
    let answer = school.person("ana").ask(&document, json!({})).await;
    assert_eq!(answer.body["data"]["class"]["pupils"]["nodes"][0], json!({ "name": "朝倉 葵", "kana": null }), "{}", answer.body);
    assert_eq!(answer.body["errors"][0]["extensions"]["code"], "FORBIDDEN");
    assert_eq!(answer.body["errors"][0]["path"], json!(["class", "pupils", "nodes", 0, "kana"]));
    assert!(answer.body["errors"][0]["message"].as_str().is_some_and(|said| said.contains("more than one factor")), "{}", answer.body);
    let by_app = school.person("portal").ask(&document, json!({})).await;
    assert_eq!(by_app.data("/class/pupils/nodes/0/kana"), "アサクラ アオイ", "programs are not asked");
    let mut one = school.visitor_by("google", ANA, false).await.expect("a teacher");
    let page = one.get(&format!("/classes/{CLASS_5_2}/roster")).await;
    assert!(page.text.contains("朝倉 葵") && !page.text.contains("あさくら") && page.text.contains("多要素認証をする"), "{}", page.text);
    let mut two = school.visitor_by("google", ANA, true).await.expect("a teacher");
    assert!(two.get(&format!("/classes/{CLASS_5_2}/roster")).await.text.contains("あさくら"));
}
