//! Inputs of sales reports.

use async_graphql::Enum;
use chrono::{Datelike, Days, NaiveDate};

use crate::error::{AppError, AppResult};

/// Most days of a report: ten years.
const MOST_DAYS: i64 = 3_660;

/// By what sales are summed.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum SalesBy {
    /// By day.
    Day,
    /// By week, from Monday on.
    Week,
    /// By month.
    Month,
    /// By product.
    Product,
    /// By the category that a product is in now.
    Category,
    /// By customer.
    Customer,
    /// By job.
    Job,
    /// By who sold the order.
    Salesperson,
}

impl SalesBy {
    /// As periods of time, or as who or what.
    pub const fn parted(self) -> By {
        match self {
            Self::Day => By::Time(Period::Day),
            Self::Week => By::Time(Period::Week),
            Self::Month => By::Time(Period::Month),
            Self::Product => By::Group(Group::Product),
            Self::Category => By::Group(Group::Category),
            Self::Customer => By::Group(Group::Customer),
            Self::Job => By::Group(Group::Job),
            Self::Salesperson => By::Group(Group::Salesperson),
        }
    }
}

/// By time, or by who or what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// By periods, the earliest first.
    Time(Period),
    /// By others, the largest first.
    Group(Group),
}

/// A period of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// A day.
    Day,
    /// A week, from Monday on.
    Week,
    /// A month.
    Month,
}

/// Who or what sales are summed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// What was sold.
    Product,
    /// The category of what was sold.
    Category,
    /// Who bought.
    Customer,
    /// For which job.
    Job,
    /// Who sold.
    Salesperson,
}

/// By what products are ranked.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum TopProductsBy {
    /// By what they were sold for.
    Net,
    /// By how many base units were sold.
    Quantity,
    /// By how often they were sold.
    Lines,
}

/// By what groups are ranked, the largest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    /// What they were sold for.
    Net,
    /// What that brought in beyond its cost.
    Margin,
    /// How many base units.
    Quantity,
    /// How many lines.
    Lines,
}

impl From<TopProductsBy> for Rank {
    fn from(by: TopProductsBy) -> Self {
        match by {
            TopProductsBy::Net => Self::Net,
            TopProductsBy::Quantity => Self::Quantity,
            TopProductsBy::Lines => Self::Lines,
        }
    }
}

/// Some days, and as many before them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first day.
    pub from: NaiveDate,
    /// The last one.
    pub to: NaiveDate,
    /// The first of as many days before.
    pub before: NaiveDate,
}

impl Window {
    /// Refuses an end before the beginning, and more than `most` days; ten years if absent.
    pub fn new(from: NaiveDate, to: NaiveDate, most: Option<i64>) -> AppResult<Self> {
        let is_kept = |day: NaiveDate| (1900..=2999).contains(&day.year());
        if !is_kept(from) || !is_kept(to) {
            let field = if is_kept(from) { "to" } else { "from" };
            return Err(AppError::bad_input(
                field,
                "must be in the years 1900 to 2999",
            ));
        }
        let (days, most) = ((to - from).num_days() + 1, most.unwrap_or(MOST_DAYS));
        if days < 1 {
            return Err(AppError::bad_input("to", "must not be before from"));
        }
        if days > most {
            let message = format!("at most {most} days can be looked at at once");
            return Err(AppError::bad_input("to", message));
        }
        let length = Days::new(days.unsigned_abs());
        let out_of_reach = || AppError::bad_input("from", "is no day of a dealer's calendar");
        Ok(Self {
            from,
            to,
            before: from.checked_sub_days(length).ok_or_else(out_of_reach)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    #[test]
    fn as_many_days_come_before() {
        let window = Window::new(day(3, 1), day(3, 31), None).unwrap();
        assert_eq!(window.before, day(1, 29));
        assert_eq!(
            Window::new(day(3, 1), day(3, 1), None).unwrap().before,
            day(2, 28)
        );
        assert!(Window::new(day(3, 2), day(3, 1), None).is_err());
        assert!(Window::new(day(3, 1), day(3, 3), Some(2)).is_err());
        assert!(Window::new(NaiveDate::MIN, NaiveDate::MIN, None).is_err());
    }
}
