//! Moments as people write and read them: RFC 3339 in UTC, dates, Unix seconds. Never asks what time it is.

use chrono::{DateTime, NaiveDate, SecondsFormat};

/// The moment in UTC, `2025-03-01T12:00:00Z`; the bare number where no calendar reaches.
pub(crate) fn shown(second: i64) -> String {
    DateTime::from_timestamp(second, 0).map_or_else(
        || second.to_string(),
        |moment| moment.to_rfc3339_opts(SecondsFormat::Secs, true),
    )
}

/// The day in UTC on which the moment is, `2025-03-01`.
pub(crate) fn day(second: i64) -> String {
    let shown = shown(second);
    shown
        .split_once('T')
        .map_or(shown.clone(), |(day, _)| day.to_owned())
}

/// Reads Unix seconds, a date (its first second in UTC) or an RFC 3339 moment (its second).
pub(crate) fn parse(text: &str) -> Result<i64, String> {
    let date = || {
        NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .ok()?
            .and_hms_opt(0, 0, 0)
    };
    let second = text
        .parse()
        .ok()
        .or_else(|| Some(DateTime::parse_from_rfc3339(text).ok()?.timestamp()))
        .or_else(|| Some(date()?.and_utc().timestamp()));
    second.ok_or_else(|| "expected Unix seconds, 2025-03-01 or 2025-03-01T12:00:00Z".to_owned())
}

/// Reads `FROM..TO`, or one moment for both.
pub(crate) fn parse_span(text: &str) -> Result<(i64, i64), String> {
    let (from, to) = text.split_once("..").unwrap_or((text, text));
    let (from_s, to_s) = (parse(from)?, parse(to)?);
    if to_s < from_s {
        return Err("it ends before it begins".to_owned());
    }
    Ok((from_s, to_s))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_in_three_forms_and_shown_in_one() {
        for text in [
            "1740787200",
            "2025-03-01",
            "2025-03-01T00:00:00Z",
            "2025-03-01T09:00:00+09:00",
        ] {
            assert_eq!(
                parse(text).map(shown),
                Ok("2025-03-01T00:00:00Z".to_owned()),
                "{text}"
            );
        }
        assert_eq!(shown(i64::MAX), i64::MAX.to_string());
        for text in [
            "",
            "soon",
            "2025-02-30",
            "2025-03-01T00:00:00",
            "99999999999999999999",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_span_does_not_run_backwards() {
        assert_eq!(parse_span("10..20"), Ok((10, 20)));
        assert_eq!(parse_span("10"), Ok((10, 10)));
        assert!(parse_span("20..10").is_err());
        assert!(parse_span("..20").is_err());
    }
}
