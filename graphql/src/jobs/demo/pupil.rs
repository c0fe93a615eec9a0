//! What a pupil is like, and what happens to the pupil in these weeks.
use super::dice::Dice;
use super::illness::Presence;
use super::names::Name;
use uuid::Uuid;

/// A pupil of the town.
pub(super) struct Pupil {
    pub(super) id: Uuid,
    pub(super) name: Name,
    /// 出席番号.
    pub(super) number: usize,
    /// The place of the first school day in the class.
    pub(super) joined: usize,
    pub(super) story: Story,
    /// By school day.
    pub(super) presence: Vec<Presence>,
    habit: Habit,
}

/// How a pupil works; 0 to 1 each, `volume` around 1.
#[derive(Clone, Copy)]
pub(super) struct Habit {
    /// Chance to take part in a lesson with devices.
    pub(super) steadiness: f64,
    /// How much is done then.
    pub(super) volume: f64,
    /// Chance to work at home in the evening.
    pub(super) home: f64,
    /// Chance to hand in what is due.
    pub(super) handing_in: f64,
    /// Mean mark.
    pub(super) marks: f64,
    /// How bright the mornings are.
    pub(super) mood: f64,
    /// Chance to say how it is.
    pub(super) tells_mood: f64,
    /// Chance to be late.
    pub(super) late: f64,
}

/// What happens to a pupil. The first six are reasons to look; the others only look odd in the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Story {
    Steady,
    /// Does a little less every week.
    DriftsAway,
    /// Works in the lessons, and hands nothing in any more.
    StopsHandingIn,
    /// Is away on Mondays, or whatever day the week begins with.
    Mondays,
    /// Is away for some days in a row, up to the last one.
    AbsentInARow,
    /// Comes and works, and the mornings turn dark.
    MoodTurns,
    /// Comes late ever more often.
    EverLater,
    /// The tablet is rarely online: days arrive in bursts.
    Offline,
    /// Has influenza for a week (出席停止).
    Influenza,
    /// Is away for a funeral (忌引).
    Mourning,
    /// Never says how it is.
    NoMood,
    /// Does little, every day, and hands everything in.
    SlowButSteady,
    /// Came to the class three weeks ago.
    TransferredIn,
    /// Works late in the evening rather than in the lesson.
    NightWorker,
}

impl Story {
    pub(super) const TO_LOOK_AT: [Story; 6] =
        [Story::StopsHandingIn, Story::DriftsAway, Story::AbsentInARow, Story::MoodTurns, Story::Mondays, Story::EverLater];
    pub(super) const ODD_ONLY: [Story; 7] = [
        Story::Influenza,
        Story::TransferredIn,
        Story::Offline,
        Story::SlowButSteady,
        Story::Mourning,
        Story::NightWorker,
        Story::NoMood,
    ];

    /// Whether there is something for a teacher to see.
    pub(super) fn is_to_look_at(self) -> bool {
        Story::TO_LOOK_AT.contains(&self)
    }
}

/// School days since which work is not handed in any more, long enough for the plain rule.
const STOPPED: usize = 14;

impl Pupil {
    pub(super) fn new(id: Uuid, name: Name, number: usize, story: Story, dice: &mut Dice) -> Self {
        let mut habit = Habit {
            steadiness: dice.between(0.86, 0.99),
            volume: dice.between(0.65, 1.35),
            home: dice.between(0.05, 0.55),
            handing_in: dice.between(0.86, 0.99),
            marks: dice.between(0.55, 0.95),
            mood: dice.between(0.6, 0.98),
            tells_mood: dice.between(0.75, 0.98),
            late: dice.between(0.0, 0.02),
        };
        match story {
            Story::NoMood => habit.tells_mood = 0.0,
            Story::SlowButSteady => habit = Habit { volume: 0.4, steadiness: 0.98, handing_in: 0.98, marks: 0.6, ..habit },
            Story::NightWorker => habit = Habit { steadiness: 0.5, home: 0.95, handing_in: 0.95, ..habit },
            _ => {}
        }
        Pupil { id, name, number, joined: 0, story, presence: Vec::new(), habit }
    }

    /// How the pupil works on a school day of so many.
    pub(super) fn habit(&self, at: usize, days: usize) -> Habit {
        let habit = self.habit;
        // From 0 on the day on which it begins, so many school days before the end, to 1 on the last one.
        let grown = |before_end: usize| {
            let begins = days.saturating_sub(before_end);
            #[expect(clippy::cast_precision_loss, reason = "a few school days")]
            let share = at.saturating_sub(begins) as f64 / (days - begins) as f64;
            share.min(1.0)
        };
        match self.story {
            Story::DriftsAway => {
                let less = grown(28 + self.number % 16);
                Habit {
                    steadiness: habit.steadiness * (1.0 - 0.8 * less),
                    volume: habit.volume * (1.0 - 0.6 * less),
                    home: habit.home * (1.0 - less),
                    handing_in: habit.handing_in * (1.0 - 0.5 * less),
                    ..habit
                }
            }
            Story::StopsHandingIn if at + STOPPED >= days => Habit { handing_in: 0.0, home: habit.home * 0.4, ..habit },
            Story::MoodTurns => {
                let darker = (1.6 * grown(18)).min(1.0);
                Habit { mood: habit.mood * (1.0 - 0.9 * darker), steadiness: habit.steadiness * (1.0 - 0.35 * darker), ..habit }
            }
            // The first lesson is often missed then.
            Story::EverLater => Habit { late: 0.8 * grown(40), steadiness: habit.steadiness * (1.0 - 0.35 * grown(40)), ..habit },
            _ => habit,
        }
    }

    /// The reason for a day's absence that belongs to the story.
    pub(super) fn stays_away(&self, at: usize, begins_week: bool, days: usize, dice: &mut Dice) -> Option<&'static str> {
        let left = days - at;
        match self.story {
            Story::Mondays if at >= days / 3 && dice.happens(if begins_week { 0.95 } else { 0.06 }) => Some("頭痛"),
            // A short absence some weeks ago, and one that is not over.
            Story::AbsentInARow if left <= 5 || (24..=25).contains(&left) => Some("体調不良"),
            Story::DriftsAway if at > days / 2 && dice.happens(0.06) => Some("体調不良"),
            _ => None,
        }
    }
}
