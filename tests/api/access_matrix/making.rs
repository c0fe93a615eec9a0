//! How the town of the proof is made: a roster, people, and what the files of `town/` record.
use super::documents::{self, Document};
use super::roster::{self, id};
use super::town::Place;
use asagao_graphql::access::duty::{self, Duty, DutyKind};
use asagao_graphql::access::right::Right;
use asagao_tests::full_class::school_days;
use asagao_tests::{School, with};
use chrono::{Datelike, NaiveDate, TimeDelta, Weekday};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A town that is being made.
pub struct Making {
    /// Its schools behind their server.
    pub school: School,
    number: u128,
    parts: BTreeMap<&'static str, Place>,
}

/// What a class of the town is made of: its part, its school's, its number, its pupils' first, its teacher, its school's app.
const CLASSES: [(&str, &str, u128, u128, &str, &str); 3] = [
    ("5-2", "here", 0x52, roster::OWN, "ana", "portal"),
    ("6-1", "here", 0x51, roster::OTHER, "tomo", "portal"),
    ("4-1", "there", 0x41, roster::ELSEWHERE, "tea", "stranger"),
];

/// The parts of which each pupil's place is: the pupil's own, the school's and the class's.
const PUPILS: [(&str, &str, &str); 4] =
    [("own", "here", "5-2"), ("other", "here", "6-1"), ("elsewhere", "there", "4-1"), ("former", "here", "5-2")];

impl Making {
    /// The board of a number, with everything recorded.
    pub async fn board(number: u128) -> Self {
        let school = School::empty().await;
        let mut making = Making { school, number, parts: BTreeMap::new() };
        making.begin().await;
        making.hire().await;
        making.name_parts();
        making.rosters().await;
        for (part, actors) in [("here", ["here"]), ("there", ["there"])] {
            making.run("town/school.graphql", &actors, part).await;
        }
        for (class, school, ..) in CLASSES {
            making.run("town/class.graphql", &[school, class], class).await;
        }
        for (pupil, school, class) in PUPILS {
            making.run("town/arrive.graphql", &[school, class, pupil], pupil).await;
        }
        for (class, _, number, first, _, app) in CLASSES {
            making.work(class, number, first, app).await;
        }
        making.run("town/lesson.graphql", &["here", "5-2", "own"], "5-2").await;
        for (pupil, school, class) in PUPILS {
            making.absences(&[school, class, pupil]).await;
        }
        for (pupil, school, class) in PUPILS {
            making.run("town/pupil.graphql", &[school, class, pupil], pupil).await;
        }
        for &(pupil, school, class) in &PUPILS[..3] {
            making.run("town/class_moves.graphql", &[school, class, pupil], pupil).await;
        }
        making.run("town/talks.graphql", &["here", "5-2", "own"], "own").await;
        making.run("town/former.graphql", &["here", "5-2", "former"], "former").await;
        making.school.clock.advance(TimeDelta::days(1));
        for &(pupil, school, class) in &PUPILS[..3] {
            making.run("town/today.graphql", &[school, class, pupil], pupil).await;
        }
        for school in ["here", "there"] {
            making.run("town/turnover.graphql", &[school], school).await;
        }
        making.awaited();
        making.uploads().await;
        making
    }

    fn id(&self, n: u128) -> Uuid {
        id(self.number, n)
    }

    /// A place that is made of some parts.
    pub fn place(&self, parts: &[&str]) -> Place {
        parts.iter().fold(Place::default(), |place, part| place.with(&self.parts[part]))
    }

    async fn begin(&mut self) {
        let package = roster::package(self.number);
        let report = self.school.import(&package).await;
        assert_eq!(report.problems, [], "the roster of the town is right");
    }

