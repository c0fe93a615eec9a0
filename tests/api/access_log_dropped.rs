//! What vouches for the links that were dropped: the last of them, which is kept.
use asagao_tests::{AOI, School};
use chrono::TimeDelta;
use serde_json::json;

async fn look(school: &School) {
    school.person("hugo").ask("query ($id: ID!) { pupil(id: $id) { name } }", json!({ "id": AOI })).await;
    school.clock.advance(TimeDelta::minutes(1));
}

/// A school of whose log three entries were cleared, and four came since, in the chain of its server.
async fn cleared() -> School {
    let school = School::open().await;
    for _ in 0..3 {
        look(&school).await;
    }
    assert_eq!(school.clear_access_log().await, 3);
    for _ in 0..4 {
        look(&school).await;
    }
    assert_eq!(school.verify_access_log(&[]).await.breaks, []);
    school
}

async fn broken(school: &School) -> Vec<&'static str> {
    school.verify_access_log(&[]).await.breaks.into_iter().map(|of| of.what).collect()
}

const GONE: &str = "its entry is gone, and no clearing speaks of it";

#[tokio::test]
async fn what_came_after_the_clearing_cannot_be_dropped_with_it() {
    for dropping in [
        // As a clearing drops, with an earlier time; without the link; with everything.
        ["UPDATE access_dropped SET seq = 6, at = (SELECT min(l.at) FROM access_link l), digest = (SELECT l.digest FROM access_link l WHERE l.seq = 6),
              before = (SELECT l.digest FROM access_link l WHERE l.seq = 5)", "DELETE FROM access_link WHERE seq < 6"],
        ["UPDATE access_dropped SET seq = 6, at = (SELECT min(l.at) FROM access_link l), digest = (SELECT l.digest FROM access_link l WHERE l.seq = 6),
              before = NULL", "DELETE FROM access_link WHERE seq > 1 AND seq <= 6"],
        ["UPDATE access_dropped SET seq = 5, digest = (SELECT l.digest FROM access_link l WHERE l.seq = 5),
              before = (SELECT l.digest FROM access_link l WHERE l.seq = 4)", "DELETE FROM access_link WHERE seq > 1 AND seq < 5"],
    ] {
        let school = cleared().await;
        for sql in dropping {
            school.tamper(sql).await;
        }
        school.tamper("DELETE FROM access_subject WHERE seq > 1 AND seq <= 6").await;
        school.tamper("DELETE FROM access_entry WHERE seq > 1 AND seq <= 6").await;
        assert!(broken(&school).await.contains(&GONE), "{dropping:?}");
    }
    let school = cleared().await;
    school.tamper("DELETE FROM access_subject WHERE seq > 1").await;
    school.tamper("DELETE FROM access_entry WHERE seq > 1").await;
    school.tamper("DELETE FROM access_link WHERE seq > 1").await;
    assert_eq!(broken(&school).await, ["it is missing"]);
}

#[tokio::test]
async fn what_was_dropped_with_its_link_is_named_by_the_next_clearing() {
    let school = cleared().await;
    school.tamper("DELETE FROM access_link WHERE seq = 3").await;
    school.tamper("UPDATE access_dropped SET before = NULL").await;
    assert_eq!(broken(&school).await, [GONE], "a clearing that keeps links knows of no such end");
    school.clear_access_log().await;
    assert_eq!(broken(&school).await, [] as [&str; 0], "the ends move on to links that are kept");
    assert_eq!(school.count("access_dropped", "before IS NULL").await, 0);
}
