//! Trouble in the middle of a call: connections that are lost, all of them taken, a full disk, a server that stops. `bin/kill-test` does the
//! same to the whole program, at random moments.
use asagao_tests::{AOI, Answer, CLASS_5_2, HARUTO, NOW, School, activity};
use axum::http::StatusCode;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use serde_json::{Value, json};
use sqlx::{Connection, Executor, PgConnection, SqliteConnection};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{spawn_blocking, yield_now};

fn is_postgres(school: &School) -> bool {
    school.database_url().starts_with("postgres")
}

/// Another program's connection to the school's PostgreSQL.
async fn other(school: &School) -> PgConnection {
    PgConnection::connect(school.database_url()).await.expect("the server takes the connection")
}

/// Waits until so many wait for a lock in this database, and gives their processes.
async fn waiting(c: &mut PgConnection, many: usize) -> Vec<i32> {
    let sql = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    loop {
        let found: Vec<(i32,)> = sqlx::query_as(sql).fetch_all(&mut *c).await.expect("the server answers");
        if found.len() >= many {
            return found.into_iter().map(|(pid,)| pid).collect();
        }
    }
}

async fn stored(school: &School) -> (i64, i64) {
    (school.count("activity", "1 = 1").await, school.sum(AOI, "activities").await)
}

#[tokio::test]
async fn a_connection_that_is_lost_in_the_middle_of_a_call_leaves_nothing_half_and_the_call_can_be_sent_again() {
    let school = School::open().await;
    if !is_postgres(&school) {
        // A file has no connection to lose; that it is away, locked or read-only is tried in the browser.
        return;
    }
    let batch: Vec<Value> = (0..100).map(|n| activity(n, AOI)).collect();
    let drill = school.person("drill");
    let (mut holding, mut cutting) = (other(&school).await, other(&school).await);
    holding.execute("BEGIN; LOCK TABLE daily_total IN ACCESS EXCLUSIVE MODE").await.expect("the table can be locked");
    let cut = async {
        // The activities are written, and their totals wait.
        let waiting = waiting(&mut cutting, 1).await;
        for process in waiting {
            sqlx::query("SELECT pg_terminate_backend($1)").bind(process).execute(&mut cutting).await.expect("it can be ended");
        }
        holding.execute("ROLLBACK").await.expect("the lock can be given back");
    };
    let (answer, ()) = tokio::join!(drill.try_record(NOW, &batch), cut);
    assert_eq!(answer.code(), "UNAVAILABLE", "{}", answer.body);
    assert_eq!(stored(&school).await, (0, 0));
    assert_eq!(drill.record(&batch).await["accepted"], 100);
    assert_eq!(stored(&school).await, (100, 100));
    assert_eq!(school.recount().await, 0);
}