    async fn hire(&mut self) {
        let from: NaiveDate = "2026-04-01".parse().expect("a date");
        let (here, there) = (self.id(2), self.id(3));
        let class = |n: u128| Some(id(self.number, n));
        let staff = [
            ("tomo", DutyKind::HomeroomTeacher, here, class(0x51)),
            ("tea", DutyKind::HomeroomTeacher, there, class(0x41)),
            ("sub", DutyKind::SubjectTeacher, here, class(0x5a)),
            ("hugo", DutyKind::Head, here, None),
            ("mari", DutyKind::Head, there, None),
            ("kyomu", DutyKind::AcademicAffairs, here, None),
            ("office", DutyKind::AcademicAffairs, there, None),
            ("mei", DutyKind::Nurse, here, None),
            ("nao", DutyKind::Nurse, there, None),
            ("sora", DutyKind::Counsellor, here, None),
            ("riku", DutyKind::Counsellor, here, None),
            ("kei", DutyKind::Counsellor, there, None),
            ("iku", DutyKind::IctSupport, here, None),
            // Those to whom others give duties.
            ("aki", DutyKind::SubjectTeacher, here, class(0x53)),
            ("bun", DutyKind::SubjectTeacher, here, class(0x62)),
            ("chie", DutyKind::SubjectTeacher, there, class(0x42)),
        ];
        self.school.know("ana", self.id(0x201)).await;
        let ends: NaiveDate = "2027-03-31".parse().expect("a date");
        for (name, kind, school, class) in staff {
            let duty = |id| duty::new(id, kind, Some(school), class, from);
            self.school.hire(name, |id| vec![if class.is_some() { Duty { ends, ..duty(id) } } else { duty(id) }]).await;
        }
        self.school.hire("goro", |id| vec![Duty { grade: "P5".into(), ..duty::new(id, DutyKind::GradeHead, Some(here), None, from) }]).await;
        self.school.hire("board", |id| vec![duty::new(id, DutyKind::BoardOfficial, None, None, from)]).await;
        self.school.register("portal", here, &Right::OF_APPS).await;
        self.school.register("stranger", there, &Right::OF_APPS).await;
    }

    /// What is known of each part before anything was recorded.
    fn name_parts(&mut self) {
        let (number, school) = (self.number, &self.school);
        let of = |names: &[(&str, u128)], people: &[(&str, &str)], ids: &[(&str, &str)]| {
            let ids = ids.iter().map(|(name, who)| ((*name).to_owned(), school.person(who).id.to_string()));
            let people = people.iter().map(|(name, who)| ((*name).to_owned(), (*who).to_owned()));
            let names = names.iter().map(|(name, n)| ((*name).to_owned(), id(number, *n).to_string()));
            Place(ids.chain(people).chain(names).collect())
        };
        let board = [("board", 1)];
        let people = [("head", "hugo"), ("office", "kyomu"), ("nurse", "mei"), ("counsellor", "sora"), ("app", "portal"), ("grade", "goro"), ("subject", "sub")];
        let ids = [("headId", "hugo"), ("nurseId", "mei"), ("counsellorId", "sora"), ("gradeId", "goro"), ("subjectId", "sub")];
        let here = of(&[("school", 2), ("otherSchool", 3), ("special", 0x5001), ("specialClass", 0x71), ("exchange", 0x52), board[0]], &people, &ids);
        let people = [("head", "mari"), ("office", "office"), ("nurse", "nao"), ("counsellor", "kei"), ("app", "stranger"), ("grade", "tea"), ("subject", "tea")];
        let ids = [("headId", "mari"), ("nurseId", "nao"), ("counsellorId", "kei"), ("gradeId", "tea"), ("subjectId", "tea")];
        let there = of(&[("school", 3), ("otherSchool", 2), ("special", 0x5002), ("specialClass", 0x72), ("exchange", 0x41), board[0]], &people, &ids);
        for (part, mut place, grade, next, born) in [("here", here, "P5", "P6", "2015-08-01"), ("there", there, "P4", "P5", "2016-08-01")] {
            place.0.extend([("specialGrade".into(), grade.into()), ("nextGrade".into(), next.into()), ("born".into(), born.into())]);
            self.parts.insert(part, place);
        }
        for (part, class, sister, lesson, teacher, staff) in [
            ("5-2", 0x52, 0x53, Some(0x5a), "ana", "aki"),
            ("6-1", 0x51, 0x62, None, "tomo", "bun"),
            ("4-1", 0x41, 0x42, None, "tea", "chie"),
        ] {
            let newcomer = [("5-2", 0x6001), ("6-1", 0x6002), ("4-1", 0x6003)].into_iter().find(|(of, _)| *of == part).expect("a class").1;
            let mut place = of(&[("class", class), ("home", class), ("sister", sister), ("newcomer", newcomer)], &[("teacher", teacher)], &[("teacherId", teacher), ("staff", staff)]);
            place.0.insert("email".into(), format!("{staff}@asagiri.example"));
            if let Some(lesson) = lesson {
                place.0.insert("class@subject".into(), self.id(lesson).to_string());
            }
            place.0.insert("lesson".into(), self.id(lesson.unwrap_or(class)).to_string());
            self.parts.insert(part, place);
        }
        for (part, first) in [("own", roster::OWN), ("other", roster::OTHER), ("elsewhere", roster::ELSEWHERE), ("former", roster::FORMER)] {
            let of = |n: u128| self.id(first + n).to_string();
            let names = [("pupil", 1), ("plain", 2), ("closed", 3), ("leaver", 4), ("second", 5), ("mover", 6), ("leaving", 7)];
            let mut place = Place(names.into_iter().map(|(name, n)| (name.to_owned(), of(n))).collect());
            let made = |name: &str| Uuid::new_v5(&self.id(first), name.as_bytes()).to_string();
            let new = (1..=20).map(|n| format!("new{n}")).chain(["activity".to_owned(), "activity@pupil".to_owned()]);
            place.0.extend(new.map(|name| { let id = made(&name); (name, id) }));
            let counsellor = [("own", "sora"), ("other", "riku"), ("elsewhere", "kei"), ("former", "sora")].into_iter().find(|(of, _)| *of == part);
            place.0.insert("assignedId".into(), self.school.person(counsellor.expect("a place").1).id.to_string());
            place.0.insert("number".into(), (50 + first / 0x1000).to_string());
            place.0.insert("admittedNumber".into(), (60 + first / 0x1000).to_string());
            self.parts.insert(part, place);
        }
    }

