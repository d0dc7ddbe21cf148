//! How much is ordered on which day.

use chrono::{Datelike, NaiveDate};

/// Of a hundred on average, by month: nobody builds much in the cold.
const MONTHS: [u64; 12] = [60, 68, 88, 105, 116, 120, 110, 104, 116, 110, 92, 72];
/// The same by weekday, from Monday on.
const WEEKDAYS: [u64; 7] = [110, 104, 100, 104, 122, 60, 0];

/// The weight of a day.
fn weight(day: NaiveDate) -> u64 {
    let month = usize::try_from(day.month0()).unwrap_or(0);
    let weekday = usize::try_from(day.weekday().num_days_from_monday()).unwrap_or(0);
    let of = |all: &[u64], index: usize| all.get(index).copied().unwrap_or(0);
    of(&MONTHS, month) * of(&WEEKDAYS, weekday)
}

/// How many of `total` orders each of the days gets; they add up to it.
pub(super) fn spread(total: u64, days: &[NaiveDate]) -> Vec<u64> {
    let all: u64 = days.iter().map(|day| weight(*day)).sum();
    let (mut weights, mut given) = (0, 0);
    let share = |day: &NaiveDate| {
        weights += weight(*day);
        let due = (total * weights).checked_div(all).unwrap_or(0);
        let count = due - given;
        given = due;
        count
    };
    days.iter().map(share).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_orders_find_a_day_and_none_a_sunday() {
        let first = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        let days: Vec<_> = first.iter_days().take(365).collect();
        let spread = spread(10_000, &days);
        assert_eq!(spread.iter().sum::<u64>(), 10_000);
        let of = |month| {
            let days = days.iter().zip(&spread);
            let days = days.filter(|(day, _)| day.month() == month);
            days.map(|(_, count)| count).sum::<u64>()
        };
        assert!(of(6) > of(1) * 3 / 2);
        let sundays = days.iter().zip(&spread);
        let mut sundays = sundays.filter(|(day, _)| day.weekday() == chrono::Weekday::Sun);
        assert!(sundays.all(|(_, count)| *count == 0));
        assert!(super::spread(5, &[]).is_empty());
    }
}
