//! A shop of a handful of objects, written by hand in Stripe's shapes: a payment refunded and disputed, payouts of each kind,
//! and invoices about which not all is sure. The same bytes for every test.

use serde_json::{Value, json};

use crate::desk::Desk;

/// 2025-03-03 at 09:00 in UTC.
const OPENS_S: i64 = 1_740_992_400;
const DAY_S: i64 = 86_400;

/// A data folder with all of the shop imported, in the order in which it is written down here, and projected.
pub(crate) fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("events.ndjson", lines(&events()));
    desk.write("reads.ndjson", lines(&reads()));
    desk.ok("init --account acct_shop");
    desk.ok("import events.ndjson reads.ndjson");
    desk.ok("project");
    desk
}

fn lines(values: &[Value]) -> String {
    values.iter().map(|value| format!("{value}\n")).collect()
}

/// An event of the second `at_s`, with what was before if it says so.
pub(crate) fn event(id: &str, at_s: i64, type_: &str, object: &Value, before: Value) -> Value {
    let mut data = json!({"object": object});
    if !before.is_null() {
        data["previous_attributes"] = before;
    }
    json!({
        "id": id, "object": "event", "api_version": "2026-07-29.dahlia", "created": OPENS_S + at_s, "data": data,
        "livemode": true, "pending_webhooks": 0, "request": {"id": null, "idempotency_key": null}, "type": type_,
    })
}

fn read(at_s: i64, object: Value) -> Value {
    json!({
        "object": "daybook.observation", "request": format!("GET {}", object["id"].as_str().unwrap()),
        "request_id": null, "version": "2026-07-29.dahlia", "account": "acct_shop", "livemode": true,
        "date_s": OPENS_S + at_s, "elapsed_ms": 100, "absent": null,
        "object_type": object["object"], "object_id": object["id"], "body": object,
    })
}

/// The object with some members set.
fn with(object: &Value, members: Value) -> Value {
    let mut object = object.clone();
    for (name, value) in members.as_object().unwrap() {
        object[name] = value.clone();
    }
    object
}

fn invoice(id: &str, total: i64) -> Value {
    json!({
        "id": id, "object": "invoice", "customer": "cus_shop1", "created": OPENS_S, "currency": "usd",
        "status": "draft", "number": null, "subtotal": total, "total": total, "amount_due": total, "amount_paid": 0,
        "amount_remaining": total, "attempt_count": 0, "attempted": false, "livemode": true,
        "status_transitions": {"finalized_at": null, "paid_at": null, "voided_at": null, "marked_uncollectible_at": null},
        "lines": {"object": "list", "has_more": false, "data": [{
            "id": format!("il_{id}"), "object": "line_item", "amount": total, "currency": "usd", "quantity": 1,
            "description": "Twelve of something",
        }]},
    })
}

/// The invoice that is paid: made as a draft, finalised two hours later, paid by a card.
fn paid_invoice() -> Vec<Value> {
    let draft = invoice("in_shop1", 12_000);
    let open = with(
        &draft,
        json!({"status": "open", "number": "SHOP-0001", "status_transitions": {"finalized_at": OPENS_S + 7200, "paid_at": null}}),
    );
    let paid = with(
        &open,
        json!({
            "status": "paid", "amount_paid": 12_000, "amount_remaining": 0, "attempt_count": 1, "attempted": true,
            "status_transitions": {"finalized_at": OPENS_S + 7200, "paid_at": OPENS_S + 7202},
        }),
    );
    let payment = json!({
        "id": "inpay_shop1", "object": "invoice_payment", "amount_paid": 12_000, "amount_requested": 12_000,
        "created": OPENS_S + 7202, "currency": "usd", "invoice": "in_shop1", "is_default": true, "livemode": true,
        "payment": {"payment_intent": "pi_shop1", "type": "payment_intent"}, "status": "paid",
        "status_transitions": {"canceled_at": null, "paid_at": OPENS_S + 7202},
    });
    let finalised =
        json!({"status": "draft", "number": null, "status_transitions": {"finalized_at": null}});
    let was_open = json!({
        "status": "open", "amount_paid": 0, "amount_remaining": 12_000, "attempt_count": 0, "attempted": false,
        "status_transitions": {"paid_at": null},
    });
    // Delivered last first.
    vec![
        event("evt_shop15", 7202, "invoice.paid", &paid, Value::Null),
        event("evt_shop14", 7202, "invoice.updated", &paid, was_open),
        event(
            "evt_shop13",
            7202,
            "invoice_payment.paid",
            &payment,
            Value::Null,
        ),
        event("evt_shop12", 7200, "invoice.finalized", &open, Value::Null),
        event("evt_shop11", 7200, "invoice.updated", &open, finalised),
        event("evt_shop10", 0, "invoice.created", &draft, Value::Null),
    ]
}

