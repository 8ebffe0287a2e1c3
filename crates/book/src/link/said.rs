//! Which links each kind of object leaves: most by a table of the fields that name others, some by their state.
//!
//! It must look at nothing but the content of the one object.

use facts::objects::{
    application_fee, application_fee_refund, balance_transaction, charge, checkout_session,
    credit_balance_transaction, credit_grant, credit_note, customer_balance_transaction,
    customer_cash_balance_transaction, discount, dispute, invoice, invoice_item, invoice_payment,
    payment_intent, payout, payout_membership, refund, reserve_release, subscription,
    subscription_schedule, topup, transfer, transfer_reversal,
};

use super::{Amount, Links, WHOLE_LIST};
use crate::facet;

/// A field that names another object, and what is said there whatever the state.
struct Naming {
    /// The kind of the object named.
    object: &'static str,
    /// The place of its id.
    id: usize,
    relation: &'static str,
    /// The places of an amount and its currency, where one comes with it.
    amount: Option<(usize, usize)>,
}

const fn naming(
    object: &'static str,
    id: usize,
    relation: &'static str,
    amount: (usize, usize),
) -> Naming {
    Naming {
        object,
        id,
        relation,
        amount: Some(amount),
    }
}

const fn bare(object: &'static str, id: usize, relation: &'static str) -> Naming {
    Naming {
        object,
        id,
        relation,
        amount: None,
    }
}

const TRANSACTION: &str = "balance_transaction";

