//! The rule that a bare integer which is money says so: its name ends in `_minor`.
//! Stripe's own members keep Stripe's names, where the wire is read (facts) and written (simulator).

use crate::complaint::Complaint;
use crate::rust_text::{RustText, block_after, is_word, line_at, words};

/// Last words of names that speak of money.
const MONEY: [&str; 20] = [
    "amount",
    "balance",
    "captured",
    "cost",
    "due",
    "fee",
    "fees",
    "gross",
    "net",
    "overpaid",
    "paid",
    "price",
    "received",
    "refunded",
    "remaining",
    "reversed",
    "stake",
    "subtotal",
    "tax",
    "total",
];

/// Members of structs and enums that are signed integers and named like money.
pub(crate) fn members_say_minor(path: &str, text: &str) -> Vec<Complaint> {
    let code = RustText::new(text).code;
    let items = words(&code, "struct").chain(words(&code, "enum"));
    let blocks = items.filter_map(|at| block_after(&code, at));
    let members = blocks.flat_map(|block| {
        let first_line = line_at(&code, block.start);
        code[block]
            .lines()
            .enumerate()
            .map(move |(index, line)| (first_line + index, line))
            .collect::<Vec<_>>()
    });
    members
        .filter_map(|(line, text)| Some((line, money_member(text)?)))
        .map(|(line, name)| Complaint::at(path, line, advice(name)))
        .collect()
}

/// Integer columns of SQL tables that are named like money. Flags are integers too there: their comments say `whether`.
pub(crate) fn columns_say_minor(path: &str, text: &str) -> Vec<Complaint> {
    let lines = text.lines().enumerate();
    let columns = lines.filter_map(|(index, line)| {
        let mut words = line.split_whitespace();
        let name = words.next()?;
        let is_integer = words.next()?.trim_end_matches(',') == "INTEGER";
        let is_flag = words.any(|word| word == "whether");
        (is_integer && !is_flag && is_money(name)).then_some((index, name))
    });
    columns
        .map(|(index, name)| Complaint::at(path, index + 1, advice(name)))
        .collect()
}

/// Whether a file names members as Stripe does.
pub(crate) fn speaks_wire(path: &str) -> bool {
    path.starts_with("crates/simulator/")
        || path.starts_with("crates/facts/") && path.contains("wire")
}

fn advice(name: &str) -> String {
    format!("name it `{name}_minor`, with the currency beside it, or use Money")
}

fn money_member(line: &str) -> Option<&str> {
    let (name, kind) = line.split_once(':')?;
    let name = name
        .trim()
        .trim_start_matches("pub(crate) ")
        .trim_start_matches("pub ");
    let is_integer = words(kind, "i64")
        .chain(words(kind, "i128"))
        .next()
        .is_some();
    (is_integer && name.chars().all(is_word) && is_money(name)).then_some(name)
}

fn is_money(name: &str) -> bool {
    name.rsplit('_')
        .next()
        .is_some_and(|last| MONEY.contains(&last))
        && !name.starts_with("days_")
        || name.starts_with("amount_") && !name.ends_with("_minor")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::complaint::check;

    #[test]
    fn a_money_member_without_its_unit_is_refused() {
        let broken = [
            "pub struct A {\n    pub amount: i64,\n}",
            "struct A { }\nenum B {\n    C {\n        amount_due: Option<i64>,\n    },\n}",
            "struct A {\n    pub(crate) open_balance: i128,\n}",
        ];
        let sound = [
            "struct A {\n    amount_minor: i64,\n    fee: Money,\n    total: u64,\n    created_s: i64,\n}",
            "fn a() { B { amount: i64::MAX } }",
            "struct A;\nfn b() {\n    let amount: i64 = 1;\n}",
        ];
        check(members_say_minor, "crates/book/src/a.rs", &broken, &sound);
    }

    #[test]
    fn a_money_column_without_its_unit_is_refused() {
        let broken = [
            "  amount INTEGER NOT NULL, -- cents",
            "  net INTEGER,",
            "  paid INTEGER, -- what was paid",
        ];
        let sound = [
            "  net_minor INTEGER,",
            "  net TEXT,",
            "-- net INTEGER",
            "  paid INTEGER, -- S: whether it was paid",
            "  days_until_due INTEGER, -- days until it is due",
        ];
        check(columns_say_minor, "schema/a.sql", &broken, &sound);
    }

    #[test]
    fn only_the_wire_speaks_as_stripe_does() {
        assert!(
            speaks_wire("crates/simulator/src/a.rs")
                && speaks_wire("crates/facts/src/wire/invoice.rs")
        );
        assert!(
            !speaks_wire("crates/facts/src/invoice.rs") && !speaks_wire("crates/book/src/wire.rs")
        );
    }
}
