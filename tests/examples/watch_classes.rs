//! Posts activities of many classes at a steady rate while each class is watched, and tells how long an activity takes to its watcher.
//!
//! `watch_classes POSTING-URL WATCHING-URL POSTING-TOKEN WATCHING-TOKEN PLACES ACTIVITIES-A-SECOND SECONDS` prints activities acknowledged a second,
//! and the milliseconds from sending an activity to its being told. PLACES is a CSV of pupil,class. One more watcher of twenty classes never reads.
use asagao_graphql::clock::{Clock, new_id};
use chrono::{DateTime, SecondsFormat};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::env::args;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

const DOCUMENT: &str = "mutation Post($input: RecordActivitiesInput!) { recordActivities(input: $input) { accepted } }";
const POSTING: usize = 16;
const SOCKETS: usize = 30;

/// What was sent of a class and not told yet: the time that the activities say, and when they were sent.
type Untold = Mutex<VecDeque<(i64, Instant)>>;

struct Class {
    id: String,
    pupils: Vec<String>,
    untold: Untold,
}

#[tokio::main]
async fn main() {
    let asked: Vec<String> = args().skip(1).collect();
    let [posting_url, watching_url, posting, watching, places, rate, seconds] = asked.as_slice() else {
        panic!("POSTING-URL WATCHING-URL POSTING-TOKEN WATCHING-TOKEN PLACES ACTIVITIES-A-SECOND SECONDS")
    };
    let host = |url: &String| url.trim_start_matches("http://").to_owned();
    let (host, watched) = (host(posting_url), host(watching_url));
    let rate: f64 = rate.parse().expect("a rate");
    let seconds: u64 = seconds.parse().expect("seconds");
    let mut of_class: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in std::fs::read_to_string(places).expect("a file of places").lines() {
        let (pupil, class) = line.split_once(',').expect("pupil,class");
        of_class.entry(class.to_owned()).or_default().push(pupil.to_owned());
    }
    let of_class = of_class.into_iter().take(300);
    let classes: Vec<Arc<Class>> =
        of_class.map(|(id, pupils)| Arc::new(Class { id, pupils, untold: Mutex::default() })).collect();
    let times = Arc::new(Mutex::new(Vec::new()));
    for part in classes.chunks(classes.len().div_ceil(SOCKETS)) {
        tokio::spawn(watch(watched.clone(), watching.clone(), part.to_vec(), times.clone()));
    }
    let _never_reads = subscribed(&watched, watching, &classes[..classes.len().min(20)]).await;
    tokio::time::sleep(Duration::from_secs(2)).await;

    let begun = Instant::now();
    let until = begun + Duration::from_secs(seconds);
    let pupils: usize = classes.iter().map(|class| class.pupils.len()).sum();
    let number = |count: usize| f64::from(u32::try_from(count).expect("a city is not that large"));
    let calls_a_second = rate * number(classes.len()) / number(pupils);
    let pause = Duration::from_secs_f64(number(POSTING) / calls_a_second);
    let posts = (0..POSTING).map(|at| {
        let own: Vec<Arc<Class>> = classes.iter().skip(at).step_by(POSTING).cloned().collect();
        tokio::spawn(post(host.clone(), posting.clone(), own, pause, until))
    });
    let mut accepted = 0;
    for posting in posts.collect::<Vec<_>>() {
        accepted += posting.await.expect("a client ends").expect("the server can be reached");
    }
    let elapsed = begun.elapsed().as_secs_f64();
    tokio::time::sleep(Duration::from_secs(3)).await;
    let untold: usize = classes.iter().map(|class| class.untold.lock().expect("nobody panicked").len()).sum();
    let mut times: Vec<Duration> = std::mem::take(&mut times.lock().expect("nobody panicked"));
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 1_000).copied().unwrap_or_default().as_millis();
    println!(
        "{:.0} activities a second to {} classes; {} calls told, p50 {} ms p99 {} ms p99.9 {} ms, never told: {untold}",
        f64::from(accepted) / elapsed,
        classes.len(),
        times.len(),
        at(500),
        at(990),
        at(999)
    );
}

