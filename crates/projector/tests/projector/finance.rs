//! What the views for finance say of a company whose rows were written by hand, view by view, and that streams never meet in one.

use book::table::Table;
use projector::{Explanation, explanations};
use rusqlite::Connection;
use rusqlite::types::Value;

const COMPANY: &str = include_str!("company.sql");
/// What is easily counted wrong.
const EDGES: &str = include_str!("edges.sql");
const SCHEMA: [&str; 3] = [
    include_str!("../../../../schema/book/tables.sql"),
    include_str!("../../../../schema/book/standing.sql"),
    include_str!("../../../../schema/book/views.sql"),
];

/// A book in memory with the company in each of these streams.
fn book_of(streams: &[&str]) -> Connection {
    book_with(COMPANY, streams)
}

fn book_with(company: &str, streams: &[&str]) -> Connection {
    let book = Connection::open_in_memory().unwrap();
    for sql in SCHEMA {
        book.execute_batch(sql).unwrap();
    }
    for stream in streams {
        book.execute_batch(&company.replace("{stream}", stream))
            .unwrap();
    }
    book
}

fn rows_of(book: &Connection, sql: &str) -> Vec<String> {
    let mut statement = book
        .prepare(sql)
        .unwrap_or_else(|error| panic!("{sql}\n{error}"));
    let columns = statement.column_count();
    let text = |value: Value| match value {
        Value::Null => "-".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => text,
        other => panic!("a view shows {other:?}"),
    };
    let cells = |row: &rusqlite::Row<'_>| {
        let cells: rusqlite::Result<Vec<String>> =
            (0..columns).map(|place| row.get(place).map(text)).collect();
        Ok(cells?.join(" "))
    };
    let rows = statement.query_map([], cells).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

#[track_caller]
fn check(sql: &str, expected: &[&str]) {
    assert_eq!(rows_of(&book_of(&["a/live"]), sql), expected, "{sql}");
}

#[track_caller]
fn check_edges(sql: &str, expected: &[&str]) {
    assert_eq!(
        rows_of(&book_with(EDGES, &["a/live"]), sql),
        expected,
        "{sql}"
    );
}

fn views() -> impl Iterator<Item = &'static Explanation> {
    explanations().iter().filter(|explained| explained.is_view)
}

#[test]
fn a_stream_looks_the_same_whatever_stands_beside_it() {
    let (alone, beside) = (
        book_of(&["a/live"]),
        book_of(&["a/live", "a/test", "b/live"]),
    );
    for view in views() {
        let sql = format!(
            "SELECT * FROM {} WHERE stream = 'a/live' ORDER BY 1, 2, 3, 4",
            view.name
        );
        let rows = rows_of(&alone, &sql);
        assert_eq!(rows_of(&beside, &sql), rows, "{}", view.name);
        // Its rows are made of what the fold sums up.
        let is_filled = view.name != "balance_view";
        assert_eq!(!rows.is_empty(), is_filled, "{}", view.name);
    }
}

#[test]
fn views_have_the_columns_that_are_explained() {
    let book = book_of(&[]);
    for explained in explanations() {
        let statement = book
            .prepare(&format!("SELECT * FROM {}", explained.name))
            .unwrap();
        let names: Vec<&str> = explained
            .columns
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        let shown: Vec<&str> = statement.column_names().collect();
        assert_eq!(shown, names, "{}", explained.name);
        assert!(explained.example.contains(&explained.name));
        assert!(
            book.prepare(&explained.example).is_ok(),
            "{}",
            explained.example
        );
    }
}

#[test]
fn objects_are_those_of_every_table_of_objects() {
    let book = book_of(&[]);
    let is_of_objects = |table: &&Table| {
        table
            .columns
            .iter()
            .any(|column| column.name == "certainty")
    };
    let tables: Vec<&Table> = book::TABLES.iter().filter(is_of_objects).collect();
    for table in &tables {
        let sql = format!(
            "INSERT INTO {} (stream, id, certainty) VALUES ('a/live', 'x', 'exact')",
            table.name
        );
        book.execute_batch(&sql).unwrap();
    }
    let found = rows_of(
        &book,
        "SELECT count(*), count(DISTINCT object) FROM objects",
    );
    assert_eq!(
        found,
        [format!("{0} {0}", tables.len())],
        "add the new object to the view"
    );
}

#[test]
fn what_is_owed_is_sorted_by_how_long_it_has_been_due() {
    check(
        "SELECT number, owed_minor, due, days_overdue FROM open_invoices ORDER BY id",
        &[
            "A-2 3000 2026-02-14 45",
            "B-1 700 2026-04-10 0",
            "A-3 50 2025-12-01 120",
        ],
    );
    check(
        "SELECT customer_name, currency, invoices, owed_minor, days_0_minor, days_1_30_minor, days_31_60_minor, \
         days_61_90_minor, days_over_90_minor FROM aging ORDER BY customer_id",
        &[
            "Customer 0001 usd 2 3050 0 0 3000 0 50",
            "Customer 0002 eur 1 700 700 0 0 0 0",
        ],
    );
}

