//! Hints: what an event says besides its object. Some changes have no event of their own, and only a neighbour's event
//! betrays them; here is the table of those neighbours. A pure function of one body.

use serde_json::Value;

use crate::follow::errand::Errand;

/// The notification that says that an event could not be made.
pub(crate) const GENERATION_FAILURE: &str = "v2.core.health.event_generation_failure.resolved";
/// How far before the end of such a failure objects are looked for when it names none of them.
const FAILURE_LOOKBACK_S: i64 = 30 * 24 * 60 * 60;
/// So soon after its finalization an invoice is paid by its first attempt.
const AT_ONCE_S: i64 = 60 * 60;

/// What the failure notification says of the account it happened on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Hint {
    /// What to read.
    pub(crate) errand: Errand,
    /// The connected account to read it on, where it is another than that of the stream.
    pub(crate) account: Option<String>,
}

/// Whether an event of this type can hint at anything, so that its body need not be read for nothing.
pub(crate) fn can_hint(event_type: &str) -> bool {
    HINTING.contains(&event_type)
}

const HINTING: [&str; 14] = [
    "application_fee.refund.updated",
    "application_fee.refunded",
    "balance.available",
    "credit_note.created",
    "credit_note.voided",
    "customer.created",
    "customer.updated",
    "invoice.finalized",
    "invoice.overpaid",
    "invoice.paid",
    "invoice.voided",
    "payout.reconciliation_completed",
    "transfer.reversed",
    GENERATION_FAILURE,
];

/// What an event of this type hints at. `created_s` is the second of the event.
pub(crate) fn hints(event_type: &str, body: &Value, created_s: i64) -> Vec<Hint> {
    if event_type == GENERATION_FAILURE {
        return of_failure(body, created_s).into_iter().collect();
    }
    let data = &body["data"];
    let (object, before) = (&data["object"], &data["previous_attributes"]);
    let errands = match event_type {
        "balance.available" => vec![Errand::object("balance", "balance")],
        "customer.created" | "customer.updated" => vec![of_customer(object, before)],
        "credit_note.created" | "credit_note.voided" => vec![of_credit_note(object)],
        "payout.reconciliation_completed" => vec![of_payout(object)],
        "transfer.reversed" => vec![children("transfer_reversal", "transfer", object)],
        "application_fee.refunded" => vec![children("fee_refund", "application_fee", object)],
        "application_fee.refund.updated" => vec![of_fee_refund(object)],
        _ => vec![
            of_invoice_balance(object),
            of_invoice_payments(event_type, object),
        ],
    };
    let errands = errands.into_iter().flatten();
    errands.map(Hint::here).collect()
}

impl Hint {
    fn here(errand: Errand) -> Self {
        Self {
            errand,
            account: None,
        }
    }
}

fn children(object: &'static str, parent: &'static str, of: &Value) -> Option<Errand> {
    Some(Errand::children(object, parent, of["id"].as_str()?))
}

/// The balance is not what it was: there are movements that no event tells.
fn of_customer(customer: &Value, before: &Value) -> Option<Errand> {
    let was_moved = match before.is_object() {
        true => before.get("balance").is_some(),
        false => customer["balance"].as_i64().is_some_and(|minor| minor != 0),
    };
    let id = customer["id"].as_str().filter(|_| was_moved)?;
    Some(movements(id))
}

fn movements(customer: &str) -> Errand {
    Errand::children("customer_balance_transaction", "customer", customer)
}

/// The customer of an object, as an id or expanded.
fn customer(object: &Value) -> Option<&str> {
    let customer = &object["customer"];
    customer.as_str().or(customer["id"].as_str())
}

fn of_credit_note(note: &Value) -> Option<Errand> {
    let is_moved = !note["customer_balance_transaction"].is_null();
    customer(note).filter(|_| is_moved).map(movements)
}

/// An invoice that drew on its customer's balance, or left something there, moved it.
fn of_invoice_balance(invoice: &Value) -> Option<Errand> {
    let minor = |member: &str| invoice[member].as_i64();
    let ending = minor("ending_balance");
    let is_drawn = ending.is_some() && ending != minor("starting_balance");
    let is_overpaid = minor("amount_overpaid").is_some_and(|minor| minor != 0);
    let is_moved = is_drawn || is_overpaid;
    customer(invoice).filter(|_| is_moved).map(movements)
}

