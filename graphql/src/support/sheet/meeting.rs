//! ケース会議・検討会等の記録: when, who took part, what was said, what was decided.
use super::find::begin;
use super::level::SupportNoteLevel;
use super::reach::{Access, Notes};
use super::write::{edited, optional};
use crate::access::scope::Scope;
use crate::access::tx::Change;
use crate::clock::new_id;
use crate::db::{bind_ids, on};
use crate::error::{Error, Result, UserError, UserErrorCode};
use crate::id;
use crate::learning::activity::check;
use crate::page::Cursor;
use crate::roster::moves::right;
use crate::scalar::{Day, Timestamp};
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::Loader;
use async_graphql::{ID, InputObject, Object};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::Serialize;
use sqlx::QueryBuilder;
use std::collections::HashMap;
use uuid::Uuid;

/// A meeting about a pupil.
#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
pub struct SupportMeeting {
    id: Uuid,
    sheet: Uuid,
    pupil: Uuid,
    school: Uuid,
    day: NaiveDate,
    pub(crate) level: SupportNoteLevel,
    took_part: String,
    said: String,
    decided: String,
    version: i32,
    written_by: Uuid,
    at: DateTime<Utc>,
    #[sqlx(default)]
    #[serde(skip)]
    by_name: Option<String>,
}

impl SupportMeeting {
    pub(super) fn cursor(&self) -> Cursor {
        Cursor { number: -i64::from(self.day.num_days_from_ce()), id: self.id }
    }
}

/// A meeting about a pupil (ケース会議・検討会).
#[Object]
impl SupportMeeting {
    /// The meeting's UUID.
    async fn id(&self) -> ID {
        id::of(self.id)
    }
    /// The day.
    async fn day(&self) -> Day {
        Day(self.day)
    }
    /// Who may read it.
    async fn level(&self) -> SupportNoteLevel {
        self.level
    }
    /// Who took part, in words.
    async fn took_part(&self) -> &str {
        &self.took_part
    }
    /// What was said.
    async fn said(&self) -> &str {
        &self.said
    }
    /// What was decided; may be empty.
    async fn decided(&self) -> &str {
        &self.decided
    }
    /// How often it was written: send it along with a change.
    async fn version(&self) -> i32 {
        self.version
    }
    /// Who wrote it last; null if it is nobody who is here by name.
    async fn by(&self) -> Option<&str> {
        self.by_name.as_deref()
    }
    /// When.
    async fn at(&self) -> Timestamp {
        self.at.into()
    }
}

/// A meeting to note, or to correct.
#[derive(InputObject, Clone, Debug)]
pub struct SaveSupportMeetingInput {
    /// The meeting's UUID, if you make it yourself, or that of the meeting to correct. Sent again with the same content it is stored once.
    pub id: Option<ID>,
    /// The sheet.
    pub sheet_id: ID,
    /// The day; today if not said. A day to come is refused.
    pub day: Option<Day>,
    /// Who may read it.
    #[graphql(default_with = "SupportNoteLevel::SchoolTeam")]
    pub level: SupportNoteLevel,
    /// Who took part, 1 to 500 characters.
    pub took_part: String,
    /// What was said, 1 to 4,000 characters.
    pub said: String,
    /// What was decided, up to 4,000 characters.
    #[graphql(default)]
    pub decided: String,
    /// The `version` that you saw; 0 for a new one.
    #[graphql(default = 0)]
    pub version: i32,
}