/// The fields by which each kind of object names others.
static NAMINGS: &[(&str, &[Naming])] = &[
    ("application_fee", {
        use application_fee::*;
        const FEE: (usize, usize) = (AMOUNT_MINOR, CURRENCY);
        &[
            naming(TRANSACTION, BALANCE_TRANSACTION_ID, "application_fee", FEE),
            naming("charge", CHARGE_ID, "application_fee", FEE),
            naming("charge", ORIGINATING_TRANSACTION_ID, "application_fee", FEE),
        ]
    }),
    ("billing.credit_grant", {
        use credit_grant::*;
        &[naming(
            "customer",
            CUSTOMER_ID,
            "credit_grant",
            (AMOUNT_MINOR, CURRENCY),
        )]
    }),
    ("charge", {
        use charge::*;
        const TAKEN: (usize, usize) = (AMOUNT_CAPTURED_MINOR, CURRENCY);
        &[
            naming(TRANSACTION, BALANCE_TRANSACTION_ID, "charge", TAKEN),
            naming(TRANSACTION, FAILURE_BALANCE_TRANSACTION_ID, "charge", TAKEN),
        ]
    }),
    ("checkout.session", {
        use checkout_session::*;
        const TOTAL: (usize, usize) = (TOTAL_MINOR, CURRENCY);
        &[
            naming(
                "payment_intent",
                PAYMENT_INTENT_ID,
                "checkout_session",
                TOTAL,
            ),
            naming("subscription", SUBSCRIPTION_ID, "checkout_session", TOTAL),
            naming("invoice", INVOICE_ID, "checkout_session", TOTAL),
        ]
    }),
    ("customer_balance_transaction", {
        use customer_balance_transaction::*;
        const MOVED: (usize, usize) = (AMOUNT_MINOR, CURRENCY);
        const RELATION: &str = "customer_balance_transaction";
        &[
            naming("customer", CUSTOMER_ID, RELATION, MOVED),
            naming("invoice", INVOICE_ID, RELATION, MOVED),
        ]
    }),
    ("customer_cash_balance_transaction", {
        use customer_cash_balance_transaction::*;
        const MOVED: (usize, usize) = (NET_AMOUNT_MINOR, CURRENCY);
        const RELATION: &str = "customer_cash_balance_transaction";
        &[
            naming("customer", CUSTOMER_ID, RELATION, MOVED),
            naming("payment_intent", APPLIED_PAYMENT_INTENT_ID, RELATION, MOVED),
            naming(
                "payment_intent",
                UNAPPLIED_PAYMENT_INTENT_ID,
                RELATION,
                MOVED,
            ),
            naming("refund", REFUND_ID, RELATION, MOVED),
            naming(
                TRANSACTION,
                OVERDRAFT_BALANCE_TRANSACTION_ID,
                RELATION,
                MOVED,
            ),
            naming(
                TRANSACTION,
                TRANSFERRED_BALANCE_TRANSACTION_ID,
                RELATION,
                MOVED,
            ),
        ]
    }),
    ("discount", {
        use discount::*;
        &[
            bare("customer", CUSTOMER_ID, "discount"),
            bare("subscription", SUBSCRIPTION_ID, "discount"),
            bare("invoice", INVOICE_ID, "discount"),
            bare("coupon", COUPON_ID, "discount"),
        ]
    }),
    ("fee_refund", {
        use application_fee_refund::*;
        const BACK: (usize, usize) = (AMOUNT_MINOR, CURRENCY);
        &[
            naming("application_fee", APPLICATION_FEE_ID, "fee_refund", BACK),
            naming(TRANSACTION, BALANCE_TRANSACTION_ID, "fee_refund", BACK),
        ]
    }),
    ("invoiceitem", {
        use invoice_item::*;
        &[naming(
            "invoice",
            INVOICE_ID,
            "invoice_item",
            (AMOUNT_MINOR, CURRENCY),
        )]
    }),
    ("payout", {
        use payout::*;
        const SENT: (usize, usize) = (AMOUNT_MINOR, CURRENCY);
        &[
            naming(TRANSACTION, BALANCE_TRANSACTION_ID, "payout", SENT),
            naming(TRANSACTION, FAILURE_BALANCE_TRANSACTION_ID, "payout", SENT),
        ]
    }),
    ("refund", {
        use refund::*;
        const BACK: (usize, usize) = (AMOUNT_MINOR, CURRENCY);
        &[
            naming(TRANSACTION, BALANCE_TRANSACTION_ID, "refund", BACK),
            naming(TRANSACTION, FAILURE_BALANCE_TRANSACTION_ID, "refund", BACK),
        ]
    }),
    ("reserve.release", {
        use reserve_release::*;
        &[naming(
            "reserve.hold",
            RESERVE_HOLD_ID,
            "reserve_release",
            (AMOUNT_MINOR, CURRENCY),
        )]
    }),
    ("subscription", {
        use subscription::*;
        &[bare("customer", CUSTOMER_ID, "subscription")]
    }),
    ("subscription_schedule", {
        use subscription_schedule::*;
        &[
            bare("subscription", SUBSCRIPTION_ID, "subscription_schedule"),
            bare(
                "subscription",
                RELEASED_SUBSCRIPTION_ID,
                "subscription_schedule",
            ),
        ]
    }),
    ("topup", {
        use topup::*;
        &[naming(
            TRANSACTION,
            BALANCE_TRANSACTION_ID,
            "topup",
            (AMOUNT_MINOR, CURRENCY),
        )]
    }),
    ("transfer", {
        use transfer::*;
        &[naming(
            TRANSACTION,
            BALANCE_TRANSACTION_ID,
            "transfer",
            (AMOUNT_MINOR, CURRENCY),
        )]
    }),
    ("transfer_reversal", {
        use transfer_reversal::*;
        const BACK: (usize, usize) = (AMOUNT_MINOR, CURRENCY);
        &[
            naming("transfer", TRANSFER_ID, "transfer_reversal", BACK),
            naming(
                TRANSACTION,
                BALANCE_TRANSACTION_ID,
                "transfer_reversal",
                BACK,
            ),
            naming("refund", SOURCE_REFUND_ID, "transfer_reversal", BACK),
        ]
    }),
];

/// Leaves all links of an object.
pub(super) fn of_object(links: &mut Links<'_>) {
    let object = links.source.object;
    match object {
        "invoice" => links.of_invoice(),
        "invoice_payment" => links.of_invoice_payment(),
        "charge" => links.of_charge(),
        "refund" => links.of_refund(),
        "payment_intent" => links.of_payment_intent(),
        "dispute" => links.of_dispute(),
        "credit_note" => links.of_credit_note(),
        "customer_balance_transaction" => links.of_customer_balance_transaction(),
        "billing.credit_balance_transaction" => links.of_credit_balance_transaction(),
        "balance_transaction" => links.of_balance_transaction(),
        "payout_membership" => links.of_payout_membership(),
        "transfer" => links.of_transfer(),
        _ => links.of_whole_list(),
    }
    let namings = NAMINGS.iter().find(|(kind, _)| *kind == object);
    for naming in namings.map_or(&[][..], |(_, namings)| *namings) {
        let amount = match naming.amount {
            Some((minor, currency)) => links.amount(minor, currency),
            None => Amount::default(),
        };
        links.leave(
            naming.object,
            links.text(naming.id),
            naming.relation,
            amount,
        );
    }
}

