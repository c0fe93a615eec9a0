//! Posts activities over HTTP as fast as a server takes them: each connection sends its next call when the last one is answered.
//!
//! `post_calls URL TOKEN PLACES CONNECTIONS BATCH SECONDS` prints activities acknowledged a second and what was answered beside 200. PLACES is a CSV of
//! pupil,class. The client writes its requests as text, so that it costs little beside the server on the same machine.
use asagao_graphql::clock::{Clock, new_id};
use std::env::args;
use std::fmt::Write as _;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const DOCUMENT: &str = "mutation Post($input: RecordActivitiesInput!) { recordActivities(input: $input) { accepted duplicates rejected { index code } } }";

#[tokio::main]
async fn main() {
    let asked: Vec<String> = args().skip(1).collect();
    let [url, token, places, connections, batch, seconds] = asked.as_slice() else {
        panic!("URL TOKEN PLACES CONNECTIONS BATCH SECONDS")
    };
    let number = |text: &String| text.parse::<usize>().expect("a number");
    let (connections, batch, seconds) = (number(connections), number(batch), number(seconds));
    let places = std::fs::read_to_string(places).expect("a file of places");
    let places: Vec<(String, String)> = places
        .lines()
        .filter_map(|line| line.split_once(','))
        .map(|(pupil, class)| (pupil.to_owned(), class.to_owned()))
        .collect();
    let (host, path) = url.trim_start_matches("http://").split_once('/').expect("a URL with a path");
    let head = format!(
        "POST /{path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\naccept: application/json\r\n"
    );
    let begun = Instant::now();
    let until = begun + Duration::from_secs(seconds as u64);
    let clients = (0..connections).map(|client| {
        let own = places
            .chunks(places.len().div_ceil(connections))
            .nth(client)
            .expect("there are more pupils than connections")
            .to_vec();
        tokio::spawn(post(host.to_owned(), head.clone(), own, batch, until))
    });
    let (mut accepted, mut times, mut other) = (0, Vec::new(), 0);
    for client in clients.collect::<Vec<_>>() {
        let found = client.await.expect("a client ends").expect("the server can be reached");
        accepted += found.0;
        times.extend(found.1);
        other += found.2;
    }
    let rate = f64::from(u32::try_from(accepted).expect("a few millions")) / begun.elapsed().as_secs_f64();
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 1_000).copied().unwrap_or_default().as_secs_f64() * 1_000.0;
    println!("{rate:.0} p50 {:.1} ms p99 {:.1} ms p99.9 {:.1} ms, other answers: {other}", at(500), at(990), at(999));
}

async fn post(
    host: String,
    head: String,
    own: Vec<(String, String)>,
    batch: usize,
    until: Instant,
) -> std::io::Result<(usize, Vec<Duration>, usize)> {
    let mut stream = TcpStream::connect(&host).await?;
    stream.set_nodelay(true)?;
    let (mut accepted, mut times, mut other, mut at) = (0, Vec::new(), 0, 0);
    let (mut body, mut buffer) = (String::new(), Vec::new());
    while Instant::now() < until {
        let now = Clock::System.now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        body.clear();
        write!(body, "{{\"query\":\"{DOCUMENT}\",\"variables\":{{\"input\":{{\"sentAt\":\"{now}\",\"activities\":[")
            .expect("a text");
        for n in 0..batch {
            let (pupil, class) = &own[(at + n) % own.len()];
            let comma = if n == 0 { "" } else { "," };
            write!(
                body,
                "{comma}{{\"id\":\"{}\",\"pupilId\":\"{pupil}\",\"classId\":\"{class}\",\"verb\":\"ANSWERED\",\"objectId\":\"https://drill.example/fractions/1\",\
                 \"objectKind\":\"QUESTION\",\"occurredAt\":\"{now}\",\"durationSeconds\":12,\"success\":true,\"place\":\"SCHOOL\"}}",
                new_id()
            )
            .expect("a text");
        }
        at += batch;
        body.push_str("]}}}");
        let request = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
        let sent = Instant::now();
        stream.write_all(request.as_bytes()).await?;
        let (status, answer) = answer(&mut stream, &mut buffer).await?;
        times.push(sent.elapsed());
        let count =
            answer.split_once("\"accepted\":").map(|(_, rest)| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
        match count.and_then(|count| count.parse::<usize>().ok()) {
            Some(count) if status == 200 => accepted += count,
            _ => other += 1,
        }
    }
    Ok((accepted, times, other))
}

/// The status and body of the next answer.
async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> std::io::Result<(u16, String)> {
    buffer.clear();
    let ended = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
    loop {
        if stream.read_buf(buffer).await? == 0 {
            return Err(ended());
        }
        let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&buffer[..end]).to_ascii_lowercase();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(ended)?;
        let length: usize = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .and_then(|text| text.parse().ok())
            .ok_or_else(ended)?;
        while buffer.len() < end + 4 + length {
            if stream.read_buf(buffer).await? == 0 {
                return Err(ended());
            }
        }
        return Ok((status, String::from_utf8_lossy(&buffer[end + 4..]).into_owned()));
    }
}
