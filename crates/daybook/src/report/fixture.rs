//! Reports made up for tests and for the pictures in docs/screenshots: thirty nights of a company that is nobody's.

use reconcile::{
    Acceptance, Amount, BalanceLine, Basis, Cause, Class, ClosedGap, FieldDifference, Finding, Lap,
    Outcome, Repair, Report, Run, Score, State, Sweep, Unsettled, finding_id,
};

use super::Watched;

/// The stream of all of them.
pub(crate) const STREAM: &str = "acct_1ExampleBooks/live";
/// 2026-11-23T02:00:04Z, when the newest night began.
const TONIGHT_S: i64 = 1_795_399_204;
const DAY_S: i64 = 86_400;
/// So many nights there are.
const NIGHTS: i64 = 30;

/// A night with findings of each class and state.
pub(crate) fn report() -> Report {
    let findings = findings();
    let mut run = night(0);
    run.complete = score(
        12_351,
        12_354,
        &findings,
        &[Class::EventMissing, Class::ObjectMissing],
    );
    run.truth = score(
        12_340,
        12_346,
        &findings,
        &[Class::ObjectDiffers, Class::ObjectGone],
    );
    run.clear = score(
        410,
        412,
        &findings,
        &[Class::BalanceDiffers, Class::SumDiffers],
    );
    run.unsettled = vec![Unsettled {
        object_type: "customer".to_owned(),
        object_id: "cus_ExampleQ3xB".to_owned(),
    }];
    run.unproven = vec!["refund: the key lacks rak_charge_read".to_owned()];
    run.balances = vec![
        balance("eur", "available", 210_455, 210_455),
        balance("eur", "pending", 49_900, 49_900),
        balance("jpy", "available", 1_250_000, 1_250_000),
        balance("usd", "available", 1_893_742, 1_894_998),
        balance("usd", "pending", 640_216, 640_216),
    ];
    Report {
        stream: STREAM.to_owned(),
        run,
        findings,
    }
}

/// A night on which all was true.
pub(crate) fn clean() -> Report {
    Report {
        stream: STREAM.to_owned(),
        run: night(0),
        findings: Vec::new(),
    }
}

/// A night that was broken off before anything was compared.
pub(crate) fn unfinished() -> Report {
    let run = Run {
        run: "019aae21-0000-7000-8000-000000000000".to_owned(),
        command: "nightly".to_owned(),
        began_s: TONIGHT_S,
        ended_s: TONIGHT_S + 45,
        stopped: Some("Stripe can’t be reached".to_owned()),
        unproven: vec!["Nothing was compared.".to_owned()],
        gaps: vec![ClosedGap {
            from_s: TONIGHT_S - 62 * DAY_S,
            until_s: TONIGHT_S - 30 * DAY_S,
            new: 1_204,
            changed: 37,
        }],
        ..Run::default()
    };
    Report {
        stream: STREAM.to_owned(),
        run,
        findings: Vec::new(),
    }
}

/// As many findings as asked for, and each as long as it may be.
pub(crate) fn huge(number: usize) -> Report {
    let mut report = report();
    let outcome = |index: usize| {
        let id = format!("in_Example{index:08}");
        let mut outcome = found(
            Class::ObjectDiffers,
            "invoice",
            &id,
            State::New,
            Cause::Unknown,
        );
        outcome.finding.fields = (0..40)
            .map(|place| {
                field(
                    &format!("member_{place}"),
                    &"x".repeat(5_000),
                    &"y".repeat(5_000),
                    None,
                )
            })
            .collect();
        outcome.finding.evidence = (0..400).collect();
        outcome
    };
    report.findings = (0..number).map(outcome).collect();
    report
}

/// A report whose every text of Stripe's is this one.
pub(crate) fn saying(text: &str) -> Report {
    let mut report = report();
    report.stream = text.to_owned();
    for outcome in &mut report.findings {
        let finding = &mut outcome.finding;
        finding.object_id = text.to_owned();
        finding.object_type = text.to_owned();
        finding.code = Some(text.to_owned());
        finding.request_id = Some(text.to_owned());
        finding.at_stake = vec![Amount::new(1, text)];
        finding
            .fields
            .push(field(text, text, text, Some(Amount::new(1, text))));
        outcome.held_back = Some(text.to_owned());
        outcome.accepted = Some(said(&finding.id, text, text));
    }
    let run = &mut report.run;
    run.unlisted = vec![text.to_owned()];
    run.unproven = vec![text.to_owned()];
    run.stopped = Some(text.to_owned());
    run.balances.push(balance(text, text, 1, 2));
    run.unsettled.push(Unsettled {
        object_type: text.to_owned(),
        object_id: text.to_owned(),
    });
    for lap in &mut run.sweep.laps {
        lap.object_type = text.to_owned();
    }
    run.complete.at_stake = vec![Amount::new(1, text)];
    run.basis.head = text.to_owned();
    run.basis.digest = text.to_owned();
    report
}

