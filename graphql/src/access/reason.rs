//! Why somebody sees a pupil, and who else does: the reasons behind `pupil_reach`, with the duties that it joins.
use super::class::InformationClass;
use super::duty::{Duty, DutyKind};
use super::right::Right;
use super::scope::{Holder, Scope};
use super::{reach, reader};
use crate::clock::not_replaced;
use crate::db::on;
use crate::error::Result;
use crate::id;
use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use chrono::NaiveDate;
use sqlx::QueryBuilder;
use std::collections::BTreeSet;
use uuid::Uuid;

/// By way of what a pupil is seen.
#[derive(Enum, sqlx::Type, Clone, Copy, Debug, PartialEq, Eq)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SeenBy {
    /// A duty over a class, a grade, a school or the board in which the pupil is today.
    Duty,
    /// A duty, over what a former school has handed over.
    HandedOver,
    /// Being assigned to the pupil's open support sheet.
    Assigned,
    /// Being the pupil.
    Oneself,
    /// Being a guardian of the pupil, to whom the record is shown.
    Guardian,
    /// Having opened the record for a stated reason, until the end of the day: somebody of the board.
    Opened,
}

/// A reason for which you see a pupil today.
#[derive(SimpleObject, Clone, Debug)]
pub struct AccessReason {
    /// By way of what.
    pub by: SeenBy,
    /// The duty; null for the pupil, for guardians, for who is assigned and for who has opened the record.
    pub duty: Option<Duty>,
    /// What it gives over this pupil.
    pub rights: Vec<Right>,
}

/// Somebody who sees a pupil today.
#[derive(SimpleObject, Clone, Debug)]
pub struct PupilReader {
    /// The name of a member of staff, an app or a guardian; null for whoever runs the server.
    pub name: Option<String>,
    /// By way of what.
    pub by: SeenBy,
    /// What they are; null for guardians, for who is assigned and for who has opened the record.
    pub duty: Option<DutyKind>,
    /// What they may see and do.
    pub rights: Vec<Right>,
}

/// What may be asked about reasons.
#[derive(Default)]
pub struct ReasonQuery;

#[Object]
impl ReasonQuery {
    /// Why you see a pupil today: by which duties, each with what it gives. Empty if you see nothing of this pupil.
    #[graphql(complexity = "20 + child_complexity * 3")]
    async fn why_can_i_see(&self, ctx: &Context<'_>, pupil_id: ID) -> Result<Vec<AccessReason>> {
        let scope = Scope::of(ctx)?;
        let Some(pupil) = id::parse(&pupil_id) else { return Ok(Vec::new()) };
        if scope.viewer().kind == Holder::Pupil {
            let rights: Vec<Right> = reach::of_pupil(ctx, pupil).await?.into_iter().collect();
            let own = AccessReason { by: SeenBy::Oneself, duty: None, rights };
            return Ok(Some(own).into_iter().filter(|own| !own.rights.is_empty()).collect());
        }
        let reasons = list(scope, pupil, Some(scope.holder())).await?;
        let held = |rights: Vec<Right>| rights.into_iter().filter(|right| scope.holds(*right)).collect::<Vec<_>>();
        let reasons = reasons.into_iter().map(|of| AccessReason { by: of.by, duty: of.duty, rights: held(of.rights) });
        Ok(reasons.filter(|of| shows_something(of.by, &of.rights)).collect())
    }

