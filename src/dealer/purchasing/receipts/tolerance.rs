//! How much more may come than was ordered.

use rust_decimal::Decimal;

use super::arrived::Arrived;
use crate::dealer::purchasing::orders::model::PurchaseOrderLineRow;
use crate::error::{AppError, ErrorCode, Refusal, ServiceResult, UserError};
use crate::kernel::quantity::TOO_MUCH;

/// Adds what came to lines of an order that is locked, or refuses all of it because of what
/// is beyond the tolerance.
pub(super) fn add(
    lines: &mut [PurchaseOrderLineRow],
    arrived: &[Arrived],
    tolerance: Decimal,
) -> ServiceResult<()> {
    let mut refused = Vec::new();
    for one in arrived {
        let line = lines.get_mut(one.line);
        let line = line.ok_or_else(|| AppError::internal("a line that is not there"))?;
        let received = line.received.checked_add(one.asked.amount.base);
        let most = most(line.quantity, tolerance);
        match received.filter(|received| *received <= most && *received < TOO_MUCH) {
            Some(received) => {
                line.received = received;
                line.is_open = received < line.quantity;
            }
            None => refused.push(over(line, one, tolerance)),
        }
    }
    if refused.is_empty() {
        Ok(())
    } else {
        Err(Refusal::User(refused))
    }
}

/// What may come in all.
fn most(ordered: Decimal, tolerance: Decimal) -> Decimal {
    // Fourteen digits and six decimals by five: a decimal holds 28.
    ordered + ordered * tolerance / Decimal::ONE_HUNDRED
}

fn over(line: &PurchaseOrderLineRow, one: &Arrived, tolerance: Decimal) -> UserError {
    let path: Vec<&str> = one.path.iter().map(String::as_str).collect();
    let ordered = line.quantity.normalize();
    let received = (line.received + one.asked.amount.base).normalize();
    let tolerance = tolerance.normalize();
    let message = format!(
        "{ordered} were ordered, and {received} would have come; the supplier may bring {tolerance} \
         percent more"
    );
    UserError::at(ErrorCode::OverReceipt, &path, message)
        .with_detail("lineId", &line.id)
        .with_detail("ordered", &ordered)
        .with_detail("received", &received)
        .with_detail("tolerance", &tolerance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tolerance_is_exact() {
        let decimal = |text: &str| text.parse::<Decimal>().unwrap();
        assert_eq!(most(100.into(), Decimal::ZERO), 100.into());
        assert_eq!(most(100.into(), decimal("2.5")), decimal("102.5"));
        assert_eq!(
            most(decimal("0.000001"), decimal("0.01")),
            decimal("0.0000010001")
        );
        let much = decimal("99999999999999.999999");
        assert_eq!(most(much, 100.into()), much + much);
    }
}
