//! What the page shows: what is due, held and gone, in words.
use super::super::error::PageError;
use super::super::record::{Connection, Named, PageInfo};
use super::super::session::Session;
use super::super::words;
use super::KINDS;
use asagao_graphql::clock::school_day;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Answer {
    pub retention_rules: Vec<AskedRule>,
    pub retention_due: DueList,
    pub legal_holds: Connection<AskedHold>,
    pub deletions: Connection<AskedDeletion>,
    pub schools: Option<Connection<School>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DueList {
    pub nodes: Vec<AskedDue>,
    pub page_info: PageInfo,
}

#[derive(Deserialize, Clone)]
pub(super) struct School {
    pub id: String,
    pub name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AskedRule {
    kind: String,
    years: i32,
    counted_from: String,
    basis: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AskedDue {
    id: String,
    kind: String,
    school_name: String,
    year: i32,
    pupil_count: Option<u64>,
    record_count: Option<u64>,
    held_pupils: Option<u64>,
    count_step: Option<u64>,
    #[serde(default)]
    pupils: Option<Vec<Named>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AskedHold {
    id: String,
    pupil_id: Option<String>,
    pupil_name: Option<String>,
    school_name: Option<String>,
    kind: Option<String>,
    reason: String,
    placed_by: Option<String>,
    placed_at: DateTime<Utc>,
    lifted_by: Option<String>,
    lifted_at: Option<DateTime<Utc>>,
    lift_reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AskedDeletion {
    at: DateTime<Utc>,
    by: Option<String>,
    kind: String,
    school_name: String,
    year: i32,
    years: i32,
    pupil_count: Option<u64>,
    record_count: Option<u64>,
    count_step: Option<u64>,
}

/// A rule.
pub(super) struct Rule {
    pub words: &'static str,
    pub years: i32,
    pub from: &'static str,
    pub basis: String,
}

impl From<AskedRule> for Rule {
    fn from(rule: AskedRule) -> Self {
        let from = if rule.counted_from == "LEAVING" { "卒業・転学から" } else { "記録の年度から" };
        Rule { words: kind(&rule.kind), years: rule.years, from, basis: rule.basis }
    }
}

/// What is due of a kind, a school and a school year.
pub(super) struct Due {
    pub id: String,
    pub school: String,
    pub kind: &'static str,
    pub year: String,
    pub pupils: String,
    pub records: String,
    /// Of how many pupils records are held; `None` where of nobody's.
    pub held: Option<String>,
    /// Whether there may be something to delete.
    pub open: bool,
    /// Whose it is, where the viewer may see it.
    pub names: Option<Vec<String>>,
}

impl From<AskedDue> for Due {
    fn from(due: AskedDue) -> Self {
        Due {
            id: due.id,
            school: due.school_name,
            kind: kind(&due.kind),
            year: format!("{}年度", due.year),
            pupils: words::count(due.pupil_count, due.count_step),
            records: words::count(due.record_count, due.count_step),
            held: (due.held_pupils != Some(0)).then(|| words::count(due.held_pupils, due.count_step)),
            open: due.pupil_count != Some(0),
            names: due.pupils.map(|pupils| pupils.into_iter().map(|pupil| pupil.name).collect()),
        }
    }
}

/// A hold.
pub(super) struct Hold {
    pub id: String,
    pub of: String,
    pub reason: String,
    pub placed: String,
    pub lifted: Option<String>,
}

impl From<AskedHold> for Hold {
    fn from(hold: AskedHold) -> Self {
        let on = |at: DateTime<Utc>, by: Option<String>| {
            format!("{}　{}", words::era(school_day(at)), by.unwrap_or_else(|| "システム".to_owned()))
        };
        let of = match (&hold.pupil_id, hold.pupil_name, hold.school_name) {
            (Some(_), name, _) => name.unwrap_or_else(|| "児童生徒ひとり".to_owned()) + "　すべての記録",
            (None, _, school) => {
                format!("{}　{}", school.unwrap_or_default(), hold.kind.as_deref().map_or("すべての記録", kind))
            }
        };
        let lifted =
            hold.lifted_at.map(|at| format!("解除　{}　{}", on(at, hold.lifted_by), hold.lift_reason.unwrap_or_default()));
        Hold { id: hold.id, of, reason: hold.reason, placed: on(hold.placed_at, hold.placed_by), lifted }
    }
}

/// What went on a day.
#[derive(PartialEq)]
pub(super) struct Deleted {
    pub day: String,
    pub by: String,
    pub school: String,
    pub kind: &'static str,
    pub year: String,
    pub years: i32,
    /// The lots' counts together, each of which may be told in steps alone.
    pupils: u64,
    records: u64,
    step: Option<u64>,
}

impl Deleted {
    pub fn pupils(&self) -> String {
        self.words(self.pupils)
    }

    pub fn records(&self) -> String {
        self.words(self.records)
    }

    /// A sum; of counts that were each rounded down it says from where on alone.
    fn words(&self, sum: u64) -> String {
        match self.step {
            None => sum.to_string(),
            Some(_) if sum == 0 => "少数".to_owned(),
            Some(_) => format!("{sum}以上"),
        }
    }
}

/// Deletions, with the lots of one day in one line.
pub(super) fn by_day(deletions: Vec<AskedDeletion>) -> Vec<Deleted> {
    let mut lines: Vec<Deleted> = Vec::new();
    for of in deletions {
        let line = Deleted {
            day: words::era(school_day(of.at)),
            by: of.by.unwrap_or_else(|| "システム".to_owned()),
            school: of.school_name,
            kind: kind(&of.kind),
            year: format!("{}年度", of.year),
            years: of.years,
            pupils: of.pupil_count.unwrap_or_default(),
            records: of.record_count.unwrap_or_default(),
            step: of.count_step,
        };
        let same = |other: &&mut Deleted| {
            let key = |of: &Deleted| (of.day.clone(), of.by.clone(), of.school.clone(), of.kind, of.year.clone(), of.years);
            key(other) == key(&line)
        };
        match lines.iter_mut().find(same) {
            Some(other) => {
                other.pupils += line.pupils;
                other.records += line.records;
            }
            None => lines.push(line),
        }
    }
    lines
}

/// What would go, to be confirmed.
pub(super) struct Plan {
    pub due: Vec<Due>,
    pub records: String,
    pub confirmation: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Planned {
    deletion_plan: Option<AskedPlan>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AskedPlan {
    confirmation: String,
    record_count: Option<u64>,
    count_step: Option<u64>,
    due: Vec<AskedDue>,
}

/// The plan for what was chosen; what has gone since is left out.
pub(super) async fn plan(session: &Session, ids: &[String]) -> Result<Plan, PageError> {
    let document = "query Plan($ids: [ID!]!) { deletionPlan(ids: $ids) { confirmation recordCount countStep
        due { id kind schoolName year pupilCount recordCount heldPupils countStep pupils { name } } } }";
    let planned: Planned = session.ask(document, json!({ "ids": ids })).await?;
    let plan = planned.deletion_plan.ok_or(PageError::NotFound)?;
    let due: Vec<Due> = plan.due.into_iter().map(Due::from).collect();
    // Each part of the sum was rounded down.
    let parts = u64::try_from(due.len()).unwrap_or(u64::MAX).max(1);
    let records = words::count(plan.record_count, plan.count_step.map(|step| step.saturating_mul(parts)));
    Ok(Plan { due, records, confirmation: plan.confirmation })
}

fn kind(code: &str) -> &'static str {
    KINDS.iter().find(|(of, _)| *of == code).map_or("記録", |(_, words)| words)
}
