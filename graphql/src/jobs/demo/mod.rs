//! A made-up school to try Asagao in: everything goes in by the doors that real records use. All people are fictional.
mod town;

use crate::access::app;
use crate::access::duty::{self, DutyKind};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::clock::school_midnight;
use crate::error::{Error, Result};
use crate::formats::oneroster::Package;
use crate::jobs::{analyze, import_roster};
use crate::learning::activity::{MOST_ITEMS, post};
use crate::learning::assignment;
use crate::roster::class;
use crate::roster::staff::{self, Staff};
use chrono::Days;
use town::Town;
use uuid::Uuid;

/// What a visitor needs to look around.
#[derive(Debug)]
pub struct Demo {
    /// The school.
    pub school: Uuid,
    /// The class to look at.
    pub class: Uuid,
    /// A token of its homeroom teacher.
    pub teacher_token: String,
    /// A token of an app that posts for the school.
    pub app_token: String,
}

/// Fills an empty database: one school, two homerooms, eight weeks of activities and assignments up to yesterday, one analysis.
pub async fn fill(scope: &Scope) -> Result<Demo> {
    let town = Town { today: scope.today(), namespace: Uuid::new_v5(&Uuid::NAMESPACE_URL, b"https://asagao.example/demo") };
    let (package, problems) = Package::read(|file| town.roster(file)).map_err(|_| Error::Internal)?;
    import_roster::import(scope, &package, problems).await?;
    assignment::share(scope, &town.assignments()).await?;
    for batch in town.activities().chunks(MOST_ITEMS) {
        post::record(scope, scope.now(), batch).await?;
    }
    let (school, class) = (town.id("school"), town.id("class 2"));
    for class in class::homerooms_on(scope, Right::AnalysisRun, school, town.yesterday()).await? {
        analyze::analyze(scope, &class, town.yesterday(), None).await?;
    }
    let teacher = Staff {
        id: town.id("teacher"),
        name: "三浦 あかね".into(),
        kana: "ミウラ アカネ".into(),
        email: "miura@asagao.example".into(),
    };
    let homeroom = duty::new(teacher.id, DutyKind::HomeroomTeacher, Some(school), Some(class), town.today);
    staff::add(scope, &teacher, &[homeroom]).await?;
    let expires = school_midnight(town.today + Days::new(8));
    let teacher_token = staff::issue_token(scope, &teacher.email, &[], expires).await?;
    let rights = [Right::ActivityWrite, Right::AssignmentWrite];
    let (_, app_token) = app::register(scope, "ドリル（お試し）", &[school], &rights, expires).await?;
    Ok(Demo { school, class, teacher_token, app_token })
}
