//! An account's balance and the transactions that make it. A transaction never changes but for its status, which is
//! passing time alone; the balance is nothing but their sum.

use super::{Currency, Shape};
use crate::calendar::SECOND_US;
use crate::exchange::Rate;
use crate::json::{Members, Text};

/// One part of what was kept of a movement; negative where it is given back.
#[derive(Debug, Clone)]
pub(crate) struct Fee {
    pub(crate) amount_minor: i64,
    pub(crate) kind: &'static str,
    pub(crate) description: &'static str,
    pub(crate) application: Option<Text>,
}

impl Fee {
    /// A fee of Stripe's own.
    pub(crate) fn of_stripe(amount_minor: i64, description: &'static str) -> Self {
        Self {
            amount_minor,
            kind: "stripe_fee",
            description,
            application: None,
        }
    }
}

/// One movement of an account's balance.
#[derive(Debug, Clone)]
pub(crate) struct BalanceTransaction {
    pub(crate) id: Text,
    pub(crate) created_s: i64,
    pub(crate) available_on_s: i64,
    pub(crate) amount_minor: i64,
    pub(crate) fee_minor: i64,
    pub(crate) fees: Box<[Fee]>,
    pub(crate) currency: Currency,
    /// From the currency that was paid in.
    pub(crate) rate: Option<Rate>,
    pub(crate) description: Option<Text>,
    pub(crate) kind: &'static str,
    pub(crate) category: &'static str,
    pub(crate) source: Option<Text>,
}

impl BalanceTransaction {
    /// What it adds to the balance.
    pub(crate) fn net_minor(&self) -> i64 {
        self.amount_minor - self.fee_minor
    }

    /// What it sets aside for the debts of connected accounts; none where it is about something else.
    pub(crate) fn reserved_minor(&self) -> Option<i64> {
        (self.category == "connect_reserved_funds").then_some(-self.amount_minor)
    }

    /// Whether the money can be paid out at an instant.
    pub(crate) fn available(&self, at_us: i64) -> bool {
        self.available_on_s * SECOND_US <= at_us
    }
}

impl Shape for BalanceTransaction {
    fn object(&self) -> &'static str {
        "balance_transaction"
    }

    fn id(&self) -> &Text {
        &self.id
    }

    fn created_s(&self) -> i64 {
        self.created_s
    }

    fn write(&self, members: &mut Members<'_>, at_us: i64) {
        members
            .int("amount", self.amount_minor)
            .int("available_on", self.available_on_s)
            .text("balance_type", "payments")
            .int("created", self.created_s)
            .text("currency", self.currency.code())
            .text_or_null("description", self.description.as_deref());
        match self.rate {
            Some(rate) => members.raw("exchange_rate", &rate.decimal()),
            None => members.null("exchange_rate"),
        };
        members
            .int("fee", self.fee_minor)
            .objects("fee_details", &self.fees, |fee, members| {
                members
                    .int("amount", fee.amount_minor)
                    .text_or_null("application", fee.application.as_deref())
                    .text("currency", self.currency.code())
                    .text("description", fee.description)
                    .text("type", fee.kind);
            })
            .int("net", self.net_minor())
            .text("reporting_category", self.category)
            .text_or_null("source", self.source.as_deref())
            .text(
                "status",
                if self.available(at_us) {
                    "available"
                } else {
                    "pending"
                },
            )
            .text("type", self.kind);
    }
}

/// An account's balance at one instant.
#[derive(Debug, Clone)]
pub(crate) struct Balance {
    id: Text,
    /// Per currency that the account ever had money in: available, pending.
    sums: Vec<(Currency, i64, i64)>,
    /// Per currency that it ever set money aside in, for the debts of connected accounts.
    reserved: Vec<(Currency, i64)>,
}

impl Balance {
    /// The sum of transactions, with what is available of it at an instant.
    pub(crate) fn of<'a>(
        transactions: impl Iterator<Item = &'a BalanceTransaction>,
        at_us: i64,
    ) -> Self {
        let mut balance = Self::empty();
        for transaction in transactions {
            let (currency, net_minor) = (transaction.currency, transaction.net_minor());
            balance.add(currency, net_minor, transaction.available(at_us));
            if let Some(minor) = transaction.reserved_minor() {
                balance.reserve(currency, minor);
            }
        }
        balance
    }

    /// Nothing in any currency.
    pub(crate) fn empty() -> Self {
        Self {
            id: "balance".into(),
            sums: Vec::new(),
            reserved: Vec::new(),
        }
    }

    /// Adds money, signed, to what is available or to what is pending.
    pub(crate) fn add(&mut self, currency: Currency, net_minor: i64, is_available: bool) {
        let place = self.sums.partition_point(|sum| sum.0 < currency);
        if self.sums.get(place).is_none_or(|sum| sum.0 != currency) {
            self.sums.insert(place, (currency, 0, 0));
        }
        let (_, available, pending) = &mut self.sums[place];
        *(if is_available { available } else { pending }) += net_minor;
    }

    /// Sets money aside for the debts of connected accounts, or lets it go.
    pub(crate) fn reserve(&mut self, currency: Currency, amount_minor: i64) {
        let place = self.reserved.partition_point(|sum| sum.0 < currency);
        if self.reserved.get(place).is_none_or(|sum| sum.0 != currency) {
            self.reserved.insert(place, (currency, 0));
        }
        self.reserved[place].1 += amount_minor;
    }

    /// What can be paid out in a currency.
    pub(crate) fn available_minor(&self, currency: Currency) -> i64 {
        self.sums
            .iter()
            .filter(|sum| sum.0 == currency)
            .map(|sum| sum.1)
            .sum()
    }

    fn write_side(
        &self,
        members: &mut Members<'_>,
        key: &str,
        side: fn(&(Currency, i64, i64)) -> i64,
    ) {
        members.objects(key, &self.sums, |sum, members| {
            members
                .int("amount", side(sum))
                .text("currency", sum.0.code())
                .object("source_types", |members| {
                    members.int("card", side(sum));
                });
        });
    }
}

impl Shape for Balance {
    fn object(&self) -> &'static str {
        "balance"
    }

    fn id(&self) -> &Text {
        &self.id
    }

    fn created_s(&self) -> i64 {
        0
    }

    fn write(&self, members: &mut Members<'_>, _at_us: i64) {
        self.write_side(members, "available", |sum| sum.1);
        if !self.reserved.is_empty() {
            members.objects("connect_reserved", &self.reserved, |sum, members| {
                members.int("amount", sum.1).text("currency", sum.0.code());
            });
        }
        members.flag("livemode", true);
        self.write_side(members, "pending", |sum| sum.2);
    }

    fn render(&self, at_us: i64) -> String {
        crate::json::object(|members| {
            members.text("object", "balance");
            self.write(members, at_us);
        })
    }
}