#[test]
fn each_amount_stands_in_the_month_in_which_it_happened() {
    check(
        "SELECT month, currency, invoices, invoiced_minor, voided_minor, written_off_minor, credited_minor, collected_minor, \
         refunded_minor FROM revenue_by_month ORDER BY currency, month",
        &[
            "2026-03 eur 1 800 0 0 100 0 0",
            "2025-12 usd 1 50 0 0 0 0 0",
            "2026-01 usd 2 17500 0 0 0 12000 0",
            "2026-02 usd 2 1300 0 0 0 2000 0",
            "2026-03 usd 1 600 900 400 0 900 1000",
        ],
    );
}

#[test]
fn a_payment_is_followed_from_the_invoice_to_the_payout() {
    check(
        "SELECT charge_id, invoice_number, currency, captured_minor, refunds_minor, settlement_currency, \
         settlement_gross_minor, settlement_fee_minor, settlement_net_minor, available, payout_id \
         FROM payments WHERE status = 'succeeded' AND customer_id = 'cus_1' ORDER BY charge_id",
        &[
            "ch_1 A-1 usd 12000 1000 eur 11000 380 10620 2026-02-01 po_1",
            "ch_3 A-2 usd 2000 0 usd 2000 88 1912 2026-02-17 -",
        ],
    );
    check(
        "SELECT payout_id, payout_minor, balance_transaction_id, source_id, currency, net_minor FROM payout_items",
        &["po_1 10620 txn_1 ch_1 eur 10620"],
    );
}

#[test]
fn a_payouts_own_transaction_is_none_of_its_items_even_unread() {
    check_edges(
        "SELECT payout_id, balance_transaction_id FROM payout_items ORDER BY payout_id",
        &["po_1 txn_whole", "po_2 txn_part"],
    );
}

#[test]
fn fees_are_told_by_kind_and_those_that_are_billed_apart() {
    check(
        "SELECT month, currency, kind, fees, fee_minor FROM fees_by_month ORDER BY month, currency, kind",
        &[
            "2026-01 eur stripe_fee 1 330",
            "2026-01 eur tax 1 50",
            "2026-02 usd billed:stripe_fee 1 150",
            "2026-02 usd stripe_fee 1 88",
        ],
    );
    check(
        "SELECT month, reason, refunds, refunded_minor, failed, failed_minor FROM refunds_by_month ORDER BY reason",
        &["2026-03 duplicate 1 1000 0 0", "2026-03 none 0 0 1 200"],
    );
}

#[test]
fn only_disputes_that_are_not_decided_are_open() {
    check(
        "SELECT id, customer_name, status, amount_minor, days_left, settlement_currency, settlement_taken_minor FROM disputes_open",
        &["du_1 Customer 0001 needs_response 12000 5 eur 12500"],
    );
}

#[test]
fn a_statement_ends_with_what_is_owed_on_open_invoices() {
    check(
        "SELECT customer_id, date(at_s, 'unixepoch'), what, number, currency, amount_minor, owed_minor \
         FROM customer_statement ORDER BY customer_id, currency, at_s, step, invoice_id",
        &[
            "cus_1 2025-12-01 invoice A-3 usd 50 50",
            "cus_1 2026-01-15 invoice A-2 usd 5500 5550",
            "cus_1 2026-01-15 balance_applied A-2 usd -500 5050",
            "cus_1 2026-01-30 invoice A-1 usd 12000 17050",
            "cus_1 2026-01-30 payment A-1 usd -12000 5050",
            "cus_1 2026-02-15 payment A-2 usd -2000 3050",
            "cus_2 2026-03-27 invoice B-1 eur 800 800",
            "cus_2 2026-03-28 credit_note B-1 eur -100 700",
            "cus_2 2026-02-09 invoice B-3 usd 400 400",
            "cus_2 2026-02-19 invoice B-2 usd 900 1300",
            "cus_2 2026-03-01 void B-2 usd -900 400",
            "cus_2 2026-03-05 invoice B-4 usd 600 1000",
            "cus_2 2026-03-06 out_of_band B-4 usd -400 600",
            "cus_2 2026-03-06 out_of_band B-4 usd -200 400",
            "cus_2 2026-03-11 write_off B-3 usd -400 0",
        ],
    );
}

#[test]
fn recurring_revenue_is_a_twelfth_of_a_years_prices() {
    check(
        "SELECT subscription_id, ending, currency, year_minor, month_minor, items, unpriced_items FROM mrr",
        &["sub_1 1 usd 177600 14800 3 1"],
    );
    check(
        "SELECT month, currency, reason, subscriptions, year_minor, unpriced_items FROM churn_by_month",
        &["2026-03 usd payment_failed 1 52000 0"],
    );
}

