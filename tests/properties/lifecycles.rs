//! The model's own copy of the table of lifecycles and of the fields that never go back, as the specification gives it.
//!
//! Written a second time on purpose, with every way spelt out, so that a slip in the fold's table shows as a difference.

use std::cmp::Ordering;

use facts::{Record, Value};

/// One kind of object: what may come some time after each status, and its fields that never go back, by kind of motion.
struct Row {
    object: &'static str,
    later: &'static [(&'static str, &'static str)],
    once: &'static str,
    up: &'static str,
    latch: &'static str,
}

const ROWS: [Row; 20] = [
    Row {
        object: "invoice",
        later: &[
            ("draft", "open uncollectible paid void"),
            ("open", "uncollectible paid void"),
            ("uncollectible", "paid void"),
        ],
        once: "finalized_s paid_s voided_s marked_uncollectible_s webhooks_delivered_s",
        up: "attempt_count",
        latch: "attempted",
    },
    Row {
        object: "invoice_payment",
        later: &[("open", "paid canceled")],
        once: "paid_s canceled_s",
        up: "",
        latch: "",
    },
    Row {
        object: "charge",
        later: &[("pending", "succeeded failed"), ("succeeded", "failed")],
        once: "balance_transaction_id failure_balance_transaction_id",
        up: "",
        latch: "captured disputed",
    },
    Row {
        object: "refund",
        later: &[
            ("pending", "succeeded canceled failed"),
            ("requires_action", "succeeded canceled failed"),
            ("succeeded", "failed"),
        ],
        once: "balance_transaction_id failure_balance_transaction_id",
        up: "",
        latch: "",
    },
    Row {
        object: "payout",
        later: &[
            ("pending", "in_transit paid failed canceled"),
            ("in_transit", "paid failed"),
            ("paid", "failed"),
        ],
        once: "balance_transaction_id failure_balance_transaction_id reversed_by_id",
        up: "",
        latch: "",
    },
    Row {
        object: "subscription",
        later: &[
            (
                "incomplete",
                "trialing active past_due unpaid paused canceled incomplete_expired",
            ),
            ("trialing", "canceled"),
            ("active", "canceled"),
            ("past_due", "canceled"),
            ("unpaid", "canceled"),
            ("paused", "canceled"),
        ],
        once: "ended_s",
        up: "",
        latch: "",
    },
    Row {
        object: "customer",
        later: &[],
        once: "",
        up: "next_invoice_sequence",
        latch: "",
    },
    Row {
        object: "payment_intent",
        later: &[
            (
                "requires_payment_method",
                "requires_capture succeeded canceled",
            ),
            (
                "requires_confirmation",
                "requires_capture succeeded canceled",
            ),
            ("requires_action", "requires_capture succeeded canceled"),
            ("processing", "requires_capture succeeded canceled"),
            ("requires_capture", "succeeded canceled"),
        ],
        once: "canceled_s",
        up: "amount_received_minor",
        latch: "",
    },
    Row {
        object: "setup_intent",
        later: &[
            ("requires_payment_method", "succeeded canceled"),
            ("requires_confirmation", "succeeded canceled"),
            ("requires_action", "succeeded canceled"),
            ("processing", "succeeded canceled"),
        ],
        once: "",
        up: "",
        latch: "",
    },
    Row {
        object: "dispute",
        later: &[
            (
                "warning_needs_response",
                "warning_closed needs_response under_review won lost",
            ),
            (
                "warning_under_review",
                "warning_closed needs_response under_review won lost",
            ),
            ("needs_response", "won lost"),
            ("under_review", "won lost"),
        ],
        once: "",
        up: "submission_count",
        latch: "",
    },
    Row {
        object: "subscription_schedule",
        later: &[
            ("not_started", "active completed released canceled"),
            ("active", "completed released canceled"),
        ],
        once: "completed_s released_s canceled_s",
        up: "",
        latch: "",
    },
    Row {
        object: "credit_note",
        later: &[("issued", "void")],
        once: "voided_s",
        up: "",
        latch: "",
    },
    Row {
        object: "billing.credit_grant",
        later: &[],
        once: "voided_s",
        up: "updated_s",
        latch: "",
    },
    Row {
        object: "transfer",
        later: &[],
        once: "",
        up: "amount_reversed_minor",
        latch: "",
    },
    Row {
        object: "application_fee",
        later: &[],
        once: "",
        up: "amount_refunded_minor",
        latch: "",
    },
    Row {
        object: "topup",
        later: &[
            ("pending", "succeeded failed canceled reversed"),
            ("succeeded", "reversed"),
        ],
        once: "balance_transaction_id",
        up: "",
        latch: "",
    },
    Row {
        object: "checkout.session",
        later: &[("open", "complete expired")],
        once: "",
        up: "",
        latch: "",
    },
    Row {
        object: "coupon",
        later: &[],
        once: "",
        up: "times_redeemed",
        latch: "",
    },
    Row {
        object: "promotion_code",
        later: &[],
        once: "",
        up: "times_redeemed",
        latch: "",
    },
    Row {
        object: "test_helpers.test_clock",
        later: &[],
        once: "",
        up: "frozen_s",
        latch: "",
    },
];

