//! What is said of objects inside other objects.

use facts::Origin;
use facts::objects::{charge, invoice_payment};

use crate::{INVOICE, claims, customer_with, event, noticed, only_claim};

#[test]
fn expanded_objects_claim_for_themselves_and_leave_their_id() {
    let movement = r#"{"id":"txn_1","object":"balance_transaction","amount":300,"net":270,"currency":"usd","available_on":86400,"exchange_rate":1.10,"source":{"id":"ch_1","object":"charge"}}"#;
    let refunds = r#"{"object":"list","has_more":true,"data":[{"id":"re_1","object":"refund","amount":5,"currency":"usd"},{"id":"re_2","object":"refund"},7]}"#;
    let object = format!(
        r#"{{"id":"ch_1","object":"charge","amount":300,"currency":"usd","status":"succeeded","balance_transaction":{movement},"refunds":{refunds},"customer":{{"id":"cus_1","object":"customer","deleted":true}}}}"#
    );
    let reading = event("charge.succeeded", &object, "");
    let claims = claims(&reading);
    let of = |kind: &str| {
        let claim = claims
            .iter()
            .find(|claim| claim.object.schema.object == kind);
        *claim.expect("a claim of each kind")
    };
    assert_eq!(claims.len(), 4, "{claims:?}");
    let parent = of("charge").after.as_ref().expect("a whole object");
    assert_eq!(parent.text(charge::BALANCE_TRANSACTION_ID), Some("txn_1"));
    assert_eq!(parent.text(charge::CUSTOMER_ID), Some("cus_1"));
    let movement = of("balance_transaction");
    assert_eq!(&*movement.id, "entry_1/balance_transaction");
    assert_eq!((movement.lo_s, movement.hi_s), (995, 1001));
    assert_eq!(
        (movement.origin, &*movement.event_type),
        (Origin::Embedded, "charge.succeeded")
    );
    let content = movement.after.as_ref().expect("a whole object");
    assert_eq!(
        content.text(facts::objects::balance_transaction::EXCHANGE_RATE),
        Some("1.10")
    );
    assert_eq!(&*of("refund").id, "entry_1/refunds.data.0");
    assert!(of("customer").deleted);
    assert_eq!(noticed(&reading.notices), "");
}

#[test]
fn invoice_payments_are_keyed_by_what_every_version_knows() {
    let payment = |rest: &str| {
        format!(
            r#"{{"id":"inpay_1","object":"invoice_payment","invoice":"in_1","status":"paid"{rest}}}"#
        )
    };
    let cases = [
        (
            r#","payment":{"type":"payment_intent","payment_intent":"pi_1"}"#,
            "in_1/pi_1",
            "",
        ),
        (
            r#","payment":{"payment_intent":null,"charge":"ch_1"}"#,
            "in_1/ch_1",
            "",
        ),
        (
            r#","payment":{"payment_intent":"","charge":"ch_1"}"#,
            "in_1/ch_1",
            "",
        ),
        ("", "inpay_1", "unlinked data.object;"),
    ];
    for (rest, key, odd) in cases {
        let reading = event("invoice_payment.paid", &payment(rest), "");
        let claim = only_claim(&reading);
        assert_eq!(&*claim.object.id, key);
        let after = claim.after.as_ref().expect("a whole object");
        assert_eq!(
            after.text(invoice_payment::INVOICE_PAYMENT_ID),
            Some("inpay_1")
        );
        assert_eq!(noticed(&reading.notices), odd);
    }
    let parent = format!(
        r#"{{"id":"in_1",{INVOICE},"payments":{{"data":[{}]}}}}"#,
        payment(r#","payment":{"payment_intent":"pi_1"}"#)
    );
    let reading = event("invoice.paid", &parent, "");
    assert_eq!(&*claims(&reading)[1].object.id, "in_1/pi_1");
    assert_eq!(&*claims(&reading)[1].id, "entry_1/payments.data.0");
}

#[test]
fn expansion_is_followed_four_levels_deep() {
    let mut charge = r#""ch_0""#.to_owned();
    for level in 1..=3 {
        charge = format!(
            r#"{{"id":"ch_{level}","object":"charge","amount":1,"currency":"usd","status":"failed","balance_transaction":{{"id":"txn_{level}","object":"balance_transaction","amount":1,"net":1,"currency":"usd","available_on":1,"source":{charge}}}}}"#
        );
    }
    let reading = event("charge.updated", &charge, "");
    let claims = claims(&reading);
    assert_eq!(claims.len(), 5);
    assert_eq!(
        &*claims[4].id,
        "entry_1/balance_transaction/source/balance_transaction/source"
    );
    assert!(
        noticed(&reading.notices).starts_with("too_deep data.object.balance_transaction.source.")
    );
}

#[test]
fn a_deletion_is_of_the_event_s_own_object() {
    let object = customer_with(&format!(
        r#""test_clock":{}"#,
        customer_with(r#""name":null"#).replace("cus_1", "cus_2")
    ));
    let reading = event("customer.deleted", &object, "");
    let deleted: Vec<_> = claims(&reading)
        .iter()
        .map(|claim| (&*claim.object.id, claim.deleted))
        .collect();
    assert_eq!(deleted, [("cus_1", true), ("cus_2", false)]);
}
