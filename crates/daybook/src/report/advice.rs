//! What to do about a finding, by its class, cause and state. A sentence or two; docs/OPERATIONS.md has the rest. Does none of it.

use reconcile::{Cause, Class, Finding, Repair};

/// Letters of a finding's name that commands are given.
pub(super) const NAME_LETTERS: usize = 12;

/// What a person is to do about an open finding; commands stand between backticks.
pub(crate) fn of(finding: &Finding) -> String {
    let name: String = finding.id.chars().take(NAME_LETTERS).collect();
    match (finding.cause, finding.repair) {
        (Cause::OursWrong, _) => {
            "This is a defect of daybook, and repairing would hide it. Keep the log, trust it over the book, and report these \
             entries."
                .to_owned()
        }
        (Cause::Conflict, _) => format!(
            "Read both entries and find out which is Stripe’s, then say so: `daybook findings accept {name} --why TEXT`."
        ),
        (_, Repair::Append) => format!("Append what was read: `daybook findings repair {name}`."),
        (_, Repair::Look) => of_look(finding.class, &name),
    }
}

fn of_look(class: Class, name: &str) -> String {
    match class {
        Class::BalanceDiffers => "Look first at what else is open: a balance transaction that is missing moves the sum. If nothing \
                                  is, run `daybook reconcile` again."
            .to_owned(),
        Class::SumDiffers => "A part of the sum is missing, or Stripe’s own parts do not add up: look at the object’s entries, with \
                              `daybook timeline` and its id."
            .to_owned(),
        Class::ObjectGone => format!(
            "Look in the Dashboard whether somebody deleted it, then say so: `daybook findings accept {name} --why TEXT`."
        ),
        Class::EventMissing | Class::ObjectMissing | Class::ObjectDiffers => format!(
            "Look at the object in the Dashboard, and at its entries with `daybook timeline`; then \
             `daybook findings accept {name} --why TEXT`, if it may be so."
        ),
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
