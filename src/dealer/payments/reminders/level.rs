//! Which letter is due.

use chrono::NaiveDate;

use super::model::ReminderSettingsRow;

/// The last letter about the oldest debt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Last {
    /// Its level.
    pub level: i16,
    /// Its day.
    pub sent_on: NaiveDate,
}

/// The level of the letter that is due about a debt, if one is. Levels come one after another,
/// at least so many days apart as the settings have between them: who is reminded late, or whose
/// dealer has just begun to remind, is not sent the last warning first.
pub fn due(
    settings: &ReminderSettingsRow,
    (due_on, today): (NaiveDate, NaiveDate),
    last: Option<Last>,
) -> Option<i16> {
    let level = last.map_or(1, |last| last.level + 1);
    let after = i64::from(settings.after_days(level)?);
    if (today - due_on).num_days() < after {
        return None;
    }
    if let Some(last) = last {
        let before = i64::from(settings.after_days(last.level).unwrap_or(0));
        let apart = (after - before).max(1);
        if (today - last.sent_on).num_days() < apart {
            return None;
        }
    }
    Some(level)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(number: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, number).unwrap()
    }

    fn settings() -> ReminderSettingsRow {
        ReminderSettingsRow {
            is_on: true,
            first_after_days: 5,
            second_after_days: Some(12),
            third_after_days: None,
            ..ReminderSettingsRow::unset(chrono::DateTime::UNIX_EPOCH)
        }
    }

    fn sent(level: i16, on: u32) -> Last {
        let sent_on = day(on);
        Last { level, sent_on }
    }

    #[test]
    fn levels_come_when_they_are_due() {
        let at = |today, last| due(&settings(), (day(1), day(today)), last);
        assert_eq!(at(5, None), None);
        assert_eq!(at(6, None), Some(1));
        assert_eq!(at(12, Some(sent(1, 6))), None);
        assert_eq!(at(13, Some(sent(1, 6))), Some(2));
        assert_eq!(at(31, Some(sent(2, 13))), None, "there is no third");
    }

    #[test]
    fn who_is_reminded_late_begins_at_the_beginning() {
        let at = |today, last| due(&settings(), (day(1), day(today)), last);
        assert_eq!(at(28, None), Some(1));
        assert_eq!(at(29, Some(sent(1, 28))), None);
        let (due_on, today) = (day(1), NaiveDate::from_ymd_opt(2026, 4, 4).unwrap());
        assert_eq!(
            due(&settings(), (due_on, today), Some(sent(1, 28))),
            Some(2)
        );
    }
}
