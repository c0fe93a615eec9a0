//! A table as a spreadsheet (.xlsx).
use super::sheet::{Cell, Sheet};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

/// The table as a file: text stays text, days are days, the header stays in sight and is printed on every page of A4.
pub fn write(sheet: &Sheet) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let made_at = ExcelDateTime::from_timestamp(sheet.made_at.and_utc().timestamp())?;
    workbook.set_properties(&DocProperties::new().set_title(&sheet.title).set_creation_datetime(&made_at));
    let page = workbook.add_worksheet();
    page.set_name(sheet_name(&sheet.title))?;
    write_header(page, sheet)?;
    write_rows(page, sheet)?;
    set_widths(page, sheet)?;
    page.set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    page.set_margins(0.5, 0.5, 0.75, 0.6, 0.3, 0.3).set_header(format!("&L{}", escaped(&sheet.title)));
    page.set_footer(format!("&L{}&R&P／&N", sheet.made_at.format("%Y/%-m/%-d %-H:%M")));
    if sheet.landscape {
        page.set_landscape();
    }
    workbook.save_to_buffer()
}

fn plain() -> Format {
    Format::new().set_font_name("Yu Gothic").set_font_size(11).set_align(FormatAlign::VerticalCenter)
}

fn write_header(page: &mut Worksheet, sheet: &Sheet) -> Result<(), XlsxError> {
    let head = plain().set_bold().set_background_color(0xF1_EE_E6).set_border_bottom(FormatBorder::Thin).set_text_wrap();
    for (at, column) in (0..).zip(&sheet.columns) {
        page.write_string_with_format(0, at, &column.name, &head)?;
    }
    page.set_freeze_panes(1, 0)?;
    Ok(())
}

fn write_rows(page: &mut Worksheet, sheet: &Sheet) -> Result<(), XlsxError> {
    let (plain, text, day) =
        (plain(), plain().set_num_format("@"), plain().set_num_format("yyyy/m/d").set_align(FormatAlign::Left));
    for (row, cells) in (1..).zip(&sheet.rows) {
        for (column, cell) in (0..).zip(cells) {
            match cell {
                Cell::Empty => page.write_blank(row, column, &plain)?,
                Cell::Text(value) => page.write_string_with_format(row, column, value, &text)?,
                Cell::Number(value) => page.write_number_with_format(row, column, *value, &plain)?,
                Cell::Day(value) => page.write_datetime_with_format(row, column, value, &day)?,
            };
        }
    }
    Ok(())
}

/// As wide as the widest cell, a Japanese character as two digits; between 5 and 40.
fn set_widths(page: &mut Worksheet, sheet: &Sheet) -> Result<(), XlsxError> {
    let digits = |text: &str| text.chars().map(|c| if c.is_ascii() { 1.1 } else { 2.2 }).sum::<f64>();
    for (number, (at, column)) in (0..).zip(sheet.columns.iter().enumerate()) {
        let cells = sheet.rows.iter().filter_map(|row| row.get(at)).map(|cell| digits(&cell.text()));
        let widest = cells.fold(digits(&column.name), f64::max) + 2.0;
        page.set_column_width(number, column.width.unwrap_or(widest.clamp(5.0, 40.0)))?;
    }
    Ok(())
}

/// A sheet's name has at most 31 characters, and some not at all.
fn sheet_name(title: &str) -> String {
    let name: String = title.chars().filter(|c| !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'')).take(31).collect();
    if name.trim().is_empty() { "表".into() } else { name }
}

/// In a printed header `&` begins a command.
fn escaped(text: &str) -> String {
    text.replace('&', "&&")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::sheet::Column;
    use chrono::{NaiveDate, NaiveDateTime};

    fn sheet() -> Sheet {
        let day = NaiveDate::from_ymd_opt(2026, 4, 1).unwrap();
        let rows =
            vec![vec![Cell::from(1), "001".into(), "=1+1".into(), day.into(), Cell::Empty], vec![2.into(), "髙橋 𠮷".into()]];
        let columns = ["番号", "学籍番号", "氏名", "入学", "備考"].map(Column::new).to_vec();
        Sheet { title: "5年2組 名簿/A&B".into(), columns, rows, landscape: true, made_at: NaiveDateTime::default() }
    }

    #[test]
    fn the_same_table_is_the_same_file() {
        let file = write(&sheet()).unwrap();
        assert!(file.starts_with(b"PK"));
        assert_eq!(file, write(&sheet()).unwrap());
    }

    #[test]
    fn a_name_that_a_sheet_may_not_have_is_made_one() {
        assert_eq!(sheet_name("5年2組 名簿/[A]"), "5年2組 名簿A");
        assert_eq!((sheet_name("//").as_str(), sheet_name(&"あ".repeat(40)).chars().count()), ("表", 31));
    }
}
