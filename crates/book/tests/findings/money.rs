//! Invariants of payments, disputes, payouts, transfers and fees, held and broken.

use book::finding::findings;
use book::{Target, Totals};
use facts::objects::{
    application_fee, balance_transaction, charge, customer, customer_balance_transaction, dispute,
    payment_intent, refund, test_clock, transfer,
};
use facts::{Record, Value};

use crate::{LIVE, claim, content, fold, found, found_in, list, text, totals};

fn charged(captured: i64, disputed: bool) -> Record {
    let fields = [
        (charge::CURRENCY, text("usd")),
        (charge::STATUS, text("succeeded")),
        (charge::AMOUNT_MINOR, Value::Int(4900)),
        (charge::AMOUNT_CAPTURED_MINOR, Value::Int(captured)),
        (charge::DISPUTED, Value::Flag(disputed)),
    ];
    content(&charge::SCHEMA, &fields)
}

#[test]
fn balance_transaction_of_a_capture_in_part_may_carry_all_that_was_authorised() {
    let carried = |amount| [("balance_transaction", "usd", amount)];
    assert_eq!(found(charged(3000, false), &carried(4900)), []);
    assert_eq!(found(charged(3000, false), &carried(3000)), []);
    assert_eq!(
        found(charged(3000, false), &carried(4000)),
        [("charge_balance", 1000)]
    );
}

#[test]
fn charge_is_marked_as_disputed_exactly_when_it_has_a_dispute() {
    let (dispute, inquiry) = (("dispute", "usd", 4900), ("inquiry", "usd", 4900));
    assert_eq!(found(charged(4900, true), &[dispute]), []);
    assert_eq!(found(charged(4900, true), &[inquiry]), []);
    assert_eq!(found(charged(4900, false), &[inquiry]), []);
    let finding = [("charge_disputed", 4900)];
    assert_eq!(found(charged(4900, true), &[]), finding);
    assert_eq!(found(charged(4900, false), &[dispute]), finding);
}

#[test]
fn payment_intent_received_what_its_charges_captured() {
    let received = |amount: i64, status: &str| {
        let fields = [
            (payment_intent::CURRENCY, text("usd")),
            (payment_intent::STATUS, text(status)),
            (payment_intent::AMOUNT_RECEIVED_MINOR, Value::Int(amount)),
        ];
        content(&payment_intent::SCHEMA, &fields)
    };
    let charge = [("charge", "usd", 4900)];
    assert_eq!(found(received(4900, "succeeded"), &charge), []);
    assert_eq!(found(received(4900, "succeeded"), &[]), []);
    assert_eq!(found(received(0, "processing"), &charge), []);
    assert_eq!(
        found(received(4000, "succeeded"), &charge),
        [("payment_intent_charges", 900)]
    );
}

#[test]
fn credit_notes_claim_no_more_of_a_refund_than_it_is() {
    let fields = [
        (refund::CURRENCY, text("usd")),
        (refund::AMOUNT_MINOR, Value::Int(900)),
    ];
    let given = || content(&refund::SCHEMA, &fields);
    assert_eq!(found(given(), &[("credit_note", "usd", 900)]), []);
    assert_eq!(
        found(
            given(),
            &[("credit_note", "usd", 900), ("credit_note", "usd", 50)]
        ),
        [("refund_credit_notes", 50)]
    );
}

fn disputed(status: &str, movements: &[(i64, &str)]) -> Record {
    let rows: Vec<[(usize, Value); 2]> = movements
        .iter()
        .map(|(amount, currency)| {
            [
                (dispute::movement::AMOUNT_MINOR, Value::Int(*amount)),
                (dispute::movement::CURRENCY, text(currency)),
            ]
        })
        .collect();
    let rows: Vec<&[(usize, Value)]> = rows.iter().map(<[_; 2]>::as_slice).collect();
    let fields = [
        (dispute::CURRENCY, text("usd")),
        (dispute::STATUS, text(status)),
        (dispute::AMOUNT_MINOR, Value::Int(3000)),
        (
            dispute::BALANCE_TRANSACTIONS,
            list(&dispute::movement::SCHEMA, &rows),
        ),
    ];
    content(&dispute::SCHEMA, &fields)
}