    /// A roster that was brought in by each school, and one that was read and waits.
    async fn rosters(&mut self) {
        for (part, head, school, class, first) in [("here", "hugo", 2, 0x53, 0x8000), ("there", "mari", 3, 0x42, 0x8100)] {
            let (committed, read) = {
                let person = self.school.person(head);
                let mut package = roster::of_school(self.number, school);
                roster::join(&mut package, self.number, first, class, school);
                let committed = person.preview(&package).await;
                let done = person.commit_roster(&committed["id"], &committed["suspicion"], &[]).await;
                assert_eq!(done["userErrors"], json!([]), "{committed}");
                roster::join(&mut package, self.number, first + 1, class, school);
                package.change("users.csv", "仮名,600", "改名,600");
                (committed["id"].clone(), person.preview(&package).await["id"].clone())
            };
            let place = self.parts.get_mut(part).expect("a part of the town");
            place.keep("imported", &committed);
            place.keep("import", &read);
        }
    }

    /// The pupils whom each school expects: those who have left the other one for it.
    fn awaited(&mut self) {
        for (part, from) in [("own", "elsewhere"), ("other", "elsewhere"), ("elsewhere", "own"), ("former", "former")] {
            let out = self.parts[from].id("out", "");
            self.parts.get_mut(part).expect("a part of the town").keep("awaited", &json!(out));
        }
    }

    /// The packages that were sent and wait to be read: those of the own place by whoever asks, the others by somebody else.
    async fn uploads(&mut self) {
        for (part, role, who) in [
            ("own", "head", "hugo"), ("own", "office", "kyomu"), ("other", "head", "kyomu"), ("other", "office", "hugo"),
            ("elsewhere", "", "mari"), ("former", "head", "kyomu"), ("former", "office", "hugo"),
        ] {
            let request = self.school.person(who).request("POST", "/uploads");
            let body = roster::package(self.number).zip();
            let sent = self.school.send(request.body(body.into()).expect("a request")).await;
            let place = self.parts.get_mut(part).expect("a part of the town");
            place.keep(format!("upload@{role}").trim_end_matches('@'), &sent.body["uploadId"]);
            place.0.entry("upload".into()).or_insert_with(|| sent.body["uploadId"].as_str().expect("an id").to_owned());
        }
    }

