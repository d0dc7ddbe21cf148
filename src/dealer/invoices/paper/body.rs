//! The table of lines, and what they come to.

use rust_decimal::Decimal;

use super::facts::Paper;
use super::sheet::{LEFT, LINE, PLAIN, RIGHT, STRONG, Sheet};
use super::words::{amount, cells, money, number};
use crate::dealer::invoices::model::InvoiceKind;
use crate::kernel::pdf::{Style, wrapped};

/// A column: its name, its edges, and whether it is set flush right.
struct Column {
    name: &'static str,
    from: f32,
    to: f32,
    is_right: bool,
}

const fn column(name: &'static str, (from, to): (f32, f32), is_right: bool) -> Column {
    Column {
        name,
        from,
        to,
        is_right,
    }
}

static COLUMNS: [Column; 7] = [
    column("No.", (LEFT, 72.0), false),
    column("Description", (74.0, 262.0), false),
    column("Quantity", (266.0, 330.0), true),
    column("Price", (334.0, 405.0), true),
    column("Discount", (408.0, 448.0), true),
    column("Tax", (451.0, 478.0), true),
    column("Net", (481.0, RIGHT), true),
];
/// Where the names of sums begin.
const SUMS: f32 = 300.0;
/// What is kept free below the lines of a page for what is carried over.
const CARRIED: f32 = 18.0;

pub(super) fn draw(sheet: &mut Sheet, paper: &Paper) {
    sheet.need(60.0);
    names(sheet);
    let (row, mut sum) = (&paper.invoice, Decimal::ZERO);
    for (place, line) in (1_usize..).zip(&paper.lines) {
        let [description, quantity, price, discount, tax, net] = cells(paper, row, line);
        let texts = [
            place.to_string(),
            description,
            quantity,
            price,
            discount,
            tax,
            net,
        ];
        let lines = set(&texts, PLAIN);
        let height = height(&lines);
        if !sheet.has_room(height + CARRIED) {
            let so_far = amount(sum, &row.currency);
            carried(sheet, "Carried forward", &so_far);
            sheet.turn();
            names(sheet);
            carried(sheet, "Brought forward", &so_far);
        }
        print(sheet, &lines, PLAIN);
        sum += line.net;
    }
    sheet.rule((LEFT, RIGHT));
    sheet.down(16.0);
    sums(sheet, paper);
}

fn names(sheet: &mut Sheet) {
    let texts = COLUMNS.each_ref().map(|column| column.name.to_owned());
    print(sheet, &set(&texts, STRONG), STRONG);
    sheet.y += 5.0;
    sheet.rule((LEFT, RIGHT));
    sheet.down(14.0);
}

/// The lines of each cell.
fn set(texts: &[String; 7], style: Style) -> Vec<Vec<Vec<u8>>> {
    let cells = COLUMNS.iter().zip(texts);
    let cells = cells.map(|(column, text)| wrapped(text, style, column.to - column.from));
    cells.collect()
}

fn height(cells: &[Vec<Vec<u8>>]) -> f32 {
    let most = cells.iter().map(Vec::len).max().unwrap_or(1);
    f32::from(u16::try_from(most).unwrap_or(u16::MAX)) * LINE + 3.0
}

fn print(sheet: &mut Sheet, cells: &[Vec<Vec<u8>>], style: Style) {
    for (column, lines) in COLUMNS.iter().zip(cells) {
        let mut y = sheet.y;
        for line in lines {
            let x = if column.is_right {
                column.to - style.width(line)
            } else {
                column.from
            };
            sheet.doc.set((x, y), style, line);
            y -= LINE;
        }
    }
    sheet.down(height(cells));
}

fn carried(sheet: &mut Sheet, name: &str, amount: &str) {
    sheet.doc.text((74.0, sheet.y), STRONG, name);
    sheet.doc.text_to((RIGHT, sheet.y), STRONG, amount);
    sheet.down(CARRIED - 3.0);
}

/// Net, tax by rate, and what is due.
fn sums(sheet: &mut Sheet, paper: &Paper) {
    let row = &paper.invoice;
    let of = |value: Decimal| amount(value, &row.currency);
    sum(sheet, PLAIN, "Net", &of(row.net));
    for group in &paper.rates {
        let name = format!("Tax {}% on {}", number(group.rate), of(group.net));
        sum(sheet, PLAIN, &name, &of(group.tax));
    }
    let name = match row.kind {
        InvoiceKind::Invoice => "Total",
        InvoiceKind::CreditNote => "Total credited",
    };
    sum(sheet, STRONG, name, &money(row.gross(), &row.currency));
    if row.kind == InvoiceKind::Invoice && !paper.settled.is_zero() {
        sum(sheet, PLAIN, "Paid in advance", &of(-paper.settled));
        sum(
            sheet,
            STRONG,
            "Amount due",
            &money(paper.due(), &row.currency),
        );
    }
    sheet.down(10.0);
    sheet.paragraph(LEFT, STRONG, RIGHT - LEFT, &paper.request());
    if let (InvoiceKind::Invoice, Some(details)) = (row.kind, &paper.brand.payment_details) {
        sheet.down(3.0);
        sheet.paragraph(LEFT, PLAIN, RIGHT - LEFT, details);
    }
}

fn sum(sheet: &mut Sheet, style: Style, name: &str, value: &str) {
    sheet.need(LINE);
    sheet.doc.text((SUMS, sheet.y), style, name);
    sheet.doc.text_to((RIGHT, sheet.y), style, value);
    sheet.down(LINE + 2.0);
}
