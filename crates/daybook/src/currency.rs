//! Amounts for the eye: minor units with the decimals that Stripe counts a currency in. Integers only; computes nothing.

use crate::screen::harmless;

/// What Stripe counts in whole units. Two that are missing: ISK and UGX lost their hundredths, but Stripe goes on counting
/// them in hundredths, always full ones. Source: <https://docs.stripe.com/currencies#zero-decimal> and `#special-cases`.
const WHOLE: [&str; 15] = [
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf",
    "xof", "xpf",
];

/// What Stripe counts in thousandths, most of the time in full ten of them.
/// Source: <https://docs.stripe.com/currencies#three-decimal>.
const THOUSANDTHS: [&str; 5] = ["bhd", "jod", "kwd", "omr", "tnd"];

/// The amount with its currency: `1,234.50 USD`; the bare number where no currency is known.
pub(crate) fn amount(minor: i64, currency: &str) -> String {
    if currency.is_empty() {
        return grouped(minor.unsigned_abs(), minor < 0);
    }
    let decimals = decimals(currency);
    let unit = 10_u64.pow(decimals);
    let whole = grouped(minor.unsigned_abs() / unit, minor < 0);
    let rest = minor.unsigned_abs() % unit;
    let code = harmless(&currency.to_uppercase());
    match decimals {
        0 => format!("{whole} {code}"),
        _ => format!("{whole}.{rest:0width$} {code}", width = decimals as usize),
    }
}

/// A count for the eye: `12,345`.
pub(crate) fn count(number: u64) -> String {
    grouped(number, false)
}

/// A share of so many parts of a million: `99.95 %`, and `100 %` for all of them alone.
pub(crate) fn percent(parts: u64) -> String {
    match parts {
        1_000_000 => "100 %".to_owned(),
        _ => format!("{}.{:02} %", parts / 10_000, parts / 100 % 100),
    }
}

/// A count with its word, in the form for one or for many: `1 entry`, `12,345 entries`.
pub(crate) fn worded(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// How many digits Stripe's count of a currency has behind the point: two, unless a list says otherwise.
///
/// HUF and TWD are no exceptions: they may be paid out in whole units only, but are counted in hundredths there too.
/// ISO 4217 is another matter: it gives MGA hundredths, and ISK and UGX none.
fn decimals(currency: &str) -> u32 {
    let is_one_of = |list: &[&str]| list.iter().any(|code| code.eq_ignore_ascii_case(currency));
    match () {
        () if is_one_of(&WHOLE) => 0,
        () if is_one_of(&THOUSANDTHS) => 3,
        () => 2,
    }
}

fn grouped(number: u64, is_negative: bool) -> String {
    let digits = number.to_string();
    let mut text = String::from(if is_negative { "-" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(minor: i64, currency: &str, expected: &str) {
        assert_eq!(amount(minor, currency), expected);
    }

    #[test]
    fn amounts_have_a_point_and_groups_and_a_sign() {
        check(0, "usd", "0.00 USD");
        check(4900, "usd", "49.00 USD");
        check(-5, "eur", "-0.05 EUR");
        check(123_456_789, "USD", "1,234,567.89 USD");
        check(i64::MIN, "usd", "-92,233,720,368,547,758.08 USD");
        check(i64::MAX, "usd", "92,233,720,368,547,758.07 USD");
    }

    #[test]
    fn currencies_without_a_smaller_unit_have_no_point() {
        for currency in "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split(' ') {
            check(
                -1_000,
                currency,
                &format!("-1,000 {}", currency.to_uppercase()),
            );
        }
        check(i64::MIN, "jpy", "-9,223,372,036,854,775,808 JPY");
    }

    #[test]
    fn thousandths_have_three_digits() {
        for currency in ["bhd", "jod", "kwd", "omr", "tnd"] {
            let code = currency.to_uppercase();
            check(1_234_560, currency, &format!("1,234.560 {code}"));
            check(-1, currency, &format!("-0.001 {code}"));
        }
        check(i64::MIN, "kwd", "-9,223,372,036,854,775.808 KWD");
    }

    #[test]
    fn what_lost_its_hundredths_is_still_counted_in_them() {
        check(500, "isk", "5.00 ISK");
        check(500, "ugx", "5.00 UGX");
    }

    #[test]
    fn what_is_paid_out_in_whole_units_only_is_counted_in_hundredths() {
        check(1045, "huf", "10.45 HUF");
        check(80045, "twd", "800.45 TWD");
    }

    #[test]
    fn a_currency_that_is_not_known_has_hundredths_and_none_has_a_bare_number() {
        check(123, "zzz", "1.23 ZZZ");
        check(7, "", "7");
        check(-1_234, "", "-1,234");
        check(1, "\u{1b}[31m", "0.01  [31M");
    }

    #[test]
    fn counts_are_grouped_by_thousands() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (104_213, "104,213"),
        ] {
            assert_eq!(count(number), text);
        }
    }
}
