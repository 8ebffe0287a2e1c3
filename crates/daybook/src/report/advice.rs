//! What to do about a finding, by its class, cause and state. A sentence or two; docs/OPERATIONS.md has the rest. Does none of it.

use reconcile::{Cause, Class, Outcome, Repair, State};

/// What a person is to do, or that there is nothing to do.
pub(crate) fn of(outcome: &Outcome) -> &'static str {
    match outcome.state {
        State::Repaired => {
            "Nothing: what was missing is in the log now, and the book equals Stripe."
        }
        State::Gone => "Nothing: book and Stripe agree again.",
        State::Accepted => "Nothing, as somebody has said; `daybook findings` tells who, and why.",
        State::New | State::Known => of_open(outcome),
    }
}

fn of_open(outcome: &Outcome) -> &'static str {
    let finding = &outcome.finding;
    match (finding.cause, finding.repair) {
        (Cause::OursWrong, _) => {
            "A defect of daybook: the log has what Stripe says, and the book says something else. Repairing would hide it. \
             Keep the log, and report the fold with this finding’s entries."
        }
        (Cause::Conflict, _) => {
            "The log holds two contents under one id. Read both entries, find out which is Stripe’s, then accept the finding \
             with the reason."
        }
        (_, Repair::Append) => {
            "Append what was read: `daybook findings repair` with this finding’s name. The policy left it to a person."
        }
        (_, Repair::Look) => of_look(finding.class),
    }
}

fn of_look(class: Class) -> &'static str {
    match class {
        Class::BalanceDiffers => {
            "Look first at what else is open: a missing balance transaction moves the sum. If nothing is, run \
             `daybook reconcile` again, then compare by payout."
        }
        Class::SumDiffers => {
            "Look at the entries of the object with `daybook timeline`: a part is missing, or Stripe’s own parts do not \
             add up."
        }
        Class::ObjectGone => {
            "Look in the Dashboard whether somebody deleted it; then accept the finding with the reason."
        }
        Class::EventMissing | Class::ObjectMissing | Class::ObjectDiffers => {
            "Look at the object in the Dashboard and at its entries with `daybook timeline`, then repair or accept the finding."
        }
    }
}

/// What a cause means, as a sentence.
pub(crate) fn meaning(cause: Cause) -> &'static str {
    match cause {
        Cause::WebhookLost => "Stripe made an event, and no webhook brought it.",
        Cause::WebhookLate => "Stripe made an event, and is still trying to deliver it.",
        Cause::Conflict => "Two entries of the log say different things under one id.",
        Cause::OtherVersion => {
            "What the log has was rendered by an API version that cannot say it."
        }
        Cause::EditedWithoutEvent => "A change for which Stripe makes no event.",
        Cause::NeverGenerated => "A change for which Stripe makes an event, and made none.",
        Cause::Deleted => "It was deleted at Stripe.",
        Cause::OursWrong => {
            "The log has what Stripe says, and the book says something else: a defect of ours."
        }
        Cause::Unknown => "Nothing tells.",
    }
}