    /// Four weeks of learning in a class: the first pupil stopped after three, of whom a former one is one as well.
    async fn work(&mut self, part: &'static str, class: u128, first: u128, app: &str) {
        let (days, class) = (school_days(), self.id(class));
        let mut pupils: Vec<(u128, Uuid)> = (1..=12).map(|n| (n, self.id(first + n))).collect();
        if first == roster::OWN {
            pupils.extend((1..=3).map(|n| (n, self.id(roster::FORMER + n))));
        }
        let task = |week: usize| Uuid::new_v5(&class, &[u8::try_from(week).expect("a week")]);
        let tasks = (0..4).map(|week| json!({ "id": task(week), "classId": class, "title": format!("第{week}週"), "dueAt": format!("{}T16:00:00+09:00", days[week * 5 + 3]) }));
        self.school.person(app).share(&tasks.collect::<Vec<_>>()).await;
        for (n, pupil) in pupils {
            let mut batch = Vec::new();
            for (at, day) in days.iter().enumerate().filter(|(at, _)| n > 1 || *at < 12) {
                let of = |verb: &str, object: &str, kind: &str, more: Value| {
                    let id = Uuid::new_v5(&pupil, format!("{verb}{object}{day}").as_bytes());
                    let usual = json!({ "id": id, "pupilId": pupil, "classId": class, "verb": verb, "objectId": object, "objectKind": kind,
                        "objectName": "わり算", "subject": "P030", "courseOfStudyCode": "8260243111100000", "occurredAt": format!("{day}T10:00:00+09:00") });
                    with(usual, more)
                };
                let right = (n + u128::try_from(at).expect("a day")).is_multiple_of(3);
                batch.push(of("ANSWERED", "q1", "QUESTION", json!({ "success": right, "durationSeconds": 600, "count": 5 + n })));
                if at % 5 == 1 {
                    let said = ["CREATED", "REPLIED", "VOTED_UP", "RESPONDED"].map(|verb| of(verb, "talk", "DISCUSSION", json!({})));
                    batch.extend(said);
                }
                if at == 3 || n > 1 && at % 5 == 3 {
                    batch.push(of("SUBMITTED", &task(at / 5).to_string(), "ASSIGNMENT", json!({ "score": { "raw": 60 + n, "max": 100 } })));
                }
            }
            let answer = self.school.person(app).record(&batch).await;
            assert_eq!(answer["rejected"], json!([]), "{part}");
        }
    }

    /// Marks the first pupil of a place absent for more than thirty days of the second term.
    async fn absences(&mut self, parts: &[&str]) {
        let place = self.place(parts);
        let first: NaiveDate = "2026-09-01".parse().expect("a date");
        let days = first.iter_days().take(58).filter(|day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun));
        for day in days {
            let document = format!("mutation {{ takeAttendance(input: {{ classId: \"<class>\", day: \"{day}\", others: UNCHANGED, reason: \"書き忘れ\",
                marks: [{{ pupilId: \"<pupil>\", kind: \"ILLNESS\" }}] }}) {{ userErrors {{ code }} }} }}");
            let person = self.school.person(&place.id("teacher", ""));
            let answer = person.ask(&documents::filled(&document, &place, ""), json!({})).await;
            let wrong = answer.data("/takeAttendance/userErrors");
            assert!(*wrong == json!([]) || *wrong == json!([{ "code": "CONFLICT" }]), "but on a holiday: {wrong}");
        }
    }

    /// Does what a file says for a place that has these parts, and keeps what comes of it in one of them.
    async fn run(&mut self, file: &str, parts: &[&str], into: &'static str) {
        for document in documents::read(file) {
            let place = self.place(parts);
            let data = self.done(&document, &place).await;
            let kept = document.note("keep").into_iter().flat_map(|keep| keep.split(", "));
            let part = self.parts.get_mut(into).expect("a part of the town");
            for (name, pointer) in kept.map(|keep| keep.split_once(' ').expect("a name and where it stands")) {
                let pointer = documents::filled(pointer, &place, "");
                part.keep(name, data.pointer(&pointer).unwrap_or_else(|| panic!("{}: nothing at {pointer} in {data}", document.name)));
            }
        }
    }

    async fn done(&self, document: &Document, place: &Place) -> Value {
        let text = document.at(place, "");
        let by = documents::filled(document.note("by").expect("who does it"), place, "");
        let answer = match by.strip_prefix("pupil ") {
            Some(pupil) => {
                let secret = self.school.pupil_token(pupil.parse().expect("the id of a pupil")).await;
                self.school.bearer(&secret).ask(&text, json!({})).await
            }
            None => self.school.person(&by).ask(&text, json!({})).await,
        };
        if let Some(code) = document.note("refused") {
            assert_eq!(answer.code(), code, "{by}: {text}");
            return Value::Null;
        }
        assert!(answer.body["errors"].is_null(), "{by}: {text}\n{}", answer.body);
        let payload = answer.data("").as_object().and_then(|data| data.values().next()).cloned().unwrap_or_default();
        for wrong in ["userErrors", "rejected"] {
            assert!(payload[wrong].as_array().is_none_or(Vec::is_empty), "{by}: {text}\n{payload}");
        }
        payload
    }
}
