//! The hot paths, to count their instructions: `hot_paths PATH TIMES` does one of them so many times over an SQLite file of its own, with everything
//! that a request meets but the network. `bin/instructions` runs it under Callgrind.
use asagao_tests::{AOI, CLASS_5_2, HARUTO, School, activity, with};
use serde_json::{Value, json};
use std::env::args;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let asked: Vec<String> = args().skip(1).collect();
    let [path, times] = asked.as_slice() else { panic!("PATH TIMES") };
    let times: u64 = times.parse().expect("a number");
    let school = School::open().await;
    if ["class", "page"].contains(&path.as_str()) {
        school.fill_class().await;
        let taken = school.person("ana").ask(TAKE, json!({ "input": { "classId": CLASS_5_2, "marks": [] } })).await;
        assert_eq!(taken.data("/takeAttendance/changed"), 22, "everybody is here");
    } else {
        school.person("drill").record(&batch(0)).await;
    }
    let mut ana = school.visitor_as("ana").await;
    for time in 1..=times {
        match path.as_str() {
            // 200 activities that are new.
            "post" => drop(school.person("drill").record(&batch(time)).await),
            // 200 activities that are there.
            "replay" => drop(school.person("drill").record(&batch(0)).await),
            // What a dashboard asks of a class.
            "class" => drop(school.person("ana").ask(CLASS, json!({ "id": CLASS_5_2 })).await),
            // The class page.
            "page" => drop(ana.get(&format!("/classes/{CLASS_5_2}")).await),
            other => panic!("{other} is none of post, replay, class, page"),
        }
    }
}

const TAKE: &str = "mutation ($input: TakeAttendanceInput!) { takeAttendance(input: $input) { changed } }";

const CLASS: &str = "query ($id: ID!) { class(id: $id) { name pupils(first: 50) { nodes { number name
    attendance(from: \"2026-11-11\", to: \"2026-11-24\") { day kind { mark } } learning(from: \"2026-10-24\", to: \"2026-11-24\") { days { day interactions } total } } } } }";

fn batch(time: u64) -> Vec<Value> {
    let of = |n: u64| {
        with(
            activity(time * 1_000 + n, if n.is_multiple_of(2) { AOI } else { HARUTO }),
            json!({ "durationSeconds": 12, "success": true }),
        )
    };
    (0..200).map(of).collect()
}