/// Its charge: paid, refunded in part, disputed for the rest.
fn charge() -> Vec<Value> {
    let intent = json!({
        "id": "pi_shop1", "object": "payment_intent", "amount": 12_000, "amount_received": 12_000, "currency": "usd",
        "customer": "cus_shop1", "created": OPENS_S + 7200, "status": "succeeded", "latest_charge": "ch_shop1",
        "livemode": true,
    });
    let charge = json!({
        "id": "ch_shop1", "object": "charge", "amount": 12_000, "amount_captured": 12_000, "amount_refunded": 0,
        "currency": "usd", "customer": "cus_shop1", "payment_intent": "pi_shop1", "created": OPENS_S + 7201,
        "status": "succeeded", "captured": true, "paid": true, "refunded": false, "disputed": false,
        "balance_transaction": null, "payment_method_details": {"type": "card"}, "livemode": true,
    });
    let settled = with(&charge, json!({"balance_transaction": "txn_shop1"}));
    let refunded = with(&settled, json!({"amount_refunded": 2000}));
    let disputed = with(&refunded, json!({"disputed": true}));
    let refund = json!({
        "id": "re_shop1", "object": "refund", "amount": 2000, "currency": "usd", "charge": "ch_shop1",
        "payment_intent": "pi_shop1", "created": OPENS_S + DAY_S, "status": "succeeded", "reason": "requested_by_customer",
        "balance_transaction": "txn_shop2",
    });
    vec![
        event(
            "evt_shop20",
            7201,
            "payment_intent.succeeded",
            &intent,
            Value::Null,
        ),
        event("evt_shop21", 7201, "charge.succeeded", &charge, Value::Null),
        event(
            "evt_shop22",
            7203,
            "charge.updated",
            &settled,
            json!({"balance_transaction": null}),
        ),
        event("evt_shop23", DAY_S, "refund.created", &refund, Value::Null),
        event(
            "evt_shop24",
            DAY_S,
            "charge.refunded",
            &refunded,
            json!({"amount_refunded": 0}),
        ),
        event(
            "evt_shop25",
            9 * DAY_S,
            "charge.dispute.created",
            &dispute(),
            Value::Null,
        ),
        event(
            "evt_shop26",
            9 * DAY_S,
            "charge.updated",
            &disputed,
            json!({"disputed": false}),
        ),
    ]
}

/// What the customer's bank takes back of it.
fn dispute() -> Value {
    json!({
        "id": "du_shop1", "object": "dispute", "amount": 10_000, "currency": "usd", "charge": "ch_shop1",
        "payment_intent": "pi_shop1", "created": OPENS_S + 9 * DAY_S, "status": "needs_response", "reason": "product_not_received",
        "is_charge_refundable": false, "livemode": true,
        "evidence_details": {"due_by": OPENS_S + 20 * DAY_S, "has_evidence": false, "submission_count": 0},
        "balance_transactions": [{
            "id": "txn_shop5", "object": "balance_transaction", "amount": -10_000, "fee": 1500, "net": -11_500,
            "currency": "usd", "created": OPENS_S + 9 * DAY_S, "available_on": OPENS_S + 9 * DAY_S,
            "reporting_category": "dispute", "type": "adjustment", "source": "du_shop1",
        }],
    })
}

