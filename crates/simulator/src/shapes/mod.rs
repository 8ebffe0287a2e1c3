//! The objects as Stripe renders them in version 2026-07-29.dahlia: each struct is one state of one object and writes all
//! members of that version. No behaviour of the company and no time but the instant of the reading.

mod application_fee;
mod balance;
mod billing_credit;
mod catalogue;
mod charge;
mod checkout;
mod credit_note;
mod customer;
mod customer_balance;
mod discount;
mod dispute;
mod intent;
mod invoice;
mod invoice_item;
mod invoice_payment;
mod line;
mod method;
mod payout;
mod refund;
mod reserve;
mod schedule;
mod setup_intent;
mod signup_session;
mod subscription;
mod tax_rate;
mod topup;
mod transfer;

pub(crate) use application_fee::{ApplicationFee, FeeRefund};
pub(crate) use balance::{Balance, BalanceTransaction, Fee};
pub(crate) use billing_credit::{CreditBalanceTransaction, CreditGrant, CreditMovement};
pub(crate) use catalogue::{Price, Product};
pub(crate) use charge::{Charge, Connection, Decline, Progress};
pub(crate) use checkout::{CheckoutSession, Payment};
pub(crate) use credit_note::{CreditNote, NoteLine};
pub(crate) use customer::{Customer, PaymentMethod};
pub(crate) use customer_balance::{
    CashBalanceTransaction, CashMovement, CustomerBalanceTransaction,
};
pub(crate) use discount::{Coupon, Discount, PromotionCode};
pub(crate) use dispute::{Dispute, Step};
pub(crate) use intent::{IntentTerms, PaymentIntent, Stage};
pub(crate) use invoice::{Invoice, InvoiceStatus};
pub(crate) use invoice_item::InvoiceItem;
pub(crate) use invoice_payment::InvoicePayment;
pub(crate) use line::{Line, LineParent, LineTax, share, tax_on, tax_rerated};
pub(crate) use method::{Card, Method};
pub(crate) use payout::Payout;
pub(crate) use refund::Refund;
pub(crate) use reserve::{ReserveHold, ReserveRelease};
pub(crate) use schedule::{Schedule, SchedulePhase};
pub(crate) use setup_intent::SetupIntent;
pub(crate) use signup_session::SignupSession;
pub(crate) use subscription::{Subscription, SubscriptionItem};
pub(crate) use topup::Topup;
pub(crate) use transfer::{Transfer, TransferReversal};

pub(crate) use tax_rate::TaxRate;

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
    /// The second of its `created`, by which lists are ordered; 0 for what no list holds.
    fn created_s(&self) -> i64;
    /// Writes all members after `id` and `object`; `at_us` is the instant it is read at.
    fn write(&self, members: &mut Members<'_>, at_us: i64);

    /// Whether only its stub is left.
    fn is_deleted(&self) -> bool {
        false
    }

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

    /// The least that a card can be charged, minor units; less goes to the customer's balance.
    pub(crate) fn least_charge_minor(self) -> i64 {
        50
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
    write_list(members, key, (items, items.len()), url, fill);
}

/// A list object with no more than the first so many of its items.
fn write_list<T>(
    members: &mut Members<'_>,
    key: &str,
    (items, most): (&[T], usize),
    url: &str,
    fill: impl Fn(&T, &mut Members<'_>),
) {
    let total = i64::try_from(items.len()).expect("a list is shorter than 2^63");
    let shown = &items[..most.min(items.len())];
    members.object(key, |members| {
        members
            .text("object", "list")
            .objects("data", shown, fill)
            .flag("has_more", shown.len() < items.len())
            .int("total_count", total)
            .text("url", url);
    });
}
