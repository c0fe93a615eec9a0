//! What an office sees of a draft.
use super::check::{self, Problem};
use super::draft::{self, ClassRow, Draft, DutyRow, Entry, Outcome, Row, State};
use crate::access::duty::DutyKind;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::db::on;
use crate::error::Result;
use crate::id;
use crate::page::{self, Cursor};
use crate::roster::moves::offices;
use crate::scalar::{Day, Timestamp};
use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use std::sync::Arc;
use uuid::Uuid;

/// A draft of next year.
#[derive(Clone, Debug)]
pub struct Turnover(Arc<Draft>);

/// The draft of a school's next year (年度更新).
#[Object]
impl Turnover {
    /// The UUID.
    async fn id(&self) -> ID {
        id::of(self.0.turnover.id)
    }
    /// The school.
    async fn school_id(&self) -> ID {
        id::of(self.0.turnover.school)
    }
    /// The number of the year that it prepares, 2027 for 令和9年度.
    async fn year(&self) -> i32 {
        self.0.turnover.year
    }
    /// The first day, on which it takes effect.
    async fn begins(&self) -> Day {
        Day(self.0.turnover.begins)
    }
    /// The last day.
    async fn ends(&self) -> Day {
        Day(self.0.turnover.ends)
    }
    /// Whether it is committed.
    async fn state(&self) -> State {
        self.0.turnover.state
    }
    /// Goes up with every change: to tell whether somebody else has changed it.
    async fn version(&self) -> i32 {
        self.0.turnover.version
    }
    /// When it was committed; null while it is a draft.
    async fn committed_at(&self) -> Option<Timestamp> {
        self.0.turnover.committed_at.map(Timestamp::from)
    }
    /// The check list: what stands against committing it, then what is worth a look.
    #[graphql(complexity = "10 + child_complexity")]
    async fn problems(&self) -> Vec<Problem> {
        check::problems(&self.0)
    }
    /// The classes, in their order.
    #[graphql(complexity = "10 + 5 * child_complexity")]
    async fn classes(&self) -> Vec<TurnoverClass> {
        self.0.classes.iter().map(|row| TurnoverClass { draft: self.0.clone(), row: row.clone() }).collect()
    }
    /// Duties that are not over a class: heads of grades and the like.
    async fn duties(&self) -> Vec<TurnoverDuty> {
        self.0.duties.iter().filter(|duty| duty.class.is_none()).map(TurnoverDuty::of).collect()
    }
    /// The pupils, by their class and number of the live year; those who enter come first.
    #[graphql(complexity = "5 + crate::page::rows(first) * child_complexity / 10")]
    async fn pupils(
        &self,
        #[graphql(desc = "How many, at most 200; 50 if not said.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(desc = "Which of them; all if not said.", default)] filter: TurnoverPupilFilter,
    ) -> Result<Connection<Cursor, TurnoverPupil>> {
        let (after, limit) = page::bounds(after.as_deref(), first)?;
        let TurnoverPupilFilter { grade, class_id, outcome, unplaced } = filter;
        let class = class_id.as_ref().map(|id| id::parse(id).unwrap_or_default());
        let wanted = |entry: &Entry| {
            grade.as_ref().is_none_or(|grade| entry.row.grade == *grade)
                && class.is_none_or(|class| entry.row.class == Some(class))
                && outcome.is_none_or(|outcome| entry.row.outcome == outcome)
                && (!unplaced || (entry.row.comes() && entry.row.class.is_none()))
        };
        let rows = (0_i64..).zip(&self.0.entries).filter(|(place, entry)| *place > after.number && wanted(entry));
        let rows: Vec<TurnoverPupil> = rows
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
            .map(|(place, entry)| TurnoverPupil { draft: self.0.clone(), entry: entry.clone(), place })
            .collect();
        Ok(page::of(rows, limit, |pupil| Cursor { number: pupil.place, id: pupil.entry.row.id }))
    }
    /// How many pupils have each outcome.
    #[graphql(complexity = "5")]
    async fn counts(&self) -> Vec<OutcomeCount> {
        let of = |outcome| self.0.entries.iter().filter(|entry| entry.row.outcome == outcome).count();
        [Outcome::Enters, Outcome::Stays, Outcome::Graduates, Outcome::Leaves]
            .map(|outcome| OutcomeCount { outcome, count: of(outcome) })
            .into()
    }
}