/// Notes or corrects a meeting, or says what is wrong with the input.
pub(super) async fn save(scope: &Scope, input: SaveSupportMeetingInput) -> Result<Result<Uuid, UserError>> {
    let day = input.day.map_or_else(|| scope.today(), |day| day.0);
    if day > scope.today() {
        return Ok(Err(UserError::new(UserErrorCode::InTheFuture, "day", "the day has not come yet")));
    }
    let took_part = right!(check::text(&input.took_part, 500, "tookPart"));
    let said = right!(check::text(&input.said, 4_000, "said"));
    let decided = right!(optional(&input.decided, 4_000, "decided"));
    let own = right!(super::write::own_id(input.id.as_ref()));
    let (mut tx, sheet) = right!(begin(scope, Access::Write, &input.sheet_id, "support meeting noted").await?);
    let meeting = SupportMeeting {
        id: own.unwrap_or_else(new_id),
        sheet: sheet.id,
        pupil: sheet.pupil,
        school: sheet.school,
        day,
        level: input.level,
        took_part,
        said,
        decided,
        version: input.version + 1,
        written_by: tx.actor,
        at: tx.at,
        by_name: None,
    };
    let held = tx.of_ids::<SupportMeeting>("SELECT * FROM support_meeting WHERE id IN (", &[meeting.id]).await?.pop();
    if let Some(held) = &held {
        let content =
            |of: &SupportMeeting| (of.sheet, of.day, of.level, of.took_part.clone(), of.said.clone(), of.decided.clone());
        let read = read(scope, Access::Write, meeting.id).await?;
        if right!(edited(read, content(held) == content(&meeting), (held.version, input.version))) {
            return Ok(Ok(sheet.id));
        }
        if held.sheet != sheet.id {
            return Ok(Err(super::write::taken()));
        }
    }
    let sql =
        "INSERT INTO support_meeting (id, sheet, pupil, school, day, level, took_part, said, decided, version, written_by, at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
               ON CONFLICT (id) DO UPDATE SET day = excluded.day, level = excluded.level, took_part = excluded.took_part,
                   said = excluded.said, decided = excluded.decided, version = excluded.version, written_by = excluded.written_by,
                   at = excluded.at WHERE support_meeting.school = excluded.school";
    let change = Change::new(meeting.id, held.as_ref(), Some(&meeting));
    on!(tx.change("support_meeting", &[change]).await?, c => sqlx::query(sql).bind(meeting.id).bind(meeting.sheet).bind(meeting.pupil)
        .bind(meeting.school).bind(meeting.day).bind(meeting.level).bind(&meeting.took_part).bind(&meeting.said).bind(&meeting.decided)
        .bind(meeting.version).bind(meeting.written_by).bind(meeting.at).execute(c).await?.rows_affected());
    tx.commit().await?;
    Ok(Ok(sheet.id))
}

/// Whether a meeting is one that the viewer may read, or write.
async fn read(scope: &Scope, access: Access, meeting: Uuid) -> Result<bool> {
    let found: Option<(Uuid,)> = on!(scope.read(), c => {
        let mut sql = QueryBuilder::new("SELECT x.id FROM support_meeting x WHERE x.id = ");
        sql.push_bind(meeting).push(" AND ");
        scope.push_support_notes(&mut sql, access, Notes::of("x", "'MEETINGS'"));
        sql.build_query_as().persistent(false).fetch_optional(c).await?
    });
    Ok(found.is_some())
}

/// The meetings of a sheet, as a key to load many sheets' at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct MeetingsOf(pub(crate) Uuid);

#[async_trait]
impl Loader<MeetingsOf> for Scope {
    type Value = Vec<SupportMeeting>;
    type Error = Error;

    async fn load(&self, sheets: &[MeetingsOf]) -> Result<HashMap<MeetingsOf, Vec<SupportMeeting>>> {
        let meetings: Vec<SupportMeeting> = on!(self.read(), c => {
            let mut sql = QueryBuilder::new(
                "SELECT x.*, o.name AS by_name FROM support_meeting x LEFT JOIN staff o ON o.id = x.written_by WHERE x.sheet IN (");
            bind_ids(&mut sql, sheets.iter().map(|of| of.0));
            sql.push(") AND ");
            self.push_support_notes(&mut sql, Access::Read, Notes::of("x", "'MEETINGS'"));
            sql.push(" ORDER BY x.day DESC, x.id").build_query_as().fetch_all(c).await?
        });
        let mut found: HashMap<MeetingsOf, Vec<SupportMeeting>> = HashMap::new();
        meetings.into_iter().for_each(|of| found.entry(MeetingsOf(of.sheet)).or_default().push(of));
        Ok(found)
    }
}
