//! When a support began, as far as the viewer may know of it.
use super::SupportBeginning;
use crate::access::scope::Scope;
use crate::error::Result;
use crate::support::action::ActionsOf;
use crate::support::plan::PlansOf;
use crate::support::sheet::find::SheetsOf;
use async_graphql::dataloader::DataLoader;
use chrono::NaiveDate;
use uuid::Uuid;

/// After so many days without any a support is a new one: about twenty school days.
pub(super) const WITHOUT_DAYS: i64 = 30;

/// The beginning of a support.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Begun {
    pub(super) school: Uuid,
    pub(super) since: NaiveDate,
    pub(super) began: SupportBeginning,
}

/// The beginnings up to a day, the newest first.
pub(super) async fn of_pupil(loader: &DataLoader<Scope>, today: NaiveDate, pupil: Uuid) -> Result<Vec<Begun>> {
    let sheets = loader.load_one(SheetsOf(pupil)).await?.unwrap_or_default();
    let plans = loader.load_many(sheets.iter().map(|sheet| PlansOf(sheet.row.id))).await?;
    let actions = loader.load_one(ActionsOf(pupil)).await?.unwrap_or_default();
    let of_sheets = sheets.iter().map(|sheet| (sheet.row.school, sheet.row.begins, sheet.row.ends));
    let of_actions = actions.iter().map(|action| (action.school, action.day, action.day));
    let of_plans: Vec<_> = plans.values().flatten().map(|plan| (plan.row.school, plan.row.begins, plan.row.ends)).collect();
    let mut found = first_of_each(of_sheets.chain(of_actions).chain(of_plans.iter().copied()).collect(), today);
    for (school, since, _) in of_plans {
        if since <= today && !found.iter().any(|of| of.since == since && of.school == school) {
            found.push(Begun { school, since, began: SupportBeginning::Plan });
        }
    }
    found.sort_by_key(|of| std::cmp::Reverse((of.since, of.school)));
    Ok(found)
}

/// The first day of each stretch of support in a school.
fn first_of_each(mut spans: Vec<(Uuid, NaiveDate, NaiveDate)>, today: NaiveDate) -> Vec<Begun> {
    spans.retain(|(_, begins, _)| *begins <= today);
    spans.sort_unstable();
    let mut found: Vec<Begun> = Vec::new();
    let mut supported: Option<(Uuid, NaiveDate)> = None;
    for (school, begins, ends) in spans {
        let goes_on =
            supported.filter(|(of, until)| *of == school && begins.signed_duration_since(*until).num_days() <= WITHOUT_DAYS);
        if goes_on.is_none() {
            found.push(Begun { school, since: begins, began: SupportBeginning::Support });
        }
        supported = Some((school, goes_on.map_or(ends, |(_, until)| until.max(ends))));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_support_is_new_after_thirty_days_without() {
        let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day).expect("a day");
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let at = |school, of| (school, of, of);
        let spans = vec![
            at(one, day(9, 20)),
            at(one, day(5, 1)),
            at(one, day(5, 31)),
            (one, day(6, 10), day(8, 20)),
            at(one, day(8, 1)),
            at(other, day(9, 1)),
            at(one, day(12, 1)),
        ];
        let found: Vec<_> = first_of_each(spans, day(11, 24)).into_iter().map(|of| (of.school, of.since)).collect();
        assert_eq!(found, [(one, day(5, 1)), (one, day(9, 20)), (other, day(9, 1))], "the sheet was open until 8/20");
    }
}
