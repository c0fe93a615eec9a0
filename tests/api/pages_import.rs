//! 名簿の出し入れ at a browser: a package is sent, looked at, committed and taken back; nobody else finds it.
use asagao_tests::{AOI, CLASS_5_2, HIBARINO, Package, School, Visitor, YUI};
use axum::http::StatusCode;
use uuid::Uuid;

/// Sends a package, waits until it is read, and gives the address of its page with what is on it.
async fn send(visitor: &mut Visitor<'_>, package: &Package) -> (String, String) {
    visitor.get("/imports").await;
    let sent = visitor.send_file("/imports", &[("encoding", "auto")], "RO_20261124.zip", &package.zip()).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let path = sent.header("location").to_owned();
    let page = follow(visitor, &path).await;
    (path, page)
}

/// Waits until an import does not go on by itself any more, and gives what is on its page then.
async fn follow(visitor: &mut Visitor<'_>, path: &str) -> String {
    loop {
        let page = visitor.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        if page.header("refresh").is_empty() {
            return page.text;
        }
        assert!(page.text.contains("このページを閉じても"), "{}", page.text);
        tokio::task::yield_now().await;
    }
}

fn changed() -> Package {
    let mut package = Package::usual().of_hibarino().as_a("bulk");
    package.change("users.csv", "朝倉,葵,アサクラ", "朝蔵,葵,アサクラ");
    package.user(Uuid::from_u128(0xbeef), "林,花,ハヤシ,ハナ,", "student", HIBARINO);
    package.enrol(Uuid::from_u128(0xbeef), CLASS_5_2, HIBARINO, "7");
    package.line("enrollments.csv", &format!("{},{CLASS_5_2},{HIBARINO},{AOI},student,,1/05/2026,,8", Uuid::from_u128(0xbad)));
    package.without("enrollments.csv", &YUI.to_string())
}

async fn name_of_aoi(visitor: &mut Visitor<'_>) -> bool {
    visitor.get(&format!("/pupils/{AOI}")).await.text.contains("朝蔵 葵")
}