/// Which pupils of the draft.
#[derive(InputObject, Clone, Debug, Default)]
pub struct TurnoverPupilFilter {
    /// Only those of this grade of next year; empty for those whose grade nobody has said.
    pub grade: Option<String>,
    /// Only those of this class of the draft.
    pub class_id: Option<ID>,
    /// Only those with this outcome.
    pub outcome: Option<Outcome>,
    /// Only those who are to have a class and have none.
    #[graphql(default)]
    pub unplaced: bool,
}

/// How many pupils have an outcome.
#[derive(SimpleObject, Clone, Copy, Debug)]
#[graphql(name = "TurnoverOutcomeCount")]
pub struct OutcomeCount {
    /// The outcome.
    pub outcome: Outcome,
    /// How many.
    pub count: usize,
}

/// A duty of next year.
#[derive(SimpleObject, Clone, Debug)]
pub struct TurnoverDuty {
    /// Who has it.
    pub staff_id: ID,
    /// The name.
    pub name: String,
    /// What it is.
    pub kind: DutyKind,
    /// The grade of a grade head.
    pub grade: Option<String>,
}

impl TurnoverDuty {
    fn of(row: &DutyRow) -> Self {
        let grade = Some(row.grade.clone()).filter(|grade| !grade.is_empty());
        TurnoverDuty { staff_id: id::of(row.staff), name: row.name.clone(), kind: row.kind, grade }
    }
}

/// A class of the draft.
pub struct TurnoverClass {
    draft: Arc<Draft>,
    row: ClassRow,
}

/// A class of the draft; once committed, the class of next year has the same UUID.
#[Object]
impl TurnoverClass {
    /// The UUID.
    async fn id(&self) -> ID {
        id::of(self.row.id)
    }
    /// The name.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// The grades, `P1` to `P6` and `J1` to `J3`.
    async fn grades(&self) -> Vec<&str> {
        self.row.grades.split(',').filter(|grade| !grade.is_empty()).collect()
    }
    /// Whether it is a special-needs class.
    async fn special_needs(&self) -> bool {
        self.row.special_needs
    }
    /// How many pupils are placed in it; guests are not counted.
    async fn size(&self) -> usize {
        self.draft.entries.iter().filter(|entry| entry.row.comes() && entry.row.class == Some(self.row.id)).count()
    }
    /// How many pupils of a special-needs class are guests of it.
    async fn guests(&self) -> usize {
        self.draft.entries.iter().filter(|entry| entry.row.comes() && entry.row.exchange == Some(self.row.id)).count()
    }
    /// The homeroom teachers.
    async fn teachers(&self) -> Vec<TurnoverDuty> {
        let of_class = |duty: &&DutyRow| duty.kind == DutyKind::HomeroomTeacher && duty.class == Some(self.row.id);
        self.draft.duties.iter().filter(of_class).map(TurnoverDuty::of).collect()
    }
}

/// A pupil's place in the draft.
pub struct TurnoverPupil {
    draft: Arc<Draft>,
    entry: Entry,
    place: i64,
}

