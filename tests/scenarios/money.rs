//! Amounts as people write them. A table of its own: the program's is not asked whether it is right.

const NO_DECIMALS: [&str; 3] = ["jpy", "krw", "vnd"];
const THREE_DECIMALS: [&str; 3] = ["kwd", "bhd", "jod"];

fn decimals(currency: &str) -> usize {
    match currency {
        currency if NO_DECIMALS.contains(&currency) => 0,
        currency if THREE_DECIMALS.contains(&currency) => 3,
        _ => 2,
    }
}

/// Minor units of an amount as `-1,234.50`.
pub(crate) fn minor(text: &str, currency: &str) -> Result<i64, String> {
    let odd = || format!("`{text}` is no amount of {currency}");
    let plain = text.replace(',', "");
    let (whole, part) = plain.split_once('.').unwrap_or((&plain, ""));
    if part.len() != decimals(currency) && !part.is_empty() || whole.is_empty() {
        return Err(odd());
    }
    let padded = format!("{whole}{part:0<width$}", width = decimals(currency));
    padded.parse().map_err(|_| odd())
}

/// An amount as `-1,234.50 usd`; without a currency, the bare number, or that there is none.
pub(crate) fn shown(minor: i64, currency: &str) -> String {
    if currency.is_empty() {
        return if minor == 0 {
            "-".to_owned()
        } else {
            minor.to_string()
        };
    }
    let decimals = decimals(currency);
    let digits = format!("{:0>width$}", minor.unsigned_abs(), width = decimals + 1);
    let (whole, part) = digits.split_at(digits.len() - decimals);
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if minor < 0 { "-" } else { "" };
    let point = if decimals == 0 { "" } else { "." };
    format!("{sign}{grouped}{point}{part} {currency}")
}
