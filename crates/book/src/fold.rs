//! One object of the book, folded: its register, its view, and every row that it owns.
//!
//! Rows are a function of the register and of the totals under the object's id, so that a change is the difference of
//! two sets of rows and a rebuild is the set itself.

use facts::objects::charge;
use facts::{ObjectKey, Record, Shape, Value};

use crate::Certainty;
use crate::activity::{self, Activity, Sums};
use crate::facet;
use crate::finding;
use crate::link::{self, Link, Target, Totals};
use crate::register::Register;
use crate::resolve::{View, resolve};
use crate::row::{self, Row};

/// An object with everything that follows from its own claims.
#[derive(Clone, Debug)]
pub struct Folded {
    /// The object.
    pub key: ObjectKey,
    /// What is remembered of its claims.
    pub register: Register,
    /// Its newest state; none while no claim with content is held.
    pub view: Option<View>,
    /// What it says under the ids of others.
    pub links: Vec<Link>,
}

impl Folded {
    /// Folds a register.
    #[must_use]
    pub fn new(key: ObjectKey, register: Register) -> Self {
        let view = resolve(&register);
        let is_alive = register.tombstone().is_none() || !is_erased_by_deletion(&key);
        let links = view
            .iter()
            .filter(|_| is_alive)
            .flat_map(|view| link::of_view(&key, view, register.newest_s()))
            .collect();
        Folded {
            key,
            register,
            view,
            links,
        }
    }

    /// Its part in the activity of the balance, if it is a balance transaction.
    #[must_use]
    pub fn activity(&self) -> Option<(Activity, Sums)> {
        activity::activity(&self.key, &self.view.as_ref()?.content)
    }

    /// Every row that the object owns but for findings and totals, which need what others say.
    #[must_use]
    pub fn rows<'a>(&'a self, stream: &'a str, target: &'a Target) -> Vec<Row<'a>> {
        let mut rows = self.rows_but_links(stream, target);
        rows.extend(self.links.iter().map(|link| row::of_link(stream, link)));
        rows
    }

    /// [`Folded::rows`] without those of its links, which a writer of whole tables meets in the order of their targets.
    #[must_use]
    pub fn rows_but_links<'a>(&'a self, stream: &'a str, target: &'a Target) -> Vec<Row<'a>> {
        let mut rows = Vec::new();
        if let Some(view) = &self.view {
            row::of_object(
                stream,
                &self.key,
                view,
                self.register.tombstone().is_some(),
                &mut rows,
            );
        }
        rows.extend(
            self.wanted()
                .into_iter()
                .map(|(reason, at_stake)| row::of_wanted(stream, target, reason, at_stake)),
        );
        rows
    }

    /// Whether a list of it must be read whole, as far as the links under it tell.
    #[must_use]
    pub fn lacks_list(&self, totals: &Totals) -> bool {
        let newest_s = self.register.newest_s();
        let stale = |view: &View| {
            facet::is_stale(&view.content, newest_s, totals)
                || facet::lacks_children(&view.content, totals)
        };
        self.register.tombstone().is_none() && self.view.as_ref().is_some_and(stale)
    }

    /// Why the object must be fetched, if it must, and the minor units at stake.
    #[must_use]
    pub fn wanted(&self) -> Vec<(&'static str, i64)> {
        if self.register.tombstone().is_some() {
            return Vec::new();
        }
        let at_stake = self.view.as_ref().map_or(0, |view| view.at_stake_minor);
        let mut wanted = Vec::new();
        let mut want = |reason: &'static str, is_wanted: bool| {
            if is_wanted {
                wanted.push((reason, at_stake));
            }
        };
        let newest_s = self.register.newest_s();
        want(
            "thin",
            self.register
                .thin_s()
                .is_some_and(|thin_s| newest_s.is_none_or(|newest_s| newest_s <= thin_s)),
        );
        let Some(view) = &self.view else {
            return wanted;
        };
        want("ambiguous", view.certainty == Certainty::Ambiguous);
        want("bt_null", lacks_transaction(&view.content));
        want("embedded_only", !self.register.is_seen());
        want("unknown_field", lacks_money(&view.content));
        wanted
    }
}

/// The rows that stand under an id because of what others say: totals, a list that is wanted, and findings.
#[must_use]
pub fn rows_of_target<'a>(
    stream: &'a str,
    target: &'a Target,
    folded: Option<&Folded>,
    totals: &'a Totals,
) -> Vec<Row<'a>> {
    let mut rows: Vec<Row<'a>> = totals
        .iter()
        .map(|((relation, currency), total)| {
            row::of_total(stream, target, relation, currency, *total)
        })
        .collect();
    let held = folded.and_then(|folded| Some((&folded.register, folded.view.as_ref()?)));
    let is_deleted =
        folded.is_some_and(|folded| folded.view.is_none() && folded.register.tombstone().is_some());
    if folded.is_some_and(|folded| folded.lacks_list(totals)) {
        rows.push(row::of_wanted(stream, target, "stale_list", 0));
    }
    if !is_deleted {
        rows.extend(
            finding::findings(stream, target, held, totals)
                .into_iter()
                .map(|finding| row::of_finding(stream, target, finding)),
        );
    }
    rows
}

/// Deleted drafts are no part of the books; a deleted customer's past stays.
fn is_erased_by_deletion(key: &ObjectKey) -> bool {
    key.schema.object == "invoice"
}

/// What is only authorised has moved no balance yet.
fn lacks_transaction(content: &Record) -> bool {
    content.schema.object == "charge"
        && content.get(charge::CAPTURED).flag() != Some(false)
        && content.text(charge::STATUS) == Some("succeeded")
        // What is only authorised has moved nothing yet.
        && content.get(charge::CAPTURED).flag() != Some(false)
        && !content.get(charge::BALANCE_TRANSACTION_ID).is_stated()
}

/// Amounts that only younger API versions tell, or that are left out where all is meant, and that no sum of the books needs:
/// an object without them is not wanted.
const EXPLAINING: [(&str, &str); 5] = [
    ("charge", "transfer_amount_minor"),
    ("payment_intent", "transfer_amount_minor"),
    ("invoice", "amount_overpaid_minor"),
    ("invoice", "amount_shipping_minor"),
    ("invoiceitem", "net_amount_minor"),
];

/// Whether an amount, or what says what it means, can't be known from what was said.
fn lacks_money(content: &Record) -> bool {
    content
        .schema
        .fields
        .iter()
        .zip(&content.values)
        .any(|(field, value)| {
            *value == Value::Unknown
                && !EXPLAINING.contains(&(content.schema.object, field.name))
                && (matches!(field.shape, Shape::Minor)
                    || matches!(field.name, "currency" | "status" | "available_s"))
        })
}
