//! Lists that Stripe cuts after their first rows, and the objects of their own that hold them once they were read whole.
//!
//! A cut list is unknown in its parent. The list read whole leaves two links there: the sum of its rows, and the second
//! from which it speaks. Pure functions of the parent and of those links; what a row means is nobody's business here.

use facts::objects::{
    application_fee, charge, credit_note, credit_note_line_list, invoice, invoice_line_list,
    subscription, subscription_item_list, transfer,
};
use facts::{Record, Value};

use crate::link::{self, Totals, WHOLE_LIST_S};

/// A list that can be cut.
pub(crate) struct Facet {
    /// The kind of object that holds the whole list, under its parent's id.
    list: &'static str,
    /// The place of the rows there.
    pub(crate) rows: usize,
    /// The places of an amount and its currency in a row, where the rows add up to something.
    pub(crate) amount: Option<(usize, usize)>,
    /// The kind of object that the list belongs to.
    pub(crate) parent: &'static str,
    /// The place of the list in it.
    field: usize,
    /// The place of the second after which the list never changes again, if there is one.
    settled_s: Option<usize>,
}

static FACETS: &[Facet] = &[
    Facet {
        list: "invoice_line_list",
        rows: invoice_line_list::LINES,
        amount: Some((
            invoice_line_list::line::AMOUNT_MINOR,
            invoice_line_list::line::CURRENCY,
        )),
        parent: "invoice",
        field: invoice::LINES,
        settled_s: Some(invoice::FINALIZED_S),
    },
    Facet {
        list: "credit_note_line_list",
        rows: credit_note_line_list::LINES,
        amount: None,
        parent: "credit_note",
        field: credit_note::LINES,
        settled_s: Some(credit_note::CREATED_S),
    },
    Facet {
        list: "subscription_item_list",
        rows: subscription_item_list::ITEMS,
        amount: None,
        parent: "subscription",
        field: subscription::ITEMS,
        settled_s: None,
    },
];

/// Objects with lists of others that have registers of their own: the amount that those add up to, and their relation.
static CHILDREN: &[(&str, (usize, usize), &str)] = &[
    (
        "application_fee",
        (
            application_fee::AMOUNT_REFUNDED_MINOR,
            application_fee::CURRENCY,
        ),
        "fee_refund",
    ),
    (
        "charge",
        (charge::AMOUNT_REFUNDED_MINOR, charge::CURRENCY),
        "refund",
    ),
    (
        "transfer",
        (transfer::AMOUNT_REVERSED_MINOR, transfer::CURRENCY),
        "transfer_reversal",
    ),
];

/// Whether fewer of an object's refunds or reversals are held than it says there were: its list must be read.
pub(crate) fn lacks_children(content: &Record, totals: &Totals) -> bool {
    let mut children = CHILDREN.iter();
    let found = children.find(|(object, ..)| *object == content.schema.object);
    found.is_some_and(|(_, (minor, currency), relation)| {
        let currency = content.text(*currency).unwrap_or("");
        let held = link::total(totals, relation, currency).amount_minor;
        content.int(*minor).is_some_and(|said| said > held)
    })
}

/// What this kind of object is the whole list of, if it is one.
pub(crate) fn of_list(object: &str) -> Option<&'static Facet> {
    FACETS.iter().find(|facet| facet.list == object)
}

/// Whether the object does not show its list whole.
pub(crate) fn is_cut(content: &Record) -> bool {
    cut(content).is_some()
}

fn cut(content: &Record) -> Option<&'static Facet> {
    let mut facets = FACETS.iter();
    let facet = facets.find(|facet| facet.parent == content.schema.object)?;
    (*content.get(facet.field) == Value::Unknown).then_some(facet)
}

/// Whether the list must be read: it is cut, and was never read whole, or may have changed since that reading began.
/// `newest_s` is the second at which the newest claim about the parent begins.
pub(crate) fn is_stale(content: &Record, newest_s: Option<i64>, totals: &Totals) -> bool {
    let Some(facet) = cut(content) else {
        return false;
    };
    let read = link::total(totals, WHOLE_LIST_S, "");
    let since_s = read.amount_minor;
    let settled_s = facet.settled_s.and_then(|place| content.int(place));
    let is_settled = settled_s.is_some_and(|settled_s| settled_s <= since_s);
    read.count == 0 || !is_settled && newest_s > Some(since_s)
}
