//! The manual: what it promises is there, and what is there is in it.
use asagao::config::Config;
use asagao_graphql::access::right::Right;
use asagao_graphql::error::code;
use asagao_tests::{AOI, CLASS_5_2, School};
use axum::http::StatusCode;
use clap::{Command, CommandFactory, Parser};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn page(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The blocks of a page in a language.
fn blocks<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    page.split(fence.as_str()).skip(1).map(|rest| rest.split("\n```").next().expect("a split has a first part")).collect()
}

fn settings(command: &Command, found: &mut Vec<(String, String)>) {
    for argument in command.get_arguments() {
        if let Some(name) = argument.get_env() {
            let flag = argument.get_long().expect("a setting has a flag");
            found.push((format!("--{flag}"), name.to_string_lossy().into_owned()));
        }
    }
    for command in command.get_subcommands() {
        settings(command, found);
    }
}

#[test]
fn every_setting_is_in_the_manual() {
    let (manual, mut found) = (page("docs/operations.md"), Vec::new());
    settings(&Config::command(), &mut found);
    assert!(found.len() >= 4, "{found:?}");
    for (flag, name) in found {
        assert!(manual.lines().any(|line| line.contains(&flag) && line.contains(&name)), "{flag} ({name}) is not in docs/operations.md");
    }
}

#[test]
fn every_command_of_the_manual_is_understood() {
    let id = "018f3f0e-7c1a-7000-8000-000000000000";
    let manual = page("docs/operations.md");
    let lines: Vec<_> = blocks(&manual, "sh").into_iter().flat_map(str::lines).filter(|line| line.starts_with("asagao ")).collect();
    assert!(!lines.is_empty(), "there are no commands in docs/operations.md");
    for line in lines {
        let command = line.split(" #").next().expect("a split has a first part");
        let command = command.replace("SCHOOL-ID", id).replace("CLASS-ID", id);
        // Every second part stands in quotes.
        let words = command.split('\'').enumerate().flat_map(|(at, part)| match at % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect(),
            _ => vec![part.to_owned()],
        });
        if let Err(error) = Config::try_parse_from(words) {
            panic!("{line}: {error}");
        }
    }
}

#[tokio::test]
async fn every_code_and_every_right_of_an_app_is_in_the_manual() {
    let school = School::open().await;
    let manual = page("docs/api.md");
    let document = "{ __type(name: \"UserErrorCode\") { enumValues { name } } }";
    let answer = school.person("ana").ask(document, json!({})).await;
    let mut names: Vec<_> = answer.data("/__type/enumValues").as_array().unwrap().iter().map(|of| of["name"].as_str().unwrap()).collect();
    names.extend([code::UNAUTHENTICATED, code::FORBIDDEN, code::BAD_INPUT, code::TOO_COMPLEX]);
    names.extend([code::UNAVAILABLE, code::RATE_LIMITED, code::INTERNAL]);
    names.extend(Right::OF_APPS.map(Right::name));
    for name in names {
        assert!(manual.contains(&format!("`{name}`")), "{name} is not in docs/api.md");
    }
}

#[tokio::test]
async fn the_example_of_posting_is_accepted() {
    let school = School::open().await;
    let manual = page("docs/api.md");
    let (document, variables) = (blocks(&manual, "graphql")[0], blocks(&manual, "json")[0]);
    let variables = variables.replace("\"pupilId\": \"…\"", &format!("\"pupilId\": \"{AOI}\""));
    let variables = variables.replace("\"classId\": \"…\"", &format!("\"classId\": \"{CLASS_5_2}\""));
    let variables: Value = serde_json::from_str(&variables).expect("the example is JSON");
    let answer = school.person("drill").ask(document, variables).await;
    assert_eq!(answer.data("/recordActivities/accepted"), 1, "{}", answer.body);
}

#[tokio::test]
async fn the_query_of_the_readme_is_valid() {
    let school = School::open().await;
    let readme = page("README.md");
    let answer = school.person("ana").ask(blocks(&readme, "graphql")[0], json!({})).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::OK, ""), "{}", answer.body);
}

#[test]
fn every_link_leads_to_a_file() {
    let mut pages = Vec::new();
    for folder in ["", "docs", "docs/adr"] {
        let entries = fs::read_dir(root().join(folder)).unwrap().map(|entry| Path::new(folder).join(entry.unwrap().file_name()));
        pages.extend(entries.filter(|path| path.extension().is_some_and(|extension| extension == "md")));
    }
    let mut broken = Vec::new();
    for path in pages {
        let text = page(&path.to_string_lossy());
        for target in text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next()) {
            let file = root().join(path.parent().expect("a page is in a folder")).join(target);
            if !target.is_empty() && !target.contains("://") && !file.exists() {
                broken.push(format!("{}: {target}", path.display()));
            }
        }
    }
    assert_eq!(broken, [] as [String; 0]);
}

/// Whether a file has a test of a name, as `tests/api/docs.rs::every_threat_names_a_test_that_there_is`.
fn has_test(named: &str) -> bool {
    let Some((file, name)) = named.split_once("::").filter(|(_, name)| !name.is_empty()) else { return false };
    let Ok(text) = fs::read_to_string(root().join(file)) else { return false };
    let lines: Vec<&str> = text.lines().collect();
    let at = |part: &str| lines.iter().position(|line| line.contains(part));
    match Path::new(file).extension().and_then(|extension| extension.to_str()) {
        Some("rs") => at(&format!("fn {name}(")).is_some_and(|at| at > 0 && lines[at - 1].trim_start().starts_with("#[t")),
        _ => lines.iter().any(|line| line.contains("test(") && line.contains(name)),
    }
}

#[test]
fn every_threat_names_a_test_that_there_is() {
    assert!(has_test("tests/api/docs.rs::every_threat_names_a_test_that_there_is"));
    assert!(!has_test("tests/api/docs.rs::has_test") && !has_test("tests/api/none.rs::x") && !has_test("tests/api/docs.rs::"));
    let text = page("docs/threat-model.md");
    let rows: Vec<Vec<&str>> = text.lines().filter(|line| line.starts_with("| ")).map(|line| line.trim_matches('|').split('|').collect()).collect();
    let threats: Vec<_> = rows.iter().filter(|row| row.last().is_some_and(|last| last.trim() != "guarded by")).collect();
    assert!(threats.len() > 20, "the threats stand in tables");
    for row in threats {
        let named: Vec<&str> = row.last().expect("a row has cells").split('`').skip(1).step_by(2).collect();
        assert!(!named.is_empty(), "{} names no test", row[0]);
        for test in named {
            assert!(has_test(test), "{} is guarded by {test}, which there is not", row[0]);
        }
    }
}
