//! An account's balance and the transactions that make it. A transaction never changes but for its status, which is
//! passing time alone; the balance is nothing but their sum.

use super::{Currency, Shape};
use crate::calendar::SECOND_US;
use crate::exchange::Rate;
use crate::json::{Members, Text};

/// The category of what is set aside for the debts of connected accounts.
const CONNECT_RESERVED: &str = "connect_reserved_funds";

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
    /// The connected account whose balance it moves; none for the company's own.
    pub(crate) account: Option<Text>,
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

/// What there is of one currency, in minor units.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Funds {
    pub(crate) currency: Currency,
    pub(crate) available_minor: i64,
    pub(crate) pending_minor: i64,
    /// Set aside for the debts of connected accounts.
    pub(crate) reserved_minor: i64,
}

/// An account's balance at one instant.
#[derive(Debug, Clone)]
pub(crate) struct Balance {
    id: Text,
    /// One per currency that the account keeps.
    funds: Vec<Funds>,
    platform: bool,
}

impl Balance {
    /// The sum of an account's transactions, with what is available of it at an instant.
    pub(crate) fn of<'a>(
        transactions: impl Iterator<Item = &'a BalanceTransaction>,
        currencies: &[Currency],
        platform: bool,
        at_us: i64,
    ) -> Self {
        let mut funds: Vec<Funds> = currencies.iter().copied().map(Funds::none).collect();
        for transaction in transactions {
            let kept = funds
                .iter_mut()
                .find(|funds| funds.currency == transaction.currency)
                .expect("an account moves only what it keeps");
            kept.add(transaction, at_us);
        }
        Self::new(funds, platform)
    }

    /// A balance of sums that were kept along the way.
    pub(crate) fn new(funds: Vec<Funds>, platform: bool) -> Self {
        Self {
            id: "balance".into(),
            funds,
            platform,
        }
    }

    fn write_side(&self, members: &mut Members<'_>, key: &str, side: fn(&Funds) -> i64) {
        members.objects(key, &self.funds, |funds, members| {
            members
                .int("amount", side(funds))
                .text("currency", funds.currency.code())
                .object("source_types", |members| {
                    members.int("card", side(funds));
                });
        });
    }
}

impl Funds {
    /// Nothing of a currency.
    pub(crate) fn none(currency: Currency) -> Self {
        Self {
            currency,
            available_minor: 0,
            pending_minor: 0,
            reserved_minor: 0,
        }
    }

    /// Counts a transaction in, as it stands at an instant.
    pub(crate) fn add(&mut self, transaction: &BalanceTransaction, at_us: i64) {
        if transaction.available(at_us) {
            self.available_minor += transaction.net_minor();
        } else {
            self.pending_minor += transaction.net_minor();
        }
        if transaction.category == CONNECT_RESERVED {
            self.reserved_minor -= transaction.net_minor();
        }
    }
}

impl Shape for Balance {
    fn object(&self) -> &'static str {
        "balance"
    }

    fn id(&self) -> &Text {
        &self.id
    }

    fn write(&self, members: &mut Members<'_>, _at_us: i64) {
        self.write_side(members, "available", |funds| funds.available_minor);
        if self.platform {
            members.objects("connect_reserved", &self.funds, |funds, members| {
                members
                    .int("amount", funds.reserved_minor)
                    .text("currency", funds.currency.code());
            });
        }
        members.flag("livemode", true);
        self.write_side(members, "pending", |funds| funds.pending_minor);
    }

    fn render(&self, at_us: i64) -> String {
        crate::json::object(|members| {
            members.text("object", "balance");
            self.write(members, at_us);
        })
    }
}
