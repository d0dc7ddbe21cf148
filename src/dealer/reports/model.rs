//! Rows of kept sums, and figures of sales.

use std::ops::AddAssign;

use chrono::NaiveDate;
use diesel::prelude::*;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::db::tenant_tables::{sales_by_buyer, sales_by_day, sales_by_product};

/// What was sold on a day, as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug, PartialEq, Eq)]
#[diesel(table_name = sales_by_day, check_for_backend(diesel::pg::Pg))]
pub struct DaySalesRow {
    /// The day on which invoices and credit notes were issued.
    pub day: NaiveDate,
    /// Without tax.
    pub net: Decimal,
    /// What of it is of goods whose cost is known.
    pub costed_net: Decimal,
    /// What those had cost.
    pub cost: Decimal,
    /// Lines of invoices.
    pub lines: i64,
}

/// What was sold of a product on a day, as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug, PartialEq, Eq)]
#[diesel(table_name = sales_by_product, check_for_backend(diesel::pg::Pg))]
pub struct ProductSalesRow {
    /// The day on which invoices and credit notes were issued.
    pub day: NaiveDate,
    /// The product; nil for what is none.
    pub product_id: Uuid,
    /// Without tax.
    pub net: Decimal,
    /// What of it is of goods whose cost is known.
    pub costed_net: Decimal,
    /// What those had cost.
    pub cost: Decimal,
    /// In base units.
    pub quantity: Decimal,
    /// Lines of invoices.
    pub lines: i64,
}

/// What was sold to a customer for a job by somebody on a day, as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug, PartialEq, Eq)]
#[diesel(table_name = sales_by_buyer, check_for_backend(diesel::pg::Pg))]
pub struct BuyerSalesRow {
    /// The day on which invoices and credit notes were issued.
    pub day: NaiveDate,
    /// Who bought.
    pub customer_id: Uuid,
    /// For which job; nil for none.
    pub job_id: Uuid,
    /// Who sold it; nil if nobody is known.
    pub salesperson: Uuid,
    /// Without tax.
    pub net: Decimal,
    /// What of it is of goods whose cost is known.
    pub costed_net: Decimal,
    /// What those had cost.
    pub cost: Decimal,
    /// Lines of invoices.
    pub lines: i64,
}

/// What some sales come to.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Without tax.
    pub net: Decimal,
    /// What of it is of goods whose cost is known.
    pub costed_net: Decimal,
    /// What those had cost.
    pub cost: Decimal,
    /// In base units, where that is of one product.
    pub quantity: Decimal,
    /// Lines of invoices.
    pub lines: i64,
}

impl Figures {
    /// What goods whose cost is known brought in beyond that.
    pub fn margin(&self) -> Decimal {
        self.costed_net - self.cost
    }

    /// That in percent of what they were sold for, if it was anything.
    pub fn margin_percent(&self) -> Option<Decimal> {
        if self.costed_net <= Decimal::ZERO {
            return None;
        }
        let share = self.margin().checked_div(self.costed_net)?;
        Some((share * Decimal::ONE_HUNDRED).round_dp(2))
    }
}

impl AddAssign for Figures {
    fn add_assign(&mut self, other: Self) {
        self.net += other.net;
        self.costed_net += other.costed_net;
        self.cost += other.cost;
        self.quantity += other.quantity;
        self.lines += other.lines;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_known_cost_brings_no_margin() {
        let mut figures = Figures {
            net: Decimal::from(150),
            costed_net: Decimal::from(120),
            cost: Decimal::from(90),
            ..Figures::default()
        };
        assert_eq!(figures.margin(), Decimal::from(30));
        assert_eq!(figures.margin_percent(), Some(Decimal::from(25)));
        figures += Figures {
            net: Decimal::from(-150),
            costed_net: Decimal::from(-120),
            cost: Decimal::from(-90),
            ..Figures::default()
        };
        assert_eq!(
            (figures, figures.margin_percent()),
            (Figures::default(), None)
        );
    }
}
