//! The screens on which a company is looked through, over a few events written by hand: what they list, sum and hint at.

use serde_json::{Value, json};

use crate::desk::Desk;

const VERSION: &str = "2026-07-29.dahlia";
/// 2025-03-01T00:00:00Z.
const OPENED_S: i64 = 1_740_787_200;
const DAY_S: i64 = 86_400;

/// Events one after the other, a day apart.
#[derive(Default)]
struct Story {
    lines: Vec<String>,
}

impl Story {
    fn tell(&mut self, event_type: &str, object: Value) -> &mut Self {
        self.tell_of(None, event_type, object)
    }

    fn tell_of(&mut self, account: Option<&str>, event_type: &str, object: Value) -> &mut Self {
        let number = self.lines.len();
        let mut event = json!({
            "id": format!("evt_{number}"), "object": "event", "type": event_type, "api_version": VERSION,
            "created": OPENED_S + DAY_S * i64::try_from(number).unwrap(), "livemode": true, "data": {"object": object},
        });
        if let Some(account) = account {
            event["account"] = account.into();
        }
        self.lines.push(event.to_string());
        self
    }

    /// Somebody reads an object.
    fn read(&mut self, object: &Value) -> &mut Self {
        let (kind, id) = (&object["object"], &object["id"]);
        let number = self.lines.len();
        self.lines.push(
            json!({
                "object": "daybook.observation", "request": format!("GET /v1/{number}"), "request_id": format!("req_{number}"),
                "version": VERSION, "account": "acct_1", "livemode": true, "date_s": OPENED_S + 60 * DAY_S, "elapsed_ms": 120,
                "absent": null, "object_type": kind, "object_id": id, "body": object,
            })
            .to_string(),
        );
        self
    }

    /// A desk with the book of it.
    fn book(&self) -> Desk {
        let desk = Desk::new();
        desk.ok("init --account acct_1");
        desk.write("story.ndjson", self.lines.join("\n"));
        desk.ok("import story.ndjson");
        desk.ok("project");
        desk
    }
}

fn customer(id: &str, name: &str, email: &str) -> Value {
    json!({"id": id, "object": "customer", "created": OPENED_S, "name": name, "email": email, "currency": "usd",
           "balance": 0, "delinquent": false})
}

/// An invoice over so many minor units that is paid, or open.
fn invoice(number: u32, customer: &str, minor: i64, paid: bool) -> Value {
    let paid_minor = if paid { minor } else { 0 };
    let at_s = OPENED_S + DAY_S * i64::from(number);
    json!({
        "id": format!("in_{number}"), "object": "invoice", "created": at_s, "customer": customer, "number": format!("A-{number}"),
        "status": if paid { "paid" } else { "open" }, "currency": "usd", "subtotal": minor, "total": minor,
        "amount_due": minor, "amount_paid": paid_minor, "amount_remaining": minor - paid_minor, "amount_overpaid": 0,
        "starting_balance": 0, "ending_balance": 0, "pre_payment_credit_notes_amount": 0,
        "post_payment_credit_notes_amount": 0, "due_date": at_s + 7 * DAY_S,
        "status_transitions": {"finalized_at": at_s, "paid_at": if paid { json!(at_s) } else { Value::Null }},
    })
}

fn payment(number: u32, minor: i64) -> Value {
    let at_s = OPENED_S + DAY_S * i64::from(number);
    json!({
        "id": format!("inpay_{number}"), "object": "invoice_payment", "created": at_s, "invoice": format!("in_{number}"),
        "status": "paid", "currency": "usd", "amount_requested": minor, "amount_paid": minor, "is_default": true,
        "payment": {"type": "payment_intent", "payment_intent": format!("pi_{number}")},
        "status_transitions": {"paid_at": at_s, "canceled_at": null},
    })
}

fn charge(number: u32, customer: &str, minor: i64) -> Value {
    json!({
        "id": format!("ch_{number}"), "object": "charge", "created": OPENED_S + DAY_S * i64::from(number),
        "customer": customer, "payment_intent": format!("pi_{number}"), "status": "succeeded", "currency": "usd",
        "amount": minor, "amount_captured": minor, "amount_refunded": 0, "captured": true, "paid": true,
        "refunded": false, "disputed": true,
    })
}

