//! What is read: lists of a whole account and lists under one parent, and when the latter are needed. Asks nothing itself.

use requests::{LISTINGS, Listing, Nested, Offer, Page, Request};

use crate::page::Item;

/// How many items a page is asked for: as many as Stripe gives.
pub(super) const PAGE_ITEMS: u8 = 100;

/// A list that is read.
#[derive(Clone, Copy, Debug)]
pub(super) enum List {
    /// Of a whole account.
    Whole(&'static Listing),
    /// Under one parent.
    Under(&'static Under),
}

/// A list under one parent, and how it enters the log.
#[derive(Debug, PartialEq, Eq)]
pub struct Under {
    /// Under which kind it is counted: what the items call themselves, or the kind of the list where it enters as one.
    pub kind: &'static str,
    /// What the items call themselves.
    pub items: &'static str,
    /// What the parents call themselves.
    pub parent: &'static str,
    /// What the objects are of which a parent's id is learnt: the parents, or what names them.
    pub told_by: &'static str,
}

const fn each(kind: &'static str, parent: &'static str) -> Under {
    Under {
        kind,
        items: kind,
        parent,
        told_by: parent,
    }
}

const fn whole(kind: &'static str, items: &'static str, parent: &'static str) -> Under {
    Under {
        kind,
        items,
        parent,
        told_by: parent,
    }
}

/// Every list under a parent that is read.
///
/// Lines and items that an object shows whole are not asked for again, only those whose list says that it was cut. Reversals and refunds
/// of fees are shown too, but as objects of their own the books want each read by itself; where nothing was given back there are none.
/// Under a customer nothing is shown, so that his lists are asked for unless they are known to be empty:
/// - A balance transaction gives its customer a currency if he has none
///   (<https://docs.stripe.com/api/customer_balance_transactions/create>), so that one without a currency, balance and credit never
///   had any.
/// - A credit balance transaction belongs to a grant, and the grants of the account are listed.
/// - Of payment methods and of cash nothing on a customer tells.
///
/// What a payout covers is known for automatic ones only, and for good once Stripe calls it reconciled.
pub static UNDER: [Under; 10] = [
    each("payment_method", "customer"),
    each("customer_balance_transaction", "customer"),
    each("customer_cash_balance_transaction", "customer"),
    Under {
        told_by: "billing.credit_grant",
        ..each("billing.credit_balance_transaction", "customer")
    },
    each("transfer_reversal", "transfer"),
    each("fee_refund", "application_fee"),
    whole("invoice_line_list", "line_item", "invoice"),
    whole(
        "credit_note_line_list",
        "credit_note_line_item",
        "credit_note",
    ),
    whole(
        "subscription_item_list",
        "subscription_item",
        "subscription",
    ),
    whole("payout_membership", "balance_transaction", "payout"),
];

impl Under {
    /// The parent whose list an item shows to be needed, if it does.
    #[must_use]
    pub fn parent_by(&self, item: &Item<'_>) -> Option<String> {
        let is_needed = match self.kind {
            "customer_balance_transaction" => item.may_have_had_balance(),
            "billing.credit_balance_transaction" => return item.customer(),
            "transfer_reversal" | "fee_refund" => item.may_be_given_back(),
            "invoice_line_list" | "credit_note_line_list" => item.cuts("lines"),
            "subscription_item_list" => item.cuts("items"),
            "payout_membership" => item.is_reconciled(),
            _ => true,
        };
        item.id.as_deref().filter(|_| is_needed).map(str::to_owned)
    }

    /// The list.
    #[must_use]
    pub fn nested(&self) -> &'static Nested {
        requests::nested(self.items, self.parent).expect("every list of UNDER is one of NESTED")
    }
}

impl List {
    /// The list of an account that is asked for so, or the one of this kind under a parent.
    pub(super) fn named(line: &str, kind: &str, has_parent: bool) -> Option<Self> {
        if has_parent {
            return UNDER
                .iter()
                .find(|under| under.kind == kind)
                .map(Self::Under);
        }
        let mut listings = LISTINGS.iter().map(Self::Whole);
        listings.find(|list| list.line(None) == line)
    }

