//! The objects as Stripe renders them in version 2026-07-29.dahlia: each struct is one state of one object and writes all
//! members of that version. No behaviour of the company and no time but the instant of the reading.

mod application_fee;
mod balance;
mod catalogue;
mod charge;
mod checkout;
mod customer;
mod dispute;
mod intent;
mod invoice;
mod method;
mod payout;
mod refund;
mod reserve;
mod setup_intent;
mod subscription;
mod topup;
mod transfer;

pub(crate) use application_fee::{ApplicationFee, FeeRefund};
pub(crate) use balance::{Balance, BalanceTransaction, Fee};
pub(crate) use catalogue::{Price, Product};
pub(crate) use charge::{Charge, Connection, Decline, Progress};
pub(crate) use checkout::{CheckoutSession, Payment};
pub(crate) use customer::{Customer, PaymentMethod};
pub(crate) use dispute::{Dispute, Step};
pub(crate) use intent::{PaymentIntent, Phase, Terms};
pub(crate) use invoice::{Invoice, InvoiceItem, InvoicePayment, InvoiceStatus, Line, LineParent};
pub(crate) use method::{Card, Method};
pub(crate) use payout::Payout;
pub(crate) use refund::Refund;
pub(crate) use reserve::{ReserveHold, ReserveRelease};
pub(crate) use setup_intent::SetupIntent;
pub(crate) use subscription::{Subscription, SubscriptionItem};
pub(crate) use topup::Topup;
pub(crate) use transfer::{Transfer, TransferReversal};

use std::any::Any;
use std::collections::BTreeMap;

use crate::json::{self, Members, Text};

/// The version that every object is rendered in.
pub const API_VERSION: &str = "2026-07-29.dahlia";

/// The user's own pairs, ordered by key.
pub(crate) type Metadata = BTreeMap<Text, Text>;

/// One state of one object.
pub(crate) trait Shape: Any + Send + Sync {
    /// The value of the member `object`.
    fn object(&self) -> &'static str;
    /// The object's id; `balance` for the one object without.
    fn id(&self) -> &Text;
    /// Writes all members after `id` and `object`; `at_us` is the instant it is read at.
    fn write(&self, members: &mut Members<'_>, at_us: i64);

    /// Lists that the object's own JSON holds only the beginning of, or nothing: the kind of each (`invoice_line_list`)
    /// with the JSON of all its items. They are read by a request of their own.
    fn whole_lists(&self) -> Vec<(&'static str, Vec<String>)> {
        Vec::new()
    }

    /// The object's compact JSON as read at an instant.
    fn render(&self, at_us: i64) -> String {
        json::object(|members| {
            members.text("id", self.id()).text("object", self.object());
            self.write(members, at_us);
        })
    }
}

/// A currency that customers pay in; balances are kept in some of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Currency {
    Usd,
    Eur,
    Gbp,
    Jpy,
    Kwd,
}

impl Currency {
    /// All currencies.
    pub(crate) const ALL: [Self; 5] = [Self::Usd, Self::Eur, Self::Gbp, Self::Jpy, Self::Kwd];

    /// The lower-case code on the wire.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Usd => "usd",
            Self::Eur => "eur",
            Self::Gbp => "gbp",
            Self::Jpy => "jpy",
            Self::Kwd => "kwd",
        }
    }

    /// What a minor unit is worth, in millionths of a cent, about.
    pub(crate) fn worth_millionths(self) -> i64 {
        match self {
            Self::Usd => 1_000_000,
            Self::Eur => 1_080_000,
            Self::Gbp => 1_270_000,
            Self::Jpy => 670_000,
            Self::Kwd => 325_000,
        }
    }

    /// An amount as it can be charged: of three decimals the last is always zero.
    pub(crate) fn chargeable(self, amount_minor: i64) -> i64 {
        match self {
            Self::Kwd => ((amount_minor + 5) / 10 * 10).max(10),
            Self::Usd | Self::Eur | Self::Gbp | Self::Jpy => amount_minor,
        }
    }
}

fn write_metadata(members: &mut Members<'_>, metadata: &Metadata) {
    members.object("metadata", |members| {
        for (key, value) in metadata {
            members.text(key, value);
        }
    });
}

fn write_address(members: &mut Members<'_>, key: &str, number: u32) {
    members.object(key, |members| {
        members
            .text("city", "Exampleton")
            .text("country", "US")
            .text("line1", &format!("{number} Sample Street"))
            .null("line2")
            .text("postal_code", &format!("{:05}", 10_000 + number % 90_000))
            .null("state");
    });
}

/// A list object given whole.
fn write_whole_list<T>(
    members: &mut Members<'_>,
    key: &str,
    items: &[T],
    url: &str,
    fill: impl Fn(&T, &mut Members<'_>),
) {
    let total = i64::try_from(items.len()).expect("a list is shorter than 2^63");
    members.object(key, |members| {
        members
            .text("object", "list")
            .objects("data", items, fill)
            .flag("has_more", false)
            .int("total_count", total)
            .text("url", url);
    });
}
