//! One page of a list: its items as exact slices, and whether there are more. An odd item costs itself, never its page.
//!
//! Of an item only what says how to go on is looked at; what it means is facts' to read.

use serde::Deserialize;
use serde_json::value::RawValue;
use thiserror::Error;

/// A page as it was answered.
pub struct ListPage<'a> {
    /// Its items, in their order.
    pub items: Vec<Item<'a>>,
    /// Whether Stripe has more after the last one.
    pub has_more: bool,
}

/// One item of a page.
pub struct Item<'a> {
    /// Its JSON, exactly as answered.
    pub raw: &'a str,
    /// What it calls itself; none if it is no object or doesn't say.
    pub object: Option<Box<str>>,
    /// Its id, if it has one.
    pub id: Option<Box<str>>,
    glance: Glance<'a>,
}

/// Why an answer is no page that can be gone on from.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PageError {
    /// It is no list object.
    #[error("the answer is no list of Stripe's")]
    NoList,
    /// It doesn't say whether there are more.
    #[error("the list doesn't say whether it has more")]
    NoMore,
    /// It says that there are more, and shows nothing to go on from.
    #[error("the list says that it has more, and shows no item with an id to go on from")]
    NoCursor,
}

#[derive(Deserialize)]
struct Envelope {
    has_more: bool,
}

/// Members that say how to go on, each as it was written.
#[derive(Default, Deserialize)]
struct Glance<'a> {
    #[serde(borrow)]
    created: Option<&'a RawValue>,
    #[serde(borrow)]
    currency: Option<&'a RawValue>,
    #[serde(borrow)]
    balance: Option<&'a RawValue>,
    #[serde(borrow)]
    invoice_credit_balance: Option<&'a RawValue>,
    #[serde(borrow)]
    customer: Option<&'a RawValue>,
    #[serde(borrow)]
    automatic: Option<&'a RawValue>,
    #[serde(borrow)]
    reconciliation_status: Option<&'a RawValue>,
    #[serde(borrow)]
    lines: Option<&'a RawValue>,
    #[serde(borrow)]
    items: Option<&'a RawValue>,
    #[serde(borrow)]
    amount_reversed: Option<&'a RawValue>,
    #[serde(borrow)]
    amount_refunded: Option<&'a RawValue>,
}

impl<'a> ListPage<'a> {
    /// Reads an answer.
    ///
    /// # Errors
    /// When it is no list, or one that can't be gone on from.
    pub fn read(body: &'a [u8]) -> Result<Self, PageError> {
        let text = std::str::from_utf8(body).map_err(|_| PageError::NoList)?;
        if !text.trim_start().starts_with('{') {
            return Err(PageError::NoList);
        }
        let items = facts::items(text).ok_or(PageError::NoList)?;
        let items: Vec<Item<'a>> = items.map(Item::read).collect();
        let envelope: Envelope = serde_json::from_str(text).map_err(|_| PageError::NoMore)?;
        let page = Self {
            items,
            has_more: envelope.has_more,
        };
        if page.has_more && page.cursor().is_none() {
            return Err(PageError::NoCursor);
        }
        Ok(page)
    }

    /// The id after which the next page begins: that of the last item that has one.
    #[must_use]
    pub fn cursor(&self) -> Option<&str> {
        self.items.iter().rev().find_map(|item| item.id.as_deref())
    }
}

impl<'a> Item<'a> {
    /// Reads an object as an item of a list.
    #[must_use]
    pub fn read(raw: &'a str) -> Self {
        let (object, id) = match facts::bare(raw) {
            Some((object, id)) => (Some(object), id.filter(|id| !id.is_empty())),
            None => (None, None),
        };
        Self {
            raw,
            object,
            id,
            glance: serde_json::from_str(raw).unwrap_or_default(),
        }
    }

    /// The second in which it was created, if it says so.
    #[must_use]
    pub fn created_s(&self) -> Option<i64> {
        self.glance.created?.get().parse().ok()
    }

    /// What is wrong with it as an item of a list of `object`, if anything is.
    #[must_use]
    pub fn oddity(&self, object: &str) -> Option<String> {
        match (&self.object, &self.id) {
            (Some(own), Some(_)) if **own == *object => None,
            (None, _) => Some("it is no object that says what it is; read it again".to_owned()),
            (Some(_), None) => Some("it has no id; read it again".to_owned()),
            (Some(own), Some(_)) => Some(format!(
                "it is a `{}` in a list of `{object}`; read it again",
                own.chars().take(40).collect::<String>()
            )),
        }
    }