impl Links<'_> {
    fn of_invoice(&mut self) {
        let customer = self.text(invoice::CUSTOMER_ID);
        let total = self.amount(invoice::TOTAL_MINOR, invoice::CURRENCY);
        let remaining = self.amount(invoice::AMOUNT_REMAINING_MINOR, invoice::CURRENCY);
        let status = self.text(invoice::STATUS);
        if matches!(status, Some("open" | "paid" | "uncollectible")) {
            self.leave("customer", customer, "invoiced", total);
        }
        match status {
            Some("open") => self.leave("customer", customer, "receivable", remaining),
            Some("uncollectible") => self.leave("customer", customer, "written_off", remaining),
            _ => {}
        }
    }

    fn of_invoice_payment(&mut self) {
        if self.text(invoice_payment::STATUS) != Some("paid") {
            return;
        }
        let paid = self.amount(
            invoice_payment::AMOUNT_PAID_MINOR,
            invoice_payment::CURRENCY,
        );
        let invoice = self.text(invoice_payment::INVOICE_ID);
        self.leave("invoice", invoice, "payment", paid);
        let intent = self.text(invoice_payment::PAYMENT_INTENT_ID);
        self.leave("payment_intent", intent, "payment", paid);
    }

    fn of_charge(&mut self) {
        if self.text(charge::STATUS) == Some("succeeded") {
            let captured = self.amount(charge::AMOUNT_CAPTURED_MINOR, charge::CURRENCY);
            let intent = self.text(charge::PAYMENT_INTENT_ID);
            self.leave("payment_intent", intent, "charge", captured);
        }
    }

    fn of_refund(&mut self) {
        if !matches!(self.text(refund::STATUS), Some("failed" | "canceled")) {
            let back = self.amount(refund::AMOUNT_MINOR, refund::CURRENCY);
            self.leave("charge", self.text(refund::CHARGE_ID), "refund", back);
        }
    }

    fn of_payment_intent(&mut self) {
        if self.text(payment_intent::STATUS) == Some("succeeded") {
            let received = self.amount(
                payment_intent::AMOUNT_RECEIVED_MINOR,
                payment_intent::CURRENCY,
            );
            let charge = self.text(payment_intent::LATEST_CHARGE_ID);
            self.leave("charge", charge, "payment_intent", received);
        }
    }

    /// An inquiry takes no money, and need not mark the charge as disputed.
    fn of_dispute(&mut self) {
        let status = self.text(dispute::STATUS).unwrap_or("");
        let is_inquiry = status.starts_with("warning_") || status == "prevented";
        let relation = if is_inquiry { "inquiry" } else { "dispute" };
        let disputed = self.amount(dispute::AMOUNT_MINOR, dispute::CURRENCY);
        let charge = self.text(dispute::CHARGE_ID);
        self.leave("charge", charge, relation, disputed);
        for row in self.content.get(dispute::BALANCE_TRANSACTIONS).rows() {
            let moved = Amount {
                minor: row.int(dispute::movement::AMOUNT_MINOR),
                currency: row.text(dispute::movement::CURRENCY),
            };
            self.leave(
                "balance_transaction",
                row.text(dispute::movement::ID),
                "dispute",
                moved,
            );
        }
    }

    /// A void credit note credits nothing.
    fn of_credit_note(&mut self) {
        if self.text(credit_note::STATUS) != Some("issued") {
            return;
        }
        let invoice = self.text(credit_note::INVOICE_ID);
        let total = self.amount(credit_note::TOTAL_MINOR, credit_note::CURRENCY);
        let (before, after) = credit_note_parts(self.content);
        let part = |minor| Amount { minor, ..total };
        self.leave("invoice", invoice, "credited_before_payment", part(before));
        self.leave("invoice", invoice, "credited_after_payment", part(after));
        for row in self.content.get(credit_note::REFUNDS).rows() {
            self.leave(
                "refund",
                row.text(credit_note::refund::REFUND_ID),
                "credit_note",
                part(row.int(credit_note::refund::AMOUNT_REFUNDED_MINOR)),
            );
        }
        let credit = self.text(credit_note::CUSTOMER_BALANCE_TRANSACTION_ID);
        self.leave(
            "customer_balance_transaction",
            credit,
            "credit_note",
            part(None),
        );
    }

    /// What a void credit note took back is of another type.
    fn of_customer_balance_transaction(&mut self) {
        use customer_balance_transaction::{AMOUNT_MINOR, CREDIT_NOTE_ID, CURRENCY, TYPE};
        if self.text(TYPE) == Some("credit_note") {
            self.leave(
                "credit_note",
                self.text(CREDIT_NOTE_ID),
                "customer_balance_transaction",
                self.amount(AMOUNT_MINOR, CURRENCY),
            );
        }
    }

    fn of_credit_balance_transaction(&mut self) {
        use credit_balance_transaction as moved;
        let taken = self.amount(moved::DEBIT_MINOR, moved::DEBIT_CURRENCY);
        let (amount, invoice) = match self.text(moved::TYPE) {
            Some("debit") => (
                Amount {
                    minor: taken.minor.map(i64::wrapping_neg),
                    ..taken
                },
                moved::DEBIT_INVOICE_ID,
            ),
            _ => (
                self.amount(moved::CREDIT_MINOR, moved::CREDIT_CURRENCY),
                moved::CREDIT_INVOICE_ID,
            ),
        };
        let relation = "credit_balance_transaction";
        let grant = self.text(moved::CREDIT_GRANT_ID);
        self.leave("billing.credit_grant", grant, relation, amount);
        self.leave("invoice", self.text(invoice), relation, amount);
    }

    fn of_balance_transaction(&mut self) {
        use balance_transaction::{AMOUNT_MINOR, CURRENCY, SOURCE_ID};
        let source = self.text(SOURCE_ID);
        if let Some(object) = source.and_then(object_of) {
            let amount = self.amount(AMOUNT_MINOR, CURRENCY);
            self.leave(object, source, "balance_transaction", amount);
        }
    }

    /// Keyed by the payout: the source's id says under each transaction which payout covers it.
    fn of_payout_membership(&mut self) {
        let payout = self.source.id.clone();
        let (relation, none) = ("payout_membership", Amount::default());
        self.leave("payout", Some(&payout), relation, none);
        for row in self.content.get(payout_membership::TRANSACTIONS).rows() {
            let id = row.text(payout_membership::transaction::ID);
            self.leave("balance_transaction", id, relation, none);
        }
    }

    /// Keyed by the object that the list belongs to.
    fn of_whole_list(&mut self) {
        let Some(facet) = facet::of_list(self.source.object) else {
            return;
        };
        let rows = self.content.get(facet.rows).rows();
        let sum = facet.amount.and_then(|(minor, currency)| {
            let mut sum = 0_i64;
            for row in rows {
                sum = sum.checked_add(row.int(minor)?)?;
            }
            Some(Amount {
                minor: Some(sum),
                currency: rows.first()?.text(currency),
            })
        });
        let amount = sum.unwrap_or_default();
        let parent = self.source.id.clone();
        self.leave(facet.parent, Some(&parent), WHOLE_LIST, amount);
    }

    fn of_transfer(&mut self) {
        let source = self.text(transfer::SOURCE_TRANSACTION_ID);
        if let Some(object) = source.and_then(object_of) {
            let amount = self.amount(transfer::AMOUNT_MINOR, transfer::CURRENCY);
            self.leave(object, source, "transfer", amount);
        }
    }
}

