//! What is sent when, fixed before anything is sent: a server that stalls does not make its clients ask less.
use crate::config::Mix;
use serde::Serialize;
use std::time::Duration;

/// Chance that can be had again (`SplitMix64`).
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 to under `end`.
    pub(super) fn below(&mut self, end: u32) -> u32 {
        u32::try_from((u128::from(self.next()) * u128::from(end)) >> 64).expect("it is under a number of 32 bits")
    }

    /// From 0 to under 1.
    fn share(&mut self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
        let bits = (self.next() >> 11) as f64;
        bits / 9_007_199_254_740_992.0
    }

    /// How long until the next of things that happen independently, so many seconds apart in the mean.
    fn wait(&mut self, mean: f64) -> f64 {
        -(1.0 - self.share()).ln() * mean
    }
}

/// What kind of call it is.
#[derive(Serialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    /// The first batch of a tablet in a lesson.
    LessonStart,
    /// A small batch during a lesson.
    Lesson,
    /// A large batch of a tablet that was offline.
    Replay,
    /// A batch that was sent before.
    Again,
    /// A teacher opens the page of a class.
    ClassPage,
}

/// A batch: who posts how much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Batch {
    pub(super) class: u32,
    /// The place of the pupil in the class.
    pub(super) pupil: u32,
    pub(super) items: u32,
    /// When it is sent first.
    pub(super) at: Duration,
}

/// What a call sends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum What {
    /// A batch, by its place in the plan.
    Post(usize),
    /// A class's page, by its place among the classes.
    Page(u32),
}

/// A call of the plan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Call {
    pub(super) at: Duration,
    pub(super) kind: Kind,
    pub(super) what: What,
}

/// Everything that is to be sent.
#[derive(Default, Debug, PartialEq)]
pub(super) struct Plan {
    /// In the order of their times.
    pub(super) calls: Vec<Call>,
    pub(super) batches: Vec<Batch>,
}

/// For whom and how long a plan is made.
pub(super) struct Settings {
    pub(super) mix: Mix,
    pub(super) seconds: u32,
    /// Calls that post a second, where that is said.
    pub(super) rate: Option<f64>,
    pub(super) seed: u64,
}

/// A lesson here: shorter than one at school, so that a run of minutes has the start of one.
const LESSON: u32 = 300;
/// Within so many seconds the lessons of all classes begin.
const BELL: f64 = 10.0;
/// And within so many the tablets of a class.
const TABLETS: f64 = 5.0;
/// A pupil sends something every so many seconds.
const PAUSE: f64 = 30.0;
/// A teacher opens the page every so many seconds.
const LOOK: f64 = 60.0;
/// So many large batches a tablet that was offline has.
const BACKLOG: f64 = 4.0;

impl Plan {
    /// A plan for classes of so many pupils, of which those in `looked_at` have a teacher.
    pub(super) fn new(settings: &Settings, classes: &[u32], looked_at: &[u32]) -> Self {
        let (mut plan, mut dice) = (Plan::default(), Dice(settings.seed));
        match settings.mix {
            Mix::Lessons => {
                for lesson in (0..settings.seconds).step_by(LESSON as usize) {
                    plan.starts(settings, &mut dice, classes, f64::from(lesson));
                }
                plan.trickle(settings, &mut dice, classes);
            }
            Mix::Steady => plan.trickle(settings, &mut dice, classes),
            Mix::Replay => plan.replays(settings, &mut dice, classes),
        }
        for class in looked_at {
            let mut at = if settings.mix == Mix::Lessons { dice.share() * BELL } else { dice.wait(LOOK) };
            while at < f64::from(settings.seconds) {
                plan.calls.push(Call { at: time(at), kind: Kind::ClassPage, what: What::Page(*class) });
                at += dice.wait(LOOK);
            }
        }
        plan.calls.sort_by_key(|call| call.at);
        plan
    }

    fn post(&mut self, kind: Kind, (class, pupil): (u32, u32), items: u32, at: f64) {
        let at = time(at);
        self.calls.push(Call { at, kind, what: What::Post(self.batches.len()) });
        self.batches.push(Batch { class, pupil, items, at });
    }

    fn starts(&mut self, settings: &Settings, dice: &mut Dice, classes: &[u32], lesson: f64) {
        for (class, pupils) in (0..).zip(classes) {
            let bell = lesson + dice.share() * BELL;
            for pupil in 0..*pupils {
                let at = bell + dice.share() * TABLETS;
                if at < f64::from(settings.seconds) {
                    self.post(Kind::LessonStart, (class, pupil), 1 + dice.below(3), at);
                }
            }
        }
    }

