//! Who stands in a class's register on a day, and what holds of it: those who have left since are still the school's to correct.
use super::of_month::names;
use super::{Which, gather, pupils_of};
use crate::access::scope::Scope;
use crate::attendance::mark::AttendanceMark;
use crate::error::Result;
use crate::id;
use crate::roster::class::Class;
use crate::scalar::Day;
use async_graphql::{ID, SimpleObject};
use chrono::NaiveDate;

/// A pupil in the register of a day.
#[derive(SimpleObject)]
pub struct RegisteredPupil {
    /// The pupil; whether you see the pupil today is another matter.
    pub pupil_id: ID,
    /// The name to show, family name first.
    pub name: String,
    /// 出席番号 on that day.
    pub number: Option<i32>,
    /// The last day in this register, where it has passed.
    pub left: Option<Day>,
    /// What holds of the day; null where nobody has marked it.
    pub mark: Option<AttendanceMark>,
}

/// Those who stand in the register of a class on a day, by number. The caller has checked the class against the scope.
pub(crate) async fn of_class(scope: &Scope, class: &Class, day: NaiveDate) -> Result<Vec<RegisteredPupil>> {
    let days = (day, day);
    let pupils = pupils_of(scope, &[class.id], days).await?.remove(&class.id).unwrap_or_default();
    let mut gathered = gather(scope, class.school, &[], &pupils, days, Which::Every).await?;
    let names = names(scope, &pupils).await?;
    let here = pupils.into_iter().filter(|pupil| gathered.class_on(*pupil, day) == Some(class.id)).collect::<Vec<_>>();
    let mut found: Vec<RegisteredPupil> = here
        .into_iter()
        .map(|pupil| {
            let places = gathered.places.get(&pupil).into_iter().flatten();
            let place = places.rev().find(|place| place.class == class.id);
            RegisteredPupil {
                pupil_id: id::of(pupil),
                name: names.get(&pupil).cloned().unwrap_or_default(),
                number: place.and_then(|place| place.number),
                left: place.map(|place| place.ends).filter(|ends| *ends < scope.today()).map(Day),
                mark: gathered.marks.remove(&(pupil, day)).filter(|mark| mark.kind.is_some()),
            }
        })
        .collect();
    found.sort_by(|a, b| (a.number.unwrap_or(i32::MAX), &a.pupil_id.0).cmp(&(b.number.unwrap_or(i32::MAX), &b.pupil_id.0)));
    Ok(found)
}
