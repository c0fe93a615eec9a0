use super::*;
use crate::formats::sheet::Column;
use crate::formats::text_encoding::{Said, decode};
use chrono::{NaiveDate, NaiveDateTime};
use proptest::prelude::*;

fn sheet(rows: Vec<Vec<Cell>>) -> Sheet {
    let columns = vec![Column::new("番号"), Column::new("氏名"), Column::new("入学")];
    Sheet { title: "5年2組 名簿".into(), columns, rows, landscape: false, made_at: NaiveDateTime::default() }
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 4, 1).unwrap()
}

#[test]
fn a_table_is_csv_for_people_and_for_machines() {
    let sheet = sheet(vec![vec!["001".into(), "=1+1".into(), day().into()], vec![2.into(), "髙橋, 花".into()]]);
    let people = "\u{feff}番号,氏名,入学\r\n\"=\"\"001\"\"\",\"=\"\"=1+1\"\"\",2026-04-01\r\n2,\"髙橋, 花\",\r\n";
    assert_eq!(String::from_utf8(utf8(&sheet)).unwrap(), people);
    assert_eq!(decode(&cp932(&sheet).unwrap(), Said::Cp932).unwrap().text, people.trim_start_matches('\u{feff}'));
    assert_eq!(String::from_utf8(sheet.machine_csv()).unwrap(), "番号,氏名,入学\n001,=1+1,2026-04-01\n2,\"髙橋, 花\",\n");
}

#[test]
fn trap_13_every_cell_that_cp932_cannot_hold_is_told_with_what_it_would_be() {
    let sheet = sheet(vec![
        vec![1.into(), "髙橋 花".into(), Cell::Empty],
        vec![2.into(), "𠮷田 葛\u{e0100}".into(), Cell::Empty],
        vec![3.into(), "山田 🌸".into(), Cell::Empty],
    ]);
    let unheld = cp932(&sheet).unwrap_err();
    let told: Vec<_> = unheld.iter().map(|cell| (cell.row, cell.column, cell.text.as_str(), cell.instead.as_str())).collect();
    assert_eq!(told, [(2, 1, "𠮷田 葛\u{e0100}", "吉田 葛"), (3, 1, "山田 🌸", "山田 〓")]);
    assert_eq!(unheld[0].characters, ["葛\u{e0100}", "𠮷"]);
    let written = cp932_with_usual_forms(&sheet);
    let text = decode(&written, Said::Cp932).unwrap().text.into_owned();
    assert!(text.contains("吉田 葛") && text.contains("山田 〓") && text.contains("髙橋 花") && !text.contains('?'));
}

#[test]
fn what_a_spreadsheet_would_run_or_change_is_guarded() {
    for text in [
        "=1+1",
        "+81 90",
        "-5",
        "@SUM(A1)",
        "\t=1",
        " =1",
        "＝1",
        "'=1",
        "0012",
        "5-2",
        "3/4",
        "1E5",
        "123456789012",
        "10.50",
        "12:00",
    ] {
        let cell = Cell::from(text);
        assert!(guarded(&cell).starts_with("=\"") || text.starts_with('\t'), "{text}: {}", guarded(&cell));
    }
    for text in ["5年2組", "12", "0", "山田 太郎", "a-b", "", "S2026-001", "〜"] {
        assert_eq!(guarded(&Cell::from(text)), text);
    }
    assert_eq!(guarded(&Cell::from(-5)), "-5");
    assert_eq!(guarded(&Cell::from(format!("={}", "1".repeat(300)))).chars().next(), Some('\''));
}

proptest! {
    #[test]
    fn what_was_guarded_reads_as_it_was(text in "['=+@0-9\"\t\n ,a山-]{0,12}") {
        let cell = Cell::from(text.as_str());
        let guarded = guarded(&cell);
        prop_assert_eq!(&*unguarded(&guarded), text.as_str());
        prop_assert!(!guarded.starts_with(['+', '-', '@', '\t', '\r']));
        prop_assert!(!guarded.starts_with('=') || guarded.starts_with("=\"") && guarded.ends_with('"'));
    }
}