/// Whether `one` must be later than `other`: by the fields that never go back; by status when those say nothing.
pub(crate) fn is_later(one: &Record, other: &Record) -> bool {
    let Some(row) = row(one) else { return false };
    let words = words(row, one, other);
    if words.is_empty() {
        return by_status(row, one, other) && !by_status(row, other, one);
    }
    words.iter().all(|word| *word == Some(Ordering::Greater))
}

/// Whether the fields that never go back all show `one` to be older than `other`.
pub(crate) fn is_behind(one: &Record, other: &Record) -> bool {
    let words = row(one).map_or_else(Vec::new, |row| words(row, one, other));
    !words.is_empty() && words.iter().all(|word| *word == Some(Ordering::Less))
}

fn row(record: &Record) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.object == record.schema.object)
}

/// What each field that never goes back, and differs, says of `one` against `other`; none where it went from one value to another.
fn words(row: &Row, one: &Record, other: &Record) -> Vec<Option<Ordering>> {
    let field = |name: &str| {
        let place = one.schema.at(name);
        (one.get(place), other.get(place))
    };
    let mut words = Vec::new();
    for (one, other) in row.once.split_whitespace().map(field) {
        match (one.is_stated(), other.is_stated()) {
            (true, true) if one != other => words.push(None),
            (is, was) => words.push(Some(is.cmp(&was))),
        }
        unsay_unknown(&mut words, one, other);
    }
    for (one, other) in row
        .up
        .split_whitespace()
        .chain(row.latch.split_whitespace())
        .map(field)
    {
        words.push(Some(one.cmp(other)));
        unsay_unknown(&mut words, one, other);
    }
    if row.object == "payout" {
        let (one, other) = field("reconciliation_status");
        let is_done = |value: &Value| value.text() == Some("completed");
        words.push(Some(is_done(one).cmp(&is_done(other))));
        unsay_unknown(&mut words, one, other);
    }
    if row.object == "dispute" {
        let (one, other) = field("balance_transactions");
        words.push(Some(one.rows().len().cmp(&other.rows().len())));
        unsay_unknown(&mut words, one, other);
    }
    words.retain(|word| *word != Some(Ordering::Equal));
    words
}

/// What one of both can't say counts for nothing.
fn unsay_unknown(words: &mut Vec<Option<Ordering>>, one: &Value, other: &Value) {
    if *one == Value::Unknown || *other == Value::Unknown {
        words.pop();
    }
}

fn by_status(row: &Row, later: &Record, earlier: &Record) -> bool {
    let status = |record: &Record| {
        let place = record
            .schema
            .fields
            .iter()
            .position(|field| field.name == "status");
        place
            .and_then(|place| record.text(place))
            .unwrap_or("")
            .to_owned()
    };
    let (later, earlier) = (status(later), status(earlier));
    row.later
        .iter()
        .any(|(from, to)| *from == earlier && to.split_whitespace().any(|status| status == later))
}
