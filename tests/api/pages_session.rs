//! Signing in and out, forms that only our own pages can post, what every page keeps, what is said when there is none.
use asagao_tests::{AOI, CLASS_4_1, CLASS_5_2, HARUTO, School};
use axum::body::Body;
use axum::http::{Request, StatusCode};

const NOT_FOUND: &str = "ページが見つからないか、見られる人が決まっています";
const SHEET: &str = "/classes/0a5a9a00-0000-4000-8000-000000000052/attendance";

#[tokio::test]
async fn signed_out_one_signs_in_and_comes_back() {
    let school = School::open().await;
    let mut visitor = school.visitor();
    assert_eq!(SHEET, format!("/classes/{CLASS_5_2}/attendance"));
    let sent = visitor.get(SHEET).await;
    let (status, to) = sent.location();
    assert_eq!((status, to), (StatusCode::SEE_OTHER, format!("/sign-in?next={}", SHEET.replace('/', "%2F")).as_str()));
    let page = visitor.get(to).await;
    assert_eq!((page.status, page.hidden("next")), (StatusCode::OK, SHEET));
    let entered = visitor.submit("/sign-in", &[("code", school.code("ana")), ("next", page.hidden("next"))]).await;
    assert_eq!(entered.location(), (StatusCode::SEE_OTHER, SHEET));
    assert!(visitor.get(SHEET).await.text.contains("朝の出欠"));
    assert_eq!(visitor.get("/").await.location(), (StatusCode::SEE_OTHER, "/classes"));
    let board = format!("/classes/{CLASS_5_2}");
    assert_eq!(visitor.get("/classes").await.location(), (StatusCode::SEE_OTHER, board.as_str()), "ana has one class alone");
    visitor.get(SHEET).await;
    assert_eq!(visitor.submit("/sign-out", &[]).await.location(), (StatusCode::SEE_OTHER, "/sign-in"));
    assert_eq!(visitor.get(SHEET).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn nobody_is_sent_to_another_site() {
    let school = School::open().await;
    for next in ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/check-in"] {
        let entered = school.visitor().submit("/sign-in", &[("code", school.code("ana")), ("next", next)]).await;
        assert_eq!(entered.location(), (StatusCode::SEE_OTHER, "/classes"), "{next}");
    }
    let mut ana = school.visitor_as("ana").await;
    ana.get(SHEET).await;
    for (back, to) in [("//evil.example", format!("/classes/{CLASS_5_2}")), (SHEET, SHEET.to_owned())] {
        let fields = [("on", "true"), ("class", &CLASS_5_2.to_string()), ("back", back)];
        assert_eq!(ana.submit("/presentation", &fields).await.location(), (StatusCode::SEE_OTHER, to.as_str()));
    }
}

#[tokio::test]
async fn a_wrong_code_is_said_in_words_and_nothing_is_set() {
    let school = School::open().await;
    let mut visitor = school.visitor();
    for (code, status) in [("asagao_wrong", 403), (school.code("drill"), 403), ("", 422)] {
        let page = visitor.submit("/sign-in", &[("code", code), ("next", SHEET)]).await;
        assert_eq!((page.status.as_u16(), page.header("set-cookie")), (status, ""), "{code}");
        assert!(page.text.contains("role=\"alert\"") && page.hidden("next") == SHEET);
        assert!(code.is_empty() || !page.text.contains(code), "the code is not shown again");
    }
    school.revoke("ana").await;
    assert_eq!(visitor.submit("/sign-in", &[("code", school.code("ana"))]).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_cookie_is_for_this_server_alone() {
    let mut school = School::open().await;
    let entered = school.visitor().submit("/sign-in", &[("code", school.code("ana"))]).await;
    let cookie = entered.header("set-cookie").to_owned();
    assert!(cookie.starts_with("asagao_session=") && !cookie.contains(school.code("ana")), "{cookie}");
    for part in ["; HttpOnly", "; SameSite=Lax", "; Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure") && !cookie.contains("Max-Age") && !cookie.contains("Domain"), "{cookie}");
    let front = std::sync::Arc::new(asagao::front::Front { https: true, ..asagao::front::Front::default() });
    school.serve(|app| asagao::router::App { front, ..app });
    let entered = school.visitor().submit("/sign-in", &[("code", school.code("ana"))]).await;
    let cookie = entered.header("set-cookie");
    assert!(cookie.starts_with("__Host-asagao_session=") && cookie.contains("; Secure"), "{cookie}");
}

#[tokio::test]
async fn a_form_of_another_site_or_session_is_refused_and_nothing_is_written() {
    let school = School::open().await;
    let mut ana = school.visitor_as("ana").await;
    ana.get(SHEET).await;
    let mut hugo = school.visitor_as("hugo").await;
    hugo.get(SHEET).await;
    assert_ne!(ana.csrf(), hugo.csrf());
    let (own, other) = (ana.csrf().to_owned(), hugo.csrf().to_owned());
    let here = [("sec-fetch-site", "same-origin")];
    for (token, headers) in [
        ("", &here[..]),
        (other.as_str(), &here),
        ("x", &here),
        (own.as_str(), &[]),
        (&own, &[("sec-fetch-site", "cross-site")]),
        (&own, &[("sec-fetch-site", "same-site"), ("origin", "http://board.example")]),
        (&own, &[("origin", "https://evil.example")]),
        (&own, &[("origin", "null")]),
    ] {
        let page = ana.post(SHEET, &[("csrf", token), ("act", "all")], headers).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{token} {headers:?}");
    }
    assert_eq!(school.count("attendance_mark", "1 = 1").await, 0);
    assert_eq!(ana.post("/sign-in", &[("code", school.code("ana"))], &[("origin", "https://evil.example")]).await.status, 403);
    let page = ana.post(SHEET, &[("csrf", &own), ("act", "all")], &[("origin", "http://board.example")]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "older browsers say where a form stood by Origin");
    assert_eq!(school.count("attendance_mark", "1 = 1").await, 6);
}

#[tokio::test]
async fn the_cookie_does_not_open_the_api() {
    let school = School::open().await;
    let mut ana = school.visitor_as("ana").await;
    let page = ana.get("/graphql?query=%7Bviewer%7Bname%7D%7D").await;
    assert!(page.text.contains("UNAUTHENTICATED") && !page.text.contains("有村"), "{}", page.text);
}

#[tokio::test]
async fn what_one_may_not_see_reads_like_a_wrong_address() {
    let school = School::open().await;
    let mut ana = school.visitor_as("ana").await;
    let texts = [
        format!("/classes/{CLASS_4_1}"),
        format!("/classes/{CLASS_4_1}/attendance"),
        "/classes/0a5a9a00-0000-4000-8000-00000000ffff/attendance".to_owned(),
        "/classes/x/attendance".to_owned(),
        "/nothing".to_owned(),
        "/check-in".to_owned(),
        "/flags/x/answer".to_owned(),
        "/assets/nothing.css".to_owned(),
        format!("{SHEET}?day=never"),
    ];
    let mut pages = Vec::new();
    for path in &texts {
        let page = ana.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.text.contains(NOT_FOUND), "{path}: {}", page.text);
        pages.push(page.text);
    }
    assert!(pages.windows(2).all(|two| two[0] == two[1]), "the pages are one and the same");
    let program = school.send(Request::get("/nothing").body(Body::empty()).unwrap()).await;
    assert_eq!(program.header("content-type"), "application/json");
}

#[tokio::test]
async fn pupils_and_staff_have_pages_of_their_own() {
    let school = School::open().await;
    let code = school.pupil_token(AOI).await;
    let mut aoi = school.visitor();
    let page = aoi.enter(&code).await;
    assert!(page.text.contains("どの"), "a pupil lands on the check-in: {}", page.text);
    assert_eq!(aoi.get("/").await.location(), (StatusCode::SEE_OTHER, "/check-in"));
    for path in ["/classes".to_owned(), format!("/classes/{CLASS_5_2}"), SHEET.to_owned(), format!("/pupils/{AOI}")] {
        assert_eq!(aoi.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    aoi.get("/check-in").await;
    for path in [SHEET.to_owned(), "/presentation".to_owned(), format!("/pupils/{AOI}/actions")] {
        assert_eq!(aoi.submit(&path, &[("act", "all"), ("kind", "PHONE"), ("text", "x")]).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let mut ana = school.visitor_as("ana").await;
    ana.get(SHEET).await;
    assert_eq!(ana.submit("/check-in", &[("weather", "SUNNY")]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(school.count("attendance_mark", "1 = 1").await + school.count("mood", "1 = 1").await, 0);
}

#[tokio::test]
async fn every_page_is_kept_to_itself_and_files_are_kept_long() {
    let school = School::open().await;
    let mut ana = school.visitor_as("ana").await;
    for path in ["/sign-in", "/classes", SHEET, "/nothing", "/"] {
        let page = ana.get(path).await;
        for (name, value) in [
            ("cache-control", "no-store"),
            ("referrer-policy", "same-origin"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(page.header(name), value, "{path}");
        }
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'self'; script-src 'self'") && !policy.contains("unsafe"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'") && !page.header("permissions-policy").is_empty());
        assert!(!page.text.contains(" style=\"") && !page.text.contains("<script>") && !page.text.contains(" onclick"), "{path}");
    }
    let page = ana.get(SHEET).await;
    let files: Vec<&str> = page.text.split('"').filter(|text| text.starts_with("/assets/")).collect();
    assert!(files.len() >= 4, "{files:?}");
    for file in files {
        let asset = ana.get(file).await;
        assert_eq!((asset.status, asset.header("cache-control")), (StatusCode::OK, "public, max-age=31536000, immutable"), "{file}");
        assert!(!asset.header("content-type").is_empty() && !asset.text.is_empty());
    }
    assert_eq!(ana.get("/assets/asagao.css").await.header("cache-control"), "no-cache");
}

#[tokio::test]
async fn while_the_database_is_away_nothing_typed_is_lost() {
    let school = School::open().await;
    let mut ana = school.visitor_as("ana").await;
    ana.get(SHEET).await;
    school.lose_database().await;
    let page = ana.get(SHEET).await;
    assert_eq!((page.status, page.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "5"));
    assert!(page.text.contains("いま記録につながりません") && !page.text.contains("name=\"code\""), "{}", page.text);
    let csrf = ana.csrf().to_owned();
    let page = ana.submit(SHEET, &[("act", "save"), ("note.x", "頭痛「朝から」<b>"), ("note.x", "二度")]).await;
    assert_eq!((page.status, page.hidden("note.x")), (StatusCode::SERVICE_UNAVAILABLE, "頭痛「朝から」&#60;b&#62;"));
    assert!(page.text.contains("もういちど送る") && page.text.contains(&format!("action=\"{SHEET}\"")));
    assert!(page.text.contains("value=\"二度\"") && page.hidden("csrf") == csrf);
    let page = school.visitor().submit("/sign-in", &[("code", "asagao_secret")]).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!page.text.contains("asagao_secret"), "a code is never given back");
    assert_eq!(school.visitor().get("/sign-in").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_form_that_is_too_long_is_refused_calmly() {
    let school = School::open().await;
    let mut ana = school.visitor_as("ana").await;
    ana.get(SHEET).await;
    let page = ana.submit(SHEET, &[("reason", &"あ".repeat(100_000))]).await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(page.text.contains("送られた内容が長すぎます"));
}

#[tokio::test]
async fn a_screen_for_all_shows_no_kinds() {
    let school = School::open().await;
    let mut ana = school.visitor_as("ana").await;
    ana.get(SHEET).await;
    let class = CLASS_5_2.to_string();
    ana.submit("/presentation", &[("on", "true"), ("class", &class)]).await;
    let page = ana.get(SHEET).await;
    assert!(page.text.contains("提示中") && !page.text.contains("<fieldset") && !page.text.contains("朝倉"), "{}", page.text);
    ana.submit("/presentation", &[("on", "false"), ("class", &class)]).await;
    assert!(ana.get(SHEET).await.text.contains("<fieldset"));
}

#[tokio::test]
async fn the_demo_alone_lets_somebody_in_without_a_code() {
    let mut school = School::open().await;
    let fields = [("person", "0")];
    assert_eq!(school.visitor().submit("/sign-in", &fields).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let token = school.code("ana").to_owned();
    let person = asagao_graphql::jobs::demo::Person {
        name: "有村 安奈".into(),
        duty: "5年2組 担任".into(),
        school: Some("ひばり野小学校".into()),
        role: asagao_graphql::jobs::demo::PersonRole::HomeroomTeacher,
        class_id: None,
        token,
    };
    school.serve(|app| asagao::router::App { demo: Some(vec![person].into()), ..app });
    let mut visitor = school.visitor();
    let page = visitor.get("/sign-in").await;
    assert!(page.text.contains("有村 安奈") && !page.text.contains(school.code("ana")));
    assert_eq!(visitor.submit("/sign-in", &[("person", "7")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(visitor.submit("/sign-in", &fields).await.location(), (StatusCode::SEE_OTHER, "/classes"));
}

#[tokio::test]
async fn a_pupil_sees_where_they_are_signed_in_and_ends_it_there() {
    let school = School::open().await;
    let code = school.pupil_token(AOI).await;
    let (mut here, mut elsewhere) = (school.visitor(), school.visitor());
    here.enter(&code).await;
    elsewhere.enter(&code).await;
    assert!(here.get("/check-in").await.text.contains("/my-sessions?lang=ja"));
    let page = here.get("/my-sessions").await;
    assert_eq!((page.status, page.text.matches("<li>\n<p>").count()), (StatusCode::OK, 2), "{}", page.text);
    assert!(page.text.contains("<rt>はい</rt>") && page.text.contains("わからない タブレット") && page.text.contains("<rt>あさくら</rt>"), "{}", page.text);
    assert_eq!(page.text.matches("class=\"here\"").count(), 1);
    for (lang, part) in [("pt", "Onde estou conectado"), ("en", "Where I am signed in")] {
        assert!(here.get(&format!("/my-sessions?lang={lang}")).await.text.contains(part));
    }
    let ended = here.submit("/my-sessions", &[("end", "others"), ("lang", "pt")]).await;
    assert_eq!(ended.location(), (StatusCode::SEE_OTHER, "/my-sessions?lang=pt"));
    assert_eq!(elsewhere.get("/my-sessions").await.status, StatusCode::SEE_OTHER, "it has ended there");
    let page = here.get("/my-sessions").await;
    assert!(page.text.matches("<li>\n<p>").count() == 1 && !page.text.contains("others"), "{}", page.text);
    // Without the token of the form nothing ends, and what is another's does not end.
    let headers = [("sec-fetch-site", "same-origin")];
    assert_ne!(here.post("/my-sessions", &[("end", "others")], &headers).await.status, StatusCode::SEE_OTHER);
    let other = school.pupil_token(HARUTO).await;
    let mut haruto = school.visitor();
    haruto.enter(&other).await;
    let foreign = haruto.get("/my-sessions").await.text.split("name=\"end\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned);
    here.get("/my-sessions").await;
    here.submit("/my-sessions", &[("end", foreign.as_deref().expect("a session"))]).await;
    assert_eq!(haruto.get("/my-sessions").await.status, StatusCode::OK);
    // One's own is a sign-out; the pages of staff and of pupils are apart.
    assert_eq!(here.get("/sessions").await.status, StatusCode::NOT_FOUND);
    assert_eq!(school.visitor_as("ana").await.get("/my-sessions").await.status, StatusCode::NOT_FOUND);
    let own = here.get("/my-sessions").await.between("name=\"end\" value=\"", "\"").to_owned();
    assert_eq!(here.submit("/my-sessions", &[("end", &own)]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(here.get("/my-sessions").await.status, StatusCode::SEE_OTHER);
    let entries = school.access_entries(AOI).await;
    assert_eq!(entries.iter().filter(|of| of["act"] == "SIGN_OUT").count(), 2, "{entries:#?}");
}
