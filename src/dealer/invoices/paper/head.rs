//! The head of the first page: who writes, to whom, and what.

use super::facts::Paper;
use super::sheet::{LEFT, LINE, PLAIN, RIGHT, STRONG, Sheet, TOP};
use crate::dealer::invoices::model::InvoiceRow;
use crate::dealer::invoices::settings::model::InvoiceSettingsRow;
use crate::kernel::pdf::{Face, Style};

const NAME: Style = Style::new(Face::Bold, 13.0);
const TITLE: Style = Style::new(Face::Bold, 17.0);
/// How large the logo is at most.
const LOGO: (f32, f32) = (170.0, 60.0);
/// How wide who writes and who reads stand at the left.
const COLUMN: f32 = 290.0;
/// Where the names of particulars begin, and their values.
const NAMES: f32 = 345.0;
const VALUES: f32 = 420.0;

pub(super) fn draw(sheet: &mut Sheet, paper: &Paper) {
    let logo_end = show_logo(sheet);
    seller(sheet, paper);
    sheet.y = sheet.y.min(logo_end) - 24.0;
    sheet.doc.text((LEFT, sheet.y), TITLE, &paper.title());
    sheet.down(24.0);
    let start = sheet.y;
    buyer(sheet, &paper.invoice);
    let left_end = sheet.y;
    sheet.y = start;
    for (name, value) in paper.particulars() {
        sheet.doc.text((NAMES, sheet.y), PLAIN, name);
        sheet.paragraph(VALUES, PLAIN, RIGHT - VALUES, &value);
    }
    sheet.y = sheet.y.min(left_end) - 10.0;
    for text in [paper.correction(), paper.invoice.note.clone()]
        .into_iter()
        .flatten()
    {
        sheet.paragraph(LEFT, PLAIN, RIGHT - LEFT, &text);
        sheet.down(5.0);
    }
    sheet.down(8.0);
}

/// Shows the logo in the upper right corner; gives where it ends.
fn show_logo(sheet: &mut Sheet) -> f32 {
    let Some(logo) = sheet.doc.picture() else {
        return TOP;
    };
    let (width, height) = logo.fitted(LOGO);
    let top = TOP + 12.0;
    sheet
        .doc
        .show((RIGHT - width, top - height), (width, height));
    top - height
}

fn seller(sheet: &mut Sheet, paper: &Paper) {
    let brand = &paper.brand;
    sheet.paragraph(LEFT, NAME, COLUMN, paper.seller());
    sheet.down(2.0);
    let InvoiceSettingsRow {
        address_line,
        postcode,
        city,
        country,
        phone,
        email,
        tax_id,
        ..
    } = brand;
    let place = joined([postcode, city]);
    let tax = tax_id.as_ref().map(|id| format!("Tax number {id}"));
    let lines = [
        address_line.clone(),
        place,
        country.clone(),
        phone.clone(),
        email.clone(),
        tax,
    ];
    for line in lines.into_iter().flatten() {
        sheet.paragraph(LEFT, PLAIN, COLUMN, &line);
    }
}

fn buyer(sheet: &mut Sheet, row: &InvoiceRow) {
    sheet.paragraph(LEFT, STRONG, COLUMN, &row.name);
    let place = joined([&row.postcode, &row.city]);
    let tax = row.tax_id.as_ref().map(|id| format!("Tax number {id}"));
    let lines = [row.address_line.clone(), place, row.country.clone(), tax];
    for line in lines.into_iter().flatten() {
        sheet.paragraph(LEFT, PLAIN, COLUMN, &line);
    }
    sheet.down(LINE / 2.0);
}

/// Those of two that are there, in one line.
fn joined(parts: [&Option<String>; 2]) -> Option<String> {
    let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}
