//! Figures and texts as they stand on the paper.

use rust_decimal::Decimal;

use super::facts::Paper;
use crate::dealer::calendar::in_words;
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::invoices::model::{InvoiceKind, InvoiceLineRow, InvoiceRow};
use crate::kernel::money::{figures, written};

/// A space at which no line ends.
const HARD_SPACE: char = '\u{a0}';

/// An amount, by thousands: `1 250.50`.
pub(super) fn amount(amount: Decimal, currency: &str) -> String {
    grouped(&figures(amount, currency))
}

/// The same with its currency.
pub(super) fn money(amount: Decimal, currency: &str) -> String {
    grouped(&written(amount, currency)).replace(' ', &HARD_SPACE.to_string())
}

/// A number without zeros at its end, by thousands.
pub(super) fn number(number: Decimal) -> String {
    grouped(&number.normalize().to_string())
}

/// Digits before the point in groups of three.
fn grouped(figures: &str) -> String {
    let digits = |c: char| c.is_ascii_digit();
    let start = figures.find(digits).unwrap_or_default();
    let (sign, rest) = figures.split_at_checked(start).unwrap_or(("", figures));
    let end = rest.find(|c: char| !digits(c)).unwrap_or(rest.len());
    let (whole, fraction) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let mut text = sign.to_owned();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && whole.len().saturating_sub(place).is_multiple_of(3) {
            text.push(HARD_SPACE);
        }
        text.push(digit);
    }
    text + fraction
}

impl Paper {
    /// What stands beside the address: names and values.
    pub(super) fn particulars(&self) -> Vec<(&'static str, String)> {
        let row = &self.invoice;
        let is_invoice = row.kind == InvoiceKind::Invoice;
        let mut list = vec![("Number", row.number.unwrap_or_default().to_string())];
        list.extend(row.issued_on.map(|day| ("Date", in_words(day))));
        if is_invoice {
            list.extend(row.due_on.map(|day| ("Payable by", in_words(day))));
        }
        list.extend(row.reference.clone().map(|text| ("Your reference", text)));
        if !self.orders.is_empty() {
            let orders: Vec<String> = self.orders.iter().map(ToString::to_string).collect();
            let name = if orders.len() == 1 { "Order" } else { "Orders" };
            list.push((name, orders.join(", ")));
        }
        list
    }

    /// What a credit note is, and why; nothing for invoices.
    pub(super) fn correction(&self) -> Option<String> {
        if self.invoice.kind == InvoiceKind::Invoice {
            return None;
        }
        let of = self.corrects.iter().map(|(number, day)| match day {
            Some(day) => format!("{number} of {}", in_words(*day)),
            None => number.to_string(),
        });
        let of: Vec<String> = of.collect();
        let plural = if of.len() == 1 { "" } else { "s" };
        let reason = self.invoice.reason.as_deref().unwrap_or_default();
        let of = of.join(", ");
        Some(format!(
            "We credit you as follows, in correction of invoice{plural} {of}. Reason: {reason}"
        ))
    }

    /// What is to be done about it.
    pub(super) fn request(&self) -> String {
        let row = &self.invoice;
        let (due, currency) = (self.due(), &row.currency);
        let until = row.due_on.map(in_words).unwrap_or_default();
        match row.kind {
            InvoiceKind::Invoice if due > Decimal::ZERO => {
                format!("Please pay {} by {until}.", money(due, currency))
            }
            InvoiceKind::Invoice => "There is nothing left to pay.".to_owned(),
            InvoiceKind::CreditNote if due > Decimal::ZERO => {
                let due = money(due, currency);
                format!("{due} of it stay in your account with us, and settle what you owe.")
            }
            InvoiceKind::CreditNote => {
                "It settles what was open of what it corrects; nothing is paid out.".to_owned()
            }
        }
    }
}

/// The cells of a line of the table, from the description on.
pub(super) fn cells(paper: &Paper, row: &InvoiceRow, line: &InvoiceLineRow) -> [String; 6] {
    let code = |id: Option<UnitId>| {
        id.and_then(|id| paper.units.get(&id))
            .cloned()
            .unwrap_or_default()
    };
    let has_goods = !line.unit_quantity.is_zero();
    let quantity = if has_goods {
        format!("{} {}", number(line.unit_quantity), code(line.unit_id))
    } else {
        String::new()
    };
    let price = if has_goods {
        let price = amount(line.unit_price, &row.currency);
        let of_another = line.price_unit_id != line.unit_id && line.price_unit_id.is_some();
        let per = if of_another {
            format!(" / {}", code(line.price_unit_id))
        } else {
            String::new()
        };
        price + &per
    } else {
        String::new()
    };
    let percent = |value: Decimal| format!("{}%", number(value));
    let discount = if has_goods && !line.discount.is_zero() {
        percent(line.discount)
    } else {
        String::new()
    };
    [
        line.description.clone(),
        quantity,
        price,
        discount,
        percent(line.tax_rate),
        amount(line.net, &row.currency),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_in_threes() {
        let plain = |text: String| text.replace(HARD_SPACE, " ");
        let of = |text: &str| plain(number(text.parse().unwrap()));
        assert_eq!(of("1234567.5000"), "1 234 567.5");
        assert_eq!(of("999"), "999");
        assert_eq!(of("-1000"), "-1 000");
        assert_eq!(
            plain(amount("3000000000".parse().unwrap(), "VND")),
            "3 000 000 000"
        );
        assert_eq!(
            plain(money("1250.5".parse().unwrap(), "USD")),
            "1 250.50 USD"
        );
    }
}