/// A pupil's place in the draft.
#[Object]
impl TurnoverPupil {
    /// The UUID of the place; not the pupil's.
    async fn id(&self) -> ID {
        id::of(self.entry.row.id)
    }
    /// Goes up with every change of this place: send it back with `placePupils`.
    async fn version(&self) -> i32 {
        self.entry.row.version
    }
    /// Whether `placePupils` can change it: in a draft, and once that is committed of who came since.
    async fn open(&self) -> bool {
        self.draft.is_open(&self.entry.row)
    }
    /// The pupil; null for who enters and of whom there is no record before the draft is committed.
    async fn pupil_id(&self) -> Option<ID> {
        self.entry.row.pupil.map(id::of)
    }
    /// The name to show.
    async fn name(&self) -> &str {
        self.entry.name.trim()
    }
    /// The name's reading; null where there is none.
    async fn kana(&self) -> Option<&str> {
        Some(self.entry.kana.trim()).filter(|kana| !kana.is_empty())
    }
    /// The date of birth of who enters, until the draft is committed.
    async fn birth_date(&self) -> Option<Day> {
        self.entry.row.birth_date.map(Day)
    }
    /// The class of the live year; null for who enters.
    async fn from_class(&self) -> Option<&str> {
        self.entry.from_class_name.as_deref()
    }
    /// 出席番号 of the live year.
    async fn from_number(&self) -> Option<i32> {
        self.entry.row.from_number
    }
    /// Where somebody who enters comes from.
    async fn from(&self) -> Option<&str> {
        Some(self.entry.row.from_name.as_str()).filter(|from| !from.is_empty())
    }
    /// What becomes of the pupil.
    async fn outcome(&self) -> Outcome {
        self.entry.row.outcome
    }
    /// The grade of next year; null where nobody has said it, and for who graduates.
    async fn grade(&self) -> Option<&str> {
        Some(self.entry.row.grade.as_str()).filter(|grade| !grade.is_empty())
    }
    /// The class of the draft.
    async fn class_id(&self) -> Option<ID> {
        self.entry.row.class.map(id::of)
    }
    /// 出席番号 of next year.
    async fn number(&self) -> Option<i32> {
        self.entry.row.number
    }
    /// The ordinary class of the draft in which a pupil of a special-needs class is a guest.
    async fn exchange_class_id(&self) -> Option<ID> {
        self.entry.row.exchange.map(id::of)
    }
    /// 進学先: the school of the board that a graduate goes to; null where the household is under protection. Left out of `placePupils` it
    /// stays as it is.
    async fn destination_id(&self) -> Option<ID> {
        self.entry.row.destination.filter(|_| !self.entry.protected).map(id::of)
    }
    /// Its name; null where the household is under protection.
    async fn destination(&self) -> Option<&str> {
        self.entry.destination_name.as_deref().filter(|_| !self.entry.protected)
    }
    /// The names of those who are to be in another class than this pupil.
    async fn apart(&self) -> Vec<&str> {
        self.wished(false)
    }
    /// The names of those who are to be in the same class.
    async fn together(&self) -> Vec<&str> {
        self.wished(true)
    }
}

impl TurnoverPupil {
    fn wished(&self, together: bool) -> Vec<&str> {
        let id = self.entry.row.id;
        let wishes = self.draft.wishes.iter().filter(|wish| wish.together == together);
        let others = wishes.filter_map(|wish| match (wish.one == id, wish.other == id) {
            (true, _) => Some(wish.other),
            (_, true) => Some(wish.one),
            _ => None,
        });
        others.filter_map(|other| self.draft.entry(other)).map(|entry| entry.name.trim()).collect()
    }
}

/// What the office sees of a school's next year: flattened into the school.
pub struct SchoolTurnover(pub(crate) Uuid);

/// The next year of a school.
#[Object]
impl SchoolTurnover {
    /// The newest draft of the school's next year, committed or not; null before there is one, and unless you are in its office.
    #[graphql(complexity = "50 + child_complexity")]
    async fn turnover(&self, ctx: &Context<'_>) -> Result<Option<Turnover>> {
        let scope = Scope::with(ctx, Right::TurnoverWrite)?;
        if !offices(scope, Right::TurnoverWrite).await?.contains(&self.0) {
            return Ok(None);
        }
        scope.looks_at_school(self.0, Right::TurnoverWrite);
        let sql = "SELECT * FROM turnover WHERE school = $1 ORDER BY year DESC LIMIT 1";
        let row: Option<Row> = on!(scope.read(), c => sqlx::query_as(sql).bind(self.0).fetch_optional(c).await?);
        Ok(match row {
            Some(row) => Some(Turnover(Arc::new(draft::of_row(scope, row).await?))),
            None => None,
        })
    }
}

/// What may be asked about next year.
#[derive(Default)]
pub struct TurnoverQuery;

#[Object]
impl TurnoverQuery {
    /// One draft; null if there is none of this id of a school whose office you are in.
    #[graphql(complexity = "50 + child_complexity")]
    async fn turnover(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Turnover>> {
        let scope = Scope::with(ctx, Right::TurnoverWrite)?;
        let Some(id) = id::parse(&id) else { return Ok(None) };
        find(scope, id).await
    }
}

/// A draft of a school whose office the viewer is in.
pub async fn find(scope: &Scope, id: Uuid) -> Result<Option<Turnover>> {
    let sql = "SELECT * FROM turnover WHERE id = $4 AND school IN
                   (SELECT school FROM school_reach WHERE holder = $1 AND right_to = $2 AND begins <= $3 AND ends >= $3)";
    let row: Option<Row> = on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder()).bind(scope.over(Right::TurnoverWrite))
        .bind(scope.today()).bind(id).fetch_optional(c).await?);
    match row {
        Some(row) => Ok(Some(Turnover(Arc::new(draft::of_row(scope, row).await?)))),
        None => Ok(None),
    }
}
