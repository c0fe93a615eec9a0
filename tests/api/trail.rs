//! The trail: nothing is written to a record without a word on who did it and why.
use asagao_tests::full_class::YESTERDAY;
use asagao_tests::{CLASS_5_2, School};
use serde_json::json;

/// Tables whose rows need no trail, and why.
const WITHOUT: [(&str, &str); 8] = [
    ("activity", "what apps posted is never changed; a withdrawal is on the row"),
    ("daily_total", "follows from the activities"),
    ("trail", "is the trail"),
    ("analysis_run", "is never changed"),
    ("run_score", "is part of an analysis run"),
    ("support_flag_event", "is the history of a flag"),
    ("duty_right", "comes with a migration"),
    ("_sqlx_migrations", "tells which migrations ran"),
];

#[tokio::test]
async fn no_record_is_written_without_a_trail() {
    let school = School::open().await;
    school.fill_class().await;
    let analyze = format!("mutation {{ analyze(input: {{ classId: \"{CLASS_5_2}\", asOf: \"{YESTERDAY}\" }}) {{ userErrors {{ code }} }} }}");
    assert_eq!(school.person("ana").ask(&analyze, json!({})).await.data("/analyze/userErrors"), &json!([]));
    let tables = school.tables().await;
    for (table, _) in WITHOUT {
        assert!(tables.iter().any(|name| name == table), "there is no table {table} any more");
    }
    for table in tables.iter().filter(|table| WITHOUT.iter().all(|(name, _)| name != table)) {
        // The operator's duty comes with the database itself.
        let record = if table == "duty" { "kind <> 'OPERATOR'" } else { "1 = 1" };
        assert!(school.count(table, record).await > 0, "nothing was written to {table}: write something");
        let trail = format!("SELECT 1 FROM trail t WHERE t.record = '{table}' AND t.record_id = {table}.id");
        assert_eq!(school.count(table, &format!("{record} AND NOT EXISTS ({trail})")).await, 0, "rows of {table} without a trail");
    }
}
