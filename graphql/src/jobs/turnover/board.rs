//! The drafts of all schools of a board, for whoever runs it.
use super::check::{self, Problem};
use super::draft::{self, Row, State};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::db::on;
use crate::error::Result;
use crate::roster::moves::offices;
use uuid::Uuid;

/// A draft in a list, as a command tells it.
pub struct Summary {
    /// The draft.
    pub id: Uuid,
    /// The school.
    pub school: Uuid,
    /// The school's name.
    pub school_name: String,
    /// The year that it prepares.
    pub year: i32,
    /// Whether it is committed.
    pub state: State,
    /// How many pupils it has.
    pub pupils: usize,
    /// The check list.
    pub problems: Vec<Problem>,
}

/// Every school's newest draft, as far as the viewer is in the office.
pub async fn of_board(scope: &Scope) -> Result<Vec<Summary>> {
    let offices = offices(scope, Right::TurnoverWrite).await?;
    let rows: Vec<Row> = on!(scope.read(), c => sqlx::query_as("SELECT t.* FROM turnover t WHERE NOT EXISTS
        (SELECT 1 FROM turnover n WHERE n.school = t.school AND n.year > t.year) ORDER BY t.school").fetch_all(c).await?);
    let names: Vec<(Uuid, String)> = on!(scope.read(), c => sqlx::query_as("SELECT id, name FROM school").fetch_all(c).await?);
    let mut found = Vec::new();
    for row in rows.into_iter().filter(|row| offices.contains(&row.school)) {
        let name = names.iter().find(|(id, _)| *id == row.school).map(|(_, name)| name.clone());
        let draft = draft::of_row(scope, row).await?;
        found.push(Summary {
            id: draft.turnover.id,
            school: draft.turnover.school,
            school_name: name.unwrap_or_default(),
            year: draft.turnover.year,
            state: draft.turnover.state,
            pupils: draft.entries.len(),
            problems: check::problems(&draft),
        });
    }
    found.sort_by(|a, b| a.school_name.cmp(&b.school_name));
    Ok(found)
}