    /// Who sees a pupil today, by which duty and what of it, those nearest to the pupil first: for whoever sees the pupil, and for the pupil.
    /// Who is assigned to the support of a pupil is told to those who read it, and guardians to those who know them: no guardian learns of
    /// another one here. Empty if you do not see this pupil.
    #[graphql(complexity = "50 + child_complexity * 30")]
    async fn who_can_see(&self, ctx: &Context<'_>, pupil_id: ID) -> Result<Vec<PupilReader>> {
        Scope::of(ctx)?;
        let Some(pupil) = id::parse(&pupil_id) else { return Ok(Vec::new()) };
        let Some(scope) = reach::over_pupil(ctx, Right::RosterRead, pupil).await? else { return Ok(Vec::new()) };
        let rights = reach::of_pupil(ctx, pupil).await?;
        let reasons = list(scope, pupil, None).await?;
        let told = reasons.into_iter().filter(|of| match of.by {
            SeenBy::Assigned => rights.contains(&Right::SupportRead),
            SeenBy::Guardian => rights.contains(&Right::GuardianRead) || of.holder == scope.holder(),
            SeenBy::Duty | SeenBy::HandedOver | SeenBy::Oneself | SeenBy::Opened => true,
        });
        // A school's name is no one's secret.
        let of_pupil = |rights: Vec<Right>| rights.into_iter().filter(|right| *right != Right::SchoolRead).collect();
        let reader = |of: Reason| {
            let (duty, rights) = (of.duty.map(|duty| duty.kind), of_pupil(of.rights));
            PupilReader { name: of.name, by: of.by, duty, rights }
        };
        let mut readers: Vec<PupilReader> =
            told.map(reader).filter(|reader| shows_something(reader.by, &reader.rights)).collect();
        // Who is assigned has no duty here, and comes last.
        let near = |reader: &PupilReader| reader.duty.map_or(u8::MAX, reader::nearness);
        readers.sort_by(|a, b| (near(a), &a.name).cmp(&(near(b), &b.name)));
        Ok(readers)
    }
}

/// Whether rights show anything of a pupil: those over what a school has without its pupils do not, a duty to be asked or to be assigned does
/// once somebody asks or assigns, and to know protected names is nothing without the pupils.
fn shows_something(by: SeenBy, rights: &[Right]) -> bool {
    let of_pupils = |right: &Right| right.class() > InformationClass::Four;
    let not_alone = [Right::ConsultationTake, Right::SupportJoin, Right::ProtectedRead];
    let by_itself = |right: &Right| by == SeenBy::Assigned || !not_alone.contains(right);
    rights.iter().any(|right| of_pupils(right) && by_itself(right))
}

/// Why somebody sees a pupil.
struct Reason {
    holder: Uuid,
    name: Option<String>,
    by: SeenBy,
    duty: Option<Duty>,
    rights: Vec<Right>,
}

#[derive(sqlx::FromRow)]
struct Row {
    holder: Uuid,
    name: Option<String>,
    seen_by: SeenBy,
    right_to: String,
    duty: Option<Uuid>,
    kind: Option<DutyKind>,
    school: Option<Uuid>,
    grade: Option<String>,
    class: Option<Uuid>,
    begins: NaiveDate,
    ends: NaiveDate,
}

impl Row {
    fn duty(&self) -> Option<Duty> {
        let (id, kind) = (self.duty?, self.kind?);
        let grade = self.grade.clone().unwrap_or_default();
        let Row { holder, school, class, begins, ends, .. } = *self;
        Some(Duty { id, holder, kind, school, grade, class, begins, ends })
    }
}

