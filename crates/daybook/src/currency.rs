//! Amounts for the eye: minor units with the decimals that Stripe counts a currency in. Integers only; computes nothing.

/// Currencies whose minor unit is the currency itself. ISK and UGX are missing: Stripe counts them in hundredths.
/// <https://docs.stripe.com/currencies#zero-decimal>
const WITHOUT_DECIMALS: [&str; 15] = [
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf",
    "xof", "xpf",
];

/// Currencies counted in thousandths. <https://docs.stripe.com/currencies#three-decimal>
const THREE_DECIMALS: [&str; 5] = ["bhd", "jod", "kwd", "omr", "tnd"];

/// The amount with its currency: `1,234.50 USD`.
pub(crate) fn amount(minor: i64, currency: &str) -> String {
    if currency.is_empty() {
        return grouped(minor.unsigned_abs(), minor < 0);
    }
    let decimals = decimals(currency);
    let unit = 10_u64.pow(decimals);
    let whole = grouped(minor.unsigned_abs() / unit, minor < 0);
    let rest = minor.unsigned_abs() % unit;
    let code = currency.to_uppercase();
    match decimals {
        0 => format!("{whole} {code}"),
        _ => format!("{whole}.{rest:0width$} {code}", width = decimals as usize),
    }
}

/// A count for the eye: `12,345`.
pub(crate) fn count(number: u64) -> String {
    grouped(number, false)
}

fn decimals(currency: &str) -> u32 {
    let is_one_of = |list: &[&str]| list.iter().any(|code| code.eq_ignore_ascii_case(currency));
    match () {
        () if is_one_of(&WITHOUT_DECIMALS) => 0,
        () if is_one_of(&THREE_DECIMALS) => 3,
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

    #[test]
    fn amounts_have_the_decimals_of_their_currency() {
        let cases = [
            (0, "usd", "0.00 USD"),
            (4900, "usd", "49.00 USD"),
            (-5, "eur", "-0.05 EUR"),
            (123_456_789, "usd", "1,234,567.89 USD"),
            (-1_000, "jpy", "-1,000 JPY"),
            (1_234_567, "kwd", "1,234.567 KWD"),
            (500, "ugx", "5.00 UGX"),
            (500, "isk", "5.00 ISK"),
            (7, "", "7"),
            (i64::MIN, "usd", "-92,233,720,368,547,758.08 USD"),
        ];
        for (minor, currency, text) in cases {
            assert_eq!(amount(minor, currency), text);
        }
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
