//! The roster given away as a package: it reads back as it was, and each receiver gets no more than it needs.
use asagao_graphql::error::Error;
use asagao_graphql::formats::oneroster::{ClassRole, Package as Parcel, Record, RoleName, Severity, Version};
use asagao_graphql::formats::text_encoding::Said;
use asagao_graphql::jobs::roster_export::{Exported, Receiver, Wanted};
use asagao_tests::{AOI, BOARD, CLASS_5_2, HIBARINO, MIZUUMI, Package, School, TODAY, YUI};
use axum::http::StatusCode;
use chrono::TimeDelta;
use tempfile::TempDir;
use uuid::Uuid;

/// A package as whoever receives it reads it.
struct Received {
    parcel: Parcel,
    exported: Exported,
    /// Where it lies as long as it is looked at.
    folder: TempDir,
}

async fn export(school: &School, who: Option<&str>, version: Version, receiver: Receiver, of: Option<Uuid>) -> Result<Received, Error> {
    let (bytes, exported) = school.export(who, Wanted { version, receiver, school: of }).await?;
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join(&exported.name);
    std::fs::write(&path, bytes).expect("a file");
    let parcel = Parcel::open(&path, Said::Auto).unwrap_or_else(|findings| panic!("{findings:?}"));
    Ok(Received { parcel, exported, folder })
}

fn values<T>(records: impl Iterator<Item = Record<T>>) -> Vec<T> {
    let value = |record: Record<T>| {
        let errors: Vec<_> = record.findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
        record.value.unwrap_or_else(|| panic!("{errors:?}"))
    };
    records.map(value).collect()
}

#[tokio::test]
async fn every_version_holds_the_roster_of_today() {
    let school = School::open().await;
    for version in Version::ALL {
        let received = export(&school, None, version, Receiver::Own, None).await.expect("an export");
        let (parcel, exported) = (&received.parcel, &received.exported);
        assert_eq!((exported.name.as_str(), parcel.version()), ("RO_20261124_122211.zip", version));
        assert_eq!((exported.schools, exported.classes, exported.people, exported.places), (2, 4, 11, 11));
        assert_eq!((values(parcel.orgs()).len(), values(parcel.classes()).len()), (3, 4));
        let places = values(parcel.enrollments());
        let yui = places.iter().find(|place| place.user == YUI).expect("𠮷田 結衣 is in 5年2組");
        assert_eq!((yui.class, yui.number, yui.primary, yui.ends), (CLASS_5_2, Some(6), false, "2027-03-31".parse().ok()));
        assert_eq!(places.iter().filter(|place| place.role == ClassRole::Teacher && place.primary).count(), 1);
        let roles = values(parcel.roles());
        assert_eq!(roles.iter().filter(|role| role.role == RoleName::Principal && !role.primary).count(), 2, "heads are teachers first");
        if version != Version::Jp {
            // Somebody's reading is not known, which 1.2_JP asks for.
            assert!(values(parcel.users()).iter().any(|user| user.id == YUI && user.family_name == "𠮷田" && user.grades == "P5"));
        }
    }
}

#[tokio::test]
async fn a_school_alone_gives_away_nothing_of_the_others() {
    let school = School::open().await;
    for of in [None, Some(HIBARINO)] {
        let received = export(&school, Some("hugo"), Version::V1_2_1, Receiver::Own, of).await.expect("an export");
        let (parcel, exported) = (&received.parcel, &received.exported);
        assert_eq!((exported.schools, exported.classes), (1, 3));
        assert!(values(parcel.enrollments()).iter().all(|place| place.school == HIBARINO));
        assert!(values(parcel.orgs()).iter().all(|org| org.id != MIZUUMI));
    }
    let stranger = export(&school, Some("hugo"), Version::V1_2_1, Receiver::Own, Some(MIZUUMI)).await;
    assert!(matches!(stranger, Err(Error::BadInput(_))));
    assert!(matches!(export(&school, Some("ana"), Version::V1_2, Receiver::Hub, None).await, Err(Error::Forbidden(_))));
}

#[tokio::test]
async fn each_receiver_gets_less() {
    let school = School::open().await;
    let mut package = Package::usual();
    package.change("users.csv", ",email\n", ",email,identifier,preferredFamilyName,preferredGivenName\n");
    package.pad("users.csv", ",,,");
    package.change("users.csv", "朝倉,葵,アサクラ,アオイ,,,,", "淺倉,葵,アサクラ,アオイ,,2026-0001,朝倉,葵");
    school.import(&package).await;
    let of = async |receiver| {
        let received = export(&school, None, Version::V1_2_1, receiver, None).await.expect("an export");
        let users = values(received.parcel.users());
        (users.iter().find(|user| user.id == AOI).expect("朝倉 葵").clone(), users, values(received.parcel.enrollments()))
    };
    let (own, ..) = of(Receiver::Own).await;
    assert_eq!((own.family_name.as_str(), own.preferred_family_name.as_str(), own.identifier.as_str()), ("淺倉", "朝倉", "2026-0001"));
    let (hub, users, places) = of(Receiver::Hub).await;
    assert_eq!((hub.family_name.as_str(), hub.preferred_family_name.as_str(), hub.identifier.as_str()), ("朝倉", "朝倉", ""));
    assert_eq!((hub.kana_family_name.as_str(), hub.home_class), ("アサクラ", Some(CLASS_5_2)));
    assert!(users.iter().any(|user| user.email == "ana@asagiri.example") && places.iter().any(|place| place.number.is_some()));
    let (tool, users, places) = of(Receiver::Tool).await;
    assert_eq!((tool.family_name.as_str(), tool.kana_family_name.as_str(), tool.identifier.as_str()), ("朝倉", "", ""));
    assert!(users.iter().all(|user| user.email.is_empty() && !user.username.contains('@')));
    assert!(places.iter().all(|place| place.number.is_none()));
}

