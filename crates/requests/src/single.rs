//! Requests for one thing by its id, for events, and for what an account has one of.

use stripe_billing as billing;
use stripe_client_core::{RequestBuilder, StripeMethod, StripeRequest};
use stripe_core as core;
use stripe_product as product;

use crate::page::Page;
use crate::request::{Request, segment};

/// How many types of events may be asked for at once (<https://docs.stripe.com/api/events/list>).
pub const TYPES_MAX: usize = 20;

/// Which events of the last thirty days: newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventPage {
    /// Which part of the list.
    pub page: Page,
    /// Only events of these types, at most [`TYPES_MAX`]; of all if empty.
    pub types: Vec<String>,
    /// Only those that were delivered to all endpoints, or only those that were not.
    pub delivery_success: Option<bool>,
}

/// Asks for events.
#[must_use]
pub fn events(asked: &EventPage) -> Request {
    assert!(
        asked.types.len() <= TYPES_MAX,
        "Stripe refuses more types, so the caller divides them"
    );
    let mut list = paged!(core::event::ListEvent::new(), asked.page, created);
    if !asked.types.is_empty() {
        list = list.types(asked.types.clone());
    }
    if let Some(delivered) = asked.delivery_success {
        list = list.delivery_success(delivered);
    }
    Request::of(list.build())
}

/// Asks for one event.
#[must_use]
pub fn event(id: &str) -> Request {
    Request::of(core::event::RetrieveEvent::new(segment(id)).build())
}

/// Asks for one notification with its data (<https://docs.stripe.com/api/v2/core/events/retrieve>).
#[must_use]
pub fn notification(id: &str) -> Request {
    Request::second_api(&format!("/core/events/{}", segment(id)))
}

/// Asks for the account whose key is used.
#[must_use]
pub fn account() -> Request {
    Request::of(stripe_connect::account::RetrieveForMyAccountAccount::new().build())
}

/// Asks for the account's balance.
#[must_use]
pub fn balance() -> Request {
    Request::of(core::balance::RetrieveForMyAccountBalance::new().build())
}

/// Asks for the account's webhook endpoints.
#[must_use]
pub fn webhook_endpoints(page: &Page) -> Request {
    Request::of(
        paged!(
            stripe_misc::webhook_endpoint::ListWebhookEndpoint::new(),
            page
        )
        .build(),
    )
}

/// Asks for one object by its id, and its parent's where Stripe keeps it under one. `None` for what can't be asked for singly:
/// derived objects, those that lack the parent, and ids that are none.
#[must_use]
pub fn retrieve(object: &str, id: &str, parent: Option<&str>) -> Option<Request> {
    if object == "balance" {
        return Some(balance());
    }
    if id.is_empty() || parent.is_some_and(str::is_empty) {
        return None;
    }
    let id = segment(id);
    let built = match parent {
        Some(parent) => under_parent(object, &id, &segment(parent)),
        None => None,
    };
    built
        .or_else(|| of_payments(object, &id))
        .or_else(|| of_billing(object, &id))
        .map(Request::of)
}

/// What Stripe finds under a parent only.
fn under_parent(object: &str, id: &str, parent: &str) -> Option<RequestBuilder> {
    Some(match object {
        "customer_balance_transaction" => {
            core::customer_balance_transaction::RetrieveCustomerBalanceTransaction::new(parent, id)
                .build()
        }
        "customer_cash_balance_transaction" => {
            core::customer_cash_balance_transaction::RetrieveCustomerCashBalanceTransaction::new(
                parent, id,
            )
            .build()
        }
        "transfer_reversal" => {
            stripe_connect::transfer_reversal::RetrieveTransferReversal::new(id, parent).build()
        }
        "fee_refund" => {
            stripe_connect::application_fee_refund::RetrieveApplicationFeeRefund::new(parent, id)
                .build()
        }
        _ => return None,
    })
}