/// A dispute of that charge; `moved` is gross and fee in minor units of each balance transaction.
fn dispute(number: u32, status: &str, minor: i64, moved: &[(i64, i64)]) -> Value {
    let movement = |(place, (gross_minor, fee_minor)): (usize, &(i64, i64))| {
        json!({
            "id": format!("txn_{number}{place}"), "object": "balance_transaction", "amount": gross_minor, "fee": fee_minor,
            "net": gross_minor - fee_minor, "currency": "eur", "created": OPENED_S, "available_on": OPENED_S,
            "reporting_category": if *gross_minor < 0 { "dispute" } else { "dispute_reversal" }, "exchange_rate": null,
        })
    };
    let moved: Vec<Value> = moved.iter().enumerate().map(movement).collect();
    json!({
        "id": format!("dp_{number}"), "object": "dispute", "created": OPENED_S + DAY_S * i64::from(10 + number),
        "charge": format!("ch_{number}"), "payment_intent": format!("pi_{number}"), "status": status, "reason": "fraudulent",
        "currency": "usd", "amount": minor, "is_charge_refundable": false, "balance_transactions": moved,
        "evidence_details": {"due_by": OPENED_S + DAY_S * i64::from(20 + number), "has_evidence": false, "submission_count": 0},
    })
}

/// A balance transaction that names a dispute as its source.
fn moved(id: &str, dispute: u32, category: &str, (gross_minor, fee_minor): (i64, i64)) -> Value {
    json!({
        "id": id, "object": "balance_transaction", "amount": gross_minor, "fee": fee_minor, "net": gross_minor - fee_minor,
        "currency": "eur", "created": OPENED_S, "available_on": OPENED_S, "type": "adjustment",
        "reporting_category": category, "source": format!("dp_{dispute}"), "status": "available", "fee_details": [],
    })
}

fn refund(id: &str, charge: u32, status: &str, minor: i64) -> Value {
    json!({
        "id": id, "object": "refund", "created": OPENED_S + 40 * DAY_S, "charge": format!("ch_{charge}"),
        "payment_intent": format!("pi_{charge}"), "status": status, "currency": "usd", "amount": minor,
        "reason": "requested_by_customer",
    })
}

fn subscription(id: &str, customer: &str, status: &str, price: Value) -> Value {
    let item = json!({
        "id": format!("si_{id}"), "object": "subscription_item", "created": OPENED_S, "quantity": 3, "price": price,
        "current_period_start": OPENED_S, "current_period_end": OPENED_S + 30 * DAY_S,
    });
    json!({
        "id": format!("sub_{id}"), "object": "subscription", "created": OPENED_S, "customer": customer, "status": status,
        "currency": "usd", "start_date": OPENED_S, "collection_method": "charge_automatically",
        "cancel_at_period_end": false, "items": {"object": "list", "data": [item], "has_more": false},
    })
}

fn price(unit_amount: Value, decimal: &str, interval_count: u32) -> Value {
    json!({
        "id": format!("price_{decimal}"), "object": "price", "product": "prod_1", "currency": "usd",
        "unit_amount": unit_amount, "unit_amount_decimal": decimal,
        "recurring": {"interval": "month", "interval_count": interval_count},
    })
}

/// Two customers of one name, three disputes, two refunds, an odd invoice, a connected account.
fn story() -> Story {
    let mut story = Story::default();
    let (one, other) = ("cus_1", "cus_2");
    story
        .tell(
            "customer.created",
            customer(one, "Customer A", "one@example.com"),
        )
        .tell(
            "customer.created",
            customer(other, "customer a", "two@example.com"),
        );
    for (number, minor) in [(1, 10_000), (2, 5_000), (3, 2_550)] {
        story
            .tell("invoice.paid", invoice(number, one, minor, true))
            .tell("invoice_payment.paid", payment(number, minor))
            .tell("charge.succeeded", charge(number, one, minor));
    }
    let taken = [(-9_200, 1_500)];
    let returned = [(-4_600, 1_500), (4_600, -1_500)];
    let mut odd = invoice(4, one, 700, false);
    odd["description"] = json!(7);
    story
        .tell(
            "charge.dispute.created",
            dispute(1, "needs_response", 10_000, &taken),
        )
        .tell("charge.dispute.closed", dispute(2, "won", 5_000, &returned))
        .tell(
            "charge.dispute.created",
            dispute(3, "warning_needs_response", 2_550, &[]),
        )
        .tell("refund.created", refund("re_1", 3, "succeeded", 550))
        .tell("refund.failed", refund("re_2", 3, "failed", 2_000))
        .tell("invoice.finalized", odd)
        .tell(
            "customer.subscription.created",
            subscription("1", one, "active", price(json!(1_000), "1000", 1)),
        )
        .tell(
            "customer.subscription.created",
            subscription("2", other, "canceled", price(Value::Null, "0.5", 3)),
        )
        .tell_of(
            Some("acct_2"),
            "customer.created",
            customer("cus_3", "Customer B", "three@example.com"),
        );
    story
}

