//! Money moved from the company to a connected account, and moved back.

use super::{Currency, Metadata, Shape, write_metadata, write_whole_list};
use crate::json::{Members, Text};

/// One state of a transfer.
#[derive(Debug, Clone)]
pub(crate) struct Transfer {
    pub(crate) id: Text,
    pub(crate) created_s: i64,
    pub(crate) amount_minor: i64,
    pub(crate) currency: Currency,
    pub(crate) balance_transaction: Text,
    pub(crate) description: Option<Text>,
    pub(crate) destination: Text,
    pub(crate) destination_payment: Text,
    /// Newest first.
    pub(crate) reversals: Vec<TransferReversal>,
    /// The charge whose money it is.
    pub(crate) source_transaction: Option<Text>,
    pub(crate) transfer_group: Option<Text>,
    pub(crate) metadata: Metadata,
}

impl Transfer {
    /// What was moved back.
    pub(crate) fn reversed_minor(&self) -> i64 {
        self.reversals.iter().map(|one| one.amount_minor).sum()
    }
}

impl Shape for Transfer {
    fn object(&self) -> &'static str {
        "transfer"
    }

    fn id(&self) -> &Text {
        &self.id
    }

    fn created_s(&self) -> i64 {
        self.created_s
    }

    fn write(&self, members: &mut Members<'_>, at_us: i64) {
        let reversed_minor = self.reversed_minor();
        members
            .int("amount", self.amount_minor)
            .int("amount_reversed", reversed_minor)
            .text("balance_transaction", &self.balance_transaction)
            .int("created", self.created_s)
            .text("currency", self.currency.code())
            .text_or_null("description", self.description.as_deref())
            .text("destination", &self.destination)
            .text("destination_payment", &self.destination_payment)
            .flag("livemode", true);
        write_metadata(members, &self.metadata);
        let url = format!("/v1/transfers/{}/reversals", self.id);
        write_whole_list(
            members,
            "reversals",
            &self.reversals,
            &url,
            |one, members| {
                one.write_whole(members, at_us);
            },
        );
        members
            .flag("reversed", reversed_minor == self.amount_minor)
            .text_or_null("source_transaction", self.source_transaction.as_deref())
            .text("source_type", "card")
            .text_or_null("transfer_group", self.transfer_group.as_deref());
    }
}

/// A part of a transfer moved back; it never changes.
#[derive(Debug, Clone)]
pub(crate) struct TransferReversal {
    pub(crate) id: Text,
    pub(crate) created_s: i64,
    pub(crate) amount_minor: i64,
    pub(crate) currency: Currency,
    pub(crate) balance_transaction: Text,
    pub(crate) destination_payment_refund: Text,
    /// The refund of a customer that took the money back.
    pub(crate) source_refund: Option<Text>,
    pub(crate) transfer: Text,
}

impl TransferReversal {
    fn write_whole(&self, members: &mut Members<'_>, at_us: i64) {
        members.text("id", &self.id).text("object", self.object());
        self.write(members, at_us);
    }
}

impl Shape for TransferReversal {
    fn object(&self) -> &'static str {
        "transfer_reversal"
    }

    fn id(&self) -> &Text {
        &self.id
    }

    fn created_s(&self) -> i64 {
        self.created_s
    }

    fn write(&self, members: &mut Members<'_>, _at_us: i64) {
        members
            .int("amount", self.amount_minor)
            .text("balance_transaction", &self.balance_transaction)
            .int("created", self.created_s)
            .text("currency", self.currency.code())
            .text(
                "destination_payment_refund",
                &self.destination_payment_refund,
            )
            .raw("metadata", "{}")
            .text_or_null("source_refund", self.source_refund.as_deref())
            .text("transfer", &self.transfer);
    }
}

/// The member `transfer_data`: the account that gets the money, and how much where not all.
pub(super) fn write_destination(
    members: &mut Members<'_>,
    destination: Option<&(Text, Option<i64>)>,
) {
    match destination {
        Some((account, amount_minor)) => {
            members.object("transfer_data", |members| {
                if amount_minor.is_some() {
                    members.int_or_null("amount", *amount_minor);
                }
                members.text("destination", account);
            });
        }
        None => {
            members.null("transfer_data");
        }
    }
}
