//! Who is at school on which day: stories, colds, and influenza that goes from neighbour to neighbour.
use super::calendar::Calendar;
use super::dice::Dice;
use super::pupil::{Pupil, Story};

/// Why a pupil is at school or not, by the codes of the attendance kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Present,
    Illness,
    Other,
    Suspended,
    Mourning,
}

/// What was known of a pupil at the first marking of the morning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Morning {
    /// All of it.
    Known,
    /// Nothing yet: marked on coming.
    NotThereYet,
    /// Only that the pupil is ill: the nurse hears later of what.
    ReportedIll,
}

/// A pupil's attendance on a school day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Presence {
    pub(super) kind: Kind,
    pub(super) late: bool,
    pub(super) left_early: bool,
    /// In another room than the classroom (別室).
    pub(super) elsewhere: bool,
    pub(super) note: Option<&'static str>,
    pub(super) morning: Morning,
}

impl Presence {
    pub(super) const PRESENT: Presence =
        Presence { kind: Kind::Present, late: false, left_early: false, elsewhere: false, note: None, morning: Morning::Known };

    fn away(kind: Kind, note: &'static str) -> Self {
        Presence { kind, note: Some(note), ..Presence::PRESENT }
    }

    pub(super) fn is_at_school(&self) -> bool {
        self.kind == Kind::Present
    }
}

/// School days that influenza keeps a pupil away.
const INFLUENZA_DAYS: usize = 5;

/// The school days on which the pupils of a class come down with influenza, by seat: two waves go through the town.
pub(super) fn influenza(seed: u64, class: usize, pupils: &[Pupil], days: usize) -> Vec<Option<usize>> {
    let mut begins: Vec<Option<usize>> = vec![None; pupils.len()];
    for (wave, of_ten) in [(0, 3), (1, 7)] {
        let mut dice = Dice::new(seed, "influenza", &[class, wave]);
        if !dice.happens(0.6) {
            continue;
        }
        let first = days * of_ten / 10 + dice.below(6);
        let seat = dice.below(pupils.len());
        for neighbour in seat.saturating_sub(4)..(seat + 5).min(pupils.len()) {
            let chance = [1.0, 0.6, 0.45, 0.3, 0.2][neighbour.abs_diff(seat).min(4)];
            let later = if neighbour == seat { 0 } else { 1 + dice.below(4) };
            if dice.happens(chance) && begins[neighbour].is_none() {
                begins[neighbour] = Some(first + later);
            }
        }
    }
    for (pupil, begins) in pupils.iter().zip(&mut begins) {
        if pupil.story == Story::Influenza {
            *begins = Some(days.saturating_sub(9));
        } else if pupil.story != Story::Steady {
            // One story a pupil, so that it can be seen.
            *begins = None;
        }
    }
    begins
}

/// A pupil's attendance on every school day.
pub(super) fn presence(seed: u64, class: usize, pupil: &Pupil, influenza: Option<usize>, calendar: &Calendar) -> Vec<Presence> {
    let days = calendar.days.len();
    (0..days)
        .map(|at| {
            day(&mut Dice::new(seed, "presence", &[class, pupil.number, at]), (seed, class), pupil, at, influenza, calendar)
        })
        .collect()
}

fn day(
    dice: &mut Dice,
    (seed, class): (u64, usize),
    pupil: &Pupil,
    at: usize,
    influenza: Option<usize>,
    calendar: &Calendar,
) -> Presence {
    let days = calendar.days.len();
    if let Some(begins) = influenza.filter(|begins| (*begins..begins + INFLUENZA_DAYS).contains(&at)) {
        let morning = if at == begins { Morning::ReportedIll } else { Morning::Known };
        return Presence { morning, ..Presence::away(Kind::Suspended, "インフルエンザ") };
    }
    if pupil.story == Story::Mourning && (4..=6).contains(&(days - at)) {
        return Presence::away(Kind::Mourning, "祖父の葬儀");
    }
    if let Some(reason) = pupil.stays_away(at, calendar.begins_week(at), days, dice) {
        return Presence::away(Kind::Illness, reason);
    }
    let cold = |at: usize| Dice::new(seed, "cold", &[class, pupil.number, at]).happens(0.009);
    if cold(at) || at > 0 && cold(at - 1) && dice.happens(0.45) {
        let notes = ["発熱", "腹痛", "かぜ", "せき・のどの痛み"];
        return Presence::away(Kind::Illness, notes[dice.below(notes.len())]);
    }
    if dice.happens(0.003) {
        return Presence::away(Kind::Other, "家庭の都合");
    }
    let elsewhere = pupil.story == Story::MoodTurns && days - at <= 4 && dice.happens(0.5);
    let present = Presence { elsewhere, ..Presence::PRESENT };
    if dice.happens(pupil.habit(at, days).late) {
        let morning = if dice.happens(0.5) { Morning::NotThereYet } else { Morning::Known };
        return Presence { late: true, morning, ..present };
    }
    if dice.happens(0.004) {
        return Presence { left_early: true, note: Some("発熱のため"), ..present };
    }
    present
}

#[cfg(test)]
mod tests {
    use super::super::Settings;
    use super::super::town::Town;
    use super::*;
    use chrono::NaiveDate;

    #[test]
    fn influenza_keeps_neighbours_away_and_is_no_absence() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 24).expect("a date");
        let town = Town::new(today, Settings::default());
        let suspended = |pupil: &Pupil| pupil.presence.iter().filter(|day| day.kind == Kind::Suspended).count();
        let ill: Vec<usize> =
            town.classes.iter().flat_map(|class| &class.pupils).map(suspended).filter(|days| *days > 0).collect();
        assert!((20..200).contains(&ill.len()), "{}", ill.len());
        assert!(ill.iter().all(|days| *days <= INFLUENZA_DAYS));
    }
}
