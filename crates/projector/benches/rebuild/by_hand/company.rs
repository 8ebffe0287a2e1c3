//! The newest state of every object, with what its columns say about how it was learned.

use std::collections::HashMap;
use std::error::Error;

use serde::Deserialize;

use super::field::{Field, Follows, Text};
use super::objects::{
    Balance, BalanceTransaction, Charge, Customer, Invoice, InvoicePayment, Payout, Refund,
    Subscription,
};

/// Seconds by which a read may have been told an older state.
const GUARD_S: i64 = 5;

/// The newest state of one object.
#[derive(Debug)]
pub(crate) struct State<'a, T> {
    pub(crate) object: T,
    pub(crate) version: Text<'a>,
    /// Whether its last second showed several states, joined by their previous values.
    pub(crate) linked: bool,
    /// Whether its last second did not begin where the second before had ended.
    pub(crate) gap: bool,
    pub(crate) deleted: bool,
    /// The last second, or the seconds of a read; those that overlap can't be told apart by time.
    lo_s: i64,
    hi_s: i64,
}

/// The states of one kind of object, by id.
pub(crate) type States<'a, T> = HashMap<String, State<'a, T>>;

/// Everything that the log told.
#[derive(Default)]
pub(crate) struct Company<'a> {
    pub(crate) balances: States<'a, Balance<'a>>,
    pub(crate) balance_transactions: States<'a, BalanceTransaction<'a>>,
    pub(crate) charges: States<'a, Charge<'a>>,
    pub(crate) customers: States<'a, Customer<'a>>,
    pub(crate) invoices: States<'a, Invoice<'a>>,
    pub(crate) invoice_payments: States<'a, InvoicePayment<'a>>,
    pub(crate) payouts: States<'a, Payout<'a>>,
    pub(crate) refunds: States<'a, Refund<'a>>,
    pub(crate) subscriptions: States<'a, Subscription<'a>>,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a, T: Deserialize<'de> + Default"))]
struct Event<'a, T> {
    api_version: Text<'a>,
    data: Data<T>,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de> + Default"))]
struct Data<T> {
    object: T,
    #[serde(default)]
    previous_attributes: Option<T>,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a, T: Deserialize<'de>"))]
struct Observation<'a, T> {
    version: Text<'a>,
    date_s: i64,
    elapsed_ms: i64,
    body: T,
}

#[derive(Deserialize)]
struct Kind<'a> {
    object_type: &'a str,
}

/// What one entry says of one object.
struct Claim<'a, T> {
    id: String,
    object: T,
    previous: Option<T>,
    version: Text<'a>,
    deleted: bool,
    lo_s: i64,
    hi_s: i64,
}

