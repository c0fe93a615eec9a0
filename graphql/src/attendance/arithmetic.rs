//! The arithmetic of the register (出席簿, and the 出欠の記録 of the 指導要録): from what holds of each school day to the days that are
//! counted. Pure; everything that counts attendance counts it here.
//!
//! 1. 授業日数 are the school days of the pupil's grade on which the pupil is enrolled. It is a matter of the grade: a closure of the
//!    whole grade or school lowers it, 学級閉鎖 does not. In the year of a transfer each school counts its own days, up to the day before
//!    the other school took the pupil in (指導要録の参考様式, 学校教育法施行規則 24条・25条).
//! 2. 出席停止・忌引等の日数 are the days that need not be attended: 出席停止 (学校教育法 35条, 学校保健安全法 19条), 臨時休業 of a part of
//!    the grade (学級閉鎖, 同法 20条), 忌引, and what the head recognises.
//! 3. 出席しなければならない日数 = 1 − 2.
//! 4. 欠席日数 are the days among 3 on which the pupil was absent (病欠, 事故欠).
//! 5. 出席日数 = 3 − 4, where every day is marked. 遅刻 and 早退 are days of attendance; a day of 2 or 4 has neither.
//! 6. 出席扱い (別室, 教育支援センター, 自宅のICT学習) are days of attendance and counted once more apart.
//!
//! **Days without a mark (未記入)** are no presence and no absence. They are among 1 and 3, in neither 4 nor 5, and counted apart, so that
//! 3 = 4 + 5 + 未記入 always holds. A register with such days is not finished, and says so.

use crate::written::{Asked, Plain, Write, shown};
use async_graphql::SimpleObject;
use serde::{Deserialize, Serialize};
use std::iter::Sum;
use std::ops::{Add, AddAssign};

/// What holds of a pupil on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// There is no school that day, or the pupil is not enrolled: nothing that was marked counts.
    NotCounted,
    /// A school day without a mark.
    Unmarked,
    /// 出席.
    Present {
        /// 遅刻.
        late: bool,
        /// 早退.
        left_early: bool,
        /// Attending elsewhere than in the school's rooms of the class (出席扱い).
        elsewhere: bool,
    },
    /// 欠席.
    Absent,
    /// 出席停止・忌引等.
    Excused,
}

/// Counted days, of a pupil or added up over pupils.
#[derive(SimpleObject, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[graphql(name = "RegisterCount")]
pub struct Count {
    /// 授業日数: school days on which the pupil is enrolled.
    pub school_days: u32,
    /// 出席停止・忌引等の日数: days that need not be attended.
    pub excused: u32,
    /// 出席しなければならない日数: `schoolDays` − `excused`.
    pub to_attend: u32,
    /// 欠席日数.
    pub absent: u32,
    /// 出席日数: `toAttend` − `absent` − `unmarked`.
    pub present: u32,
    /// 遅刻, days among `present`.
    pub late: u32,
    /// 早退, days among `present`.
    pub left_early: u32,
    /// 出席扱い: days among `present` that were attended in another room, a support centre or at home.
    pub elsewhere: u32,
    /// 未記入: school days that nobody has marked. They are neither present nor absent.
    pub unmarked: u32,
}

impl Plain for Count {
    const NAME: &'static str = "RegisterCount";

    fn field(asked: &Asked<'_>) -> Option<Write<Self>> {
        match asked.name() {
            "schoolDays" => shown(|count| count.school_days),
            "excused" => shown(|count| count.excused),
            "toAttend" => shown(|count| count.to_attend),
            "absent" => shown(|count| count.absent),
            "present" => shown(|count| count.present),
            "late" => shown(|count| count.late),
            "leftEarly" => shown(|count| count.left_early),
            "elsewhere" => shown(|count| count.elsewhere),
            "unmarked" => shown(|count| count.unmarked),
            _ => None,
        }
    }
}

/// Counts days.
#[must_use]
pub fn count(days: impl IntoIterator<Item = Held>) -> Count {
    days.into_iter().map(Count::from).sum()
}

impl From<Held> for Count {
    fn from(held: Held) -> Self {
        let day = Count { school_days: 1, to_attend: 1, ..Count::default() };
        match held {
            Held::NotCounted => Count::default(),
            Held::Unmarked => Count { unmarked: 1, ..day },
            Held::Absent => Count { absent: 1, ..day },
            Held::Excused => Count { excused: 1, to_attend: 0, ..day },
            Held::Present { late, left_early, elsewhere } => Count {
                present: 1,
                late: u32::from(late),
                left_early: u32::from(left_early),
                elsewhere: u32::from(elsewhere),
                ..day
            },
        }
    }
}

impl Add for Count {
    type Output = Count;

    fn add(self, other: Count) -> Count {
        Count {
            school_days: self.school_days + other.school_days,
            excused: self.excused + other.excused,
            to_attend: self.to_attend + other.to_attend,
            absent: self.absent + other.absent,
            present: self.present + other.present,
            late: self.late + other.late,
            left_early: self.left_early + other.left_early,
            elsewhere: self.elsewhere + other.elsewhere,
            unmarked: self.unmarked + other.unmarked,
        }
    }
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Count) {
        *self = *self + other;
    }
}

impl Sum for Count {
    fn sum<I: Iterator<Item = Count>>(counts: I) -> Count {
        counts.fold(Count::default(), Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn held() -> impl Strategy<Value = Held> {
        let present =
            any::<(bool, bool, bool)>().prop_map(|(late, left_early, elsewhere)| Held::Present { late, left_early, elsewhere });
        prop_oneof![
            3 => Just(Held::NotCounted),
            1 => Just(Held::Unmarked),
            6 => present,
            2 => Just(Held::Absent),
            1 => Just(Held::Excused),
        ]
    }

    fn year() -> impl Strategy<Value = Vec<Held>> {
        prop::collection::vec(held(), 0..=366)
    }

    proptest! {
        #[test]
        fn the_identities_hold_for_every_year(year in year()) {
            let all = count(year.iter().copied());
            prop_assert_eq!(all.to_attend, all.school_days - all.excused);
            prop_assert_eq!(all.to_attend, all.absent + all.present + all.unmarked);
            prop_assert!(all.late <= all.present && all.left_early <= all.present && all.elsewhere <= all.present);
            let school_days = year.iter().filter(|held| **held != Held::NotCounted).count();
            prop_assert_eq!(all.school_days as usize, school_days);
        }

        #[test]
        fn where_every_day_is_marked_attendance_is_what_is_left(year in year()) {
            let all = count(year.into_iter().filter(|held| *held != Held::Unmarked));
            prop_assert_eq!((all.unmarked, all.present), (0, all.to_attend - all.absent));
        }

        #[test]
        fn months_add_up_to_the_year_and_so_do_the_schools_of_a_transfer(year in year(), at in 0usize..=366) {
            let at = at.min(year.len());
            let both = count(year[..at].iter().copied()) + count(year[at..].iter().copied());
            prop_assert_eq!(both, count(year.iter().copied()));
        }

        #[test]
        fn days_that_do_not_count_change_nothing(year in year()) {
            let counted = year.iter().copied().filter(|held| *held != Held::NotCounted);
            prop_assert_eq!(count(counted), count(year.iter().copied()));
        }
    }

    #[test]
    fn trap_4_an_excused_day_has_no_lateness() {
        let day = count([Held::Excused, Held::Absent]);
        assert_eq!((day.late, day.left_early, day.school_days, day.to_attend), (0, 0, 2, 1));
    }
}
