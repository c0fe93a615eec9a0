//! The ways from a class to the pages of its attendance, lessons and marks that are not in the bar.
use super::ClassKind;
use crate::pages::record::Rights;
use asagao_graphql::access::right::Right;

/// The addresses and words of the pages that the viewer may use.
pub(super) fn of(class: &str, kind: ClassKind, rights: &Rights) -> Vec<(String, &'static str)> {
    let homeroom = kind == ClassKind::Homeroom;
    let pages = [
        (rights.to(Right::ActivityRead), "live", "いまのようす"),
        (homeroom && rights.to(Right::HealthRead) && rights.to(Right::HealthWrite), "health", "朝の健康観察"),
        (homeroom && rights.to(Right::AttendanceRead) && rights.to(Right::AttendanceWrite), "register/year", "年度の日数"),
        (homeroom && rights.to(Right::AttendanceDecide), "decisions", "出欠の決定"),
        (homeroom && rights.to(Right::AttendanceDecide), "closures", "学級閉鎖"),
        (rights.to(Right::LessonWrite), "lessons", "授業ごとの出欠"),
        (rights.to(Right::LessonWrite) || rights.to(Right::CalendarWrite), "timetable", "時間割"),
        (rights.to(Right::MarkRead), "marks", "成績の記録"),
        (rights.to(Right::MarkRead), "report", "通知表"),
    ];
    let shown = pages.into_iter().filter(|(may, ..)| *may);
    shown.map(|(_, page, text)| (format!("/classes/{class}/{page}"), text)).collect()
}
