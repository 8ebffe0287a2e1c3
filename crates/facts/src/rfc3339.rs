//! Moments as notifications write them (RFC 3339), in integers.
//!
//! Only that one form: no time zones by name, no clock.

/// Unix seconds of a moment like `2026-01-31T12:00:00.123Z` or `…+02:00`; fractions are cut off. None if it is no moment.
pub(crate) fn seconds(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let separators = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')];
    let shaped = text.is_ascii()
        && separators
            .iter()
            .all(|(at, byte)| bytes.get(*at) == Some(byte))
        && matches!(bytes.get(10), Some(b'T' | b't' | b' '));
    if !shaped {
        return None;
    }
    let year = digits(text.get(0..4)?)?;
    let month = digits(text.get(5..7)?)?;
    let day = digits(text.get(8..10)?)?;
    let clock = clock(text.get(11..13)?, text.get(14..16)?)?;
    let second = digits(text.get(17..19)?).filter(|second| *second <= 60)?;
    if !(1..=12).contains(&month) || !(1..=days_in(year, month)).contains(&day) {
        return None;
    }
    let offset = offset(fraction_end(&text[19..])?)?;
    Some(days(year, month, day) * 86_400 + clock * 60 + second - offset)
}

/// What follows the fraction, if there is one.
fn fraction_end(rest: &str) -> Option<&str> {
    match rest.strip_prefix('.') {
        None => Some(rest),
        Some(fraction) => {
            let zone = fraction.trim_start_matches(|digit: char| digit.is_ascii_digit());
            (zone.len() < fraction.len()).then_some(zone)
        }
    }
}

/// Seconds that local time is ahead of UTC.
fn offset(zone: &str) -> Option<i64> {
    if matches!(zone, "Z" | "z") {
        return Some(0);
    }
    let (sign, rest) = match zone.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    Some(sign * clock(hours, minutes)? * 60)
}

/// Minutes since midnight.
fn clock(hours: &str, minutes: &str) -> Option<i64> {
    let hours = digits(hours).filter(|hours| *hours < 24)?;
    let minutes = digits(minutes).filter(|minutes| *minutes < 60)?;
    Some(hours * 60 + minutes)
}

fn digits(text: &str) -> Option<i64> {
    let fixed = matches!(text.len(), 2 | 4) && text.bytes().all(|byte| byte.is_ascii_digit());
    fixed.then(|| text.parse().ok()).flatten()
}

fn days_in(year: i64, month: i64) -> i64 {
    let next = if month == 12 {
        (year + 1, 1)
    } else {
        (year, month + 1)
    };
    days(next.0, next.1, 1) - days(year, month, 1)
}

/// Days from 1970-01-01 in the Gregorian calendar; years start in March so that the leap day comes last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_unix_seconds() {
        let cases = [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2000-02-29T23:59:59Z", Some(951_868_799)),
            ("2026-09-30T12:34:56.789Z", Some(1_790_771_696)),
            ("2026-09-30T14:34:56+02:00", Some(1_790_771_696)),
            ("2026-09-30T07:04:56.9-05:30", Some(1_790_771_696)),
            ("1969-12-31T23:59:59Z", Some(-1)),
            ("2016-12-31T23:59:60Z", Some(1_483_228_800)),
            ("2026-02-29T00:00:00Z", None),
            ("2100-02-29T00:00:00Z", None),
            ("2026-13-01T00:00:00Z", None),
            ("2026-12-32T00:00:00Z", None),
            ("2026-12-01T24:00:00Z", None),
            ("2026-12-01T00:00:00", None),
            ("2026-12-01T00:00:00.Z", None),
            ("2026-12-01T00:00:00+2:00", None),
            ("2026-12-01", None),
            ("+026-12-01T00:00:00Z", None),
            ("２026-12-01T00:00:00Z", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }
}
