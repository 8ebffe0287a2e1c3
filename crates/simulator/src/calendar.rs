//! Days and months of UTC, in Unix seconds. No time zone, no clock: every instant is an argument.

/// Microseconds in a second.
pub(crate) const SECOND_US: i64 = 1_000_000;
/// Microseconds in a millisecond.
pub(crate) const MILLI_US: i64 = 1_000;
/// Seconds in a minute.
pub(crate) const MINUTE_S: i64 = 60;
/// Seconds in an hour.
pub(crate) const HOUR_S: i64 = 3_600;
/// Seconds in a day.
pub(crate) const DAY_S: i64 = 86_400;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// The second an instant lies in.
pub(crate) fn second(at_us: i64) -> i64 {
    at_us.div_euclid(SECOND_US)
}

/// The UTC midnight at or before a second.
pub(crate) fn midnight(at_s: i64) -> i64 {
    at_s - at_s.rem_euclid(DAY_S)
}

/// The same day and time of day `months` later; a day that month lacks becomes its last one.
pub(crate) fn months_later(anchor_s: i64, months: i64) -> i64 {
    let (year, month, day) = civil(anchor_s.div_euclid(DAY_S));
    let counted = year * 12 + (month - 1) + months;
    let (year, month) = (counted.div_euclid(12), counted.rem_euclid(12) + 1);
    let days = days_from_civil(year, month, day.min(month_days(year, month)));
    days * DAY_S + anchor_s.rem_euclid(DAY_S)
}

/// The English short date of a second, as in `1 Jan 2025`.
pub(crate) fn short_date(at_s: i64) -> String {
    let (year, month, day) = civil(at_s.div_euclid(DAY_S));
    let name = MONTHS[usize::try_from(month - 1).expect("a month is 1 to 12")];
    format!("{day} {name} {year}")
}

/// A second as the header `Date` has it: `Wed, 01 Jan 2025 00:00:00 GMT`.
pub(crate) fn http_date(at_s: i64) -> String {
    const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    let (days, of_day) = (at_s.div_euclid(DAY_S), at_s.rem_euclid(DAY_S));
    let (year, month, day) = civil(days);
    // The first of all days was a Thursday.
    let weekday = WEEKDAYS[usize::try_from(days.rem_euclid(7)).expect("a weekday is 0 to 6")];
    let name = MONTHS[usize::try_from(month - 1).expect("a month is 1 to 12")];
    let (hour, minute, second) = (of_day / HOUR_S, of_day / 60 % 60, of_day % 60);
    format!("{weekday}, {day:02} {name} {year} {hour:02}:{minute:02}:{second:02} GMT")
}

fn month_days(year: i64, month: i64) -> i64 {
    days_from_civil(year + month / 12, month % 12 + 1, 1) - days_from_civil(year, month, 1)
}

/// Days since 1970-01-01 of a proleptic Gregorian date (years counted from March, eras of 400 years).
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = (shifted_month + 2) % 12 + 1;
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_a_century_survives_the_round_trip() {
        for days in 0..36_525 {
            let (year, month, day) = civil(days);
            assert_eq!(days_from_civil(year, month, day), days);
        }
    }

    #[test]
    fn dates_are_written_as_headers_have_them() {
        assert_eq!(http_date(1_735_689_600), "Wed, 01 Jan 2025 00:00:00 GMT");
        assert_eq!(http_date(1_709_251_199), "Thu, 29 Feb 2024 23:59:59 GMT");
    }

    #[test]
    fn the_last_of_january_renews_on_the_last_of_february() {
        let january_31 = days_from_civil(2025, 1, 31) * DAY_S + 5;
        assert_eq!(short_date(months_later(january_31, 1)), "28 Feb 2025");
        assert_eq!(short_date(months_later(january_31, 2)), "31 Mar 2025");
        assert_eq!(short_date(months_later(january_31, 12)), "31 Jan 2026");
        assert_eq!(months_later(january_31, 1).rem_euclid(DAY_S), 5);
    }
}