    /// Whether the list that it has under this name is cut.
    pub(crate) fn cuts(&self, name: &str) -> bool {
        let list = match name {
            "lines" => self.glance.lines,
            "items" => self.glance.items,
            _ => None,
        };
        list.is_some_and(|list| {
            serde_json::from_str::<Envelope>(list.get()).is_ok_and(|list| list.has_more)
        })
    }

    /// Whether any of it was given back, or may have been.
    pub(crate) fn may_be_given_back(&self) -> bool {
        let glance = &self.glance;
        let amount = glance.amount_reversed.or(glance.amount_refunded);
        amount.is_none_or(|amount| amount.get() != "0")
    }

    /// Whether a customer has, or may once have had, a credit balance.
    pub(crate) fn may_have_had_balance(&self) -> bool {
        let glance = &self.glance;
        let is_zero = |value: &RawValue| value.get() == "0";
        let is_empty =
            |value: &RawValue| value.get().trim_matches(['{', '}', ' ', '\n']).is_empty();
        glance.currency.is_some()
            || !glance.balance.is_some_and(is_zero)
            || !glance.invoice_credit_balance.is_none_or(is_empty)
    }

    /// Whether Stripe says what a payout covers, and will say nothing else.
    pub(crate) fn is_reconciled(&self) -> bool {
        let says = |value: Option<&RawValue>, text| value.is_some_and(|value| value.get() == text);
        says(self.glance.automatic, "true")
            && says(self.glance.reconciliation_status, "\"completed\"")
    }

    /// The id of the customer that it belongs to.
    pub(crate) fn customer(&self) -> Option<String> {
        let customer = self.glance.customer?.get();
        let id = serde_json::from_str(customer).ok();
        id.or_else(|| Some(facts::bare(customer)?.1?.into()))
    }
}

/// The kind under which the whole list of an object's parts enters the log, if its own JSON may cut it or leaves it out.
pub(crate) fn list_of(object: &str) -> Option<&'static str> {
    Some(match object {
        "invoice" => "invoice_line_list",
        "credit_note" => "credit_note_line_list",
        "subscription" => "subscription_item_list",
        "payout" => "payout_membership",
        _ => return None,
    })
}

/// The body of a whole list as the log keeps it: made of the exact items of all its pages, joined with commas.
pub(crate) fn whole_list(kind: &str, parent: &str, items: &str) -> String {
    let (kind, parent) = (json(kind), json(parent));
    format!(r#"{{"object":{kind},"id":{parent},"has_more":false,"data":[{items}]}}"#)
}

/// A text as JSON.
pub(crate) fn json(text: &str) -> String {
    serde_json::to_string(text).expect("any text can be written as JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_item_costs_itself_and_the_cursor_is_the_last_good_id() {
        let body = br#"{"object":"list","has_more":true,"data":[{"id":"ch_1","object":"charge","created":5},
            {"id":"ch_2"},{"object":"charge"},{"id":"re_1","object":"refund"},7]}"#;
        let page = ListPage::read(body).unwrap();
        let odd = page
            .items
            .iter()
            .map(|item| item.oddity("charge").is_some());
        assert_eq!(odd.collect::<Vec<_>>(), [false, true, true, true, true]);
        assert_eq!(page.cursor(), Some("re_1"));
        assert_eq!(page.items[0].created_s(), Some(5));
    }

    #[test]
    fn list_without_an_end_or_a_cursor_is_an_error() {
        let read = |body: &'static str| ListPage::read(body.as_bytes()).err();
        assert_eq!(read("[]"), Some(PageError::NoList));
        assert_eq!(
            read(r#"{"object":"list","data":[]}"#),
            Some(PageError::NoMore)
        );
        let endless = r#"{"object":"list","data":[],"has_more":true}"#;
        assert_eq!(read(endless), Some(PageError::NoCursor));
        assert_eq!(
            read(r#"{"object":"list","data":[],"has_more":false}"#),
            None
        );
    }

    #[test]
    fn customer_without_a_currency_never_had_a_balance() {
        let page =
            |customer: &str| format!(r#"{{"object":"list","has_more":false,"data":[{customer}]}}"#);
        let may = |customer: &str| {
            let body = page(customer);
            ListPage::read(body.as_bytes()).unwrap().items[0].may_have_had_balance()
        };
        assert!(!may(
            r#"{"object":"customer","id":"cus_1","balance":0,"currency":null,"invoice_credit_balance":{}}"#
        ));
        assert!(may(
            r#"{"object":"customer","id":"cus_1","balance":0,"currency":"eur"}"#
        ));
        assert!(may(r#"{"object":"customer","id":"cus_1","balance":-5}"#));
        assert!(may(r#"{"object":"customer","id":"cus_1"}"#));
    }
}
