//! Making a draft, and bringing it up to date with who came and left since.
use super::draft::{self, ClassRow, Draft, EntryRow, Live, Outcome, Row, State};
use super::{TurnoverPayload, edited, late, wrong};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::clock::new_id;
use crate::db::on;
use crate::error::{Result, UserError, UserErrorCode};
use crate::roster::academic_year::AcademicYear;
use crate::roster::class::Class;
use crate::roster::moves::offices;
use crate::roster::moves::school_age::{GRADES, next_grade};
use chrono::{Days, Months};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// Makes the draft of a school's next year, or brings the one that is there up to date.
pub async fn start(scope: &Scope, school: Uuid) -> Result<Result<TurnoverPayload, UserError>> {
    if !offices(scope, Right::TurnoverWrite).await?.contains(&school) {
        return wrong(UserErrorCode::NotFound, "schoolId", "you are in the office of no such school");
    }
    let mut tx = scope.begin("next year drafted").await?;
    // Two who begin at the same time begin one draft.
    on!(tx.connection(), c => sqlx::query("UPDATE school SET name = name WHERE id = $1").bind(school).execute(c).await?.rows_affected());
    tx.waited();
    let sql = "SELECT * FROM academic_year WHERE begins <= $2 AND ends >= $2 AND id IN
                   (SELECT academic_year FROM class WHERE school = $1 AND kind = 'HOMEROOM' AND NOT withdrawn)
               ORDER BY begins DESC, id LIMIT 1";
    let year: Option<AcademicYear> =
        on!(tx.connection(), c => sqlx::query_as(sql).bind(school).bind(scope.today()).fetch_optional(c).await?);
    let Some(year) = year else {
        return wrong(UserErrorCode::NotFound, "schoolId", "the school has no year that runs today: import its roster first");
    };
    let sql = "SELECT * FROM turnover WHERE school = $1 AND from_year = $2";
    let there: Option<Row> = on!(tx.connection(), c => sqlx::query_as(sql).bind(school).bind(year.id).fetch_optional(c).await?);
    if let Some(row) = there.as_ref().filter(|row| row.state == State::Committed) {
        return late::take_up(scope, tx, row.id).await;
    }
    let mut changed = 0;
    let row = if let Some(row) = there {
        row
    } else {
        changed += 1;
        begun(&mut tx, school, &year).await?
    };
    let Some(draft) = draft::within(&mut tx, row.id).await? else { return Err(crate::error::Error::Internal) };
    changed += draft::put_entries(&mut tx, &brought_up_to_date(&draft)).await?;
    edited(scope, tx, draft, changed, Vec::new()).await
}

/// Writes a new draft with its classes.
async fn begun(tx: &mut Tx, school: Uuid, year: &AcademicYear) -> Result<Row> {
    let begins = year.ends + Days::new(1);
    let row = Row {
        id: new_id(),
        school,
        from_year: year.id,
        year: year.year + 1,
        begins,
        ends: begins + Months::new(12) - Days::new(1),
        state: State::Draft,
        version: 1,
        made_by: tx.actor,
        made_at: tx.at,
        committed_by: None,
        committed_at: None,
        effect: "{}".to_owned(),
    };
    draft::put(tx, &row).await?;
    let sql = "SELECT * FROM class WHERE school = $1 AND academic_year = $2 AND kind = 'HOMEROOM' AND NOT withdrawn
               ORDER BY grades, name, id";
    let classes: Vec<Class> = on!(tx.connection(), c => sqlx::query_as(sql).bind(school).bind(year.id).fetch_all(c).await?);
    draft::put_classes(tx, &next_classes(row.id, &classes)).await?;
    Ok(row)
}

/// The classes of next year: each goes up by a grade, the first grade gets as many as it has now, special-needs classes stay.
fn next_classes(turnover: Uuid, classes: &[Class]) -> Vec<ClassRow> {
    let all: BTreeSet<&str> = classes.iter().flat_map(|class| class.grades.split(',')).collect();
    let junior = has_junior_high(classes.iter().map(|class| class.grades.as_str()));
    let first = if all.iter().any(|grade| grade.starts_with('P')) { "P1" } else { "J1" };
    let mut rows: Vec<ClassRow> = Vec::new();
    let mut push = |from: Option<Uuid>, name: String, grades: String, special_needs| {
        let place = i32::try_from(rows.len()).unwrap_or(i32::MAX);
        rows.push(ClassRow { id: new_id(), turnover, copied_from: from, name, grades, special_needs, place });
    };
    for class in classes.iter().filter(|class| !class.special_needs && class.grades == first) {
        push(None, class.name.clone(), first.to_owned(), false);
    }
    for class in classes.iter().filter(|class| !class.special_needs && !class.grades.contains(',')) {
        if let Some(next) = next_grade(&class.grades, junior) {
            push(Some(class.id), next_name(&class.name), next.to_owned(), false);
        }
    }
    for class in classes.iter().filter(|class| class.special_needs || class.grades.contains(',')) {
        push(Some(class.id), class.name.clone(), class.grades.clone(), class.special_needs);
    }
    rows
}

