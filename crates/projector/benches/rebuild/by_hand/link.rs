//! What the newest states say of one another.

use facts::objects::{
    application_fee, application_fee_refund, balance_transaction, charge, checkout_session,
    credit_balance_transaction, credit_grant, credit_note, credit_note_line_list,
    customer_balance_transaction, customer_cash_balance_transaction, discount, dispute, invoice,
    invoice_item, invoice_line_list, invoice_payment, payment_intent, payout, payout_membership,
    refund, reserve_release, subscription, subscription_item_list, subscription_schedule, topup,
    transfer, transfer_reversal,
};

use super::company::{Company, State};
use super::value::Record;

/// What one object says under the id of another, ordered as its table is.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Link<'s> {
    pub(crate) target_type: &'static str,
    pub(crate) target_id: &'s str,
    pub(crate) relation: &'static str,
    pub(crate) source_type: &'static str,
    pub(crate) source_id: &'s str,
    pub(crate) currency: &'s str,
    pub(crate) amount_minor: i64,
}

/// The kind that is named, the column with its id, the relation, and the columns of an amount and its currency.
type Name = (&'static str, usize, &'static str, Option<(usize, usize)>);

const BT: &str = "balance_transaction";

/// What each kind says whatever its state.
#[rustfmt::skip]
const NAMES: &[(&str, &[Name])] = &[
    ("application_fee", { use application_fee::*; const A: Option<(usize, usize)> = Some((AMOUNT_MINOR, CURRENCY)); &[
        (BT, BALANCE_TRANSACTION_ID, "application_fee", A),
        ("charge", CHARGE_ID, "application_fee", A),
        ("charge", ORIGINATING_TRANSACTION_ID, "application_fee", A),
    ] }),
    ("billing.credit_grant", { use credit_grant::*; &[
        ("customer", CUSTOMER_ID, "credit_grant", Some((AMOUNT_MINOR, CURRENCY))),
    ] }),
    ("charge", { use charge::*; const A: Option<(usize, usize)> = Some((AMOUNT_CAPTURED_MINOR, CURRENCY)); &[
        (BT, BALANCE_TRANSACTION_ID, "charge", A),
        (BT, FAILURE_BALANCE_TRANSACTION_ID, "charge", A),
    ] }),
    ("checkout.session", { use checkout_session::*; const A: Option<(usize, usize)> = Some((TOTAL_MINOR, CURRENCY)); &[
        ("payment_intent", PAYMENT_INTENT_ID, "checkout_session", A),
        ("subscription", SUBSCRIPTION_ID, "checkout_session", A),
        ("invoice", INVOICE_ID, "checkout_session", A),
    ] }),
    ("customer_balance_transaction", { use customer_balance_transaction::*; const A: Option<(usize, usize)> = Some((AMOUNT_MINOR, CURRENCY)); &[
        ("customer", CUSTOMER_ID, "customer_balance_transaction", A),
        ("invoice", INVOICE_ID, "customer_balance_transaction", A),
    ] }),
    ("customer_cash_balance_transaction", { use customer_cash_balance_transaction::*; const A: Option<(usize, usize)> = Some((NET_AMOUNT_MINOR, CURRENCY)); const R: &str = "customer_cash_balance_transaction"; &[
        ("customer", CUSTOMER_ID, R, A),
        ("payment_intent", APPLIED_PAYMENT_INTENT_ID, R, A),
        ("payment_intent", UNAPPLIED_PAYMENT_INTENT_ID, R, A),
        ("refund", REFUND_ID, R, A),
        (BT, OVERDRAFT_BALANCE_TRANSACTION_ID, R, A),
        (BT, TRANSFERRED_BALANCE_TRANSACTION_ID, R, A),
    ] }),
    ("discount", { use discount::*; &[
        ("customer", CUSTOMER_ID, "discount", None),
        ("subscription", SUBSCRIPTION_ID, "discount", None),
        ("invoice", INVOICE_ID, "discount", None),
        ("coupon", COUPON_ID, "discount", None),
    ] }),
    ("fee_refund", { use application_fee_refund::*; const A: Option<(usize, usize)> = Some((AMOUNT_MINOR, CURRENCY)); &[
        ("application_fee", APPLICATION_FEE_ID, "fee_refund", A),
        (BT, BALANCE_TRANSACTION_ID, "fee_refund", A),
    ] }),
    ("invoiceitem", { use invoice_item::*; &[
        ("invoice", INVOICE_ID, "invoice_item", Some((AMOUNT_MINOR, CURRENCY))),
    ] }),
    ("payout", { use payout::*; const A: Option<(usize, usize)> = Some((AMOUNT_MINOR, CURRENCY)); &[
        (BT, BALANCE_TRANSACTION_ID, "payout", A),
        (BT, FAILURE_BALANCE_TRANSACTION_ID, "payout", A),
    ] }),
    ("refund", { use refund::*; const A: Option<(usize, usize)> = Some((AMOUNT_MINOR, CURRENCY)); &[
        (BT, BALANCE_TRANSACTION_ID, "refund", A),
        (BT, FAILURE_BALANCE_TRANSACTION_ID, "refund", A),
    ] }),
    ("reserve.release", { use reserve_release::*; &[
        ("reserve.hold", RESERVE_HOLD_ID, "reserve_release", Some((AMOUNT_MINOR, CURRENCY))),
    ] }),
    ("subscription", { use subscription::*; &[
        ("customer", CUSTOMER_ID, "subscription", None),
    ] }),
    ("subscription_schedule", { use subscription_schedule::*; &[
        ("subscription", SUBSCRIPTION_ID, "subscription_schedule", None),
        ("subscription", RELEASED_SUBSCRIPTION_ID, "subscription_schedule", None),
    ] }),
    ("topup", { use topup::*; &[
        (BT, BALANCE_TRANSACTION_ID, "topup", Some((AMOUNT_MINOR, CURRENCY))),
    ] }),
    ("transfer", { use transfer::*; &[
        (BT, BALANCE_TRANSACTION_ID, "transfer", Some((AMOUNT_MINOR, CURRENCY))),
    ] }),
    ("transfer_reversal", { use transfer_reversal::*; const A: Option<(usize, usize)> = Some((AMOUNT_MINOR, CURRENCY)); &[
        ("transfer", TRANSFER_ID, "transfer_reversal", A),
        (BT, BALANCE_TRANSACTION_ID, "transfer_reversal", A),
        ("refund", SOURCE_REFUND_ID, "transfer_reversal", A),
    ] }),
];