#[test]
fn looking_a_company_through() {
    let desk = story().book();
    let session = desk.session(&[
        "streams",
        "customers",
        "customer one@example.com",
        "customer cus_1 --since 2025-03-03 --until 2025-03-12",
        "customer cus_2",
        "subscriptions",
        "subscriptions --status running --customer cus_1",
        "disputes",
        "disputes --status open --due-before 2025-03-23",
        "refunds",
        "refunds --charge ch_3 --status failed",
        "notices",
        "notices --code not_a_text",
    ]);
    insta::assert_snapshot!("looking_a_company_through", session);
}

#[test]
fn what_does_not_exist_is_told_with_what_does() {
    let desk = story().book();
    let session = desk.session(&[
        "customer Customer_A",
        "customer cus_9",
        "invoices --status settled",
        "invoices --customer cus_9",
        "disputes --status lost",
        "disputes --status settled",
        "refunds --status settled",
        "subscriptions --status paused",
        "notices --code nothing",
        "customer cus_1 --since yesterday",
        "customer cus_1 --since 2025-03-02 --until 2025-03-01",
        "refunds --from 2025-03-02 --to 2025-03-01",
        "refunds --charge ch_none",
        "events --since 2025-03-02 --until 2025-03-01",
    ]);
    insta::assert_snapshot!("what_does_not_exist", session);
    // A name has a blank, which a session's line can't hold.
    let mut named = desk.command("customer");
    let named = named.arg("CUSTOMER A").output().unwrap();
    assert_eq!(named.status.code(), Some(1));
    let said = String::from_utf8(named.stderr).unwrap();
    assert!(said.contains("there are several customers CUSTOMER A"));
    assert!(said.contains("cus_1, cus_2"), "{said}");
}

#[test]
fn one_dispute_is_counted_once_however_many_transactions_it_has() {
    let desk = story().book();
    let answer = desk.json("disputes");
    let rows = answer["disputes"].as_array().unwrap();
    let won = rows.iter().find(|row| row["id"] == "dp_2").unwrap();
    assert_eq!(
        (&won["settlement_net_minor"], &won["settlement_fee_minor"]),
        (&json!(0), &json!(0))
    );
    let open = rows.iter().find(|row| row["id"] == "dp_1").unwrap();
    assert_eq!(open["settlement_net_minor"], -10_700);
    assert_eq!(
        (&open["settlement_currency"], &open["currency"]),
        (&json!("eur"), &json!("usd"))
    );
    let totals = answer["totals"].as_array().unwrap();
    let count: i64 = totals
        .iter()
        .map(|row| row["disputes"].as_i64().unwrap())
        .sum();
    assert_eq!((rows.len(), count), (3, 3));
}

#[test]
fn a_dispute_counts_a_transaction_once_and_a_fee_of_its_own_as_fee() {
    let mut story = story();
    story
        .read(&moved("txn_10", 1, "dispute", (-9_200, 1_500)))
        .read(&moved("txn_19", 1, "fee", (-1_500, 0)));
    let answer = story.book().json("disputes");
    let rows = answer["disputes"].as_array().unwrap();
    let open = rows.iter().find(|row| row["id"] == "dp_1").unwrap();
    assert_eq!(open["settlement_fee_minor"], 3_000);
    assert_eq!(open["settlement_net_minor"], -9_200 - 1_500 - 1_500);
}

#[test]
fn a_notice_puts_at_stake_each_object_once() {
    let mut twice = story();
    let mut odd = invoice(4, "cus_1", 700, false);
    odd["description"] = json!(8);
    twice.tell("invoice.updated", odd);
    let answer = twice.book().json("notices");
    let rows = answer["notices"].as_array().unwrap();
    let of_invoice = rows
        .iter()
        .find(|row| row["notice"] == "not_a_text")
        .unwrap();
    assert_eq!(of_invoice["entries"], 2);
    assert_eq!(of_invoice["at_stake_minor"], 700);
    assert_eq!(of_invoice["currency"], "usd");
}
