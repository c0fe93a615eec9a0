//! `asagao evaluate`: a table in, figures and scores out, without a database.
use asagao::command::evaluate::evaluate;
use asagao::config::{Command, Config};
use clap::Parser;
use serde_json::Value;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const SPEC: &str = r#"
id = "row"
cohort = "class"
label = "left"
audit = ["sex"]
higher_is = "better"

[domains]
volume = ["clicks", "minutes"]
"手続き" = ["handed_in"]
history = ["not_there"]
"#;

/// A folder with a specification and a table of three classes: 60, 40 and 9 pupils. Those who left had fewer clicks and minutes.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Folder(tempfile::tempdir().expect("a folder"));
        folder.write("spec.toml", SPEC.as_bytes());
        folder.write("table.csv", table(true).as_bytes());
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &[u8]) {
        fs::write(self.path(name), text).expect("a file");
    }

    /// The report as it is printed, but for the time it took; or what is told instead.
    fn run(&self, table: &str, more: &[&str]) -> Result<Value, String> {
        let (table, spec) = (self.path(table), self.path("spec.toml"));
        let path = |path: &Path| path.to_str().expect("a plain path").to_owned();
        let line = ["asagao", "evaluate", &path(&table), "--spec", &path(&spec)];
        let more = more.iter().map(|word| if word.contains(".csv") { path(&self.path(word)) } else { (*word).to_owned() });
        let config = Config::try_parse_from(line.map(str::to_owned).into_iter().chain(more)).map_err(|error| error.to_string())?;
        let Command::Evaluate(settings) = config.command else { panic!("another command") };
        let mut report = serde_json::to_value(evaluate(&settings).map_err(|failure| failure.to_string())?).expect("JSON");
        assert!(report.as_object_mut().expect("an object").remove("seconds").is_some_and(|seconds| seconds.is_f64()));
        Ok(report)
    }
}

/// The rows of the table, with or without the outcomes.
fn table(labelled: bool) -> String {
    let mut text = String::from("row,class,sex,clicks,minutes,handed_in,note");
    text.push_str(if labelled { ",left\n" } else { "\n" });
    for row in 0..109 {
        let class = ["5-1", "5-2", "6-1"][usize::from(row >= 60) + usize::from(row >= 100)];
        let sex = ["F", "M"][row % 2];
        let (clicks, minutes, handed_in) = (row * 37 % 109, row * 37 % 109 + row * 53 % 41, row * 17 % 7);
        let minutes = if row % 10 == 3 { "NaN".to_owned() } else { minutes.to_string() };
        write!(text, "p{row:03},{class},{sex},{clicks},{minutes},{handed_in},\"a, b\"").expect("a string takes it");
        text.push_str(match (labelled, left(row)) {
            (false, _) => "\n",
            (true, true) => ",1\n",
            (true, false) => ",0\n",
        });
    }
    text
}

fn left(row: usize) -> bool {
    row * 37 % 109 < 30 && !row.is_multiple_of(7)
}

fn number(report: &Value, pointer: &str) -> f64 {
    report.pointer(pointer).and_then(Value::as_f64).unwrap_or_else(|| panic!("{pointer}: {report}"))
}

#[test]
fn a_table_is_scored_and_judged() {
    let folder = Folder::new();
    let report = folder.run("table.csv", &["--scores", "scores.csv"]).expect("a report");
    assert_eq!((&report["rows"], &report["labelled"], &report["cohorts"]), (&109.into(), &109.into(), &3.into()));
    assert_eq!(report["passed_over"], serde_json::json!(["not_there"]));
    assert_eq!(report["features"], serde_json::json!({ "volume": ["clicks", "minutes"], "手続き": ["handed_in"] }));
    for figure in ["roc_auc", "roc_auc_within", "average_precision", "precision_at_10", "precision_at_20", "recall_at_20"] {
        let value = number(&report, &format!("/{figure}"));
        let (low, high) = (number(&report, &format!("/intervals/{figure}/0")), number(&report, &format!("/intervals/{figure}/1")));
        assert!(0.0 <= low && low <= value && value <= high && high <= 1.0, "{figure}: {report}");
    }
    assert!(number(&report, "/roc_auc") > 0.7, "{report}");
    for stability in ["/stability_bootstrap_jaccard", "/stability_seed_jaccard"] {
        assert!((0.3..=1.0).contains(&number(&report, stability)), "{report}");
    }
    let sexes = &report["audit"]["sex"];
    assert_eq!((sexes.as_array().map(Vec::len), &sexes[0]["value"], &sexes[0]["against"]), (Some(1), &"F".into(), &"M".into()));
    assert!(number(sexes, "/0/flag_difference").abs() <= 1.0 && number(sexes, "/0/recall_difference").abs() <= 1.0);

    let scores = fs::read_to_string(folder.path("scores.csv")).expect("the file of scores");
    let lines: Vec<Vec<&str>> = scores.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!((lines.len(), &lines[0]), (110, &vec!["row", "score", "level", "group"]));
    for (row, line) in lines[1..].iter().enumerate() {
        assert_eq!(line[0], format!("p{row:03}"));
        assert!(line[1].parse::<f64>().is_ok_and(|score| (0.0..=1.0).contains(&score)), "{line:?}");
        assert!(["none", "watch", "support"].contains(&line[2]), "{line:?}");
    }
    let named = |rows: std::ops::Range<usize>| lines[1..][rows].iter().filter(|line| line[2] != "none").count();
    assert!((1..=12).contains(&named(0..60)) && (1..=8).contains(&named(60..100)) && named(100..109) <= 2);
    assert!(lines.iter().any(|line| line[3].starts_with("1: ") && line[3].contains("low")), "{scores}");
    assert!(!folder.path("scores.csv.part").exists());
}