/// Payments of an invoice that are given up, since it was voided or paid by another one, have no event. One that was paid by the
/// first attempt, as soon as it was finalized, gave none up.
fn of_invoice_payments(event_type: &str, invoice: &Value) -> Option<Errand> {
    let paid_minor = invoice["amount_paid"].as_i64().unwrap_or(0);
    let moments = &invoice["status_transitions"];
    let waited_s = (moments["paid_at"].as_i64())
        .zip(moments["finalized_at"].as_i64())
        .map_or(0, |(paid_s, finalized_s)| paid_s - finalized_s);
    let is_by_first = invoice["attempt_count"].as_i64() == Some(1) && waited_s < AT_ONCE_S;
    let may_give_up = event_type == "invoice.paid" && paid_minor != 0 && !is_by_first;
    match may_give_up || event_type == "invoice.voided" {
        true => children("invoice_payment", "invoice", invoice),
        false => None,
    }
}

/// Only of automatic payouts does Stripe tell what they paid out.
fn of_payout(payout: &Value) -> Option<Errand> {
    let is_automatic = payout["automatic"].as_bool().unwrap_or(true);
    let id = payout["id"].as_str().filter(|_| is_automatic)?;
    Errand::whole("payout_membership", id)
}

fn of_fee_refund(refund: &Value) -> Option<Errand> {
    let fee = refund["fee"].as_str()?;
    Some(Errand::children("fee_refund", "application_fee", fee))
}

/// Events were not made: their object is read, or, where none is named, all of its kind that are younger than the failure can be.
fn of_failure(body: &Value, created_s: i64) -> Option<Hint> {
    let data = match body["data"].is_object() {
        true => &body["data"],
        false if body["impact"].is_object() => body,
        false => {
            let id = body["id"].as_str()?.to_owned();
            return Some(Hint::here(Errand::Notification { id }));
        }
    };
    let impact = &data["impact"];
    let related = &impact["related_object"];
    let named = related["type"].as_str().zip(related["id"].as_str());
    let object = named.and_then(|(object, id)| Errand::object(object, id));
    let span = || of_event_type(impact["event_type"].as_str()?, created_s);
    let context = impact["context"].as_str();
    let account = context.and_then(|context| context.rsplit('/').next());
    Some(Hint {
        errand: object.or_else(span)?,
        account: account.map(str::to_owned),
    })
}

/// The span of all objects that events of a type speak of.
fn of_event_type(event_type: &str, created_s: i64) -> Option<Errand> {
    let object = OBJECTS_OF.iter().find_map(|(prefix, object)| {
        let rest = event_type.strip_prefix(prefix)?;
        rest.starts_with('.').then_some(*object)
    })?;
    Some(Errand::Span {
        object,
        from_s: created_s - FAILURE_LOOKBACK_S,
    })
}

