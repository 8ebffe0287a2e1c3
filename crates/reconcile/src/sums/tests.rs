//! Sums that hold in a company's book, and that break when the book is changed behind the fold's back.

use book::finding::INVARIANTS;
use serde_json::json;

use super::{Chain, explain, invariants, owner};
use crate::tests::Sample;
use crate::{Amount, Cause, Class, Finding};

fn found(sample: &Sample) -> Vec<Finding> {
    invariants(&sample.book(), &sample.stream).unwrap().1
}

#[test]
fn every_sum_of_a_true_book_holds() {
    let sample = Sample::new();
    let (asked, found) = invariants(&sample.book(), &sample.stream).unwrap();
    assert_eq!(found, []);
    let kinds = ["invoice", "charge", "balance_transaction"];
    let held = |kind: &&str| {
        sample
            .objects
            .iter()
            .filter(|o| o["object"] == **kind)
            .count()
    };
    let least: usize = kinds.iter().map(held).sum();
    assert!(asked > least as u64, "{asked} of {least}");
}

#[test]
fn a_payout_that_is_not_what_it_covers_is_found() {
    let sample = Sample::new();
    let payout = sample.find("payout", |payout| {
        payout["automatic"] == true && payout["reconciliation_status"] == "completed"
    });
    let id = payout["id"].as_str().unwrap();
    sample.falsify(&format!(
        "DELETE FROM payout_transactions WHERE id = (
            SELECT t.id FROM payout_transactions AS t JOIN balance_transactions AS b USING (stream, id)
            WHERE t.payout_id = '{id}' AND b.net_minor > 0 LIMIT 1)"
    ));
    let found = found(&sample);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].class, Class::SumDiffers);
    assert_eq!(found[0].code.as_deref(), Some("payout_transactions"));
    assert_eq!(found[0].object_id, id);
    assert!(found[0].at_stake[0].minor > 0);
    assert!(!found[0].evidence.is_empty());
}

#[test]
fn a_customer_whose_balances_break_in_two_currencies_is_one_finding_with_both() {
    let sample = Sample::new();
    let movement = |id: &str, currency: &str, amount: i64, ending: i64| {
        let stream = &sample.stream;
        format!("('{stream}', '{id}', 'cus_none', '{currency}', {amount}, {ending})")
    };
    let rows = [
        movement("cbtxn_1", "chf", -500, -500),
        movement("cbtxn_2", "chf", 600, 200),
        movement("cbtxn_3", "sek", -500, -500),
        movement("cbtxn_4", "sek", 730, 200),
    ];
    sample.falsify(&format!(
        "INSERT INTO customer_balance_transactions (stream, id, customer_id, currency, amount_minor, ending_balance_minor)
         VALUES {}",
        rows.join(", ")
    ));
    let found = found(&sample);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].fields.len(), 2);
    let stakes = [Amount::new(100, "chf"), Amount::new(30, "sek")];
    assert_eq!(found[0].at_stake, stakes);
}

#[test]
fn the_books_own_findings_are_told_with_what_must_hold() {
    let mut sample = Sample::new();
    let mut charge = sample.find("charge", |charge| charge["amount_refunded"] == 0);
    charge["amount_refunded"] = json!(55);
    let line = sample.line(&charge, sample.read_s + 60);
    sample.append(ledger::Source::Backfill, &[line]);
    sample.project();
    let found = found(&sample);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].code.as_deref(), Some("charge_refunds"));
    let currency = charge["currency"].as_str().unwrap();
    assert_eq!(found[0].at_stake, [Amount::new(55, currency)]);
    assert!(found[0].fields[0].theirs.starts_with("amount refunded = "));
    assert_eq!(found[0].evidence.last(), Some(&sample.head_seq()));
}

#[test]
fn a_sum_is_wrong_for_the_reason_for_which_its_object_or_what_names_it_is() {
    let sample = Sample::new();
    let refund = sample.any("refund");
    let (id, charge) = (
        refund["id"].as_str().unwrap(),
        refund["charge"].as_str().unwrap(),
    );
    sample.falsify(&format!(
        "UPDATE refunds SET amount_minor = 1 WHERE id = '{id}'"
    ));
    let object = sample.judge(&refund);
    assert_eq!(object.cause, Cause::OursWrong);
    let mut sums = vec![
        Finding {
            parent_id: None,
            class: Class::SumDiffers,
            object_id: charge.to_owned(),
            cause: Cause::Unknown,
            ..object.clone()
        },
        Finding {
            parent_id: None,
            class: Class::SumDiffers,
            object_id: "ch_other".to_owned(),
            cause: Cause::Unknown,
            ..object.clone()
        },
    ];
    explain(&sample.book(), &sample.stream, &mut sums, &[object]).unwrap();
    assert_eq!(sums[0].cause, Cause::OursWrong);
    assert_eq!(sums[1].cause, Cause::Unknown);
}

fn chain(moves: &[(i64, i64)], balance_minor: Option<i64>) -> Option<i64> {
    let mut chain = Chain {
        before: moves.iter().map(|(before, _)| *before).collect(),
        after: moves.iter().map(|(_, after)| *after).collect(),
        balance_minor,
        ..Chain::default()
    };
    chain.broken_by()
}

#[test]
fn a_chain_joins_in_any_order_and_ends_at_the_balance() {
    assert_eq!(chain(&[(0, -500), (-500, 200), (200, 0)], Some(0)), None);
    assert_eq!(chain(&[(-500, 200), (0, -500)], Some(200)), None);
    assert_eq!(chain(&[(-500, 200), (0, -500)], None), None);
    assert_eq!(chain(&[(-500, 200), (0, -500)], Some(250)), Some(50));
    assert_eq!(chain(&[(0, -500), (-400, 200)], Some(200)), Some(100));
}

#[test]
fn every_invariant_that_is_a_sum_is_counted() {
    let others = ["conflict", "changed", "undead", "missing", "test_clock"];
    for (code, _) in INVARIANTS {
        assert_eq!(owner(code).is_none(), others.contains(code), "{code}");
    }
}