#[test]
fn lost_dispute_has_taken_its_amount_and_a_won_one_has_given_back() {
    let (taken, back) = ((-3000, "usd"), (3000, "usd"));
    for holds in [
        disputed("lost", &[taken]),
        disputed("won", &[taken, back]),
        disputed("won", &[taken, (2500, "usd")]),
        disputed("won", &[]),
        disputed("under_review", &[]),
        disputed("lost", &[(-2700, "eur")]),
    ] {
        assert_eq!(found(holds, &[]), []);
    }
    for (broken, at_stake) in [
        (disputed("lost", &[]), 3000),
        (disputed("lost", &[taken, back]), 3000),
        (disputed("won", &[taken]), 3000),
        (disputed("won", &[taken, (3100, "usd")]), 100),
    ] {
        assert_eq!(found(broken, &[]), [("dispute_balance", at_stake)]);
    }
}

#[test]
fn balance_transaction_is_covered_by_one_payout_at_most() {
    let fields = [
        (balance_transaction::CURRENCY, text("usd")),
        (balance_transaction::NET_MINOR, Value::Int(4728)),
    ];
    let moved = || content(&balance_transaction::SCHEMA, &fields);
    let covered = ("payout_membership", "", 0);
    assert_eq!(found(moved(), &[covered]), []);
    assert_eq!(
        found(moved(), &[covered, covered]),
        [("transaction_payouts", 4728)]
    );
}

#[test]
fn reversals_and_refunds_of_fees_add_up() {
    let fields = [
        (transfer::CURRENCY, text("usd")),
        (transfer::AMOUNT_REVERSED_MINOR, Value::Int(300)),
    ];
    let handed_on = || content(&transfer::SCHEMA, &fields);
    let reversal = |amount| [("transfer_reversal", "usd", amount)];
    assert_eq!(found(handed_on(), &reversal(300)), []);
    assert_eq!(
        found(handed_on(), &reversal(200)),
        [("transfer_reversals", 100)]
    );
    let fields = [
        (application_fee::CURRENCY, text("usd")),
        (application_fee::AMOUNT_REFUNDED_MINOR, Value::Int(50)),
    ];
    let earned = || content(&application_fee::SCHEMA, &fields);
    assert_eq!(found(earned(), &[("fee_refund", "usd", 50)]), []);
    assert_eq!(found(earned(), &[]), [("fee_refunds", 50)]);
}

#[test]
fn what_moves_a_balance_never_changes_but_in_what_the_company_writes_on_it() {
    let moved = |amount: i64, note: &str| {
        let fields = [
            (customer_balance_transaction::CURRENCY, text("usd")),
            (
                customer_balance_transaction::AMOUNT_MINOR,
                Value::Int(amount),
            ),
            (customer_balance_transaction::DESCRIPTION, text(note)),
        ];
        content(&customer_balance_transaction::SCHEMA, &fields)
    };
    let seen = |first, second| {
        fold(vec![
            claim("obs_1", 100, first),
            claim("obs_2", 200, second),
        ])
    };
    assert_eq!(found_in(&seen(moved(-500, "a"), moved(-500, "b")), &[]), []);
    assert_eq!(
        found_in(&seen(moved(-500, "a"), moved(-400, "a")), &[]),
        [("changed", 100)]
    );
    let mut untold = moved(-500, "a");
    untold.values[customer_balance_transaction::ENDING_BALANCE_MINOR] = Value::Unknown;
    let mut told = moved(-500, "a");
    told.values[customer_balance_transaction::ENDING_BALANCE_MINOR] = Value::Int(-500);
    assert_eq!(
        found_in(&seen(untold, told), &[]),
        [],
        "an older version does not know it"
    );
}

#[test]
fn test_clocks_have_no_place_in_live_money() {
    let on_clock = content(
        &customer::SCHEMA,
        &[(customer::TEST_CLOCK_ID, text("clock_1"))],
    );
    let clock = content(&test_clock::SCHEMA, &[]);
    for record in [on_clock, clock] {
        let folded = fold(vec![claim("evt_1", 100, record)]);
        assert_eq!(found_in(&folded, &[]), [("test_clock", 0)]);
        let held = folded.view.as_ref().map(|view| (&folded.register, view));
        let target = Target::from(&folded.key);
        let in_test = findings("acct_1/test", &target, held, &Totals::new());
        assert_eq!(in_test, []);
    }
}

#[test]
fn what_only_explains_money_is_never_missing() {
    let missing = |object, relation| {
        let id = "object_1".into();
        let target = Target { object, id };
        let found = findings(LIVE, &target, None, &totals(&[(relation, "usd", 500)]));
        found.iter().any(|finding| finding.code == "missing")
    };
    assert!(missing("charge", "dispute"));
    assert!(missing("customer_balance_transaction", "credit_note"));
    assert!(!missing("payment_intent", "charge"));
    assert!(!missing("coupon", "discount"));
    assert!(!missing("customer", "discount"));
    assert!(
        !missing("charge", "application_fee"),
        "it may lie in the connected account"
    );
}
