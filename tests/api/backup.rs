//! `asagao backup` and `asagao restore`: all of it or nothing, over nothing that is there, and what is found wrong is told.
use asagao::command;
use asagao::config::Config;
use asagao_tests::{AOI, Elsewhere, HARUTO, School, activity};
use clap::Parser;
use sqlx::{Connection, SqliteConnection};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Runs a command as whoever runs the server: whether it ends well, or what it says.
async fn run(url: &str, words: &[&str]) -> Result<bool, String> {
    let line = ["asagao", "--database-url", url].into_iter().chain(words.iter().copied());
    let config = Config::try_parse_from(line).expect("a command line that is right");
    let code = command::run(config).await.map_err(|failure| failure.to_string())?;
    Ok(format!("{code:?}") == format!("{:?}", std::process::ExitCode::SUCCESS))
}

async fn backup(url: &str, file: &Path) -> Result<bool, String> {
    run(url, &["backup", file.to_str().expect("a path in UTF-8")]).await
}

async fn restore(url: &str, file: &Path) -> Result<bool, String> {
    run(url, &["restore", file.to_str().expect("a path in UTF-8")]).await
}

/// A school with three activities, and a backup of it.
async fn kept() -> (School, TempDir, PathBuf) {
    let (school, folder) = (School::open().await, tempfile::tempdir().expect("a folder"));
    let file = folder.path().join("school.backup");
    let posted = [activity(1, AOI), activity(2, AOI), activity(3, HARUTO)];
    assert_eq!(school.person("drill").record(&posted).await["accepted"], 3);
    school.settle().await;
    assert_eq!(backup(school.database_url(), &file).await, Ok(true));
    (school, folder, file)
}

fn is_postgres(school: &School) -> bool {
    school.database_url().starts_with("postgres")
}

#[tokio::test]
async fn what_was_there_is_there_again() {
    let (school, folder, file) = kept().await;
    assert_eq!(school.person("drill").record(&[activity(4, AOI)]).await["accepted"], 1, "the server goes on");
    let there: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(there, std::slice::from_ref(&file), "nothing else is left beside it");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "it is its owner's alone");
    let again = Elsewhere::new();
    assert_eq!(restore(again.url(), &file).await, Ok(true));
    assert_eq!((again.count("activity", "1 = 1").await, again.count("daily_total", "1 = 1").await), (3, 2));
    for table in ["pupil", "access_token", "duty", "enrolment"] {
        assert_eq!(again.count(table, "1 = 1").await, school.count(table, "1 = 1").await, "{table}");
    }
    assert_eq!(run(again.url(), &["audit", "verify"]).await, Ok(true));
    assert_eq!(run(again.url(), &["recount"]).await, Ok(true));
}

#[tokio::test]
async fn both_are_in_the_access_log() {
    let (school, _folder, file) = kept().await;
    let said = |command: &str| format!("content LIKE '%\"asagao {command}\"%'");
    assert_eq!(school.count("access_entry", &said("backup")).await, 1);
    let again = Elsewhere::new();
    assert_eq!(restore(again.url(), &file).await, Ok(true));
    assert_eq!(again.count("access_entry", &said("backup")).await, 1, "a backup knows that it was taken");
    assert_eq!(again.count("access_entry", &said("restore")).await, 1);
}

#[tokio::test]
async fn a_backup_is_written_over_nothing() {
    let (school, folder, file) = kept().await;
    let before = fs::read(&file).unwrap();
    let refused = backup(school.database_url(), &file).await.unwrap_err();
    assert!(refused.contains("is there already"), "{refused}");
    assert!(fs::read(&file).unwrap() == before);
    let refused = backup(school.database_url(), folder.path()).await.unwrap_err();
    assert!(refused.contains("is a folder"), "{refused}");
    let nowhere = Elsewhere::new();
    let refused = backup(nowhere.url(), &folder.path().join("other")).await.unwrap_err();
    assert!(refused.contains("there is no database at this address"), "{refused}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing half is left");
}

#[tokio::test]
async fn a_database_is_restored_over_nothing() {
    let (school, _folder, file) = kept().await;
    let refused = restore(school.database_url(), &file).await.unwrap_err();
    assert!(refused.contains("already"), "{refused}");
    assert_eq!(school.person("drill").record(&[activity(4, AOI)]).await["accepted"], 1, "nothing has happened to it");
    let again = Elsewhere::new();
    assert_eq!(restore(again.url(), &file).await, Ok(true));
    assert!(restore(again.url(), &file).await.is_err(), "now there is one");
    assert_eq!(again.count("activity", "1 = 1").await, 3);
}

#[tokio::test]
async fn a_database_with_nothing_in_it_is_as_good_as_none() {
    let (school, folder, file) = kept().await;
    if is_postgres(&school) {
        let again = Elsewhere::new();
        // A connection makes it, and leaves nothing in it.
        let damaged = folder.path().join("damaged");
        fs::write(&damaged, &fs::read(&file).unwrap()[..20_000]).unwrap();
        assert!(restore(again.url(), &damaged).await.is_err());
        assert_eq!(restore(again.url(), &file).await, Ok(true));
    } else {
        let place = folder.path().join("asagao.db");
        fs::write(&place, "").unwrap();
        let left = folder.path().join("asagao.db-wal");
        fs::write(&left, "of another database").unwrap();
        let url = format!("sqlite:{}", place.display());
        let refused = restore(&url, &file).await.unwrap_err();
        assert!(refused.contains("of another database: move both away"), "{refused}");
        fs::remove_file(&left).unwrap();
        assert_eq!(restore(&url, &file).await, Ok(true));
        let mut there: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        there.sort();
        assert_eq!(there, ["asagao.db", "school.backup"], "all of it is in one file");
    }
}

