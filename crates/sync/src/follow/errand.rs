//! Errands: one thing each that must be read from Stripe, because something was said or because the books lack it. No
//! request is made here.

use facts::objects;

/// Lists that hold an object's rows whole, in the words of facts: the list, whose it is, and the rows' own name.
const WHOLE_LISTS: [(&str, &str, &str); 4] = [
    ("payout_membership", "payout", "balance_transaction"),
    ("invoice_line_list", "invoice", "line_item"),
    (
        "credit_note_line_list",
        "credit_note",
        "credit_note_line_item",
    ),
    (
        "subscription_item_list",
        "subscription",
        "subscription_item",
    ),
];

/// Objects that have registers of their own and are listed under another: the other, and their own name.
const CHILDREN: [(&str, &str); 3] = [
    ("application_fee", "fee_refund"),
    ("charge", "refund"),
    ("transfer", "transfer_reversal"),
];

/// One thing to read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Errand {
    /// One object, by its id.
    Object {
        /// Its kind, as facts names it.
        object: &'static str,
        /// Its id.
        id: String,
    },
    /// The list of what belongs to another object; each item is kept by itself.
    Children {
        /// The kind of the items.
        object: &'static str,
        /// The kind of what they belong to.
        parent: &'static str,
        /// Its id.
        id: String,
    },
    /// A list that is kept as one, once it was read whole.
    Whole {
        /// The kind of the list, as facts names it.
        list: &'static str,
        /// The kind of what it belongs to.
        parent: &'static str,
        /// The kind of its items.
        items: &'static str,
        /// The id of what it belongs to, and of the list.
        id: String,
    },
    /// All objects of a kind that were made since some second.
    Span {
        /// The kind.
        object: &'static str,
        /// From this Unix second on.
        from_s: i64,
    },
    /// A notification that came without its data.
    Notification {
        /// Its id.
        id: String,
    },
}

impl Errand {
    /// To read one object; none if it is of no kind that is held, or has no id of Stripe's.
    #[must_use]
    pub fn object(object: &str, id: &str) -> Option<Self> {
        let object = objects::schema(object)?.object;
        let of_list = WHOLE_LISTS.iter().find(|(list, ..)| *list == object);
        match of_list {
            Some((list, ..)) => Self::whole(list, id),
            None => (!id.is_empty()).then(|| Self::Object {
                object,
                id: id.to_owned(),
            }),
        }
    }

    /// The kind of what is read.
    pub(crate) fn what(&self) -> &'static str {
        match self {
            Self::Object { object, .. }
            | Self::Children { object, .. }
            | Self::Span { object, .. } => object,
            Self::Whole { list, .. } => list,
            Self::Notification { .. } => "v2.core.event",
        }
    }

    /// What is read, in words that no other errand has.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Object { object, id } => format!("{object} {id}"),
            Self::Children { object, parent, id } => format!("{object} of {parent} {id}"),
            Self::Whole {
                list, parent, id, ..
            } => format!("{list} of {parent} {id}"),
            Self::Span { object, from_s } => format!("{object} since {from_s}"),
            Self::Notification { id } => format!("notification {id}"),
        }
    }

    /// To read what belongs to an object and is listed under it.
    pub(crate) fn children(object: &'static str, parent: &'static str, id: &str) -> Self {
        Self::Children {
            object,
            parent,
            id: id.to_owned(),
        }
    }

    /// To read a list whole, by the list's kind.
    pub(crate) fn whole(list: &str, id: &str) -> Option<Self> {
        let found = WHOLE_LISTS.iter().find(|(known, ..)| *known == list);
        let &(list, parent, items) = found?;
        Some(Self::Whole {
            list,
            parent,
            items,
            id: id.to_owned(),
        })
    }

    /// To read the list that the book calls stale: the one that its object cuts, or that of its refunds or reversals.
    pub(crate) fn stale_list(parent: &str, id: &str) -> Option<Self> {
        let mut children = CHILDREN.iter();
        if let Some(&(parent, object)) = children.find(|(known, _)| *known == parent) {
            return Some(Self::children(object, parent, id));
        }
        let mut lists = WHOLE_LISTS[1..].iter();
        let (list, ..) = lists.find(|(_, known, _)| *known == parent)?;
        Self::whole(list, id)
    }
}

#[cfg(test)]
mod tests {
    use super::Errand;

    #[test]
    fn a_stale_list_is_read_where_stripe_lists_it() {
        let children = Errand::stale_list("transfer", "tr_1");
        let expected = Errand::children("transfer_reversal", "transfer", "tr_1");
        assert_eq!(children, Some(expected));
        let lines = Errand::stale_list("invoice", "in_1");
        assert_eq!(lines, Errand::whole("invoice_line_list", "in_1"));
        assert_eq!(Errand::stale_list("payout", "po_1"), None);
        assert_eq!(Errand::stale_list("coupon", "co_1"), None);
    }

    #[test]
    fn what_is_no_object_of_the_books_is_not_read() {
        assert_eq!(Errand::object("file_link", "link_1"), None);
        assert_eq!(Errand::object("charge", ""), None);
        let membership = Errand::object("payout_membership", "po_1");
        assert_eq!(membership, Errand::whole("payout_membership", "po_1"));
    }
}