/// Money and what moves it.
fn of_payments(object: &str, id: &str) -> Option<RequestBuilder> {
    Some(match object {
        "account" => stripe_connect::account::RetrieveAccount::new(id).build(),
        "application_fee" => {
            stripe_connect::application_fee::RetrieveApplicationFee::new(id).build()
        }
        "balance_transaction" => {
            core::balance_transaction::RetrieveBalanceTransaction::new(id).build()
        }
        "charge" => core::charge::RetrieveCharge::new(id).build(),
        "checkout.session" => {
            stripe_checkout::checkout_session::RetrieveCheckoutSession::new(id).build()
        }
        "customer" => core::customer::RetrieveCustomer::new(id).build(),
        "dispute" => core::dispute::RetrieveDispute::new(id).build(),
        "event" => core::event::RetrieveEvent::new(id).build(),
        "payment_intent" => core::payment_intent::RetrievePaymentIntent::new(id).build(),
        // Its crate would cost minutes for one path.
        "payment_method" => {
            RequestBuilder::new(StripeMethod::Get, format!("/payment_methods/{id}"))
        }
        "payout" => core::payout::RetrievePayout::new(id).build(),
        "refund" => core::refund::RetrieveRefund::new(id).build(),
        "reserve.hold" => RequestBuilder::new(StripeMethod::Get, format!("/reserve/holds/{id}")),
        "reserve.release" => {
            RequestBuilder::new(StripeMethod::Get, format!("/reserve/releases/{id}"))
        }
        "setup_intent" => core::setup_intent::RetrieveSetupIntent::new(id).build(),
        "topup" => stripe_connect::topup::RetrieveTopup::new(id).build(),
        "transfer" => stripe_connect::transfer::RetrieveTransfer::new(id).build(),
        _ => return None,
    })
}

/// Invoices, subscriptions, and what they are made of.
fn of_billing(object: &str, id: &str) -> Option<RequestBuilder> {
    Some(match object {
        "billing.credit_balance_transaction" => {
            billing::billing_credit_balance_transaction::RetrieveBillingCreditBalanceTransaction::new(id).build()
        }
        "billing.credit_grant" => billing::billing_credit_grant::RetrieveBillingCreditGrant::new(id).build(),
        "coupon" => product::coupon::RetrieveCoupon::new(id).build(),
        "credit_note" => billing::credit_note::RetrieveCreditNote::new(id).build(),
        "invoice" => billing::invoice::RetrieveInvoice::new(id).build(),
        "invoice_payment" => billing::invoice_payment::RetrieveInvoicePayment::new(id).build(),
        "invoiceitem" => billing::invoice_item::RetrieveInvoiceItem::new(id).build(),
        "price" => product::price::RetrievePrice::new(id).build(),
        "product" => product::product::RetrieveProduct::new(id).build(),
        "promotion_code" => product::promotion_code::RetrievePromotionCode::new(id).build(),
        "subscription" => billing::subscription::RetrieveSubscription::new(id).build(),
        "subscription_item" => billing::subscription_item::RetrieveSubscriptionItem::new(id).build(),
        "subscription_schedule" => billing::subscription_schedule::RetrieveSubscriptionSchedule::new(id).build(),
        "tax_rate" => product::tax_rate::RetrieveTaxRate::new(id).build(),
        "test_helpers.test_clock" => billing::test_helpers_test_clock::RetrieveTestHelpersTestClock::new(id).build(),
        _ => return None,
    })
}

/// A page of a list that async-stripe has no builder for.
pub(crate) fn by_hand(path: &str, page: &Page) -> RequestBuilder {
    let mut asked = Vec::new();
    if page.limit > 0 {
        asked.push(("limit", page.limit.to_string()));
    }
    if let Some(after) = &page.after {
        asked.push(("starting_after", after.clone()));
    }
    let query = asked
        .into_iter()
        .collect::<std::collections::BTreeMap<_, _>>();
    RequestBuilder::new(StripeMethod::Get, path).query(&query)
}