#[tokio::test]
async fn who_has_left_is_given_to_nobody() {
    let school = School::open().await;
    let mut package = Package::usual();
    package.change("enrollments.csv", &format!("{YUI},student,,,,6"), &format!("{YUI},student,,,{TODAY},6"));
    school.import(&package).await;
    let there = async || {
        let received = export(&school, None, Version::V1_2, Receiver::Hub, None).await.expect("an export");
        values(received.parcel.users()).iter().any(|user| user.id == YUI)
    };
    assert!(there().await, "on the last day");
    school.clock.advance(TimeDelta::days(1));
    assert!(!there().await);
}

#[tokio::test]
async fn an_export_is_kept_in_the_trail() {
    let school = School::open().await;
    export(&school, Some("hugo"), Version::Jp, Receiver::Hub, None).await.expect("an export");
    assert_eq!(school.count("trail", "record = 'roster_export' AND after LIKE '%\"receiver\":\"HUB\"%' AND after LIKE '%\"people\":%'").await, 1);
}

#[tokio::test]
async fn what_was_exported_reads_back_without_a_difference() {
    let school = School::open().await;
    for version in [Version::V1_2, Version::V1_2_1] {
        let received = export(&school, None, version, Receiver::Own, None).await.expect("an export");
        assert_eq!(school.difference_of(&received.folder.path().join(&received.exported.name)).await, 0, "{version}");
    }
}

#[tokio::test]
async fn a_schools_own_package_ends_nothing_of_the_board() {
    let school = School::open().await;
    let mut package = Package::usual().as_a("bulk");
    package.user(Uuid::from_u128(0xb0a4d), "板野,直,,,board@asagiri.example", "districtAdministrator", BOARD);
    school.import(&package).await;
    assert_eq!(school.count("duty", "kind = 'BOARD_OFFICIAL' AND ends = '9999-12-31'").await, 1);
    let wanted = Wanted { version: Version::V1_2_1, receiver: Receiver::Own, school: Some(HIBARINO) };
    let (bytes, exported) = school.export(Some("hugo"), wanted).await.expect("an export");
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join(&exported.name);
    std::fs::write(&path, &bytes).expect("a file");
    assert_eq!(school.difference_of(&path).await, 0, "whoever runs the server reads one school's package");
    let mut hugo = school.visitor_as("hugo").await;
    hugo.get("/imports").await;
    let sent = hugo.send_file("/imports", &[("encoding", "auto")], &exported.name, &bytes).await;
    let page = loop {
        let page = hugo.get(sent.header("location")).await;
        if page.header("refresh").is_empty() {
            break page;
        }
        tokio::task::yield_now().await;
    };
    assert!(page.text.contains("今の名簿と同じです"), "{}", page.text);
}

#[tokio::test]
async fn the_office_takes_a_package_from_the_page() {
    let school = School::open().await;
    let mut office = school.visitor_as("hugo").await;
    office.get("/imports").await;
    let form = [("version", "1.2_JP"), ("receiver", "hub"), ("school", &HIBARINO.to_string())];
    let file = office.submit("/imports/export", &form).await;
    assert_eq!((file.status, file.header("content-type")), (StatusCode::OK, "application/zip"), "{}", file.text);
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"RO_20261124_B112220000011.zip\"");
    assert!(file.text.starts_with("PK"));
    let other = [("version", "1.2_JP"), ("receiver", "hub"), ("school", &MIZUUMI.to_string())];
    assert_eq!(office.submit("/imports/export", &other).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(office.submit("/imports/export", &[("version", "2.0"), ("receiver", "hub")]).await.status, StatusCode::BAD_REQUEST);
    let mut ana = school.visitor_as("ana").await;
    ana.get("/pupils").await;
    assert_eq!(ana.submit("/imports/export", &form).await.status, StatusCode::NOT_FOUND);
    assert_eq!(ana.get("/imports").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_tool_is_given_no_version_that_asks_for_readings() {
    let school = School::open().await;
    assert!(matches!(export(&school, None, Version::Jp, Receiver::Tool, None).await, Err(Error::BadInput(_))));
    let mut office = school.visitor_as("hugo").await;
    office.get("/imports").await;
    let refused = office.submit("/imports/export", &[("version", "1.2_JP"), ("receiver", "tool"), ("school", &HIBARINO.to_string())]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("1.2.1 を選んでください"), "{}", refused.text);
}
