//! The register as files: a spreadsheet that prints on one sheet, and a table for CSV.
use super::{Count, RegisterPage, SUMS};
use crate::pages::error::PageError;
use asagao_graphql::formats::sheet::{Cell, Column, Sheet};
use chrono::NaiveDateTime;
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, FormatPattern, Workbook, Worksheet, XlsxError};

/// The register as a table: a column a day, then the sums.
pub(super) fn table(page: &RegisterPage, title: String, made_at: NaiveDateTime) -> Sheet {
    let days = page.days.iter().map(|day| day.day.to_string());
    let names = ["番号", "氏名"].map(str::to_owned).into_iter().chain(days);
    let names = names.chain(SUMS.into_iter().chain(["出席扱い", "未記入"]).map(str::to_owned));
    let row = |number: &str, name: &str, cells: Vec<&str>, count: &Count| {
        let number = number.parse::<i32>().map_or_else(|_| Cell::from(number), Cell::from);
        let cells = cells.into_iter().map(|sign| if sign.is_empty() { Cell::Empty } else { sign.into() });
        [number, name.into()].into_iter().chain(cells).chain(numbers(count)).collect::<Vec<Cell>>()
    };
    let lines = page.sheets.iter().flat_map(|sheet| &sheet.rows);
    let mut rows: Vec<Vec<Cell>> = lines
        .map(|line| row(&line.number, &line.name, line.cells.iter().map(super::Cell::text).collect(), &line.count))
        .collect();
    rows.push(row("", "計", vec![""; page.days.len()], &page.total));
    Sheet { title, columns: names.map(Column::new).collect(), rows, landscape: true, made_at }
}

/// The sums of a row, then 出席扱い and 未記入.
pub(in crate::pages) fn numbers(count: &Count) -> impl Iterator<Item = Cell> + use<> {
    count.sums().into_iter().chain([count.elsewhere, count.unmarked]).map(|number| Cell::Number(number.into()))
}

/// The register as a spreadsheet.
pub(super) fn xlsx(page: &RegisterPage) -> Result<Vec<u8>, PageError> {
    workbook(page).map_err(|error| {
        tracing::error!(%error, "a spreadsheet cannot be written");
        PageError::Internal
    })
}

fn workbook(page: &RegisterPage) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet
        .set_name("出席簿")?
        .set_landscape()
        .set_paper_size(9)
        .set_print_fit_to_pages(1, 1)
        .set_margins(0.28, 0.28, 0.28, 0.28, 0.1, 0.1);
    let plain =
        Format::new().set_border(FormatBorder::Thin).set_align(FormatAlign::Center).set_align(FormatAlign::VerticalCenter);
    let head = plain.clone().set_bold().set_text_wrap();
    let off = plain.clone().set_pattern(FormatPattern::Gray125);
    let name = plain.clone().set_align(FormatAlign::Left);
    let title = Format::new().set_bold().set_font_size(16);
    sheet.write_with_format(0, 0, "出席簿", &title)?;
    sheet.write(0, 4, format!("{}（{}）　{}　{}", page.era, page.western, page.school, page.class))?;
    sheet.write(1, 4, format!("担任 {}　在籍 {}　授業日数 {}", page.teacher, page.enrolled, page.school_days))?;
    sheet.set_column_width(0, 4.5)?.set_column_width(1, 18)?;
    let days = u16::try_from(page.days.len()).unwrap_or(31);
    for column in 2..2 + days {
        sheet.set_column_width(column, 3.3)?;
    }
    for (column, text) in (2 + days..).zip(SUMS.into_iter().chain(["出席扱い", "未記入"])) {
        sheet.set_column_width(column, 7)?.write_with_format(3, column, text, &head)?;
    }
    sheet.set_row_height(3, 62)?.write_with_format(3, 0, "番号", &head)?.write_with_format(3, 1, "氏名", &head)?;
    for (column, day) in (2..).zip(&page.days) {
        let format = if day.is_school_day { &head } else { &off };
        sheet.write_with_format(3, column, format!("{}\n{}", day.day.format("%-d"), day.weekday()), format)?;
    }
    let mut row = 4;
    for line in page.sheets.iter().flat_map(|sheet| &sheet.rows) {
        match line.number.parse::<u32>() {
            Ok(number) => sheet.write_with_format(row, 0, number, &plain)?,
            Err(_) => sheet.write_with_format(row, 0, &line.number, &plain)?,
        };
        sheet.write_with_format(row, 1, &line.name, &name)?;
        for ((column, cell), day) in (2..).zip(&line.cells).zip(&page.days) {
            let format = if day.is_school_day { &plain } else { &off };
            let text = if *cell == super::Cell::Hatched { "" } else { cell.text() };
            sheet.write_with_format(row, column, text, format)?;
        }
        sums(sheet, row, 2 + days, line.count, &plain)?;
        row += 1;
    }
    sheet.write_with_format(row, 1, "計", &name)?;
    sums(sheet, row, 2 + days, page.total, &head)?;
    row += 1;
    for (title, counts) in page.foot() {
        sheet.write_with_format(row, 1, format!("{title}（人）"), &name)?;
        for ((column, count), day) in (2..).zip(counts).zip(&page.days) {
            let format = if day.is_school_day { &plain } else { &off };
            if count > 0 {
                sheet.write_with_format(row, column, count, format)?;
            } else {
                sheet.write_blank(row, column, format)?;
            }
        }
        row += 1;
    }
    sheet.write(row + 1, 0, format!("記号　{}", page.signs))?;
    sheet.write(row + 2, 0, format!("備考　{}", page.remarks.join("　・　")))?;
    sheet.write(row + 3, 0, format!("作成 {}　{}", page.made, page.version))?;
    book.save_to_buffer()
}

fn sums(sheet: &mut Worksheet, row: u32, from: u16, count: Count, format: &Format) -> Result<(), XlsxError> {
    for (column, sum) in (from..).zip(count.sums().into_iter().chain([count.elsewhere, count.unmarked])) {
        sheet.write_with_format(row, column, sum, format)?;
    }
    Ok(())
}