#[tokio::test]
async fn what_is_no_whole_backup_of_this_kind_of_database_is_refused_and_leaves_nothing() {
    let (school, folder, file) = kept().await;
    let again = Elsewhere::new();
    let whole = fs::read(&file).unwrap();
    let other = if is_postgres(&school) { "SQLite format 3\0" } else { "PGDMP" };
    let mut spoilt = whole.clone();
    let middle = whole.len() / 2;
    spoilt[middle..middle + 2_000].fill(0xa5);
    for (name, bytes, said) in [
        ("text", b"id,name\n".as_slice(), "is no backup"),
        ("other", other.as_bytes(), "is a backup of"),
        ("cut", &whole[..whole.len() / 2], ""),
        ("spoilt", &spoilt, ""),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let refused = restore(again.url(), &path).await.unwrap_err();
        assert!(refused.contains(said), "{name}: {refused}");
    }
    assert!(restore(again.url(), &folder.path().join("none")).await.unwrap_err().contains("cannot be read"));
    assert_eq!(restore(again.url(), &file).await, Ok(true), "nothing of them is there");
    assert_eq!(again.count("activity", "1 = 1").await, 3);
}

#[tokio::test]
async fn what_is_wrong_in_a_backup_is_told_and_mended_where_it_can_be() {
    let (school, folder, _) = kept().await;
    school.tamper("UPDATE daily_total SET activities = activities + 1").await;
    let file = folder.path().join("totals");
    assert_eq!(backup(school.database_url(), &file).await, Ok(true));
    let again = Elsewhere::new();
    assert_eq!(restore(again.url(), &file).await, Ok(false), "totals are wrong");
    assert_eq!(run(again.url(), &["recount"]).await, Ok(true), "and are mended");
    school.tamper("UPDATE access_entry SET content = replace(content, 'backup', 'export')").await;
    let file = folder.path().join("log");
    assert_eq!(backup(school.database_url(), &file).await, Ok(true));
    let again = Elsewhere::new();
    assert_eq!(restore(again.url(), &file).await, Ok(false), "the access log was altered");
    assert_eq!(run(again.url(), &["audit", "verify"]).await, Ok(false));
}

#[tokio::test]
async fn a_backup_of_an_older_program_is_brought_up_to_date() {
    let (school, folder, _) = kept().await;
    school.tamper("ALTER TABLE run_score DROP COLUMN held").await;
    school.tamper("ALTER TABLE run_score DROP COLUMN changes").await;
    school.tamper("DELETE FROM _sqlx_migrations WHERE version = 58").await;
    let file = folder.path().join("older");
    assert_eq!(backup(school.database_url(), &file).await, Ok(true));
    assert_eq!(school.count("_sqlx_migrations", "version = 58").await, 0, "a backup is taken of what is there");
    let again = Elsewhere::new();
    assert_eq!(restore(again.url(), &file).await, Ok(true));
    assert_eq!(again.count("_sqlx_migrations", "version = 58").await, 1);
}

#[tokio::test]
async fn what_a_newer_program_has_made_is_its_own_to_copy_and_to_restore() {
    const NEWER: &str = "INSERT INTO _sqlx_migrations SELECT 9999, description, installed_on, success, checksum, execution_time
                         FROM _sqlx_migrations WHERE version = 1";
    let (school, folder, file) = kept().await;
    school.tamper(NEWER).await;
    let refused = backup(school.database_url(), &folder.path().join("newer")).await.unwrap_err();
    assert!(refused.contains("newer program") && refused.contains("9999"), "{refused}");
    if !is_postgres(&school) {
        // The backup of a file is one: it can be made newer.
        let url = format!("sqlite:{}", file.display());
        let again = Elsewhere::new();
        let mut c = SqliteConnection::connect(&url).await.expect("the file opens");
        sqlx::query(NEWER).execute(&mut c).await.expect("the statement runs");
        c.close().await.expect("the file can be closed");
        let refused = restore(again.url(), &file).await.unwrap_err();
        assert!(refused.contains("newer program") && refused.contains("9999"), "{refused}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn on_postgresql_the_schema_of_the_connection_is_copied_and_no_other() {
    let (school, folder, _) = kept().await;
    if !is_postgres(&school) {
        return;
    }
    let of_board = |url: &str| format!("{url}&options=-c%20search_path%3Dboard_7");
    school.tamper("CREATE SCHEMA board_7").await;
    let url = of_board(school.database_url());
    assert_eq!(run(&url, &["migrate"]).await, Ok(true));
    let file = folder.path().join("board");
    assert_eq!(backup(&url, &file).await, Ok(true));
    let again = Elsewhere::new();
    let refused = restore(again.url(), &file).await.unwrap_err();
    assert!(refused.contains("is of the schema board_7"), "{refused}");
    assert_eq!(restore(&of_board(again.url()), &file).await, Ok(true));
    assert_eq!(again.count("board_7.pupil", "1 = 1").await, 0, "the board has no pupils yet");
    assert_eq!(again.count("pg_tables", "schemaname = 'public'").await, 0, "nothing of the other board");
}