/// The nights before and the one reported, oldest first.
pub(crate) fn runs() -> Vec<Run> {
    let mut runs: Vec<Run> = (1..NIGHTS).rev().map(night).collect();
    for (place, missed) in [(4, 2), (11, 1), (17, 5), (18, 1), (24, 3)] {
        let run = &mut runs[place];
        run.complete.agreed -= missed;
        run.complete.repaired = missed;
    }
    runs[17].truth.agreed -= 9;
    runs[17].truth.open = 2;
    runs[17].clear.agreed -= 1;
    runs[17].clear.open = 1;
    runs[21].finished = false;
    runs.push(report().run);
    runs
}

/// The same nights as whoever watches them is told.
pub(crate) fn watched() -> Watched {
    Watched {
        stream: STREAM.to_owned(),
        runs: runs(),
        findings: findings(),
    }
}

fn night(days_ago: i64) -> Run {
    let began_s = TONIGHT_S - days_ago * DAY_S;
    let grown = u64::try_from(40 * (NIGHTS - days_ago)).expect("no night is in the future");
    let whole = |of: u64| Score {
        agreed: of,
        of,
        ..Score::default()
    };
    Run {
        run: format!("019aae21-{days_ago:04}-7000-8000-000000000000"),
        command: "nightly".to_owned(),
        began_s,
        ended_s: began_s + 456 - days_ago,
        finished: true,
        start_seq: 104_000,
        basis: Basis {
            head: format!("{STREAM}:104213:{}", "5e1d0c7a".repeat(8)),
            fold: 1,
            digest: format!("fold-1:{}", "9a6162b3".repeat(8)),
            clock_s: Some(began_s + 371),
        },
        complete: whole(11_154 + grown),
        truth: whole(11_146 + grown),
        clear: whole(412),
        balance_settled: true,
        balances: vec![balance("usd", "available", 1_894_998, 1_894_998)],
        objects: 1_204,
        fields: 61_333,
        requests: 187,
        sweep: sweep(began_s),
        ..Run::default()
    }
}

fn sweep(began_s: i64) -> Sweep {
    let lap = |object_type: &str, days: i64, last: Option<i64>, next: Option<i64>| Lap {
        object_type: object_type.to_owned(),
        began_s: began_s - days * DAY_S,
        next_s: next.map(|days| began_s - days * DAY_S),
        last_began_s: last.map(|days| began_s - days * DAY_S),
    };
    Sweep {
        objects: 12_346,
        compared: 412,
        all_since_s: Some(began_s - 29 * DAY_S),
        windows: Vec::new(),
        cut: vec!["this run's part of the sweep of price: the requests were used up".to_owned()],
        laps: vec![
            lap("balance_transaction", 12, Some(29), Some(200)),
            lap("charge", 9, Some(27), Some(240)),
            lap("customer", 4, Some(18), Some(300)),
            lap("dispute", 0, Some(1), None),
            lap("invoice", 11, Some(28), Some(120)),
            lap("payout", 2, Some(9), Some(80)),
            lap("price", 14, Some(25), Some(30)),
            lap("refund", 1, Some(4), Some(90)),
            lap("subscription", 7, Some(21), Some(150)),
        ],
    }
}

fn findings() -> Vec<Outcome> {
    let mut findings = open();
    findings.extend(over());
    findings
}

/// An outcome with the money at stake, which is by how much a member differs.
fn off(mut outcome: Outcome, name: &str, ours_minor: i64, theirs_minor: i64) -> Outcome {
    let amount = Amount::new((ours_minor - theirs_minor).abs(), "usd");
    let (ours, theirs) = (ours_minor.to_string(), theirs_minor.to_string());
    let differs = field(name, &ours, &theirs, Some(amount.clone()));
    outcome.finding.fields.insert(0, differs);
    outcome.finding.at_stake = vec![amount];
    outcome
}

