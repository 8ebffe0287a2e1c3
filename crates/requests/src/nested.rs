//! The lists that lie under one parent: what an embedded list cuts, and what is listed nowhere else.

use stripe_billing as billing;
use stripe_client_core::{RequestBuilder, StripeRequest};
use stripe_core as core;

use crate::page::Page;
use crate::request::{Request, segment};

/// A list under one parent, by what its items and the parent call themselves in `object`.
#[derive(Debug)]
pub struct Nested {
    /// The items' name.
    pub object: &'static str,
    /// The parent's name.
    pub parent: &'static str,
    /// Whether the list can be cut by the second of creation.
    pub takes_created: bool,
    build: fn(&str, &Page) -> RequestBuilder,
}

impl Nested {
    /// Asks for a part of the list under the parent of this id.
    #[must_use]
    pub fn page(&self, parent_id: &str, page: &Page) -> Request {
        Request::of((self.build)(parent_id, page))
    }
}

/// The list of `object` under a `parent`.
#[must_use]
pub fn nested(object: &str, parent: &str) -> Option<&'static Nested> {
    NESTED
        .iter()
        .find(|nested| nested.object == object && nested.parent == parent)
}

/// A list that can't be cut by creation.
const fn under(
    parent: &'static str,
    object: &'static str,
    build: fn(&str, &Page) -> RequestBuilder,
) -> Nested {
    Nested {
        object,
        parent,
        takes_created: false,
        build,
    }
}

/// A list that can be cut by creation.
const fn dated(
    parent: &'static str,
    object: &'static str,
    build: fn(&str, &Page) -> RequestBuilder,
) -> Nested {
    Nested {
        takes_created: true,
        ..under(parent, object, build)
    }
}

/// Every list under a parent that the books rest on.
pub static NESTED: &[Nested] = &[
    dated(
        "customer",
        "customer_balance_transaction",
        |customer, page| {
            let list =
                core::customer_balance_transaction::ListCustomerCustomerBalanceTransaction::new(
                    segment(customer),
                );
            paged!(list, page, created).build()
        },
    ),
    under(
        "customer",
        "customer_cash_balance_transaction",
        |customer, page| {
            let list =
            core::customer_cash_balance_transaction::ListCustomerCustomerCashBalanceTransaction::new(segment(customer));
            paged!(list, page).build()
        },
    ),
    under(
        "customer",
        "billing.credit_balance_transaction",
        |customer, page| {
            let list = billing::billing_credit_balance_transaction::ListBillingCreditBalanceTransaction::new();
            paged!(list.customer(customer), page).build()
        },
    ),
    under("customer", "payment_method", |customer, page| {
        paged!(
            core::customer::ListPaymentMethodsCustomer::new(segment(customer)),
            page
        )
        .build()
    }),
    under("invoice", "line_item", |invoice, page| {
        paged!(
            billing::invoice_line_item::ListInvoiceInvoiceLineItem::new(segment(invoice)),
            page
        )
        .build()
    }),
    dated("invoice", "invoice_payment", |invoice, page| {
        paged!(
            billing::invoice_payment::ListInvoicePayment::new().invoice(invoice),
            page,
            created
        )
        .build()
    }),
    under("credit_note", "credit_note_line_item", |note, page| {
        paged!(
            billing::credit_note_line_item::ListCreditNoteCreditNoteLineItem::new(segment(note)),
            page
        )
        .build()
    }),
    under("subscription", "subscription_item", |subscription, page| {
        paged!(
            billing::subscription_item::ListSubscriptionItem::new(subscription),
            page
        )
        .build()
    }),
    dated("charge", "refund", |charge, page| {
        paged!(
            core::refund::ListRefund::new().charge(charge),
            page,
            created
        )
        .build()
    }),
    under("transfer", "transfer_reversal", |transfer, page| {
        paged!(
            stripe_connect::transfer_reversal::ListIdTransferReversal::new(segment(transfer)),
            page
        )
        .build()
    }),
    under("application_fee", "fee_refund", |fee, page| {
        paged!(
            stripe_connect::application_fee_refund::ListIdApplicationFeeRefund::new(segment(fee)),
            page
        )
        .build()
    }),
    dated("payout", "balance_transaction", |payout, page| {
        let list = core::balance_transaction::ListBalanceTransaction::new().payout(payout);
        paged!(list, page, created).build()
    }),
];
