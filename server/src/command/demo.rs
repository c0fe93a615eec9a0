//! `asagao demo`: a made-up school in a new SQLite file, analysed, shown and served.
use super::serve::serve;
use super::{Failure, Result};
use crate::config::Serve;
use asagao_graphql::access::scope::Scope;
use asagao_graphql::access::token;
use asagao_graphql::clock::{Clock, new_id};
use asagao_graphql::db::Db;
use asagao_graphql::jobs::demo::{self, Demo};
use async_graphql::Request;
use serde_json::Value;
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

const FLAGS: &str = "{ supportFlags(classId: \"CLASS\") { nodes {
    level since pupil { name number } group { description } rules { text } reasons { text contribution } } } }";

pub(super) async fn demo(listen: SocketAddr, once: bool) -> Result {
    let file = std::env::temp_dir().join(format!("asagao-demo-{}.db", new_id().simple()));
    let result = run(&file, listen, once).await;
    for end in ["", "-wal", "-shm"] {
        let mut name = file.clone().into_os_string();
        name.push(end);
        drop(std::fs::remove_file(name));
    }
    result
}

async fn run(file: &Path, listen: SocketAddr, once: bool) -> Result {
    let db = Db::open(&format!("sqlite:{}", file.display()), true, Clock::System).await?;
    db.migrate().await?;
    eprintln!("making a school with eight weeks of records …");
    let demo = demo::fill(&Scope::operator(db.clone(), "demo")).await?;
    println!("{}", flags(&db, &demo).await?);
    if once {
        db.close().await;
        return Ok(ExitCode::SUCCESS);
    }
    let Demo { school, class, teacher_token, app_token } = demo;
    println!("school    {school}\nclass     {class}\nteacher   {teacher_token}\napp       {app_token}\n");
    println!("Ask as the teacher, in another terminal:\n");
    println!("curl -s http://{listen}/graphql -H 'content-type: application/json' -H 'authorization: Bearer {teacher_token}' \\");
    println!(
        "  -d '{{\"query\":\"{{ class(id: \\\"{class}\\\") {{ name pupils(first: 3) {{ nodes {{ number name kana }} }} }} }}\"}}'\n"
    );
    serve(db, &Serve { listen, introspection: true, https: false }, None).await
}

/// The flags of the class as its teacher sees them, asked through the API.
async fn flags(db: &Db, demo: &Demo) -> Result<String> {
    let viewer =
        token::viewer(db, &demo.teacher_token).await?.ok_or_else(|| Failure::new("the demo's teacher cannot sign in"))?;
    let scope = Scope::new(db.clone(), viewer);
    let request = asagao_graphql::authorized(Request::new(FLAGS.replace("CLASS", &demo.class.to_string())), &scope);
    let response = asagao_graphql::schema().execute(request).await;
    let data: Value = serde_json::to_value(&response.data).unwrap_or_default();
    let nodes = data["supportFlags"]["nodes"].as_array().ok_or_else(|| Failure::new("the demo's flags cannot be read"))?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut lines = vec!["5年2組　気にかけたい子（出席番号の順。判断のきっかけで、結論ではありません）".to_owned()];
    for flag in nodes {
        lines.push(format!("\n{:>2}番 {}", flag["pupil"]["number"], text(&flag["pupil"]["name"])));
        for rule in flag["rules"].as_array().into_iter().flatten() {
            lines.push(format!("     規則  {}", text(&rule["text"])));
        }
        let reasons = flag["reasons"].as_array().into_iter().flatten();
        for reason in reasons.filter(|reason| reason["contribution"].as_f64() > Some(0.0)).take(3) {
            lines.push(format!("     理由  {}", text(&reason["text"])));
        }
        if let Some(group) = flag["group"]["description"].as_str() {
            lines.push(format!("     まとまり  {group}"));
        }
    }
    Ok(lines.join("\n") + "\n")
}
