//! Of what Stripe makes events, kind by kind: from its list of event types (<https://docs.stripe.com/api/events/types>). It decides
//! nothing about a single object.

/// Of what Stripe makes events.
pub(super) struct Told {
    /// What the objects call themselves.
    object: &'static str,
    /// Whether it makes one when such an object is made.
    pub(super) is_made: bool,
    /// Of which changes it makes one.
    changes: Changes,
}

/// Of which changes of an object Stripe makes events.
enum Changes {
    All,
    None,
    /// Of these members and what is below them.
    Of(&'static [&'static str]),
}

const fn told(object: &'static str, is_made: bool, changes: Changes) -> Told {
    Told {
        object,
        is_made,
        changes,
    }
}

/// Every kind of object that the books hold.
static TOLD: &[Told] = &[
    told("application_fee", true, REFUNDED),
    told("balance", false, Changes::None),
    told("balance_transaction", false, Changes::None),
    told("billing.credit_balance_transaction", true, Changes::None),
    told("billing.credit_grant", true, Changes::All),
    told("charge", true, Changes::All),
    told("checkout.session", false, OUTCOME),
    told("coupon", true, Changes::All),
    told("credit_note", true, Changes::All),
    told("customer", true, Changes::All),
    told("customer_balance_transaction", false, Changes::None),
    told("customer_cash_balance_transaction", true, Changes::None),
    told("discount", true, Changes::All),
    told("dispute", true, Changes::All),
    // A refund of a fee makes an event of the fee.
    told("fee_refund", false, Changes::All),
    told("invoice", true, Changes::All),
    told("invoice_line_list", false, Changes::None),
    told("invoice_payment", false, PAID),
    // `invoiceitem.updated` ended with API version 2024-04-10.
    told("invoiceitem", true, Changes::None),
    told("payment_intent", true, OUTCOME),
    told("payment_method", true, Changes::All),
    told("payout", true, Changes::All),
    told("payout_membership", false, Changes::None),
    told("price", true, Changes::All),
    told("product", true, Changes::All),
    told("promotion_code", true, Changes::All),
    told("refund", true, Changes::All),
    told("reserve.hold", true, Changes::All),
    told("reserve.release", true, Changes::None),
    told("setup_intent", true, OUTCOME),
    told("subscription", true, Changes::All),
    told("subscription_schedule", true, Changes::All),
    told("tax_rate", true, Changes::All),
    told("topup", true, OUTCOME),
    told("transfer", true, Changes::All),
    // A reversal makes an event of the transfer.
    told("transfer_reversal", false, Changes::None),
];

const REFUNDED: Changes = Changes::Of(&["amount_refunded", "refunded"]);
const PAID: Changes = Changes::Of(&["amount_paid", "payment", "status", "status_transitions"]);
/// What comes of something: its types of events are named after it (`payment_intent.succeeded`), and none is `updated`.
const OUTCOME: Changes = Changes::Of(&[
    "amount_capturable",
    "amount_received",
    "canceled_at",
    "cancellation_reason",
    "failure_code",
    "failure_message",
    "last_payment_error",
    "last_setup_error",
    "latest_attempt",
    "latest_charge",
    "next_action",
    "payment_intent",
    "payment_status",
    "setup_intent",
    "status",
    "subscription",
]);

/// Of what Stripe makes events of such objects; none if nobody has listed the kind.
pub(super) fn of(object: &str) -> Option<&'static Told> {
    TOLD.iter().find(|told| told.object == object)
}

impl Told {
    /// Whether a change of this member makes an event.
    pub(super) fn tells(&self, member: &str) -> bool {
        match self.changes {
            Changes::All => true,
            Changes::None => false,
            Changes::Of(members) => members.iter().any(|known| {
                let rest = member.strip_prefix(known);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{TOLD, of};
    use crate::compare::objects::MAPS;

    #[test]
    fn every_kind_that_is_compared_is_listed_once_and_no_other() {
        for map in &MAPS {
            assert!(of(map.object).is_some(), "{}", map.object);
        }
        assert_eq!(TOLD.len(), MAPS.len());
        assert!(TOLD.is_sorted_by_key(|told| told.object));
    }

    #[test]
    fn members_are_told_with_what_is_below_them_and_nothing_else() {
        let payment = of("invoice_payment").unwrap();
        assert!(payment.tells("status"));
        assert!(payment.tells("status_transitions.paid_at"));
        assert!(!payment.tells("status_quo"));
        assert!(!of("payment_intent").unwrap().tells("metadata"));
        assert!(of("customer").unwrap().tells("metadata"));
        assert!(!of("balance_transaction").unwrap().tells("status"));
    }
}
