//! How long a school lets a pupil wait for an answer, and who comes next then.
use super::choices::ConsultationRole;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Change;
use crate::db::on;
use crate::error::{Result, UserError, UserErrorCode};
use crate::id;
use crate::roster::school;
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use serde::Serialize;
use std::collections::HashSet;
use uuid::Uuid;

/// A school's setting as it is kept. Times are minutes of the day.
#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
pub(super) struct Setting {
    pub(super) id: Uuid,
    pub(super) minutes: i32,
    pub(super) opens: i32,
    pub(super) closes: i32,
    roles: String,
}

impl Setting {
    /// What holds where a school has set nothing: an hour; then the nurse, the counsellor, the grade, the head. The homeroom teacher is not
    /// among them: whoever asked somebody else had a reason.
    pub(super) fn usual(school: Uuid) -> Self {
        Setting { id: school, minutes: 60, opens: 8 * 60, closes: 17 * 60, roles: "NURSE,COUNSELLOR,GRADE,HEAD".into() }
    }

    /// Who comes next, in this order.
    pub(super) fn order(&self) -> Vec<ConsultationRole> {
        self.roles.split(',').filter_map(ConsultationRole::of_name).collect()
    }
}

/// How long a school lets a pupil wait for an answer.
#[derive(SimpleObject)]
pub struct ConsultationSetting {
    /// After so many minutes of the school's hours it goes on to the next one.
    pub minutes: i32,
    /// When the school's hours begin, such as `08:00`.
    pub opens: String,
    /// When they end, such as `17:00`.
    pub closes: String,
    /// Who comes next, in this order; who is not among them never comes next, only where the pupil asks them.
    pub next: Vec<ConsultationRole>,
}

impl From<&Setting> for ConsultationSetting {
    fn from(of: &Setting) -> Self {
        let clock = |minutes: i32| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        ConsultationSetting { minutes: of.minutes, opens: clock(of.opens), closes: clock(of.closes), next: of.order() }
    }
}

/// How long a school lets a pupil wait for an answer.
#[derive(InputObject, Clone, Debug)]
pub struct SaveConsultationSettingInput {
    /// The school.
    pub school_id: ID,
    /// After so many minutes of the school's hours it goes on to the next one, 5 to 480.
    pub minutes: i32,
    /// When the school's hours begin, such as `08:00`.
    pub opens: String,
    /// When they end, such as `17:00`.
    pub closes: String,
    /// Who comes next, in this order, each once; at least one.
    pub next: Vec<ConsultationRole>,
}

/// What became of a setting.
#[derive(SimpleObject)]
pub struct SaveConsultationSettingPayload {
    /// The setting as it is now; null if nothing was changed.
    pub setting: Option<ConsultationSetting>,
    /// What is wrong with the input; nothing was changed then.
    pub user_errors: Vec<UserError>,
}

/// What may be asked about the setting.
#[derive(Default)]
pub struct ConsultationSettingQuery;

#[Object]
impl ConsultationSettingQuery {
    /// How long a school lets a pupil wait for an answer, and who comes next; null where you may not see the school.
    async fn consultation_setting(&self, ctx: &Context<'_>, school_id: ID) -> Result<Option<ConsultationSetting>> {
        let scope = Scope::with(ctx, Right::SchoolRead)?;
        let Some(school) = school::find(scope, id::parse(&school_id).unwrap_or_default()).await? else { return Ok(None) };
        Ok(Some((&of_school(scope, school.id).await?).into()))
    }
}

/// What may be done with the setting.
#[derive(Default)]
pub struct ConsultationSettingMutation;

#[Object]
impl ConsultationSettingMutation {
    /// Sets how long a school lets a pupil wait for an answer, and who comes next.
    async fn save_consultation_setting(
        &self,
        ctx: &Context<'_>,
        input: SaveConsultationSettingInput,
    ) -> Result<SaveConsultationSettingPayload> {
        let scope = Scope::with(ctx, Right::ConsultationSettingWrite)?;
        Ok(match save(scope, &input).await? {
            Ok(setting) => SaveConsultationSettingPayload { setting: Some((&setting).into()), user_errors: vec![] },
            Err(error) => SaveConsultationSettingPayload { setting: None, user_errors: vec![error] },
        })
    }
}

const SELECT: &str = "SELECT id, minutes, opens, closes, roles FROM consultation_setting WHERE id = $1";

/// The setting of a school. It is no one's secret.
pub(super) async fn of_school(scope: &Scope, school: Uuid) -> Result<Setting> {
    let found: Option<Setting> = on!(scope.read(), c => sqlx::query_as(SELECT).bind(school).fetch_optional(c).await?);
    Ok(found.unwrap_or_else(|| Setting::usual(school)))
}

/// The minute of the day of a time such as `08:00`.
fn minute(text: &str) -> Option<i32> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute): (i32, i32) = (hour.parse().ok()?, minute.parse().ok()?);
    (text.len() == 5 && (0..24).contains(&hour) && (0..60).contains(&minute)).then_some(hour * 60 + minute)
}

async fn save(scope: &Scope, input: &SaveConsultationSettingInput) -> Result<Result<Setting, UserError>> {
    let wrong = |field: &str, message: &str| Ok(Err(UserError::new(UserErrorCode::OutOfRange, field, message)));
    if !(5..=480).contains(&input.minutes) {
        return wrong("minutes", "a pupil waits 5 to 480 minutes");
    }
    let (Some(opens), Some(closes)) = (minute(&input.opens), minute(&input.closes)) else {
        return wrong("opens", "send times of the day like 08:00");
    };
    if closes - opens < 60 {
        return wrong("closes", "the school's hours are at least an hour");
    }
    let roles: Vec<&str> = input.next.iter().map(|role| role.name()).collect();
    if roles.is_empty() || roles.iter().collect::<HashSet<_>>().len() < roles.len() {
        return wrong("next", "say at least one, and each once");
    }
    let asked = id::parse(&input.school_id).unwrap_or_default();
    let Some(school) = school::reached(scope, Right::ConsultationSettingWrite, asked).await? else {
        let message = "there is no such school whose setting you may change";
        return Ok(Err(UserError::new(UserErrorCode::NotFound, "schoolId", message)));
    };
    let after = Setting { id: school.id, minutes: input.minutes, opens, closes, roles: roles.join(",") };
    let mut tx = scope.begin("consultation setting saved").await?;
    tx.lock("school", &[school.id]).await?;
    let before: Option<Setting> = on!(tx.connection(), c => sqlx::query_as(SELECT).bind(school.id).fetch_optional(c).await?);
    if before.as_ref() != Some(&after) {
        let sql = "INSERT INTO consultation_setting (id, minutes, opens, closes, roles) VALUES ($1, $2, $3, $4, $5)
                   ON CONFLICT (id) DO UPDATE SET minutes = excluded.minutes, opens = excluded.opens, closes = excluded.closes,
                       roles = excluded.roles";
        let change = Change::new(after.id, before.as_ref(), Some(&after));
        on!(tx.change("consultation_setting", &[change]).await?, c => sqlx::query(sql).bind(after.id).bind(after.minutes)
            .bind(after.opens).bind(after.closes).bind(&after.roles).execute(c).await?.rows_affected());
    }
    tx.commit().await?;
    Ok(Ok(after))
}