#[tokio::test]
async fn while_all_connections_are_taken_calls_are_put_off_and_then_all_goes_on() {
    const CONNECTIONS: usize = 20;
    let school = School::open().await;
    let document = format!("{{ pupil(id: \"{AOI}\") {{ name }} }}");
    let mut secrets = Vec::new();
    for _ in 0..CONNECTIONS + 2 {
        secrets.push(school.token("ana", &[], 1).await);
    }
    let ask = async |secret: &str| school.bearer(secret).ask(&document, json!({})).await;
    let put_off = |answer: &Answer| {
        assert_eq!((answer.status, answer.code()), (StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE"), "{}", answer.body);
        assert_eq!(answer.header("retry-after"), "5");
    };
    if is_postgres(&school) {
        let (mut holding, mut watching) = (other(&school).await, other(&school).await);
        holding.execute("BEGIN; LOCK TABLE pupil IN ACCESS EXCLUSIVE MODE").await.expect("the table can be locked");
        // Calls of one token that come together look it up once.
        let mut asked: FuturesUnordered<_> = secrets.iter().skip(2).map(|secret| ask(secret)).collect();
        let taken = waiting(&mut watching, CONNECTIONS);
        tokio::select! {
            _ = taken => {}
            answer = asked.next() => panic!("nobody can be answered yet: {answer:?}"),
        }
        let (one, another) = tokio::join!(ask(&secrets[0]), ask(&secrets[1]));
        put_off(&one);
        put_off(&another);
        holding.execute("ROLLBACK").await.expect("the lock can be given back");
        while let Some(answer) = asked.next().await {
            assert_eq!(answer.data("/pupil/name"), "朝倉 葵");
        }
    } else {
        let mut holding = SqliteConnection::connect(school.database_url()).await.expect("the file opens");
        holding.execute("BEGIN IMMEDIATE").await.expect("the file can be locked");
        let drill = school.person("drill");
        let (batch, second) = ([activity(1, AOI)], [activity(2, AOI)]);
        // The first waits for the file, the others for the first.
        let (one, another, read) = tokio::join!(drill.try_record(NOW, &batch), drill.try_record(NOW, &second), ask(&secrets[0]));
        assert_eq!((one.code(), another.code()), ("UNAVAILABLE", "UNAVAILABLE"), "{} {}", one.body, another.body);
        assert_eq!(read.data("/pupil/name"), "朝倉 葵", "reading goes on");
        holding.execute("ROLLBACK").await.expect("the lock can be given back");
        assert_eq!(stored(&school).await, (0, 0));
    }
    assert_eq!(ask(&secrets[0]).await.data("/pupil/name"), "朝倉 葵");
    assert_eq!(school.person("drill").record(&[activity(1, AOI), activity(2, AOI)]).await["accepted"], 2);
    assert_eq!(stored(&school).await, (2, 2));
}

#[tokio::test]
async fn a_full_disk_is_told_of_and_leaves_nothing_half() {
    let school = School::open().await;
    if !is_postgres(&school) {
        // The disk of a file is filled by bin/kill-test: it takes a process of its own.
        return;
    }
    let drill = school.person("drill");
    assert_eq!(drill.record(&[activity(1, AOI)]).await["accepted"], 1);
    school
        .tamper(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$",
        )
        .await;
    school.tamper("CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON daily_total EXECUTE FUNCTION full_disk()").await;
    let batch = [activity(2, AOI), activity(3, HARUTO)];
    let answer = drill.try_record(NOW, &batch).await;
    assert_eq!(answer.code(), "UNAVAILABLE", "{}", answer.body);
    assert!(!answer.body.to_string().contains("space"), "what the database says is for the log");
    assert_eq!(stored(&school).await, (1, 1));
    school.tamper("DROP TRIGGER full_disk ON daily_total").await;
    assert_eq!(drill.record(&batch).await["accepted"], 2);
    assert_eq!((stored(&school).await, school.recount().await), ((3, 2), 0));
}

/// A call of which the server has the header and says that it goes on.
fn begun(address: SocketAddr, token: &str, body: &str) -> BufReader<TcpStream> {
    let mut stream = BufReader::new(TcpStream::connect(address).expect("the server takes connections"));
    let header = format!(
        "POST /graphql HTTP/1.1\r\nHost: asagao\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         Accept: application/graphql-response+json\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.get_mut().write_all(header.as_bytes()).expect("the header can be sent");
    let mut line = String::new();
    stream.read_line(&mut line).expect("the server answers");
    assert!(line.starts_with("HTTP/1.1 100"), "{line}");
    stream.read_line(&mut line).expect("the line after it");
    stream
}

/// The rest of a call, and all that the server says to it before it ends the connection.
fn finished(mut stream: BufReader<TcpStream>, body: &str) -> String {
    stream.get_mut().write_all(body.as_bytes()).expect("the body can be sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("the answer can be read");
    answer
}

#[tokio::test]
async fn a_server_that_is_asked_to_stop_takes_nobody_new_and_answers_all_that_it_has_taken() {
    let school = School::open().await;
    let (stop, stopped) = oneshot::channel::<()>();
    let (address, ended) = school.until_stopped(async { drop(stopped.await) }).await;
    let token = school.code("drill").to_owned();
    let body = |n: u64| {
        let query = "mutation ($input: RecordActivitiesInput!) { recordActivities(input: $input) { accepted } }";
        json!({ "query": query, "variables": { "input": { "sentAt": NOW, "activities": [activity(n, AOI)] } } }).to_string()
    };
    let mut calls = Vec::new();
    for n in 0..8 {
        let (token, body) = (token.clone(), body(n));
        calls.push(spawn_blocking(move || (begun(address, &token, &body), body)).await.expect("a call begins"));
    }
    let idle = spawn_blocking(move || TcpStream::connect(address).expect("the server takes connections")).await.expect("a connection");
    stop.send(()).expect("the server listens for it");
    // It lets go of its port first.
    while spawn_blocking(move || TcpStream::connect(address).is_ok()).await.expect("a try") {
        yield_now().await;
    }
    assert!(!ended.is_finished(), "calls have not ended yet");
    let calls = spawn_blocking(move || calls.into_iter().map(|(call, body)| finished(call, &body)).collect::<Vec<_>>());
    for answer in calls.await.expect("the calls end") {
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("{\"accepted\":1}"), "{answer}");
    }
    let left = spawn_blocking(move || (&idle).read(&mut [0; 1]).unwrap_or(0)).await.expect("an end");
    assert_eq!(left, 0, "who was idle is let go");
    ended.await.expect("the server ends");
    assert_eq!(stored(&school).await, (8, 8));
    assert_eq!(school.totals(AOI, "2026-11-24", "2026-11-24").await[0]["classId"], json!(CLASS_5_2));
}