    /// Under which kind it is counted.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Whole(listing) => listing.object,
            Self::Under(under) => under.kind,
        }
    }

    /// What its items call themselves.
    pub(super) fn items(self) -> &'static str {
        match self {
            Self::Whole(listing) => listing.object,
            Self::Under(under) => under.items,
        }
    }

    /// Whether it enters the log as one, once it is whole.
    pub(super) fn is_whole(self) -> bool {
        self.kind() != self.items()
    }

    /// Asks for a part of it.
    pub(super) fn page(self, parent: Option<&str>, page: &Page) -> Request {
        match self {
            Self::Whole(listing) => listing.page(page),
            Self::Under(under) => under.nested().page(parent.unwrap_or_default(), page),
        }
    }

    /// The request of the list, without span and cursor, as observations keep it.
    pub(super) fn line(self, parent: Option<&str>) -> String {
        let page = Page {
            limit: PAGE_ITEMS,
            ..Page::default()
        };
        self.page(parent, &page).line()
    }
}

/// Which kinds a run reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection(Vec<&'static str>);

impl Selection {
    /// Everything that the books hold, and that Stripe lists in this mode.
    #[must_use]
    pub fn all(livemode: bool) -> Self {
        let offered = |listing: &&Listing| !livemode || listing.offer != Offer::TestMode;
        let listings = LISTINGS.iter().filter(offered);
        Self::sorted(
            listings
                .map(|listing| listing.object)
                .chain(nested())
                .collect(),
        )
    }

    /// These kinds, and the lists in which parents of theirs are found; else the name that is none.
    ///
    /// # Errors
    /// The first name that is no kind.
    pub fn only(names: &[String]) -> Result<Self, String> {
        let mut kinds = Vec::new();
        for name in names {
            let kind = Self::names().into_iter().find(|kind| kind == name);
            kinds.push(kind.ok_or_else(|| name.clone())?);
            let parents = UNDER.iter().filter(|under| under.kind == name);
            kinds.extend(parents.map(|under| under.told_by));
        }
        Ok(Self::sorted(kinds))
    }

    /// Every kind there is.
    #[must_use]
    pub fn names() -> Vec<&'static str> {
        let listings = LISTINGS.iter().map(|listing| listing.object);
        Self::sorted(listings.chain(nested()).collect()).0
    }

    fn sorted(mut kinds: Vec<&'static str>) -> Self {
        kinds.sort_unstable();
        kinds.dedup();
        Self(kinds)
    }

    /// Whether it has this kind.
    #[must_use]
    pub fn has(&self, kind: &str) -> bool {
        self.0.contains(&kind)
    }

    /// Its kinds, joined.
    pub(crate) fn text(&self) -> String {
        self.0.join(",")
    }
}

/// Kinds that are not lists of an account.
fn nested() -> impl Iterator<Item = &'static str> {
    UNDER.iter().map(|under| under.kind).chain([BALANCE])
}

/// The one object that is read by itself, last of all.
pub(super) const BALANCE: &str = "balance";

/// Whether objects that the log knows and the list doesn't show are asked for one by one. Not prices: those made in passing for one line are in
/// no list. Nor, in test mode, what may belong to a test clock, whose customers and subscriptions are listed with the clock only.
#[must_use]
pub(super) fn shows_all(listing: &Listing, livemode: bool) -> bool {
    !listing.partial || (livemode && listing.object != "price")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_is_found_by_what_is_kept_of_it() {
        for listing in LISTINGS {
            let list = List::Whole(listing);
            let found = List::named(&list.line(None), list.kind(), false).unwrap();
            assert_eq!(found.line(None), list.line(None));
        }
        for under in &UNDER {
            let found = List::named("", under.kind, true).unwrap();
            assert_eq!(found.kind(), under.kind);
            assert!(found.line(Some("x_1")).contains("x_1"), "{under:?}");
        }
    }

    #[test]
    fn list_under_a_parent_brings_the_list_of_parents() {
        let names = ["payout_membership".to_owned()];
        let selection = Selection::only(&names).unwrap();
        assert!(selection.has("payout") && selection.has("payout_membership"));
        assert!(!selection.has("charge"));
        assert_eq!(
            Selection::only(&["money".to_owned()]),
            Err("money".to_owned())
        );
    }
}