#[test]
fn tax_is_that_of_documents_which_hold() {
    check(
        "SELECT month, currency, rate, percentage, behavior, documents, taxable_minor, tax_minor, credited_minor, due_minor \
         FROM tax_by_rate ORDER BY month",
        &[
            "2026-01 usd VAT 20 exclusive 1 10000 2000 0 2000",
            "2026-03 eur VAT 20 inclusive 2 800 160 20 140",
        ],
    );
    check(
        "SELECT month, coupon_id, coupon_name, currency, invoices, discount_minor FROM discounts_by_coupon",
        &["2026-01 SPRING Spring usd 1 1000"],
    );
}

#[test]
fn credit_is_what_balances_grants_and_cash_leave() {
    check(
        "SELECT customer_id, kind, currency, credit_minor FROM credit_balances ORDER BY customer_id, kind",
        &[
            "cus_1 cash eur 250",
            "cus_1 customer_balance usd 500",
            "cus_2 billing_credits usd 600",
        ],
    );
}

#[test]
fn a_line_is_earned_day_by_day_without_discount_and_tax() {
    check(
        "SELECT line_id, currency, amount_minor, earned_minor, deferred_minor FROM deferred_lines ORDER BY line_id",
        &[
            "il_1 usd 10000 6666 3334",
            "il_2 usd 5500 5500 0",
            "il_3 eur 800 0 800",
        ],
    );
}

#[test]
fn failures_are_told_with_what_came_of_them() {
    check(
        "SELECT payment_intent_id, currency, amount_minor, failures, failure_code, date(recovered_s, 'unixepoch'), \
         recovered_minor FROM failed_payments ORDER BY payment_intent_id",
        &[
            "pi_2 usd 2000 1 card_declined 2026-02-15 2000",
            "pi_7 jpy 9000 1 expired_card - 0",
        ],
    );
    check(
        "SELECT earlier_charge_id, charge_id, amount_minor, seconds_between FROM possible_duplicates",
        &["ch_4 ch_5 300 600"],
    );
}

#[test]
fn doubts_and_disagreements_are_told_by_kind() {
    check(
        "SELECT object, id, why FROM unsure_objects ORDER BY object, id",
        &["customer cus_2 ambiguous", "invoice in_3 gap"],
    );
    check(
        "SELECT object, id FROM deleted_objects",
        &["customer cus_3"],
    );
    check(
        "SELECT code, currency, findings, at_stake_minor, example_id FROM findings_by_stake",
        &["sum_differs usd 2 12 in_1"],
    );
    check("SELECT at, seq FROM book_clock", &["2026-03-31 00:00:00 9"]);
}

#[test]
fn releases_of_what_was_not_captured_are_no_refunds() {
    check_edges(
        "SELECT month, reason, refunds, refunded_minor, failed FROM refunds_by_month",
        &["2026-03 none 1 400 0"],
    );
    check_edges(
        "SELECT charge_id, refunds_minor FROM payments WHERE status = 'succeeded' ORDER BY charge_id",
        &["ch_part 0", "ch_released 0", "ch_whole 400"],
    );
    check_edges(
        "SELECT id, refunds_minor FROM charge_view WHERE status = 'succeeded' ORDER BY id",
        &["ch_part 0", "ch_released 0", "ch_whole 400"],
    );
    check_edges("SELECT refunded_minor FROM revenue_by_month", &["400"]);
}

#[test]
fn fees_for_countering_a_dispute_are_fees_and_taken_by_it() {
    check_edges(
        "SELECT kind, fees, fee_minor FROM fees_by_month ORDER BY kind",
        &["billed:adjustment 1 1500", "stripe_fee 1 1500"],
    );
    check_edges(
        "SELECT id, days_left, settlement_taken_minor FROM disputes_open",
        &["du_1 -1 8000"],
    );
}

#[test]
fn lists_that_stripe_cuts_are_read_whole() {
    check_edges(
        "SELECT line_id, amount_minor, earned_minor, deferred_minor FROM deferred_lines",
        &["il_1 3000 1500 1500"],
    );
    check_edges(
        "SELECT subscription_id, paused, year_minor FROM mrr ORDER BY subscription_id",
        &["sub_1 0 12000", "sub_2 1 120"],
    );
    check_edges(
        "SELECT month, year_minor FROM churn_by_month",
        &["2026-03 100"],
    );
}

#[test]
fn a_payout_that_failed_took_nothing_along() {
    check_edges(
        "SELECT charge_id, payout_id FROM payments WHERE status = 'succeeded' ORDER BY charge_id",
        &["ch_part po_2", "ch_released -", "ch_whole -"],
    );
}

#[test]
fn a_void_invoice_is_not_credited_once_more() {
    check_edges(
        "SELECT invoiced_minor, voided_minor, credited_minor FROM revenue_by_month",
        &["3800 800 30"],
    );
    check_edges(
        "SELECT credited_minor, documents FROM tax_by_rate",
        &["5 1"],
    );
}

#[test]
fn a_charge_without_a_payment_intent_is_a_payment_of_its_own() {
    check_edges(
        "SELECT payment_intent_id, amount_minor, failures FROM failed_payments ORDER BY amount_minor",
        &["- 100 1", "- 200 1", "pi_4 900 1"],
    );
}