fn has_junior_high<'a>(mut grades: impl Iterator<Item = &'a str>) -> bool {
    grades.any(|grades| grades.split(',').any(|grade| grade.starts_with('J')))
}

/// 5年2組 becomes 6年2組; a name that does not begin with the number of a grade stays.
fn next_name(name: &str) -> String {
    let (first, rest) = match name.chars().next() {
        Some(first) => (first, &name[first.len_utf8()..]),
        None => return String::new(),
    };
    let up = |base: char| {
        char::from_u32(u32::from(first) + 1)
            .filter(|_| (base..=char::from_u32(u32::from(base) + 8).unwrap_or(base)).contains(&first))
    };
    match up('1').or_else(|| up('１')) {
        Some(next) if rest.starts_with('年') => format!("{next}{rest}"),
        _ => name.to_owned(),
    }
}

/// The entries that the live year asks for: of those who came since, left since, or changed class.
fn brought_up_to_date(draft: &Draft) -> Vec<EntryRow> {
    let live: HashMap<Uuid, &Live> = draft.live.iter().map(|live| (live.pupil, live)).collect();
    let mut rows = newcomers(draft);
    for entry in &draft.entries {
        let mut row = entry.row.clone();
        match (row.outcome, row.pupil.and_then(|pupil| live.get(&pupil))) {
            (Outcome::Enters, _) | (Outcome::Leaves, None) => continue,
            (Outcome::Stays | Outcome::Graduates, None) => {
                (row.outcome, row.class, row.number, row.exchange) = (Outcome::Leaves, None, None, None);
            }
            (_, Some(live)) => (row.from_class, row.from_number) = (Some(live.class), live.number),
        }
        rows.push(row);
    }
    rows
}

/// The entries of those who came since.
pub(super) fn newcomers(draft: &Draft) -> Vec<EntryRow> {
    let junior = has_junior_high(draft.live.iter().map(|live| live.grades.as_str()));
    draft.newcomers().map(|live| entry_of(draft, live, junior)).collect()
}

fn entry_of(draft: &Draft, live: &Live, junior: bool) -> EntryRow {
    // A class of several grades does not say which one a pupil is in: the office does, if it has not done so already.
    let single = GRADES.contains(&live.grades.as_str());
    let now = if single { Some(live.grades.as_str()) } else { live.grade.as_deref() };
    let next = now.and_then(|now| next_grade(now, junior));
    let outcome = if now.is_some() && next.is_none() { Outcome::Graduates } else { Outcome::Stays };
    let grade = next.unwrap_or_default().to_owned();
    let copied = |class: Uuid| draft.classes.iter().find(|of| of.copied_from == Some(class)).map(|of| of.id);
    let of_grade: Vec<Uuid> = draft
        .classes
        .iter()
        .filter(|class| !class.special_needs && !grade.is_empty() && class.is_of(&grade))
        .map(|class| class.id)
        .collect();
    let class = match of_grade.as_slice() {
        _ if outcome == Outcome::Graduates => None,
        _ if live.special_needs || !single => copied(live.class),
        [only] => Some(*only),
        _ => None,
    };
    let exchange = live.exchange.filter(|_| outcome == Outcome::Stays).and_then(copied);
    let (from_class, from_number) = (Some(live.class), live.number);
    EntryRow { pupil: Some(live.pupil), from_class, from_number, class, exchange, grade, ..blank(draft.turnover.id, outcome) }
}

/// An entry that says nothing yet.
pub(super) fn blank(turnover: Uuid, outcome: Outcome) -> EntryRow {
    EntryRow {
        id: new_id(),
        turnover,
        pupil: None,
        identifier: String::new(),
        family_name: String::new(),
        given_name: String::new(),
        kana_family_name: String::new(),
        kana_given_name: String::new(),
        birth_date: None,
        from_class: None,
        from_number: None,
        from_name: String::new(),
        outcome,
        grade: String::new(),
        destination: None,
        class: None,
        number: None,
        exchange: None,
        version: 0,
        late: false,
    }
}

#[cfg(test)]
mod tests {
    use super::next_name;

    #[test]
    fn a_class_goes_up_by_its_name() {
        assert_eq!(next_name("5年2組"), "6年2組");
        assert_eq!(next_name("５年２組"), "６年２組");
        assert_eq!(next_name("ひまわり"), "ひまわり");
        assert_eq!(next_name("1組"), "1組");
        assert_eq!(next_name(""), "");
    }
}