/// The parts of a credit note before and after payment, in minor units. Before 2025-05-28.basil it was all of one type.
fn credit_note_parts(content: &facts::Record) -> (Option<i64>, Option<i64>) {
    use credit_note::{POST_PAYMENT_MINOR, PRE_PAYMENT_MINOR, TOTAL_MINOR, TYPE};
    let total = content.int(TOTAL_MINOR);
    let told = (
        content.int(PRE_PAYMENT_MINOR),
        content.int(POST_PAYMENT_MINOR),
    );
    match (told, content.text(TYPE)) {
        ((None, None), Some("pre_payment")) => (total, Some(0)),
        ((None, None), Some("post_payment")) => (Some(0), total),
        (told, _) => told,
    }
}

/// The kind of object by the prefix of its id; no more than the prefix is ever read.
fn object_of(id: &str) -> Option<&'static str> {
    match id.split_once('_')?.0 {
        "ch" | "py" => Some("charge"),
        "re" | "pyr" => Some("refund"),
        "po" => Some("payout"),
        "dp" | "du" => Some("dispute"),
        "tu" => Some("topup"),
        "tr" => Some("transfer"),
        "trr" => Some("transfer_reversal"),
        "fee" => Some("application_fee"),
        "fr" => Some("fee_refund"),
        _ => None,
    }
}
