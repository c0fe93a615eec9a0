//! The register as files: a spreadsheet that prints on one sheet, and CSV.
use super::RegisterPage;
use crate::pages::error::PageError;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{AppendHeaders, IntoResponse};
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, FormatPattern, Workbook, Worksheet, XlsxError};

/// The titles of the sums, in the order of the sheet.
const SUMS: [&str; 7] =
    ["授業日数", "出席停止・忌引等の日数", "出席しなければならない日数", "欠席日数", "出席日数", "遅刻", "早退"];

/// A file to be kept under a name.
fn file(name: &str, ending: &str, media: &'static str, body: Vec<u8>) -> impl IntoResponse + use<> {
    let encoded: String = form_urlencoded::byte_serialize(format!("{name}.{ending}").as_bytes()).collect();
    let disposition = format!("attachment; filename=\"register.{ending}\"; filename*=UTF-8''{}", encoded.replace('+', "%20"));
    (AppendHeaders([(CONTENT_TYPE, media.to_owned()), (CONTENT_DISPOSITION, disposition)]), body)
}

/// The rows of the register as text, the head first.
fn rows(page: &RegisterPage) -> Vec<Vec<String>> {
    let number = |number: u32| number.to_string();
    let head = ["番号".to_owned(), "氏名".to_owned()].into_iter().chain(page.days.iter().map(|day| day.day.to_string()));
    let mut rows: Vec<Vec<String>> =
        vec![head.chain(SUMS.map(str::to_owned)).chain(["出席扱い".into(), "未記入".into()]).collect()];
    for line in page.sheets.iter().flat_map(|sheet| &sheet.rows) {
        let who = [line.number.clone(), line.name.clone()].into_iter();
        let cells = line.cells.iter().map(|cell| cell.text().to_owned());
        let sums = line.count.sums().map(number).into_iter().chain([number(line.count.elsewhere), number(line.count.unmarked)]);
        rows.push(who.chain(cells).chain(sums).collect());
    }
    let cells = page.days.iter().map(|_| String::new());
    let sums = page.total.sums().map(number).into_iter().chain([number(page.total.elsewhere), number(page.total.unmarked)]);
    rows.push([String::new(), "計".to_owned()].into_iter().chain(cells).chain(sums).collect());
    rows
}

/// The register as CSV. The bytes are made in one place, for files in another encoding.
pub(super) fn csv(page: &RegisterPage, name: &str) -> impl IntoResponse + use<> {
    let mut text = String::new();
    for row in rows(page) {
        let quoted: Vec<String> = row.iter().map(|cell| quoted(cell)).collect();
        text.push_str(&quoted.join(","));
        text.push_str("\r\n");
    }
    file(name, "csv", "text/csv; charset=utf-8", encoded(&text))
}

/// A cell that a spreadsheet reads as it is written and never as a formula.
fn quoted(cell: &str) -> String {
    let guarded = if cell.starts_with(['=', '+', '-', '@', '\t']) { format!("'{cell}") } else { cell.to_owned() };
    if guarded.contains([',', '"', '\n', '\r']) { format!("\"{}\"", guarded.replace('"', "\"\"")) } else { guarded }
}

/// UTF-8 with the mark at the beginning that spreadsheets know it by.
fn encoded(text: &str) -> Vec<u8> {
    format!("\u{feff}{text}").into_bytes()
}

/// The register as a spreadsheet.
pub(super) fn xlsx(page: &RegisterPage, name: &str) -> Result<impl IntoResponse + use<>, PageError> {
    let book = workbook(page).map_err(|error| {
        tracing::error!(%error, "a spreadsheet cannot be written");
        PageError::Internal
    })?;
    Ok(file(name, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", book))
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
            let text = if day.is_school_day { cell.text() } else { "" };
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

fn sums(sheet: &mut Worksheet, row: u32, from: u16, count: super::data::Count, format: &Format) -> Result<(), XlsxError> {
    for (column, sum) in (from..).zip(count.sums().into_iter().chain([count.elsewhere, count.unmarked])) {
        sheet.write_with_format(row, column, sum, format)?;
    }
    Ok(())
}