#[tokio::test]
async fn the_office_sees_what_would_change_commits_it_and_takes_it_back() {
    let school = School::open().await;
    school.import(&Package::usual().as_a("bulk")).await;
    let mut hugo = school.visitor_as("hugo").await;
    let (path, text) = send(&mut hugo, &changed()).await;
    for said in ["ここでは何も変わりません", "<mark>倉</mark>", "<mark>蔵</mark>", "林 花", "𠮷田 結衣", "1/05/2026", "日付として読めません", "RO_20261124.zip", "ひばり野小学校"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(!name_of_aoi(&mut hugo).await, "looking changes nothing");
    hugo.get(&path).await;
    let done = hugo.submit(&path, &[("do", "commit")]).await;
    assert_eq!(done.location(), (StatusCode::SEE_OTHER, path.as_str()), "{}", done.text);
    let page = follow(&mut hugo, &path).await;
    assert!(name_of_aoi(&mut hugo).await);
    assert!(page.contains("反映ずみ") && page.contains("反映を取り消す") && !page.contains("value=\"commit\""), "{page}");
    assert!(hugo.get("/imports").await.text.contains("反映ずみ"));
    hugo.get(&path).await;
    let refused = hugo.submit(&path, &[("do", "undo"), ("reason", "")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("理由を書いてください"), "{}", refused.text);
    assert_eq!(hugo.submit(&path, &[("do", "undo"), ("reason", "ちがうファイルでした")]).await.status, StatusCode::SEE_OTHER);
    assert!(follow(&mut hugo, &path).await.contains("取り込む前の名簿に戻っています"));
    assert!(!name_of_aoi(&mut hugo).await);
}

#[tokio::test]
async fn long_lists_are_shown_page_by_page() {
    let school = School::open().await;
    school.import(&Package::usual().as_a("bulk")).await;
    let mut package = Package::usual().of_hibarino().as_a("bulk");
    for n in 0..120_u128 {
        let pupil = Uuid::from_u128(0xcafe_0000 + n);
        package.user(pupil, &format!("山田,花{n},ヤマダ,ハナ,"), "student", HIBARINO);
        package.place(pupil, CLASS_5_2, HIBARINO, "x", "");
    }
    let mut hugo = school.visitor_as("hugo").await;
    let (path, text) = send(&mut hugo, &package).await;
    assert!(text.contains("?show=NEW") && text.contains("?found=NOT_A_DATE") && text.contains("120件"), "{text}");
    for (list, first, last) in [("?show=NEW", "山田 花0", "山田 花119"), ("?found=NOT_A_DATE", "日付として", "120件")] {
        let page = hugo.get(&format!("{path}{list}")).await;
        assert!(page.text.contains(first), "{}", page.text);
        let next = page.between("class=\"turn\"><a class=\"button\" href=\"", "\"").replace("&#38;", "&").replace("&amp;", "&");
        let page = hugo.get(&next).await;
        assert_eq!(page.status, StatusCode::OK, "{next}");
        assert!(page.text.contains(last) && !page.text.contains("つぎの 100件"), "{}", page.text);
    }
    for list in ["?show=NOTHING", "?found=NOTHING", "?show=CHANGED&after=x"] {
        assert_ne!(hugo.get(&format!("{path}{list}")).await.status, StatusCode::OK, "{list}");
    }
}

#[tokio::test]
async fn what_is_no_package_is_told_in_words() {
    let school = School::open().await;
    let mut hugo = school.visitor_as("hugo").await;
    hugo.get("/imports").await;
    let nothing = hugo.send_file("/imports", &[("encoding", "auto")], "", b"").await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nothing.text.contains("ファイルが選ばれていません"), "{}", nothing.text);
    let mut package = Package::usual();
    package.change("users.csv", "familyName", "surname");
    package.remove("roles.csv");
    let (path, text) = send(&mut hugo, &package).await;
    for said in ["このファイルは取り込めません", "列がありません", "familyName", "ファイルがありません", "roles.csv"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    hugo.get(&path).await;
    assert_eq!(hugo.submit(&path, &[("do", "commit")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn nobody_else_finds_the_page_and_no_other_site_sends_a_file() {
    let school = School::open().await;
    let mut hugo = school.visitor_as("hugo").await;
    let (path, _) = send(&mut hugo, &Package::usual().of_hibarino()).await;
    for who in ["ana", "mari"] {
        let mut other = school.visitor_as(who).await;
        other.get("/pupils").await;
        assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND, "{who}");
        assert_ne!(other.submit(&path, &[("do", "discard")]).await.status, StatusCode::SEE_OTHER, "{who}");
        assert!(!other.get("/imports").await.text.contains("RO_20261124.zip"), "{who}");
    }
    let mut nobody = school.visitor();
    assert_eq!(nobody.get("/imports").await.status, StatusCode::SEE_OTHER);
    let package = Package::usual().zip();
    let refused = nobody.send_file("/imports", &[], "a.zip", &package).await;
    assert_ne!(refused.location().1, path, "nobody sends a file");
    hugo.get("/classes").await;
    let mut late = school.visitor_as("hugo").await;
    late.get("/imports").await;
    let token = late.csrf().to_owned();
    assert_ne!(token, hugo.csrf());
    assert_eq!(late.submit(&path, &[("do", "discard")]).await.status, StatusCode::SEE_OTHER, "another session of the same person");
    assert!(late.get(&path).await.text.contains("やめました"));
}

#[tokio::test]
async fn while_the_screen_is_shown_no_roster_is() {
    let school = School::open().await;
    let mut hugo = school.visitor_as("hugo").await;
    let (path, _) = send(&mut hugo, &Package::usual().of_hibarino()).await;
    hugo.submit("/presentation", &[("on", "true")]).await;
    assert_eq!(hugo.get("/imports").await.location(), (StatusCode::SEE_OTHER, "/classes"));
    assert_eq!(hugo.get(&path).await.location(), (StatusCode::SEE_OTHER, "/classes"));
}
