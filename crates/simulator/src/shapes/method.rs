//! How a payment was made: a card, or a debit of a bank account that takes days. Only what a charge shows of it.

use super::Charge;
use crate::json::{Members, Text};

/// The card paid with.
#[derive(Debug, Clone)]
pub(crate) struct Card {
    pub(crate) brand: &'static str,
    pub(crate) funding: &'static str,
    pub(crate) last4: Text,
    pub(crate) fingerprint: Text,
    pub(crate) exp_month: i64,
    pub(crate) exp_year: i64,
}

/// The kind of payment method.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Method {
    #[default]
    Card,
    /// A card whose owner was asked to prove it.
    SecureCard,
    /// ACH direct debit.
    UsBankAccount,
    SepaDebit,
    /// The balance of the platform that transferred the money here.
    StripeAccount,
}

impl Method {
    /// The type on the wire.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Card | Self::SecureCard => "card",
            Self::UsBankAccount => "us_bank_account",
            Self::SepaDebit => "sepa_debit",
            Self::StripeAccount => "stripe_account",
        }
    }

    /// Whether it is known at once if the money comes.
    pub(crate) fn is_card(self) -> bool {
        matches!(self, Self::Card | Self::SecureCard)
    }

    /// Writes the member of a charge that the type names, and the type, in the order of their names.
    pub(super) fn write(self, members: &mut Members<'_>, charge: &Charge) {
        match self {
            Self::Card | Self::SecureCard => {
                members.object("card", |members| self.write_card(members, charge));
            }
            Self::SepaDebit => {
                members.object("sepa_debit", |members| write_sepa(members, charge));
            }
            Self::StripeAccount => {
                members.raw("stripe_account", "{}");
            }
            Self::UsBankAccount => {}
        }
        members.text("type", self.code());
        if self == Self::UsBankAccount {
            members.object("us_bank_account", |members| write_ach(members, charge));
        }
    }

    fn write_card(self, members: &mut Members<'_>, charge: &Charge) {
        let card = &charge.card;
        let authorized = charge.paid().then_some(charge.amount_minor);
        let code = charge.paid().then(|| &charge.network_transaction[..6]);
        members
            .int_or_null("amount_authorized", authorized)
            .text_or_null("authorization_code", code)
            .text("brand", card.brand);
        if charge.capture_before.is_some() {
            members.int_or_null("capture_before", charge.capture_before);
        }
        members
            .raw(
                "checks",
                r#"{"address_line1_check":"pass","address_postal_code_check":"pass","cvc_check":null}"#,
            )
            .text("country", "US")
            .int("exp_month", card.exp_month)
            .int("exp_year", card.exp_year)
            .raw("extended_authorization", r#"{"status":"disabled"}"#)
            .text("fingerprint", &card.fingerprint)
            .text("funding", card.funding)
            .raw("incremental_authorization", r#"{"status":"unavailable"}"#)
            .null("installments")
            .text("last4", &card.last4)
            .null("mandate")
            .raw("multicapture", r#"{"status":"unavailable"}"#)
            .text("network", card.brand)
            .raw("network_token", r#"{"used":false}"#)
            .text("network_transaction_id", &charge.network_transaction)
            .object("overcapture", |members| {
                members
                    .int("maximum_amount_capturable", charge.amount_minor)
                    .text("status", "unavailable");
            })
            .text("regulated_status", "unregulated");
        if self == Self::SecureCard {
            members.raw(
                "three_d_secure",
                r#"{"authentication_flow":"challenge","electronic_commerce_indicator":"05","exemption_indicator":null,"result":"authenticated","result_reason":null,"transaction_id":null,"version":"2.2.0"}"#,
            );
        } else {
            members.null("three_d_secure");
        }
        members.nulls(&["transaction_link_id", "wallet"]);
    }
}

fn write_ach(members: &mut Members<'_>, charge: &Charge) {
    members
        .text("account_holder_type", "individual")
        .text("account_type", "checking")
        .text("bank_name", "SAMPLE BANK")
        .null("expected_debit_date")
        .text("fingerprint", &charge.card.fingerprint)
        .text("last4", &charge.card.last4)
        .nulls(&["mandate", "payment_reference"])
        .text("routing_number", "110000000");
}

fn write_sepa(members: &mut Members<'_>, charge: &Charge) {
    members
        .text("bank_code", "37040044")
        .text("branch_code", "")
        .text("country", "DE")
        .null("expected_debit_date")
        .text("fingerprint", &charge.card.fingerprint)
        .text("last4", &charge.card.last4)
        .null("mandate");
}
