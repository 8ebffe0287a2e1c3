//! Which kinds of objects are held against Stripe, and where they are listed. Reads nothing.

use requests::{LISTINGS, Offer};
use sync::{Selection, UNDER, Under};

use super::work::Single;
use crate::compare::map_of;

/// A kind that Stripe lists for a whole account, and the books hold.
#[derive(Clone, Debug)]
pub(super) struct Kind {
    /// What the objects call themselves.
    pub(super) object: &'static str,
    /// The book's table.
    pub(super) table: &'static str,
    /// The places of its lists among all: prices have two.
    pub(super) lists: Vec<usize>,
    /// Whether the lists can be cut by creation.
    pub(super) takes_created: bool,
    /// Whether there are lists under its objects.
    pub(super) has_families: bool,
}

/// The kinds of a selection that are listed.
pub(super) fn kinds(selection: &Selection) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = Vec::new();
    for (place, listing) in LISTINGS.iter().enumerate() {
        let object = listing.object;
        let Some(map) = map_of(object).filter(|_| selection.has(object)) else {
            continue;
        };
        if let Some(kind) = kinds.iter_mut().find(|kind| kind.object == object) {
            kind.lists.push(place);
            continue;
        }
        kinds.push(Kind {
            object,
            table: map.table,
            lists: vec![place],
            takes_created: listing.takes_created,
            has_families: families(object).next().is_some(),
        });
    }
    kinds
}

/// The lists under objects of this kind that the books hold.
pub(super) fn families(object: &str) -> impl Iterator<Item = &'static Under> + use<'_> {
    let all = UNDER.iter().filter(|under| map_of(under.kind).is_some());
    all.filter(move |under| under.told_by == object)
}

/// The list under a parent that is counted under this kind.
pub(super) fn family(kind: &str) -> Option<&'static Under> {
    UNDER.iter().find(|under| under.kind == kind)
}

/// Whether a list is kept as one under the parent's id.
pub(super) fn is_whole(kind: &str) -> bool {
    family(kind).is_some_and(|under| under.kind != under.items)
}

/// Whether an object of this kind can be read by itself.
pub(super) fn is_readable(object: &str) -> bool {
    object != "balance"
        && map_of(object).is_some()
        && (is_whole(object) || requests::retrieve(object, "id", Some("parent")).is_some())
}

/// Whether Stripe can be asked for this very object: of some the parent must be known.
pub(super) fn can_be_asked_for(single: &Single) -> bool {
    let Single {
        object,
        stripe_id,
        parent,
        ..
    } = single;
    is_whole(object) || requests::retrieve(object, stripe_id, parent.as_deref()).is_some()
}

/// Whether a list is offered to those who take part in a preview only.
pub(super) fn is_preview(list: usize) -> bool {
    LISTINGS[list].offer == Offer::Preview
}

/// The column with Stripe's own id, where the book keeps objects of this kind under another.
pub(super) fn id_column(object: &str) -> Option<&'static str> {
    (object == "invoice_payment").then_some("invoice_payment_id")
}

/// The column of a family's table with the id of the parent, in which what its lists don't show is looked for.
pub(super) fn parent_column(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "payment_method" | "customer_balance_transaction" | "customer_cash_balance_transaction" => {
            "customer_id"
        }
        "transfer_reversal" => "transfer_id",
        "fee_refund" => "application_fee_id",
        _ => return None,
    })
}