/// All links, sorted.
pub(crate) fn links<'s>(company: &'s Company<'_>) -> Vec<Link<'s>> {
    let mut found = Vec::new();
    for kind in company.plans.keys().copied() {
        let names = NAMES.iter().find(|(known, _)| *known == kind);
        let names = names.map_or(&[][..], |(_, names)| *names);
        for (id, state) in company.of(kind) {
            if kind == "invoice" && state.deleted {
                continue;
            }
            let start = found.len();
            let mut links = Links {
                source_type: kind,
                source_id: id,
                values: &state.values,
                found: &mut found,
                start,
            };
            links.by_state(state);
            for (target, id, relation, amount) in names {
                let amount = amount.map_or(NONE, |(minor, currency)| links.amount(minor, currency));
                links.leave(target, links.text(*id), relation, amount);
            }
        }
    }
    found.sort_unstable();
    found
}

/// The links of one object, as they are found.
struct Links<'f, 's, 'a> {
    source_type: &'static str,
    source_id: &'s str,
    values: &'s Record<'a>,
    found: &'f mut Vec<Link<'s>>,
    start: usize,
}

/// Minor units and their currency.
type Amount<'s> = (i64, &'s str);

const NONE: Amount<'static> = (0, "");

impl<'s> Links<'_, 's, '_> {
    fn text(&self, place: usize) -> Option<&'s str> {
        self.values[place].text()
    }

    fn amount(&self, minor: usize, currency: usize) -> Amount<'s> {
        (
            self.values[minor].int().unwrap_or(0),
            self.text(currency).unwrap_or(""),
        )
    }

    fn leave(
        &mut self,
        target_type: &'static str,
        target: Option<&'s str>,
        relation: &'static str,
        (amount_minor, currency): Amount<'s>,
    ) {
        let Some(target_id) = target.filter(|id| !id.is_empty()) else {
            return;
        };
        let is_said = |link: &Link<'_>| {
            (link.target_type, link.target_id, link.relation) == (target_type, target_id, relation)
        };
        if self.found[self.start..].iter().any(is_said) {
            return;
        }
        self.found.push(Link {
            target_type,
            target_id,
            relation,
            source_type: self.source_type,
            source_id: self.source_id,
            currency,
            amount_minor,
        });
    }

    fn by_state(&mut self, state: &State<'_>) {
        match self.source_type {
            "invoice" => self.of_invoice(),
            "invoice_payment" => self.of_invoice_payment(),
            "charge" if self.text(charge::STATUS) == Some("succeeded") => {
                let amount = self.amount(charge::AMOUNT_CAPTURED_MINOR, charge::CURRENCY);
                let intent = self.text(charge::PAYMENT_INTENT_ID);
                self.leave("payment_intent", intent, "charge", amount);
            }
            "refund" if !matches!(self.text(refund::STATUS), Some("failed" | "canceled")) => {
                let amount = self.amount(refund::AMOUNT_MINOR, refund::CURRENCY);
                self.leave("charge", self.text(refund::CHARGE_ID), "refund", amount);
            }
            "payment_intent" if self.text(payment_intent::STATUS) == Some("succeeded") => {
                use payment_intent::{AMOUNT_RECEIVED_MINOR, CURRENCY, LATEST_CHARGE_ID};
                let amount = self.amount(AMOUNT_RECEIVED_MINOR, CURRENCY);
                self.leave(
                    "charge",
                    self.text(LATEST_CHARGE_ID),
                    "payment_intent",
                    amount,
                );
            }
            "dispute" => self.of_dispute(),
            "credit_note" => self.of_credit_note(),
            "customer_balance_transaction" => {
                use customer_balance_transaction::{AMOUNT_MINOR, CREDIT_NOTE_ID, CURRENCY, TYPE};
                if self.text(TYPE) == Some("credit_note") {
                    let amount = self.amount(AMOUNT_MINOR, CURRENCY);
                    let note = self.text(CREDIT_NOTE_ID);
                    self.leave("credit_note", note, "customer_balance_transaction", amount);
                }
            }
            "billing.credit_balance_transaction" => self.of_credits(),
            "balance_transaction" => {
                use balance_transaction::{AMOUNT_MINOR, CURRENCY, SOURCE_ID};
                self.by_prefix(SOURCE_ID, BT, self.amount(AMOUNT_MINOR, CURRENCY));
            }
            "transfer" => {
                use transfer::{AMOUNT_MINOR, CURRENCY, SOURCE_TRANSACTION_ID};
                self.by_prefix(
                    SOURCE_TRANSACTION_ID,
                    "transfer",
                    self.amount(AMOUNT_MINOR, CURRENCY),
                );
            }
            "payout_membership" => {
                self.leave("payout", Some(self.source_id), "payout_membership", NONE);
                for row in self.values[payout_membership::TRANSACTIONS].rows() {
                    let id = row[payout_membership::transaction::ID].text();
                    self.leave(BT, id, "payout_membership", NONE);
                }
            }
            _ => self.of_list(state.newest_s),
        }
    }

    fn of_invoice(&mut self) {
        let customer = self.text(invoice::CUSTOMER_ID);
        let total = self.amount(invoice::TOTAL_MINOR, invoice::CURRENCY);
        let rest = self.amount(invoice::AMOUNT_REMAINING_MINOR, invoice::CURRENCY);
        let status = self.text(invoice::STATUS);
        if matches!(status, Some("open" | "paid" | "uncollectible")) {
            self.leave("customer", customer, "invoiced", total);
        }
        match status {
            Some("open") => self.leave("customer", customer, "receivable", rest),
            Some("uncollectible") => self.leave("customer", customer, "written_off", rest),
            _ => {}
        }
    }

    fn of_invoice_payment(&mut self) {
        use invoice_payment::{AMOUNT_PAID_MINOR, CURRENCY, INVOICE_ID, PAYMENT_INTENT_ID, STATUS};
        if self.text(STATUS) == Some("paid") {
            let amount = self.amount(AMOUNT_PAID_MINOR, CURRENCY);
            self.leave("invoice", self.text(INVOICE_ID), "payment", amount);
            self.leave(
                "payment_intent",
                self.text(PAYMENT_INTENT_ID),
                "payment",
                amount,
            );
        }
    }

    fn of_dispute(&mut self) {
        let status = self.text(dispute::STATUS).unwrap_or("");
        let is_inquiry = status.starts_with("warning_") || status == "prevented";
        let relation = if is_inquiry { "inquiry" } else { "dispute" };
        let amount = self.amount(dispute::AMOUNT_MINOR, dispute::CURRENCY);
        self.leave("charge", self.text(dispute::CHARGE_ID), relation, amount);
        for row in self.values[dispute::BALANCE_TRANSACTIONS].rows() {
            use dispute::movement::{AMOUNT_MINOR, CURRENCY, ID};
            let minor = row[AMOUNT_MINOR].int().unwrap_or(0);
            let currency = row[CURRENCY].text().unwrap_or("");
            self.leave(BT, row[ID].text(), "dispute", (minor, currency));
        }
    }

    /// In this log every note tells its parts.
    fn of_credit_note(&mut self) {
        use credit_note::{
            CURRENCY, CUSTOMER_BALANCE_TRANSACTION_ID, INVOICE_ID, POST_PAYMENT_MINOR,
            PRE_PAYMENT_MINOR, REFUNDS, STATUS,
        };
        if self.text(STATUS) != Some("issued") {
            return;
        }
        let invoice = self.text(INVOICE_ID);
        let before = self.amount(PRE_PAYMENT_MINOR, CURRENCY);
        let after = self.amount(POST_PAYMENT_MINOR, CURRENCY);
        self.leave("invoice", invoice, "credited_before_payment", before);
        self.leave("invoice", invoice, "credited_after_payment", after);
        for row in self.values[REFUNDS].rows() {
            let minor = row[credit_note::refund::AMOUNT_REFUNDED_MINOR].int();
            let refund = row[credit_note::refund::REFUND_ID].text();
            self.leave(
                "refund",
                refund,
                "credit_note",
                (minor.unwrap_or(0), before.1),
            );
        }
        let credit = self.text(CUSTOMER_BALANCE_TRANSACTION_ID);
        self.leave(
            "customer_balance_transaction",
            credit,
            "credit_note",
            (0, before.1),
        );
    }

    fn of_credits(&mut self) {
        use credit_balance_transaction as moved;
        let (amount, invoice) = match self.text(moved::TYPE) {
            Some("debit") => {
                let (minor, currency) = self.amount(moved::DEBIT_MINOR, moved::DEBIT_CURRENCY);
                ((-minor, currency), moved::DEBIT_INVOICE_ID)
            }
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

    fn by_prefix(&mut self, source: usize, relation: &'static str, amount: Amount<'s>) {
        let id = self.text(source);
        let target = match id.and_then(|id| id.split_once('_')) {
            Some(("ch" | "py", _)) => "charge",
            Some(("re" | "pyr", _)) => "refund",
            Some(("po", _)) => "payout",
            Some(("dp" | "du", _)) => "dispute",
            Some(("tu", _)) => "topup",
            Some(("tr", _)) => "transfer",
            Some(("trr", _)) => "transfer_reversal",
            Some(("fee", _)) => "application_fee",
            Some(("fr", _)) => "fee_refund",
            _ => return,
        };
        self.leave(target, id, relation, amount);
    }

    /// A list read whole tells its sum under its parent's id, and from when it speaks.
    fn of_list(&mut self, newest_s: i64) {
        let (parent, rows) = match self.source_type {
            "invoice_line_list" => ("invoice", invoice_line_list::LINES),
            "credit_note_line_list" => ("credit_note", credit_note_line_list::LINES),
            "subscription_item_list" => ("subscription", subscription_item_list::ITEMS),
            _ => return,
        };
        let rows = self.values[rows].rows();
        let mut amount = NONE;
        if parent == "invoice"
            && let Some(first) = rows.first()
        {
            use invoice_line_list::line::{AMOUNT_MINOR, CURRENCY};
            let sum = rows.iter().filter_map(|row| row[AMOUNT_MINOR].int()).sum();
            amount = (sum, first[CURRENCY].text().unwrap_or(""));
        }
        self.leave(parent, Some(self.source_id), "whole_list", amount);
        self.leave(parent, Some(self.source_id), "whole_list_s", (newest_s, ""));
    }
}