/// Three payouts: by schedule and itemised, by schedule and not yet read, and by hand.
fn payouts() -> Vec<Value> {
    let payout = |id: &str, amount: i64, automatic: bool| {
        json!({
            "id": id, "object": "payout", "amount": amount, "currency": "usd", "automatic": automatic,
            "method": if automatic { "standard" } else { "instant" }, "type": "bank_account", "status": "in_transit",
            "created": OPENS_S + 2 * DAY_S, "arrival_date": OPENS_S + 3 * DAY_S, "destination": "ba_shop1",
            "balance_transaction": format!("txn_{id}"), "livemode": true,
            "reconciliation_status": if automatic { "completed" } else { "not_applicable" },
        })
    };
    let made =
        |id: &str, number: &str, payout: Value| event(id, 2 * DAY_S, number, &payout, Value::Null);
    let first = payout("po_shop1", 9622, true);
    let arrived = with(&first, json!({"status": "paid"}));
    vec![
        made("evt_shop30", "payout.created", first),
        made(
            "evt_shop31",
            "payout.created",
            payout("po_shop2", 500, true),
        ),
        made(
            "evt_shop32",
            "payout.created",
            payout("po_shop3", 700, false),
        ),
        event(
            "evt_shop33",
            3 * DAY_S,
            "payout.paid",
            &arrived,
            json!({"status": "in_transit"}),
        ),
    ]
}

/// Two invoices about which not all is sure: changes of one second that nothing joins, a change that was never announced,
/// and one that only a read tells of.
fn unsure_invoices() -> Vec<Value> {
    let draft = invoice("in_shop2", 4900);
    let noted = with(
        &draft,
        json!({"description": "For the second floor \u{1b}[31m"}),
    );
    let cheaper = with(
        &noted,
        json!({"total": 4400, "subtotal": 4400, "amount_due": 4400, "amount_remaining": 4400}),
    );
    let dearer = with(
        &noted,
        json!({"total": 5400, "subtotal": 5400, "amount_due": 5400, "amount_remaining": 5400}),
    );
    let other = invoice("in_shop3", 1000);
    vec![
        event("evt_shop40", 100, "invoice.created", &draft, Value::Null),
        event(
            "evt_shop41",
            300,
            "invoice.updated",
            &noted,
            json!({"description": "For the first floor"}),
        ),
        event("evt_shop42", 500, "invoice.updated", &cheaper, Value::Null),
        event("evt_shop43", 500, "invoice.updated", &dearer, Value::Null),
        event("evt_shop44", 600, "invoice.created", &other, Value::Null),
    ]
}

fn events() -> Vec<Value> {
    let customer = json!({
        "id": "cus_shop1", "object": "customer", "created": OPENS_S, "name": "Customer 0001", "balance": 0,
        "currency": "usd", "livemode": true,
    });
    let mut events = vec![event(
        "evt_shop01",
        0,
        "customer.created",
        &customer,
        Value::Null,
    )];
    events.extend(paid_invoice());
    events.extend(charge());
    events.extend(payouts());
    events.extend(unsure_invoices());
    events
}

fn reads() -> Vec<Value> {
    let movement = |id: &str, category: &str, (amount, fee): (i64, i64), source: &str| {
        let details = json!([{
            "amount": fee, "application": null, "currency": "usd", "description": "Processing fees", "type": "stripe_fee",
        }]);
        json!({
            "id": id, "object": "balance_transaction", "amount": amount, "fee": fee, "net": amount - fee,
            "currency": "usd", "created": OPENS_S + DAY_S, "available_on": OPENS_S + 2 * DAY_S, "type": category,
            "reporting_category": category, "source": source, "exchange_rate": null, "balance_type": "payments",
            "fee_details": if fee == 0 { json!([]) } else { details },
        })
    };
    let membership = json!({
        "id": "po_shop1", "object": "payout_membership",
        "data": [{"id": "txn_shop1"}, {"id": "txn_shop2"}, {"id": "txn_po_shop1"}],
    });
    let settled = with(
        &invoice("in_shop3", 1000),
        json!({"status": "open", "number": "SHOP-0003", "status_transitions": {"finalized_at": OPENS_S + 4000}}),
    );
    vec![
        read(
            DAY_S + 100,
            movement("txn_shop1", "charge", (12_000, 378), "ch_shop1"),
        ),
        read(
            DAY_S + 101,
            movement("txn_shop2", "refund", (-2000, 0), "re_shop1"),
        ),
        read(
            2 * DAY_S + 100,
            movement("txn_po_shop1", "payout", (-9622, 0), "po_shop1"),
        ),
        read(3 * DAY_S, membership),
        read(4 * DAY_S, settled),
    ]
}
