//! The weeks of the demo, day by day, each thing at its time and in the name of who would do it.
use super::answers;
use super::calendar::{at, is_school_day};
use super::people::AtWork;
use super::roster::Who;
use super::town::{Town, joined};
use super::{Progress, check, day, import, post};
use crate::Schema;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::clock::{Clock, school_day};
use crate::error::{Error, Result};
use crate::jobs::analyze;
use crate::learning::activity::{ActivityInput, MOST_ITEMS};
use crate::learning::{activity, assignment};
use crate::roster::class;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::task::JoinSet;

/// The people of the town at work, and how far they are.
pub(super) struct Weeks<'a> {
    pub(super) town: Arc<Town>,
    pub(super) clock: &'a Clock,
    pub(super) schema: Schema,
    pub(super) operator: &'a Scope,
    pub(super) app: Scope,
    pub(super) at_work: AtWork,
    pub(super) progress: Progress,
    pub(super) tell: &'a (dyn Fn(&Progress) + Sync),
    /// What devices have not sent yet, by the place of the day on which they will.
    pub(super) unsent: BTreeMap<usize, Vec<ActivityInput>>,
}

/// What the pupils do on a day, by the place of the day on which their devices send it.
fn done_on(town: &Town, on: usize) -> BTreeMap<usize, Vec<ActivityInput>> {
    let mut unsent: BTreeMap<usize, Vec<ActivityInput>> = BTreeMap::new();
    for class in &town.classes {
        for pupil in &class.pupils {
            let Some(sent) = day::sent_on(pupil, on, town.calendar.days.len()) else { continue };
            let done = day::done(town, class, pupil, on).into_iter();
            unsent.entry(sent).or_default().extend(done.map(|done| post::activity(class, pupil.id, done)));
        }
    }
    unsent
}

/// How many classes do something at the same moment.
pub(super) const AT_ONCE: usize = 4;

impl Weeks<'_> {
    /// Lives through every school day, then the morning of today up to now.
    pub(super) async fn live(&mut self, now: DateTime<Utc>) -> Result<()> {
        for on in 0..self.town.calendar.days.len() {
            self.live_through(on).await?;
            self.progress.days += 1;
            (self.tell)(&self.progress);
        }
        let today = school_day(now);
        if is_school_day(today) && at(today, 8 * 60 + 10) <= now {
            self.set(at(today, 8 * 60 + 10));
            self.moods(self.town.calendar.days.len()).await?;
            self.health_of_today(now).await?;
            self.asks_to_talk(now).await?;
        }
        self.set(now);
        Ok(())
    }

    async fn live_through(&mut self, on: usize) -> Result<()> {
        let town = Arc::clone(&self.town);
        // What is done in the course of the day is thought up while the morning is recorded.
        let done = tokio::task::spawn_blocking({
            let town = Arc::clone(&town);
            move || done_on(&town, on)
        });
        let day = town.calendar.days[on];
        if on > 0 && on == joined(town.calendar.days.len()) {
            self.set(at(day, 7 * 60 + 30));
            import(self.operator, &town, Who::TransferredIn).await?;
        }
        let mut actions = Vec::new();
        if on > 0 && town.calendar.begins_week(on) {
            self.set(answers::morning(day));
            for class in &town.classes {
                let (answered, to_do) =
                    answers::answer(&town, class, &self.schema, &self.at_work.teachers[class.index], on).await?;
                self.progress.answers += answered;
                actions.extend(to_do.into_iter().map(|action| (class.index, action)));
            }
        }
        self.set(at(day, 8 * 60 + 10));
        self.moods(on).await?;
        self.attendance(on, day).await?;
        self.health(on, day).await?;
        self.set(at(day, 15 * 60 + 40));
        self.give_homework(on).await?;
        self.set(at(day, 16 * 60 + 10));
        self.act(actions).await?;
        self.support(on).await?;
        self.talked(on).await?;
        self.set(at(day, 22 * 60));
        for (sent, activities) in done.await.map_err(|_| Error::Internal)? {
            self.unsent.entry(sent).or_default().extend(activities);
        }
        self.activities(on).await?;
        if town.calendar.ends_week(on) {
            self.set(at(day, 22 * 60 + 30));
            self.analyse(day).await?;
        }
        Ok(())
    }

    /// Moves the clock on; it never goes back.
    pub(super) fn set(&self, time: DateTime<Utc>) {
        self.clock.advance((time - self.clock.now()).max(TimeDelta::zero()));
    }

    async fn give_homework(&self, on: usize) -> Result<()> {
        let given = self.town.classes.iter().flat_map(|class| {
            let given = class.homework.iter().filter(move |homework| homework.given == on);
            given.map(move |homework| post::assignment(class, homework))
        });
        let given: Vec<_> = given.collect();
        if given.is_empty() {
            return Ok(());
        }
        check(&assignment::share(&self.app, &given).await?.rejected)
    }

    async fn activities(&mut self, on: usize) -> Result<()> {
        let mut posting = JoinSet::new();
        for batch in self.unsent.remove(&on).unwrap_or_default().chunks(MOST_ITEMS) {
            let (app, batch) = (self.app.clone(), batch.to_vec());
            posting.spawn(async move { activity::post::record(&app, app.now(), batch).await });
        }
        while let Some(posted) = posting.join_next().await {
            let posted = posted.map_err(|_| Error::Internal)??;
            check(&posted.rejected)?;
            self.progress.activities += posted.accepted;
            (self.tell)(&self.progress);
        }
        Ok(())
    }

    async fn analyse(&mut self, day: NaiveDate) -> Result<()> {
        let ids: Vec<_> = self.town.classes.iter().map(|class| class.id).collect();
        let right = Right::AnalysisRun;
        let mut ids = ids.into_iter();
        let mut runs = JoinSet::new();
        loop {
            while runs.len() < AT_ONCE
                && let Some(id) = ids.next()
            {
                let scope = self.operator.clone();
                runs.spawn(async move {
                    let class = class::find(&scope, right, id).await?.ok_or(Error::Internal)?;
                    analyze::analyze(&scope, &class, day, None).await.map(drop)
                });
            }
            let Some(run) = runs.join_next().await else { return Ok(()) };
            run.map_err(|_| Error::Internal)??;
            self.progress.analyses += 1;
            (self.tell)(&self.progress);
        }
    }
}
