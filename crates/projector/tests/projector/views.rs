//! What the readable views say of a small company, row by row.

use rusqlite::types::Value;

use crate::log::{Folder, event, log_of, observation};

/// 2026-01-01T00:00:00Z.
const START_S: i64 = 1_767_225_600;

fn rows_of(folder: &Folder, sql: &str) -> Vec<String> {
    let book = folder.open();
    let mut statement = book.connection().prepare(sql).unwrap();
    let columns = statement.column_count();
    let text = |value: Value| match value {
        Value::Null => "-".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => text,
        other => panic!("a view shows {other:?}"),
    };
    statement
        .query_map([], |row| {
            let cells: Vec<String> = (0..columns)
                .map(|column| row.get(column).map(text))
                .collect::<Result<_, _>>()?;
            Ok(cells.join(" "))
        })
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

/// One customer with a paid, an overdue and a written-off invoice, and one who was never invoiced.
fn company() -> Folder {
    let created = |place: i64, type_: &str, object: &str| {
        event(
            &format!("evt_{place}"),
            type_,
            START_S + place,
            object,
            None,
        )
    };
    let invoice = |id: &str, status: &str, total: i64, paid: i64| {
        format!(
            "{{\"id\":\"{id}\",\"object\":\"invoice\",\"created\":{START_S},\"customer\":\"cus_1\",\"status\":\"{status}\",\
             \"currency\":\"usd\",\"total\":{total},\"amount_due\":{total},\"amount_paid\":{paid},\
             \"amount_remaining\":{},\"due_date\":{}}}",
            total - paid,
            START_S + 3,
        )
    };
    let customer = |id: &str, name: &str| {
        format!(
            "{{\"id\":\"{id}\",\"object\":\"customer\",\"created\":{START_S},\"name\":\"{name}\"}}"
        )
    };
    let charge = format!(
        "{{\"id\":\"ch_1\",\"object\":\"charge\",\"created\":{START_S},\"customer\":\"cus_1\",\"status\":\"succeeded\",\
         \"currency\":\"usd\",\"amount\":5000,\"amount_captured\":5000,\"amount_refunded\":700,\
         \"payment_intent\":\"pi_1\",\"balance_transaction\":\"txn_1\"}}"
    );
    let payment = "{\"id\":\"inpay_1\",\"object\":\"invoice_payment\",\"invoice\":\"in_1\",\"status\":\"paid\",\
         \"currency\":\"usd\",\"amount_paid\":5000,\"payment\":{\"type\":\"payment_intent\",\"payment_intent\":\"pi_1\"}}";
    let refund = "{\"id\":\"re_1\",\"object\":\"refund\",\"charge\":\"ch_1\",\"status\":\"succeeded\",\"currency\":\"usd\",\"amount\":700}";
    let transaction = |id: &str, amount: i64, fee: i64, available_s: i64| {
        let body = format!(
            "{{\"id\":\"{id}\",\"object\":\"balance_transaction\",\"amount\":{amount},\"fee\":{fee},\"net\":{},\
             \"currency\":\"usd\",\"available_on\":{available_s},\"type\":\"charge\",\"source\":\"ch_1\"}}",
            amount - fee,
        );
        observation("balance_transaction", id, START_S + 9, &body)
    };
    let folder = Folder::new();
    folder.rebuild(
        &log_of(&[
            created(1, "customer.created", &customer("cus_1", "Customer 0001")),
            created(2, "customer.created", &customer("cus_2", "Customer 0002")),
            created(3, "invoice.paid", &invoice("in_1", "paid", 5000, 5000)),
            created(4, "invoice.finalized", &invoice("in_2", "open", 300, 0)),
            created(
                5,
                "invoice.marked_uncollectible",
                &invoice("in_3", "uncollectible", 80, 10),
            ),
            created(6, "charge.succeeded", &charge),
            created(7, "invoice_payment.paid", payment),
            created(8, "refund.created", refund),
            transaction("txn_1", 5000, 175, START_S),
            transaction("txn_2", -700, 0, START_S + 10),
        ]),
        1,
    );
    folder
}

#[test]
fn customers_show_what_they_were_invoiced_paid_and_owe() {
    assert_eq!(
        rows_of(
            &company(),
            "SELECT id, name, currency, invoiced_minor, paid_minor, receivable_minor, written_off_minor, invoices \
             FROM customer_view ORDER BY id",
        ),
        [
            "cus_1 Customer 0001 usd 5380 5010 300 70 3",
            "cus_2 Customer 0002 - 0 0 0 0 0",
        ],
    );
}

#[test]
fn only_open_invoices_past_their_date_are_overdue() {
    assert_eq!(
        rows_of(
            &company(),
            "SELECT id, customer_name, status, amount_remaining_minor, due, overdue FROM invoice_view ORDER BY id",
        ),
        [
            "in_1 Customer 0001 paid 0 2026-01-01 00:00:03 0",
            "in_2 Customer 0001 open 300 2026-01-01 00:00:03 1",
            "in_3 Customer 0001 uncollectible 70 2026-01-01 00:00:03 0",
        ],
    );
}

#[test]
fn charges_show_fee_net_refunds_and_their_invoice() {
    assert_eq!(
        rows_of(
            &company(),
            "SELECT id, amount_minor, refunds_minor, settlement_fee_minor, settlement_net_minor, available, invoice_id FROM charge_view",
        ),
        ["ch_1 5000 700 175 4825 2026-01-01 in_1"],
    );
}

#[test]
fn the_balance_is_told_at_the_book_clock() {
    assert_eq!(
        rows_of(
            &company(),
            "SELECT currency, balance_type, available_minor, pending_minor, transactions, at_book_clock FROM balance_view",
        ),
        ["usd payments 4825 -700 2 2026-01-01 00:00:09"],
    );
}
