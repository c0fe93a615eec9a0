//! How pupils are in the mornings (健康観察), and who comes to the infirmary (保健室来室): of the last two weeks, and of today.
use super::calendar::at;
use super::dice::Dice;
use super::illness::{Kind, Presence};
use super::mornings::none;
use super::pupil::{Pupil, Story};
use super::town::Class;
use super::weeks::Weeks;
use crate::clock::{new_id, school_day};
use crate::error::Result;
use crate::scalar::Timestamp;
use crate::wellbeing::health::{self, HealthObservation, HealthState};
use crate::wellbeing::infirmary::{self, InfirmaryOutcome, RecordInfirmaryVisitInput};
use async_graphql::ID;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// So many of the last school days have observations and visits.
const RECENT: usize = 10;

/// How a pupil is: the state, the symptoms, the disease.
type Is = (HealthState, &'static str, Option<&'static str>);

const FINE: Is = (HealthState::Fine, "", None);

impl Weeks<'_> {
    /// The mornings of every class, and who came to the infirmary up to noon.
    pub(super) async fn health(&self, on: usize, day: NaiveDate) -> Result<()> {
        if on + RECENT < self.town.calendar.days.len() {
            return Ok(());
        }
        let noted = |class: &Class, pupil: &Pupil| {
            let mut dice = Dice::new(self.town.seed, "health", &[class.index, pupil.number, on]);
            (pupil.joined <= on).then(|| of(&pupil.presence[on], &mut dice)).flatten()
        };
        self.note(day, at(day, 8 * 60 + 25), noted).await?;
        for school in 0..self.town.schools.len() {
            let mut dice = Dice::new(self.town.seed, "visits", &[school, on]);
            for _ in 0..=dice.below(2) {
                let there = |pupil: &Pupil| pupil.joined <= on && pupil.presence[on].is_at_school();
                let Some(pupil) = self.visitor(school, &mut dice, there) else { continue };
                let came = at(day, 9 * 60 + i64::try_from(dice.below(200)).unwrap_or(0));
                let left = came + TimeDelta::minutes(i64::try_from(15 + dice.below(25)).unwrap_or(15));
                let outcome = if dice.happens(0.15) { InfirmaryOutcome::SentHome } else { InfirmaryOutcome::BackToClass };
                self.visit(school, pupil, (came, Some(left)), outcome, &mut dice).await?;
            }
        }
        Ok(())
    }

    /// This morning: most classes are noted, in one of them influenza goes round, and somebody sits in each infirmary. 5年 is left to the visitor.
    pub(super) async fn health_of_today(&self, now: DateTime<Utc>) -> Result<()> {
        let (today, on) = (school_day(now), self.town.calendar.days.len());
        let influenza = self.town.classes.iter().find(|class| !class.name.starts_with("5年")).map(|class| class.index);
        let noted = |class: &Class, pupil: &Pupil| {
            let mut dice = Dice::new(self.town.seed, "health", &[class.index, pupil.number, on]);
            match class.index {
                _ if class.name.starts_with("5年") || class.index % 4 == 3 => None,
                at if Some(at) == influenza && dice.happens(0.25) => Some((HealthState::Away, "FEVER", Some("INFLUENZA"))),
                _ => of(&Presence::PRESENT, &mut dice),
            }
        };
        self.set(at(today, 8 * 60 + 14));
        self.note(today, at(today, 8 * 60 + 13), noted).await?;
        let came = (now - TimeDelta::minutes(6)).min(at(today, 13 * 60));
        self.set(now - TimeDelta::minutes(5));
        for school in 0..self.town.schools.len() {
            let mut dice = Dice::new(self.town.seed, "visits", &[school, on]);
            let Some(pupil) = self.visitor(school, &mut dice, |pupil| pupil.story == Story::Steady) else { continue };
            self.visit(school, pupil, (came, None), InfirmaryOutcome::Here, &mut dice).await?;
        }
        Ok(())
    }

    /// Stores what is noted of a morning, school by school: thousands at once, by the door of the records themselves.
    async fn note(&self, day: NaiveDate, known_from: DateTime<Utc>, noted: impl Fn(&Class, &Pupil) -> Option<Is>) -> Result<()> {
        for (at, school) in self.town.schools.iter().enumerate() {
            let mut rows = Vec::new();
            for class in self.town.classes.iter().filter(|class| class.school == at) {
                let observed_by = self.at_work.teachers[class.index].holder();
                rows.extend(class.pupils.iter().filter_map(|pupil| {
                    let (state, symptoms, disease) = noted(class, pupil)?;
                    Some(HealthObservation {
                        id: new_id(),
                        pupil: pupil.id,
                        day,
                        known_from,
                        school: school.id,
                        class: class.id,
                        state: Some(state),
                        symptoms: symptoms.to_owned(),
                        disease: disease.map(str::to_owned),
                        temperature: None,
                        note: String::new(),
                        observed_by,
                        by_name: None,
                    })
                }));
            }
            let mut tx = self.at_work.nurses[at].begin("health noted").await?;
            health::insert(&mut tx, school.id, day, &rows).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Somebody of a school who comes to the infirmary: often one whose mornings turn dark. Nobody of 5年2組, whom the visitor looks after.
    fn visitor(&self, school: usize, dice: &mut Dice, there: impl Fn(&Pupil) -> bool) -> Option<&Pupil> {
        let classes = self.town.classes.iter().filter(|class| class.school == school && class.name != "5年2組");
        let all: Vec<&Pupil> = classes.flat_map(|class| &class.pupils).filter(|pupil| there(pupil)).collect();
        let dark: Vec<&Pupil> = all.iter().copied().filter(|pupil| pupil.story == Story::MoodTurns).collect();
        let from = if !dark.is_empty() && dice.happens(0.4) { dark } else { all };
        if from.is_empty() { None } else { Some(*dice.pick(&from)) }
    }

    async fn visit(
        &self,
        school: usize,
        pupil: &Pupil,
        (came, left): (DateTime<Utc>, Option<DateTime<Utc>>),
        outcome: InfirmaryOutcome,
        dice: &mut Dice,
    ) -> Result<()> {
        let (reason, note) = if pupil.story == Story::MoodTurns {
            ("TALK", Some("少し話して、落ち着いて帰った。"))
        } else {
            *dice.pick(&[
                ("HEADACHE", None),
                ("STOMACH_ACHE", None),
                ("INJURY", Some("校庭でころんだ。ひざを洗って、ばんそうこう。")),
                ("ILL", None),
                ("NAUSEA", None),
            ])
        };
        let input = RecordInfirmaryVisitInput {
            id: None,
            pupil_id: ID(pupil.id.to_string()),
            reason: reason.into(),
            outcome,
            came_at: Some(Timestamp::from(came)),
            left_at: left.map(Timestamp::from),
            note: note.map(str::to_owned),
            nurse_note: None,
        };
        none(infirmary::record(&self.at_work.nurses[school], &input).await?.err().as_slice())
    }
}

/// How somebody is who is at school or not; `None` where nothing is noted.
fn of(presence: &Presence, dice: &mut Dice) -> Option<Is> {
    let away = |symptoms, disease| Some((HealthState::Away, symptoms, disease));
    match (presence.kind, presence.note) {
        (Kind::Present, _) if dice.happens(0.035) => {
            Some((HealthState::Ill, *dice.pick(&["COUGH", "RUNNY_NOSE", "HEADACHE", "WEARY", "STOMACH_ACHE"]), None))
        }
        (Kind::Present, _) => Some(FINE),
        (Kind::Suspended, _) => away("FEVER", Some("INFLUENZA")),
        (Kind::Illness, Some("発熱")) => away("FEVER", None),
        (Kind::Illness, Some("腹痛")) => away("STOMACH_ACHE", None),
        (Kind::Illness, Some("かぜ")) => away("COUGH", Some("COLD")),
        (Kind::Illness, Some("せき・のどの痛み")) => away("COUGH,SORE_THROAT", None),
        (Kind::Illness, _) => away("", None),
        (Kind::Other | Kind::Mourning, _) => None,
    }
}
