//! Asking the access log: by the pupil whose records were looked at, or by the member of staff who looked.
use super::entry::{AccessAct, AccessSubjectKind};
use super::rows::{about, done_by};
use super::told::told;
use crate::access::duty::DutyKind;
use crate::access::opening;
use crate::access::reach;
use crate::access::right::Right;
use crate::access::scope::{Holder, Scope};
use crate::clock::{NO_END, school_midnight};
use crate::error::{Error, Result};
use crate::id;
use crate::page::{self, Cursor};
use crate::scalar::{Day, Timestamp};
use async_graphql::connection::Connection;
use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Days, NaiveDate, Utc};
use uuid::Uuid;

/// Who or what was looked at.
#[derive(SimpleObject, Clone, Debug)]
pub struct AccessSubject {
    /// A pupil, a class or a school.
    pub kind: AccessSubjectKind,
    /// Its id.
    pub id: ID,
    /// Its name; null where you may not see it.
    pub name: Option<String>,
}

/// A duty by which something was done, as it was then.
#[derive(SimpleObject, Clone, Debug)]
pub struct AccessDuty {
    /// The id of the duty.
    pub id: ID,
    /// What it is.
    pub kind: DutyKind,
    /// The class that it is over; null for more than one.
    pub class_id: Option<ID>,
    /// The class's name; null where you may not see it.
    pub class_name: Option<String>,
    /// The grade that it is over, such as `P5`; null for all.
    pub grade: Option<String>,
    /// The school that it is over; null for the board.
    pub school_id: Option<ID>,
}

/// What somebody did with the records: one request, whatever it touched.
#[derive(SimpleObject, Clone, Debug)]
pub struct AccessLogEntry {
    /// The id of the entry.
    pub id: ID,
    /// When.
    pub at: Timestamp,
    /// What was done.
    pub act: AccessAct,
    /// Who, by name; null where nobody is known, or it was whoever runs the server. A guardian's name is told to those alone who know the
    /// pupil's guardians.
    pub by: Option<String>,
    /// Whether it was the pupil.
    pub by_pupil: bool,
    /// Whether it was a guardian; families are told of no guardian.
    pub by_guardian: bool,
    /// The reason that somebody of the board stated when they opened the record; null where none was needed.
    pub stated_reason: Option<String>,
    /// The duties that gave the rights; empty for pupils, for guardians and for whoever runs the server.
    pub duties: Vec<DutyKind>,
    /// Which duties exactly, over what. For staff; empty for pupils, and in entries from before this was noted.
    pub held: Vec<AccessDuty>,
    /// The rights that were used.
    pub rights: Vec<Right>,
    /// Rights that nobody's duty gave here, or a word for what else was refused, such as `sign-in`.
    pub refused: Vec<String>,
    /// Kinds of record that were changed.
    pub changed: Vec<String>,
    /// The page, the name of the operation, or the command. For staff; null for families.
    pub what: Option<String>,
    /// The address of the network. For staff; null for families.
    pub address: Option<String>,
    /// Whom and what it was about; empty for lists of no single pupil, class or school.
    pub subjects: Vec<AccessSubject>,
    #[graphql(skip)]
    pub(super) key: (DateTime<Utc>, Uuid),
}

impl AccessLogEntry {
    fn cursor(&self) -> Cursor {
        Cursor { number: -self.key.0.timestamp_millis(), id: self.key.1 }
    }
}

/// What may be asked about the access log.
#[derive(Default)]
pub struct AccessLogQuery;

#[Object]
impl AccessLogQuery {
    /// Who looked at a pupil's records, or what a member of staff did, the newest first. Lists of the pupil's classes and schools are among it,
    /// from the days on which the pupil was there. Pupils ask for their own, guardians for their children's; neither is told what a guardian
    /// looked at, nor of what was done with the records of guardians. What you may not see is not there: the list is empty then.
    #[graphql(complexity = "20 + usize::try_from(first.unwrap_or(50)).unwrap_or(0) * child_complexity / 10")]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the API")]
    async fn access_log(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The pupil whose records were looked at. Give this or `staffId`.")] pupil_id: Option<ID>,
        #[graphql(desc = "The member of staff, or the app, who looked.")] staff_id: Option<ID>,
        #[graphql(desc = "The first day; as far as the log goes back if not said.")] from: Option<Day>,
        #[graphql(desc = "The last day; today if not said.")] to: Option<Day>,
        #[graphql(desc = "How many, at most 200; 50 if not said.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Connection<Cursor, AccessLogEntry>> {
        let scope = Scope::with(ctx, Right::AccessLogRead)?;
        let (after, limit) = page::bounds(after.as_deref(), first)?;
        let whose = match (&pupil_id, &staff_id) {
            (Some(pupil), None) => id::parse(pupil).map(Whose::Pupil),
            (None, Some(staff)) => id::parse(staff).map(Whose::Staff),
            _ => return Err(Error::BadInput("give `pupilId` or `staffId`, one of the two".into())),
        };
        let day_after = |day: NaiveDate| day.checked_add_days(Days::new(1)).unwrap_or(NO_END);
        let from = from.map_or(DateTime::UNIX_EPOCH, |day| school_midnight(day.0));
        let to = school_midnight(day_after(to.map_or_else(|| scope.today(), |day| day.0).min(scope.today())));
        let before = match after {
            Cursor::START => (to, Uuid::max()),
            Cursor { number, id } => {
                (number.checked_neg().and_then(DateTime::from_timestamp_millis).unwrap_or_default().min(to), id)
            }
        };
        let mut stated = Vec::new();
        let mut knows_guardians = false;
        let rows = match whose {
            Some(Whose::Pupil(pupil)) if reach::over_pupil(ctx, Right::AccessLogRead, pupil).await?.is_some() => {
                stated = opening::reasons(scope, pupil).await?;
                knows_guardians = reach::of_pupil(ctx, pupil).await?.contains(&Right::GuardianRead);
                about(scope, pupil, (from, before), limit).await?
            }
            Some(Whose::Staff(staff)) if scope.viewer().kind == Holder::Staff => {
                done_by(scope, staff, (from, before), limit).await?
            }
            _ => Vec::new(),
        };
        let mut shown = told(scope, rows, &stated).await?;
        if !knows_guardians {
            shown.iter_mut().filter(|entry| entry.by_guardian).for_each(|entry| entry.by = None);
        }
        Ok(page::of(shown, limit, AccessLogEntry::cursor))
    }
}

enum Whose {
    Pupil(Uuid),
    Staff(Uuid),
}