/// What events whose types begin so are about; the longer beginning stands first.
const OBJECTS_OF: [(&str, &str); 27] = [
    ("application_fee", "application_fee"),
    ("billing.credit_grant", "billing.credit_grant"),
    ("charge.dispute", "dispute"),
    ("charge.refund", "refund"),
    ("charge", "charge"),
    ("checkout.session", "checkout.session"),
    ("coupon", "coupon"),
    ("credit_note", "credit_note"),
    ("customer.subscription", "subscription"),
    ("customer", "customer"),
    ("invoice_payment", "invoice_payment"),
    ("invoice", "invoice"),
    ("invoiceitem", "invoiceitem"),
    ("payment_intent", "payment_intent"),
    ("payout", "payout"),
    ("price", "price"),
    ("product", "product"),
    ("promotion_code", "promotion_code"),
    ("refund", "refund"),
    ("reserve.hold", "reserve.hold"),
    ("reserve.release", "reserve.release"),
    ("setup_intent", "setup_intent"),
    ("subscription_schedule", "subscription_schedule"),
    ("tax_rate", "tax_rate"),
    ("topup", "topup"),
    ("transfer", "transfer"),
    ("balance", "balance_transaction"),
];

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{GENERATION_FAILURE, Hint, can_hint, hints};
    use crate::follow::errand::Errand;

    fn errands(event_type: &str, data: Value) -> Vec<Errand> {
        assert!(can_hint(event_type));
        let found = hints(event_type, &json!({ "data": data }), 1_790_000_000);
        found.into_iter().map(|hint| hint.errand).collect()
    }

    fn movements(customer: &str) -> Vec<Errand> {
        vec![Errand::children(
            "customer_balance_transaction",
            "customer",
            customer,
        )]
    }

    #[test]
    fn a_moved_customer_balance_has_its_movements_read() {
        let moved = json!({"object": {"id": "cus_1", "balance": -500}, "previous_attributes": {"balance": 0}});
        assert_eq!(errands("customer.updated", moved), movements("cus_1"));
        let renamed = json!({"object": {"id": "cus_1", "balance": -500}, "previous_attributes": {"name": "Old"}});
        assert_eq!(errands("customer.updated", renamed), []);
        let born = json!({"object": {"id": "cus_2", "balance": 300}});
        assert_eq!(errands("customer.created", born), movements("cus_2"));
        let drawn = json!({"object": {"id": "in_1", "customer": "cus_1", "starting_balance": -500, "ending_balance": 0}});
        assert_eq!(errands("invoice.finalized", drawn), movements("cus_1"));
        let untouched = json!({"object": {"id": "in_1", "customer": "cus_1", "starting_balance": 0, "ending_balance": 0}});
        assert_eq!(errands("invoice.finalized", untouched), []);
        let credited = json!({"object": {"customer": {"id": "cus_3"}, "customer_balance_transaction": "cbtxn_1"}});
        assert_eq!(errands("credit_note.created", credited), movements("cus_3"));
    }

    #[test]
    fn payments_that_an_invoice_gives_up_are_read() {
        let outside = json!({"object": {"id": "in_1", "attempt_count": 0, "amount_paid": 900}});
        let payments = vec![Errand::children("invoice_payment", "invoice", "in_1")];
        assert_eq!(errands("invoice.paid", outside), payments);
        let charged = |attempts: i64, waited_s: i64| {
            json!({"object": {"id": "in_1", "attempt_count": attempts, "amount_paid": 900,
                "status_transitions": {"finalized_at": 1_000, "paid_at": 1_000 + waited_s}}})
        };
        assert_eq!(errands("invoice.paid", charged(1, 2)), []);
        assert_eq!(errands("invoice.paid", charged(1, 86_400)), payments);
        assert_eq!(errands("invoice.paid", charged(2, 2)), payments);
        assert_eq!(
            errands("invoice.voided", json!({"object": {"id": "in_1"}})),
            payments
        );
    }

    #[test]
    fn what_a_payout_paid_out_is_read_when_stripe_knows_it() {
        let automatic = json!({"object": {"id": "po_1", "automatic": true}});
        let membership = Errand::whole("payout_membership", "po_1").unwrap();
        let found = errands("payout.reconciliation_completed", automatic);
        assert_eq!(found, [membership]);
        let manual = json!({"object": {"id": "po_2", "automatic": false}});
        assert_eq!(errands("payout.reconciliation_completed", manual), []);
    }

    #[test]
    fn an_event_that_was_never_made_has_its_object_read_on_its_account() {
        let impact = json!({"impact": {"event_type": "payment_intent.succeeded", "context": "acct_9",
            "related_object": {"id": "pi_1", "type": "payment_intent"}}});
        let found = hints(GENERATION_FAILURE, &json!({ "data": impact }), 0);
        let errand = Errand::object("payment_intent", "pi_1").unwrap();
        let account = Some("acct_9".to_owned());
        assert_eq!(found, [Hint { errand, account }]);
    }

    #[test]
    fn an_event_that_was_never_made_and_names_nothing_has_its_kind_read() {
        let impact = json!({"impact": {"event_type": "customer.subscription.updated"}});
        let errand = errands(GENERATION_FAILURE, impact);
        let from_s = 1_790_000_000 - 30 * 86_400;
        assert_eq!(
            errand,
            [Errand::Span {
                object: "subscription",
                from_s
            }]
        );
        let bare = hints(GENERATION_FAILURE, &json!({"id": "evt_1"}), 0);
        let id = "evt_1".to_owned();
        assert_eq!(bare[0].errand, Errand::Notification { id });
    }
}
