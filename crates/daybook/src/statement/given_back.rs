//! The lines of refunds and disputes: money that went back to the customer, or was to. Invoices are not touched by them.

use super::documents::{Dispute, Documents, Refund};
use super::{Kind, Line};

/// The lines of all refunds and disputes.
pub(super) fn lines(documents: &Documents) -> impl Iterator<Item = Line> + '_ {
    let refunds = documents.refunds.iter().flat_map(of_refund);
    refunds.chain(documents.disputes.iter().map(of_dispute))
}

/// What credit notes promise of a refund that paid less, or nothing; in minor units.
pub(super) fn promised_minor(refund: &Refund) -> i64 {
    let given_minor = if came_to_nothing(refund) {
        0
    } else {
        refund.amount_minor
    };
    refund.noted_minor.saturating_sub(given_minor).max(0)
}

fn came_to_nothing(refund: &Refund) -> bool {
    matches!(&*refund.status, "failed" | "canceled")
}

fn of_refund(refund: &Refund) -> Vec<Line> {
    let noted_minor = refund.noted_minor.min(refund.amount_minor);
    let how = match (noted_minor, &*refund.status) {
        (0, _) => "without a credit note",
        _ => "by credit note",
    };
    let made = Line {
        date_s: refund.created_s,
        kind: Kind::Refund,
        id: refund.id.clone(),
        document: refund.id.clone(),
        what: format!("refund of {}, {how}", refund.charge_id),
        currency: refund.currency.clone(),
        debit_minor: refund.amount_minor,
        credit_minor: refund.amount_minor.saturating_sub(noted_minor),
        is_known: refund.is_known,
    };
    if !came_to_nothing(refund) {
        return vec![made];
    }
    let failed = Line {
        date_s: refund.failed_s.unwrap_or(refund.created_s),
        kind: Kind::RefundFailure,
        what: format!("refund of {}, {}", refund.charge_id, refund.status),
        debit_minor: made.credit_minor,
        credit_minor: made.debit_minor,
        ..made.clone()
    };
    vec![made, failed]
}

/// An inquiry, and what was prevented, take no money.
fn of_dispute(dispute: &Dispute) -> Line {
    let is_inquiry = dispute.status.starts_with("warning_") || dispute.status == "prevented";
    let taken_minor = if is_inquiry { 0 } else { dispute.amount_minor };
    Line {
        date_s: dispute.created_s,
        kind: Kind::Dispute,
        id: dispute.id.clone(),
        document: dispute.id.clone(),
        what: format!(
            "dispute of {}, {}",
            dispute.charge_id,
            dispute.status.replace('_', " ")
        ),
        currency: dispute.currency.clone(),
        debit_minor: taken_minor,
        credit_minor: taken_minor,
        is_known: dispute.is_known,
    }
}
