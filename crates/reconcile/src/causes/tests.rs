//! Each cause, and what findings are worth, shown on a small company's log and book.

use ledger::Source;
use serde_json::{Value, json};

use crate::tests::Sample;
use crate::{Amount, Cause, Class, Repair};

/// The object with other members.
fn changed(object: &Value, members: &[(&str, Value)]) -> Value {
    let mut object = object.clone();
    for (member, value) in members {
        object[*member] = value.clone();
    }
    object
}

/// The object under another id, made at another second.
fn unheard(object: &Value, id: &str, created_s: i64) -> Value {
    changed(object, &[("id", json!(id)), ("created", json!(created_s))])
}

#[test]
fn what_stripe_deleted_or_does_not_find_is_gone_and_worth_what_the_book_says() {
    let sample = Sample::new();
    let customer = sample.any("customer");
    let stub = json!({"id": customer["id"], "object": "customer", "deleted": true});
    let deleted = sample.judge(&stub);
    assert_eq!(
        (deleted.class, deleted.cause),
        (Class::ObjectGone, Cause::Deleted)
    );
    assert_eq!(deleted.repair, Repair::Append);
    let item = sample.find("invoiceitem", |item| item["amount"].as_i64() > Some(0));
    let absent = sample.judge_absent(&item);
    assert_eq!(
        (absent.class, absent.cause),
        (Class::ObjectGone, Cause::Deleted)
    );
    assert_eq!(
        absent.repair,
        Repair::Look,
        "a 404 is no deletion in the log"
    );
    let worth = Amount::new(
        item["amount"].as_i64().unwrap(),
        item["currency"].as_str().unwrap(),
    );
    assert_eq!(absent.at_stake, [worth]);
    assert!(!absent.evidence.is_empty());
}

#[test]
fn two_entries_of_one_event_that_differ_are_a_conflict() {
    let mut sample = Sample::new();
    let customer = sample.any("customer");
    let at_s = sample.read_s + 600;
    let says = |name: &str| {
        let customer = changed(&customer, &[("name", json!(name))]);
        sample
            .event("evt_1", "customer.updated", &customer, at_s)
            .to_string()
    };
    let bodies = [says("A"), says("B")];
    sample.append(Source::Webhook, &bodies);
    sample.project();
    let finding = sample.judge(&changed(&customer, &[("name", json!("C"))]));
    assert_eq!(
        (finding.class, finding.cause),
        (Class::ObjectDiffers, Cause::Conflict)
    );
    let head = sample.head_seq();
    assert!(finding.evidence.ends_with(&[head - 1, head]));
    let later = changed(&customer, &[("name", json!("D"))]);
    let later = sample.event("evt_2", "customer.updated", &later, at_s + 60);
    sample.append(Source::Webhook, &[later.to_string()]);
    sample.project();
    let finding = sample.judge(&changed(&customer, &[("name", json!("C"))]));
    assert_eq!(
        finding.cause,
        Cause::NeverGenerated,
        "a newer word settled it"
    );
}

#[test]
fn what_an_older_version_could_not_say_is_its_cause() {
    let mut sample = Sample::new();
    let moved = unheard(
        &sample.any("balance_transaction"),
        "txn_old",
        sample.read_s - 60,
    );
    let mut older = moved.clone();
    older.as_object_mut().unwrap().remove("balance_type");
    let line = sample.line_of_version(&older, sample.read_s, "2022-11-15");
    sample.append(Source::Backfill, &[line]);
    sample.project();
    let finding = sample.judge(&moved);
    assert_eq!(
        (finding.class, finding.cause),
        (Class::ObjectDiffers, Cause::OtherVersion)
    );
    let both = changed(&moved, &[("description", json!("another"))]);
    assert_ne!(sample.judge(&both).cause, Cause::OtherVersion);
}

#[test]
fn a_book_that_says_other_than_its_log_is_ours_wrong_with_field_and_sum() {
    let mut sample = Sample::new();
    let charge = sample.find("charge", |charge| charge["amount"].as_i64() > Some(0));
    let id = charge["id"].as_str().unwrap().to_owned();
    let falsify = format!("UPDATE charges SET amount_minor = amount_minor + 70 WHERE id = '{id}'");
    sample.falsify(&falsify);
    let finding = sample.judge(&charge);
    assert_eq!(
        (finding.class, finding.cause),
        (Class::ObjectDiffers, Cause::OursWrong)
    );
    let by = Amount::new(70, charge["currency"].as_str().unwrap());
    assert_eq!(finding.fields[0].field, "amount");
    assert_eq!(finding.fields[0].amount.as_ref(), Some(&by));
    assert_eq!(finding.at_stake, [by]);
    assert_eq!(finding.repair, Repair::Look, "nothing mends it but us");
    sample.falsify(&format!(
        "UPDATE charges SET certainty = 'ambiguous' WHERE id = '{id}'"
    ));
    let doubt = sample.judge(&charge);
    assert_eq!(
        (doubt.cause, doubt.repair),
        (Cause::Unknown, Repair::Append)
    );
    sample.falsify(&format!(
        "UPDATE charges SET certainty = 'exact' WHERE id = '{id}'"
    ));
    // An event may say it, too.
    let event = sample.event("evt_1", "charge.updated", &charge, sample.read_s + 60);
    sample.append(Source::Webhook, &[event.to_string()]);
    sample.project();
    sample.falsify(&falsify);
    assert_eq!(sample.judge(&charge).cause, Cause::OursWrong);
    // A state that was left again is no proof.
    let later = changed(&charge, &[("description", json!("later"))]);
    let event = sample.event("evt_2", "charge.updated", &later, sample.read_s + 120);
    sample.append(Source::Webhook, &[event.to_string()]);
    sample.project();
    assert_eq!(sample.judge(&charge).cause, Cause::NeverGenerated);
}