#[test]
fn the_same_comes_out_again_also_of_a_compressed_table_and_of_a_file_of_labels() {
    let folder = Folder::new();
    let labels = (0..109).rev().fold(String::from("row,label\r\n"), |labels, row| {
        labels + &format!("p{row:03},{}\r\n", if left(row) { "true" } else { "false" })
    });
    folder.write("labels.csv", labels.as_bytes());
    folder.write("bare.csv", ("\u{feff}".to_owned() + &table(false)).as_bytes());
    let plain = fs::File::open(folder.path("table.csv")).expect("the table");
    let pressed = std::process::Command::new("gzip").arg("-c").stdin(plain).output().expect("gzip is there").stdout;
    folder.write("pressed.csv", &pressed);

    let report = folder.run("table.csv", &["--scores", "one.csv"]).expect("a report");
    assert_eq!(folder.run("table.csv", &["--scores", "two.csv"]).as_ref(), Ok(&report));
    assert_eq!(folder.run("pressed.csv", &["--scores", "three.csv"]).as_ref(), Ok(&report));
    let mut by_file = folder.run("bare.csv", &["--labels", "labels.csv", "--scores", "four.csv"]).expect("a report");
    assert_eq!(by_file["passed_over"], serde_json::json!(["not_there", "left"]));
    by_file["passed_over"] = report["passed_over"].clone();
    assert_eq!(by_file, report);
    let scores = |name: &str| fs::read(folder.path(name)).expect("scores");
    assert!(["two.csv", "three.csv", "four.csv"].iter().all(|name| scores(name) == scores("one.csv")));
    assert_ne!(folder.run("table.csv", &["--seed", "7"]).expect("a report")["intervals"], report["intervals"]);
}

#[test]
fn outcomes_change_no_score_and_without_them_there_are_no_figures() {
    let folder = Folder::new();
    folder.run("table.csv", &["--scores", "with.csv"]).expect("a report");
    folder.write("bare.csv", table(false).as_bytes());
    let report = folder.run("bare.csv", &["--scores", "without.csv"]).expect("a report");
    let scores = |name: &str| fs::read(folder.path(name)).expect("scores");
    assert_eq!(scores("with.csv"), scores("without.csv"));
    for figure in ["roc_auc", "roc_auc_within", "average_precision", "precision_at_10", "precision_at_20", "recall_at_20"] {
        assert!(report[figure].is_null() && report["intervals"][figure].is_null(), "{report}");
    }
    assert!(report["audit"]["sex"][0]["flag_difference"].is_null());
    assert!(number(&report, "/stability_bootstrap_jaccard") > 0.0);
}

#[test]
fn what_is_wrong_is_told_and_no_file_is_left() {
    let folder = Folder::new();
    let told = |name: &str, more: &[&str]| folder.run(name, more).expect_err("it is wrong");
    assert!(told("nowhere.csv", &[]).contains("nowhere.csv cannot be read"));
    assert!(told("table.csv", &["--capacity", "1.5"]).contains("a share above 0 and up to 1"));
    folder.write("wrong.csv", table(true).replace("p007,5-1,M,41", "p007,5-1,M,many").as_bytes());
    let wrong = told("wrong.csv", &["--scores", "scores.csv"]);
    assert!(wrong.contains("line 9 (row 8), column clicks: \"many\" is not a finite number"), "{wrong}");
    assert!(!folder.path("scores.csv").exists());
    folder.write("cut.csv", &[0x1f, 0x8b, 8, 0, 0]);
    assert!(told("cut.csv", &[]).contains("cut.csv cannot be read"));
    folder.write("spec.toml", SPEC.replace("audit", "audits").as_bytes());
    assert!(told("table.csv", &[]).contains("unknown field `audits`"));
}