fn open() -> Vec<Outcome> {
    use Cause::{NeverGenerated, OursWrong, Unknown};
    use Class::{BalanceDiffers, ObjectDiffers, SumDiffers};
    let (paid, refunded) = ("in_1Example7ixlPaid", "ch_1ExampleRefunded");
    let mut invoice = found(ObjectDiffers, "invoice", paid, State::New, NeverGenerated);
    invoice.finding.fields = vec![field("status", "open", "paid", None)];
    invoice.finding.repair = Repair::Append;
    invoice.held_back =
        Some("more than 100000 minor units of usd are at stake: a person must say so".to_owned());
    let charge = found(ObjectDiffers, "charge", refunded, State::Known, OursWrong);
    let balance = found(
        BalanceDiffers,
        "balance",
        "usd available",
        State::New,
        Unknown,
    );
    let mut sum = found(SumDiffers, "charge", refunded, State::Known, OursWrong);
    sum.finding.code = Some("refunds_of_charge".to_owned());
    vec![
        off(invoice, "amount_paid", 0, 124_900),
        off(charge, "amount_refunded", 2_500, 3_756),
        off(balance, "available", 1_893_742, 1_894_998),
        off(sum, "amount_refunded", 2_500, 3_756),
    ]
}

fn over() -> Vec<Outcome> {
    use Cause::{Deleted, EditedWithoutEvent, WebhookLate, WebhookLost};
    use Class::{EventMissing, ObjectDiffers, ObjectGone, ObjectMissing};
    use State::{Accepted, Gone, Repaired};
    let (by_hand, renamed) = ("re_1ExampleByHand", "cus_ExampleRenamed");
    let mut coupon = found(ObjectGone, "coupon", "SPRING20", Accepted, Deleted);
    coupon.finding.repair = Repair::Append;
    let why = "The campaign is over, and no subscription has it any more.";
    coupon.accepted = Some(said(&coupon.finding.id, "rosa", why));
    let mut refund = found(
        ObjectMissing,
        "refund",
        by_hand,
        Repaired,
        EditedWithoutEvent,
    );
    refund.finding.at_stake = vec![Amount::new(8_000, "eur")];
    vec![
        coupon,
        refund,
        found(
            EventMissing,
            "event",
            "evt_1ExampleLost01",
            Repaired,
            WebhookLost,
        ),
        found(
            EventMissing,
            "event",
            "evt_1ExampleLate02",
            Repaired,
            WebhookLate,
        ),
        found(
            ObjectDiffers,
            "customer",
            renamed,
            Repaired,
            EditedWithoutEvent,
        ),
        found(
            ObjectDiffers,
            "payout",
            "po_1ExampleReturned",
            Gone,
            WebhookLate,
        ),
    ]
}

fn found(class: Class, object_type: &str, object_id: &str, state: State, cause: Cause) -> Outcome {
    Outcome {
        finding: Finding {
            parent_id: None,
            id: finding_id(class, None, object_type, object_id),
            class,
            code: None,
            object_type: object_type.to_owned(),
            object_id: object_id.to_owned(),
            fields: match class {
                Class::EventMissing => vec![field("", "missing", "charge.succeeded", None)],
                _ => Vec::new(),
            },
            at_stake: Vec::new(),
            cause,
            evidence: vec![98_112, 104_207],
            request_id: Some("req_Example5kQm".to_owned()),
            repair: Repair::Look,
        },
        state,
        held_back: None,
        accepted: None,
    }
}

/// Somebody's word of three days ago.
fn said(finding: &str, by: &str, why: &str) -> Acceptance {
    Acceptance {
        finding: finding.to_owned(),
        by: by.to_owned(),
        why: why.to_owned(),
        at_s: TONIGHT_S - 3 * DAY_S + 25_000,
        of: String::new(),
    }
}

fn field(name: &str, ours: &str, theirs: &str, amount: Option<Amount>) -> FieldDifference {
    FieldDifference {
        field: name.to_owned(),
        ours: ours.to_owned(),
        theirs: theirs.to_owned(),
        amount,
    }
}

fn balance(currency: &str, side: &str, ours_minor: i64, theirs_minor: i64) -> BalanceLine {
    BalanceLine {
        currency: currency.to_owned(),
        side: side.to_owned(),
        ours_minor,
        theirs_minor,
    }
}

/// A score as these findings leave it, of those of the classes that answer its question.
fn score(agreed: u64, of: u64, findings: &[Outcome], classes: &[Class]) -> Score {
    let mine = || {
        findings
            .iter()
            .filter(|one| classes.contains(&one.finding.class))
    };
    let open = || mine().filter(|one| one.state.is_open());
    let stake = open().flat_map(|one| &one.finding.at_stake);
    Score {
        agreed,
        of,
        repaired: mine().filter(|one| one.state == State::Repaired).count() as u64,
        open: open().count() as u64,
        at_stake: super::words::by_currency(stake),
    }
}