impl<'a> Company<'a> {
    pub(crate) fn take_event(
        &mut self,
        type_: &str,
        created_s: i64,
        body: &'a str,
    ) -> Result<(), Box<dyn Error>> {
        match type_.rsplit_once('.').map_or(type_, |(object, _)| object) {
            "charge" if !type_.starts_with("charge.dispute") => {
                take_event(&mut self.charges, type_, created_s, body, |one| &one.id)
            }
            "customer" => take_event(&mut self.customers, type_, created_s, body, |one| &one.id),
            "invoice" => take_event(&mut self.invoices, type_, created_s, body, |one| &one.id),
            "invoice_payment" => {
                let event: Event<'a, InvoicePayment<'a>> = serde_json::from_str(body)?;
                let id = payment_id(&event.data.object);
                insert(
                    &mut self.invoice_payments,
                    event.claim(id, type_, created_s),
                );
                Ok(())
            }
            "payout" => take_event(&mut self.payouts, type_, created_s, body, |one| &one.id),
            "refund" => take_event(&mut self.refunds, type_, created_s, body, |one| &one.id),
            "customer.subscription" => {
                take_event(&mut self.subscriptions, type_, created_s, body, |one| {
                    &one.id
                })
            }
            "balance" => {
                let event: Event<'a, Balance<'a>> = serde_json::from_str(body)?;
                let id = "balance".to_owned();
                insert(&mut self.balances, event.claim(id, type_, created_s));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn take_observation(&mut self, body: &'a str) -> Result<(), Box<dyn Error>> {
        let Kind { object_type } = serde_json::from_str(body)?;
        match object_type {
            "balance" => read(&mut self.balances, body, |_| "balance".to_owned()),
            "balance_transaction" => {
                read(&mut self.balance_transactions, body, |one| named(&one.id))
            }
            "invoice_payment" => read(&mut self.invoice_payments, body, payment_id),
            _ => Err(format!("nothing else is read in this log: {object_type}").into()),
        }
    }
}

fn take_event<'a, T: Deserialize<'a> + Default + Follows + PartialEq>(
    states: &mut States<'a, T>,
    type_: &str,
    created_s: i64,
    body: &'a str,
    id: impl Fn(&T) -> &Field<Text<'a>>,
) -> Result<(), Box<dyn Error>> {
    let event: Event<'a, T> = serde_json::from_str(body)?;
    let id = named(id(&event.data.object));
    insert(states, event.claim(id, type_, created_s));
    Ok(())
}

impl<'a, T> Event<'a, T> {
    fn claim(self, id: String, type_: &str, created_s: i64) -> Claim<'a, T> {
        Claim {
            id,
            object: self.data.object,
            previous: self.data.previous_attributes,
            version: self.api_version,
            deleted: matches!(type_, "customer.deleted" | "invoice.deleted"),
            lo_s: created_s,
            hi_s: created_s + 1,
        }
    }
}

fn read<'a, T: Deserialize<'a> + Follows + PartialEq>(
    states: &mut States<'a, T>,
    body: &'a str,
    id: impl Fn(&T) -> String,
) -> Result<(), Box<dyn Error>> {
    let read: Observation<'a, T> = serde_json::from_str(body)?;
    let claim = Claim {
        id: id(&read.body),
        object: read.body,
        previous: None,
        version: read.version,
        deleted: false,
        lo_s: read.date_s - (read.elapsed_ms + 999) / 1000 - GUARD_S,
        hi_s: read.date_s + 1,
    };
    insert(states, claim);
    Ok(())
}

/// Later entries tell newer states: the log came in order.
fn insert<'a, T: Follows + PartialEq>(states: &mut States<'a, T>, claim: Claim<'a, T>) {
    let state = State {
        object: claim.object,
        version: claim.version,
        linked: false,
        gap: false,
        deleted: claim.deleted,
        lo_s: claim.lo_s,
        hi_s: claim.hi_s,
    };
    let Some(old) = states.get_mut(&claim.id) else {
        states.insert(claim.id, state);
        return;
    };
    let is_new = state.object != old.object;
    let joins = match &claim.previous {
        Some(previous) if !state.object.follows(previous, &state.object) => {
            state.object.follows(previous, &old.object)
        }
        // Nothing that is kept has changed, or nothing says what was before.
        _ => true,
    };
    let overlaps = state.lo_s < old.hi_s;
    *old = State {
        linked: overlaps && (is_new || old.linked),
        gap: !joins || (overlaps && old.gap),
        deleted: state.deleted || old.deleted,
        lo_s: state.lo_s.min(if overlaps { old.lo_s } else { i64::MAX }),
        hi_s: state.hi_s.max(if overlaps { old.hi_s } else { i64::MIN }),
        ..state
    };
}

fn named(id: &Field<Text<'_>>) -> String {
    id.text().unwrap_or_default().to_owned()
}

/// Invoice payments are known by the invoice and what paid it.
fn payment_id(one: &InvoicePayment<'_>) -> String {
    let payment = one.payment.value();
    let payer = payment.and_then(|payment| {
        let payers = [
            &payment.payment_intent,
            &payment.charge,
            &payment.payment_record,
        ];
        payers.into_iter().find_map(|payer| payer.text())
    });
    let invoice = one.invoice.text().unwrap_or_default();
    format!("{invoice}/{}", payer.unwrap_or_default())
}