/// Posts one activity of every pupil of a class a call, one class after the other.
async fn post(host: String, token: String, own: Vec<Arc<Class>>, pause: Duration, until: Instant) -> std::io::Result<u32> {
    let mut stream = TcpStream::connect(&host).await?;
    stream.set_nodelay(true)?;
    let (mut accepted, mut buffer) = (0, Vec::new());
    let mut next = Instant::now() + pause.mul_f64(rand(&own[0].id));
    for class in own.iter().cycle() {
        tokio::time::sleep_until(next.into()).await;
        next += pause;
        if Instant::now() >= until {
            break;
        }
        let now = Clock::System.now();
        let text = now.to_rfc3339_opts(SecondsFormat::Millis, true);
        let did = |pupil: &String| {
            json!({ "id": new_id(), "pupilId": pupil, "classId": class.id, "verb": "ANSWERED", "objectId": "https://drill.example/1",
                    "objectKind": "QUESTION", "occurredAt": text })
        };
        let activities: Vec<Value> = class.pupils.iter().map(did).collect();
        let body =
            json!({ "query": DOCUMENT, "variables": { "input": { "sentAt": text, "activities": activities } } }).to_string();
        class.untold.lock().expect("nobody panicked").push_back((now.timestamp_millis(), Instant::now()));
        let head = format!(
            "POST /graphql HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all((head + &body).as_bytes()).await?;
        buffer.clear();
        while !String::from_utf8_lossy(&buffer).contains("\"accepted\":") {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        }
        accepted += u32::try_from(class.pupils.len()).expect("a class is small");
    }
    Ok(accepted)
}

/// A share of 1 that follows from a text, so that the clients do not all begin at once.
fn rand(text: &str) -> f64 {
    f64::from(text.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into())) % 1_000) / 1_000.0
}

type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<TcpStream>>;

/// A connection that is subscribed to some classes, each by its place among them.
async fn subscribed(host: &str, token: &str, classes: &[Arc<Class>]) -> Socket {
    let mut request = format!("ws://{host}/graphql").into_client_request().expect("a request");
    request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().expect("a header"));
    let (mut socket, _) = connect_async(request).await.expect("the server takes the connection");
    let mut say = vec![json!({ "type": "connection_init", "payload": { "Authorization": format!("Bearer {token}") } })];
    say.extend(classes.iter().enumerate().map(|(at, class)| {
        let query = format!("subscription {{ classLive(classId: \"{}\") {{ pupils {{ lastAt }} }} }}", class.id);
        json!({ "type": "subscribe", "id": at.to_string(), "payload": { "query": query } })
    }));
    for message in say {
        socket.send(Message::Text(message.to_string().into())).await.expect("the connection is open");
    }
    socket
}

/// Notes when what was sent of these classes is told.
async fn watch(host: String, token: String, classes: Vec<Arc<Class>>, times: Arc<Mutex<Vec<Duration>>>) {
    let mut socket = subscribed(&host, &token, &classes).await;
    while let Some(Ok(message)) = socket.next().await {
        let Message::Text(text) = message else { continue };
        let told: Value = serde_json::from_str(&text).expect("messages are JSON");
        match told["type"].as_str() {
            Some("ping") => drop(socket.send(Message::Text(json!({ "type": "pong" }).to_string().into())).await),
            Some("next") => {}
            _ => continue,
        }
        let Some(pupils) = told.pointer("/payload/data/classLive/pupils").and_then(Value::as_array) else { continue };
        let last = pupils.iter().filter_map(|pupil| pupil["lastAt"].as_str());
        let last = last.filter_map(|at| DateTime::parse_from_rfc3339(at).ok()).map(|at| at.timestamp_millis()).max();
        let at: usize = told["id"].as_str().and_then(|id| id.parse().ok()).expect("our ids are numbers");
        let mut untold = classes[at].untold.lock().expect("nobody panicked");
        while let Some((sent, when)) = untold.front().copied()
            && Some(sent) <= last
        {
            untold.pop_front();
            times.lock().expect("nobody panicked").push(when.elapsed());
        }
    }
}
