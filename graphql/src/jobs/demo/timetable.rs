//! What is taught when, and what is to be handed in.
use super::calendar::{AHEAD, Calendar, at};
use super::dice::Dice;
use super::town::{Class, id_of};
use chrono::{DateTime, Datelike, Utc};
use uuid::Uuid;

/// A subject, how many of a week's lessons it has, and what the class works on.
pub(super) struct Subject {
    pub(super) name: &'static str,
    lessons: usize,
    pub(super) units: &'static [&'static str],
}

const fn subject(name: &'static str, lessons: usize, units: &'static [&'static str]) -> Subject {
    Subject { name, lessons, units }
}

const LOWER: [Subject; 6] = [
    subject("国語", 9, &["かん字ドリル", "お話を読む", "かんさつ文"]),
    subject("算数", 6, &["たし算とひき算", "かけ算", "かたちあそび"]),
    subject("生活", 3, &["あさがおのかんさつ", "まちたんけん"]),
    subject("音楽", 2, &["けんばんハーモニカ"]),
    subject("図画工作", 2, &["すきなどうぶつ"]),
    subject("体育", 3, &["なわとびカード"]),
];
const UPPER: [Subject; 8] = [
    subject("国語", 6, &["漢字ドリル", "説明文の要点", "意見文", "短歌をつくる"]),
    subject("算数", 6, &["分数のたし算とひき算", "割合", "面積", "計算ドリル"]),
    subject("理科", 4, &["流れる水のはたらき", "もののとけ方", "天気の変化"]),
    subject("社会", 4, &["わたしたちの国土", "食料生産", "情報と社会"]),
    subject("外国語", 2, &["好きな教科を伝えよう", "道案内をしよう"]),
    subject("音楽", 2, &["合奏の練習"]),
    subject("図画工作", 2, &["木版画"]),
    subject("体育", 3, &["ソフトバレーボール"]),
];
const JUNIOR: [Subject; 9] = [
    subject("国語", 4, &["古文の音読", "論説文の要約", "漢字テスト直し"]),
    subject("数学", 4, &["一次関数", "方程式の利用", "平行と合同"]),
    subject("英語", 5, &["Unit 5 本文", "単語テスト", "スピーチ原稿"]),
    subject("理科", 4, &["電流と回路", "化学変化", "天気とその変化"]),
    subject("社会", 4, &["近世の日本", "地形図の読み取り", "人権と憲法"]),
    subject("技術・家庭", 2, &["情報の技術"]),
    subject("音楽", 1, &["合唱"]),
    subject("美術", 2, &["自画像"]),
    subject("保健体育", 3, &["バスケットボール"]),
];

/// The lessons of a class, by weekday and period.
pub(super) struct Timetable([Vec<&'static Subject>; 5]);

/// Where lessons begin, in minutes after midnight.
const PERIODS: [i64; 6] = [530, 580, 645, 695, 825, 875];

impl Timetable {
    pub(super) fn new(seed: u64, class: usize, grade: &str) -> Self {
        let subjects: &'static [Subject] = match grade {
            "P1" | "P2" => &LOWER,
            _ if grade.starts_with('P') => &UPPER,
            _ => &JUNIOR,
        };
        let mut week: Vec<&Subject> = subjects.iter().flat_map(|subject| std::iter::repeat_n(subject, subject.lessons)).collect();
        Dice::new(seed, "timetable", &[class]).shuffle(&mut week);
        let mut days = [const { Vec::new() }; 5];
        week.into_iter().enumerate().for_each(|(at, subject)| days[at % 5].push(subject));
        Timetable(days)
    }

    /// The subjects that have a class of their own in the roster: in a junior high school each has its teacher.
    pub(super) fn lessons(grade: &str) -> impl Iterator<Item = &'static str> {
        let own: &[Subject] = if grade.starts_with('J') { &JUNIOR } else { &[] };
        own.iter().map(|subject| subject.name)
    }

    /// The lessons of a day in which the class works with its devices, with the minutes after midnight at which they begin.
    pub(super) fn with_devices(&self, seed: u64, class: usize, at: usize, weekday: usize) -> Vec<(&'static Subject, i64)> {
        let lessons = &self.0[weekday.min(4)];
        let mut places: Vec<usize> = (0..lessons.len()).collect();
        Dice::new(seed, "devices", &[class, at]).shuffle(&mut places);
        let mut chosen: Vec<usize> = places.into_iter().take(2 + at % 2).collect();
        chosen.sort_unstable();
        chosen.into_iter().map(|place| (lessons[place], PERIODS[place])).collect()
    }
}

/// Something to hand in.
pub(super) struct Homework {
    pub(super) id: Uuid,
    pub(super) title: String,
    pub(super) subject: &'static str,
    /// The place of the school day on which it was given.
    pub(super) given: usize,
    /// The place of the school day on which it is due; it may lie ahead.
    pub(super) due: usize,
    pub(super) due_at: DateTime<Utc>,
}

/// On which of ten school days something is due: six pieces of work.
const DUE: [usize; 6] = [1, 2, 4, 6, 7, 9];
/// Work is given two school days before it is due.
const GIVEN_BEFORE: usize = 2;

/// The homework of a class, the earliest due day first.
pub(super) fn homework(seed: u64, class: &Class, calendar: &Calendar) -> Vec<Homework> {
    let due = (GIVEN_BEFORE..calendar.days.len() + AHEAD - 1).filter(|at| DUE.contains(&((at + class.index * 3) % 10)));
    let one = |due: usize| {
        let mut dice = Dice::new(seed, "homework", &[class.index, due]);
        let day = calendar.day(due);
        let lessons = &class.timetable.0[day.weekday().num_days_from_monday().min(4) as usize];
        // Little is handed in for music, art and sports.
        let written: Vec<&Subject> = lessons.iter().copied().filter(|subject| subject.units.len() > 1).collect();
        let subject = *dice.pick(if written.is_empty() { lessons } else { &written });
        Homework {
            id: id_of(&class.id, &format!("homework {day}")),
            title: format!("{} {}（{}/{}）", subject.name, dice.pick(subject.units), day.month(), day.day()),
            subject: subject.name,
            given: due - GIVEN_BEFORE,
            due,
            due_at: at(day, 16 * 60),
        }
    };
    due.map(one).filter(|homework| homework.given < calendar.days.len()).collect()
}