#[test]
fn what_changed_in_a_gap_lost_its_webhook() {
    let mut sample = Sample::new();
    let refund = unheard(&sample.any("refund"), "re_lost", sample.read_s + 60);
    assert_eq!(sample.judge(&refund).cause, Cause::NeverGenerated);
    let closed_s = sample.now_s() - 60;
    let gap = |from_s: i64, until_s: i64| {
        format!(
            r#"{{"object":"daybook.control","type":"sync.gap","from_s":{from_s},"until_s":{until_s}}}"#
        )
    };
    // Thirty days before its end events are listed.
    sample.note("sync.gap", &gap(sample.read_s, closed_s));
    assert_eq!(sample.judge(&refund).cause, Cause::NeverGenerated);
    let later_s = sample.now_s() + 40 * 86_400;
    sample.note("sync.gap", &gap(sample.read_s, later_s));
    let finding = sample.judge(&refund);
    assert_eq!(
        (finding.class, finding.cause),
        (Class::ObjectMissing, Cause::WebhookLost)
    );
    let worth = refund["amount"].as_i64().unwrap();
    assert_eq!(
        finding.at_stake,
        [Amount::new(worth, refund["currency"].as_str().unwrap())]
    );
}

#[test]
fn a_change_is_without_event_where_stripe_makes_none_and_never_generated_where_it_does() {
    let sample = Sample::new();
    let cases = [
        (
            "customer",
            "metadata",
            json!({"a": "b"}),
            Cause::NeverGenerated,
        ),
        ("charge", "description", json!("x"), Cause::NeverGenerated),
        (
            "payment_intent",
            "metadata",
            json!({"a": "b"}),
            Cause::EditedWithoutEvent,
        ),
        (
            "payment_intent",
            "status",
            json!("canceled"),
            Cause::NeverGenerated,
        ),
        (
            "balance_transaction",
            "available_on",
            json!(1),
            Cause::EditedWithoutEvent,
        ),
        (
            "invoiceitem",
            "description",
            json!("x"),
            Cause::EditedWithoutEvent,
        ),
    ];
    for (object, member, value, cause) in cases {
        let finding = sample.judge(&changed(&sample.any(object), &[(member, value)]));
        assert_eq!(finding.cause, cause, "{object} {member}");
        assert_eq!(finding.class, Class::ObjectDiffers);
        assert_eq!(finding.request_id.as_deref(), Some("req_2"));
        assert!(finding.at_stake.is_empty(), "no amount differs");
        assert_eq!(finding.repair, Repair::Append);
    }
    let at_s = sample.read_s + 60;
    let moved = unheard(&sample.any("balance_transaction"), "txn_new", at_s);
    assert_eq!(sample.judge(&moved).cause, Cause::EditedWithoutEvent);
    let payout = unheard(&sample.any("payout"), "po_new", at_s);
    assert_eq!(sample.judge(&payout).cause, Cause::NeverGenerated);
}

#[test]
fn of_what_is_older_than_the_log_nothing_tells() {
    let sample = Sample::new();
    let payout = unheard(&sample.any("payout"), "po_old", sample.read_s - 86_400);
    assert_eq!(sample.judge(&payout).cause, Cause::Unknown);
}

#[test]
fn the_last_ten_entries_of_an_object_are_its_evidence() {
    let mut sample = Sample::new();
    let customer = sample.any("customer");
    let says = |number: i64| {
        let customer = changed(&customer, &[("name", json!(number.to_string()))]);
        let (id, at_s) = (format!("evt_{number}"), sample.read_s + 60 * number);
        sample
            .event(&id, "customer.updated", &customer, at_s)
            .to_string()
    };
    let bodies: Vec<String> = (1..=12).map(says).collect();
    sample.append(Source::Webhook, &bodies);
    sample.project();
    let finding = sample.judge(&customer);
    let head = sample.head_seq();
    assert_eq!(finding.evidence, (head - 9..=head).collect::<Vec<_>>());
}

#[test]
fn the_same_disagreement_has_the_same_name_every_night() {
    let sample = Sample::new();
    let customer = sample.any("customer");
    let one = sample.judge(&changed(&customer, &[("name", json!("A"))]));
    let other = sample.judge(&changed(&customer, &[("name", json!("B"))]));
    assert_eq!(one.id, other.id);
    assert_ne!(one.gist(), other.gist());
}