/// Who sees a pupil today, as `pupil_reach` has it: of one holder, or of all.
async fn list(scope: &Scope, pupil: Uuid, holder: Option<Uuid>) -> Result<Vec<Reason>> {
    const OVER: &str = "(d.class IS NULL OR d.class = c.id) AND (d.school IS NULL OR d.school = c.school)
        AND (d.grade = '' OR ',' || c.grades || ',' LIKE '%,' || d.grade || ',%')";
    const FIELDS: &str = "d.id AS duty, d.kind, d.school, d.grade, d.class, d.begins, d.ends";
    let today = scope.today();
    let rows: Vec<Row> = on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(format!(
            "SELECT q.*, COALESCE(s.name, a.name, TRIM(g.family_name || ' ' || g.given_name)) AS name FROM (
             SELECT DISTINCT d.holder, 'DUTY' AS seen_by, r.right_to, {FIELDS} FROM enrolment e JOIN class c ON c.id = e.class
             JOIN duty d ON {OVER} JOIN duty_right r ON r.duty = d.kind
             WHERE d.kind <> 'BOARD_OFFICIAL'
             AND (e.kind = 'HOME' OR r.right_to IN ('roster:read', 'protected:read', 'attendance:read', 'activity:read')) AND e.known_until = "));
        sql.push_bind(not_replaced()).push(" AND e.pupil = ").push_bind(pupil).push(" AND e.begins <= ").push_bind(today);
        sql.push(" AND e.ends >= ").push_bind(today).push(" AND d.begins <= ").push_bind(today).push(" AND d.ends >= ").push_bind(today);
        sql.push(format!(
            " UNION ALL SELECT DISTINCT d.holder, 'HANDED_OVER', h.right_to, {FIELDS} FROM hand_over h
             JOIN enrolment e ON e.pupil = h.pupil AND e.school = h.to_school JOIN class c ON c.id = e.class
             JOIN duty d ON {OVER} JOIN duty_right r ON r.duty = d.kind AND r.right_to = h.right_to
             WHERE e.kind = 'HOME' AND c.kind = 'HOMEROOM' AND d.kind <> 'SUBJECT_TEACHER' AND e.known_until = "));
        sql.push_bind(not_replaced()).push(" AND e.pupil = ").push_bind(pupil).push(" AND e.begins <= ").push_bind(today);
        sql.push(" AND e.ends >= ").push_bind(today).push(" AND d.begins <= ").push_bind(today).push(" AND d.ends >= ").push_bind(today);
        sql.push(" AND h.begins <= ").push_bind(today).push(" AND h.ends >= ").push_bind(today);
        sql.push(
            " UNION ALL SELECT DISTINCT v.holder, 'ASSIGNED', 'support:join', CAST(NULL AS UUID), CAST(NULL AS TEXT), CAST(NULL AS UUID),
                 CAST(NULL AS TEXT), CAST(NULL AS UUID), v.begins, v.ends
             FROM support_reach v WHERE v.sheet IS NOT NULL AND v.pupil = ");
        sql.push_bind(pupil).push(" AND v.begins <= ").push_bind(today).push(" AND v.ends >= ").push_bind(today);
        sql.push(" AND v.enrolled <= ").push_bind(today).push(" AND v.leaves >= ").push_bind(today);
        for (by, duty, view) in [("GUARDIAN", "GUARDIAN", "guardian_reach"), ("OPENED", "RECORD_OPENING", "opening_reach")] {
            sql.push(format!(
                " UNION ALL SELECT DISTINCT v.holder, '{by}', r.right_to, CAST(NULL AS UUID), CAST(NULL AS TEXT), CAST(NULL AS UUID),
                     CAST(NULL AS TEXT), CAST(NULL AS UUID), v.begins, v.ends
                 FROM {view} v JOIN duty_right r ON r.duty = '{duty}' WHERE v.pupil = "));
            sql.push_bind(pupil).push(" AND v.begins <= ").push_bind(today).push(" AND v.ends >= ").push_bind(today);
        }
        sql.push(") q LEFT JOIN staff s ON s.id = q.holder LEFT JOIN app a ON a.id = q.holder
                  LEFT JOIN guardian g ON g.id = q.holder WHERE (a.id IS NULL OR a.revoked_at IS NULL)");
        if let Some(holder) = holder {
            sql.push(" AND q.holder = ").push_bind(holder);
        }
        sql.push(" ORDER BY q.holder, q.seen_by, q.duty, q.right_to").build_query_as().persistent(false).fetch_all(c).await?
    });
    let of_one = |a: &Row, b: &Row| (a.holder, a.seen_by, a.duty) == (b.holder, b.seen_by, b.duty);
    let reason = |rows: &[Row]| {
        let rights: BTreeSet<Right> = rows.iter().filter_map(|row| Right::of_name(&row.right_to)).collect();
        let first = &rows[0];
        Reason {
            holder: first.holder,
            name: first.name.clone(),
            by: first.seen_by,
            duty: first.duty(),
            rights: rights.into_iter().collect(),
        }
    };
    Ok(rows.chunk_by(of_one).map(reason).collect())
}