    /// Small batches, of anybody at any time.
    fn trickle(&mut self, settings: &Settings, dice: &mut Dice, classes: &[u32]) {
        let pupils = everybody(classes);
        let pause = settings.rate.map_or(PAUSE / amount(pupils.len()), |rate| 1.0 / rate);
        let mut at = dice.wait(pause);
        while at < f64::from(settings.seconds) {
            self.post(Kind::Lesson, of(&pupils, dice), 1 + dice.below(20), at);
            at += dice.wait(pause);
        }
    }

    /// Large batches, and every third call one that was sent before.
    fn replays(&mut self, settings: &Settings, dice: &mut Dice, classes: &[u32]) {
        let pupils = everybody(classes);
        let within = f64::from(settings.seconds);
        let pause = settings.rate.map_or(within / (amount(pupils.len()) * BACKLOG), |rate| 1.0 / rate);
        let mut at = dice.wait(pause);
        while at < within {
            if dice.below(3) == 0 && !self.batches.is_empty() {
                let before = dice.below(u32::try_from(self.batches.len()).unwrap_or(u32::MAX));
                self.calls.push(Call { at: time(at), kind: Kind::Again, what: What::Post(before as usize) });
            } else {
                self.post(Kind::Replay, of(&pupils, dice), 200 + dice.below(301), at);
            }
            at += dice.wait(pause);
        }
    }
}

fn everybody(classes: &[u32]) -> Vec<(u32, u32)> {
    (0..).zip(classes).flat_map(|(class, pupils)| (0..*pupils).map(move |pupil| (class, pupil))).collect()
}

fn of(pupils: &[(u32, u32)], dice: &mut Dice) -> (u32, u32) {
    pupils[dice.below(u32::try_from(pupils.len()).unwrap_or(u32::MAX)) as usize]
}

fn time(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

#[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^52 pupils")]
fn amount(pupils: usize) -> f64 {
    pupils as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(mix: Mix, seconds: u32, rate: Option<f64>) -> Plan {
        Plan::new(&Settings { mix, seconds, rate, seed: 7 }, &[40, 30, 35], &[0, 1, 2])
    }

    fn count(plan: &Plan, kind: Kind) -> usize {
        plan.calls.iter().filter(|call| call.kind == kind).count()
    }

    #[test]
    fn a_plan_is_the_same_each_time_and_in_order() {
        for mix in [Mix::Lessons, Mix::Steady, Mix::Replay] {
            let one = plan(mix, 60, None);
            assert_eq!(one, plan(mix, 60, None));
            assert!(one.calls.is_sorted_by_key(|call| call.at));
            assert!(one.calls.iter().all(|call| call.at < Duration::from_mins(1)));
        }
    }

    #[test]
    fn a_lesson_begins_with_every_tablet_of_a_class_within_seconds() {
        let plan = plan(Mix::Lessons, 400, None);
        assert_eq!(count(&plan, Kind::LessonStart), 2 * 105, "two lessons begin in it");
        for class in 0..3 {
            let of_class = |call: &&Call| matches!(call.what, What::Post(batch) if plan.batches[batch].class == class);
            let starts = plan.calls.iter().filter(|call| call.kind == Kind::LessonStart && call.at < Duration::from_mins(5));
            let times: Vec<Duration> = starts.filter(of_class).map(|call| call.at).collect();
            assert!(*times.last().unwrap() < times[0] + Duration::from_secs(5), "{times:?}");
        }
        let pages = count(&plan, Kind::ClassPage);
        assert!((9..45).contains(&pages), "three teachers look about every minute: {pages}");
    }

    #[test]
    fn batches_are_small_in_lessons_and_large_after_being_offline() {
        let lesson = plan(Mix::Steady, 600, Some(5.0));
        assert!(lesson.batches.iter().all(|batch| (1..=20).contains(&batch.items)));
        let calls = count(&lesson, Kind::Lesson);
        assert!((2_700..3_300).contains(&calls), "five a second: {calls}");
        let replay = plan(Mix::Replay, 60, Some(20.0));
        assert!(replay.batches.iter().all(|batch| (200..=500).contains(&batch.items)));
        let (new, again) = (count(&replay, Kind::Replay), count(&replay, Kind::Again));
        assert!(again * 4 > new && again < new, "a third was sent before: {again} and {new}");
        for call in &replay.calls {
            let What::Post(batch) = call.what else { continue };
            assert!(replay.batches[batch].at <= call.at, "nothing is sent again before it was sent");
        }
    }
}
