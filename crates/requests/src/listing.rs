//! The lists of a whole account. What lies under a parent alone is in `nested`.

use stripe_billing as billing;
use stripe_client_core::{RequestBuilder, StripeRequest};
use stripe_core as core;
use stripe_product as product;

use crate::page::Page;
use crate::request::Request;
use crate::single::by_hand;

/// A list of a whole account, by what its items call themselves in `object`.
#[derive(Debug)]
pub struct Listing {
    /// The items' name, as `facts` has it.
    pub object: &'static str,
    /// Whether the list can be cut by the second of creation.
    pub takes_created: bool,
    /// To whom Stripe offers it.
    pub offer: Offer,
    /// Whether it leaves out objects that exist, so that an object's absence from it says nothing.
    pub partial: bool,
    build: fn(&Page) -> RequestBuilder,
}

/// To whom Stripe offers a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// To every key that may read it.
    Everybody,
    /// To keys of test mode.
    TestMode,
    /// In versions of a preview, to accounts that take part in it: a refusal is no failure.
    Preview,
}

impl Listing {
    /// Asks for a part of the list. A span of creation is left out where the list doesn't take one.
    #[must_use]
    pub fn page(&self, page: &Page) -> Request {
        Request::of((self.build)(page))
    }
}

/// A list that every key may read, that takes a span of creation, and that leaves nothing out.
const fn whole(object: &'static str, build: fn(&Page) -> RequestBuilder) -> Listing {
    Listing {
        object,
        takes_created: true,
        offer: Offer::Everybody,
        partial: false,
        build,
    }
}

/// The list of what the books hold of `object`; of prices the active ones.
#[must_use]
pub fn listing(object: &str) -> Option<&'static Listing> {
    LISTINGS.iter().find(|listing| listing.object == object)
}

/// Every list of an account that the books rest on. Prices come in two: by default Stripe lists the active ones
/// (<https://docs.stripe.com/api/prices/list>).
pub static LISTINGS: &[Listing] = &[
    whole("balance_transaction", |page| {
        paged!(
            core::balance_transaction::ListBalanceTransaction::new(),
            page,
            created
        )
        .build()
    }),
    whole("charge", |page| {
        paged!(core::charge::ListCharge::new(), page, created).build()
    }),
    whole("refund", |page| {
        paged!(core::refund::ListRefund::new(), page, created).build()
    }),
    whole("dispute", |page| {
        paged!(core::dispute::ListDispute::new(), page, created).build()
    }),
    whole("payout", |page| {
        paged!(core::payout::ListPayout::new(), page, created).build()
    }),
    Listing {
        // Customers of test clocks are listed per clock only (https://docs.stripe.com/api/customers/list).
        partial: true,
        ..whole("customer", |page| {
            paged!(core::customer::ListCustomer::new(), page, created).build()
        })
    },
    whole("payment_intent", |page| {
        paged!(
            core::payment_intent::ListPaymentIntent::new(),
            page,
            created
        )
        .build()
    }),
    whole("setup_intent", |page| {
        paged!(core::setup_intent::ListSetupIntent::new(), page, created).build()
    }),
    whole("invoice", |page| {
        paged!(billing::invoice::ListInvoice::new(), page, created).build()
    }),
    whole("invoice_payment", |page| {
        paged!(
            billing::invoice_payment::ListInvoicePayment::new(),
            page,
            created
        )
        .build()
    }),
    whole("invoiceitem", |page| {
        paged!(billing::invoice_item::ListInvoiceItem::new(), page, created).build()
    }),
    whole("credit_note", |page| {
        paged!(billing::credit_note::ListCreditNote::new(), page, created).build()
    }),
    Listing {
        // As customers of test clocks are. Cancelled ones are shown on demand only (https://docs.stripe.com/api/subscriptions/list).
        partial: true,
        ..whole("subscription", |page| {
            let list = billing::subscription::ListSubscription::new()
                .status(billing::subscription::ListSubscriptionStatus::All);
            paged!(list, page, created).build()
        })
    },
    whole("subscription_schedule", |page| {
        paged!(
            billing::subscription_schedule::ListSubscriptionSchedule::new(),
            page,
            created
        )
        .build()
    }),
    Listing {
        takes_created: false,
        ..whole("billing.credit_grant", |page| {
            paged!(
                billing::billing_credit_grant::ListBillingCreditGrant::new(),
                page
            )
            .build()
        })
    },
    Listing {
        takes_created: false,
        offer: Offer::TestMode,
        ..whole("test_helpers.test_clock", |page| {
            paged!(
                billing::test_helpers_test_clock::ListTestHelpersTestClock::new(),
                page
            )
            .build()
        })
    },
    whole("product", |page| {
        paged!(product::product::ListProduct::new(), page, created).build()
    }),
    prices(|page| paged!(product::price::ListPrice::new().active(true), page, created).build()),
    prices(|page| {
        paged!(
            product::price::ListPrice::new().active(false),
            page,
            created
        )
        .build()
    }),
    whole("coupon", |page| {
        paged!(product::coupon::ListCoupon::new(), page, created).build()
    }),
    whole("promotion_code", |page| {
        paged!(
            product::promotion_code::ListPromotionCode::new(),
            page,
            created
        )
        .build()
    }),
    whole("tax_rate", |page| {
        paged!(product::tax_rate::ListTaxRate::new(), page, created).build()
    }),
    whole("checkout.session", |page| {
        paged!(
            stripe_checkout::checkout_session::ListCheckoutSession::new(),
            page,
            created
        )
        .build()
    }),
    whole("topup", |page| {
        paged!(stripe_connect::topup::ListTopup::new(), page, created).build()
    }),
    whole("transfer", |page| {
        paged!(stripe_connect::transfer::ListTransfer::new(), page, created).build()
    }),
    whole("application_fee", |page| {
        paged!(
            stripe_connect::application_fee::ListApplicationFee::new(),
            page,
            created
        )
        .build()
    }),
    reserves("reserve.hold", |page| by_hand("/reserve/holds", page)),
    reserves("reserve.release", |page| by_hand("/reserve/releases", page)),
];

/// Prices made in passing, for one line or subscription item, are in neither list.
const fn prices(build: fn(&Page) -> RequestBuilder) -> Listing {
    Listing {
        partial: true,
        ..whole("price", build)
    }
}

/// Reserves can be listed in preview versions (<https://docs.stripe.com/changelog/clover/2025-12-15/reserves-retrieve-api>), and not
/// by creation.
const fn reserves(object: &'static str, build: fn(&Page) -> RequestBuilder) -> Listing {
    Listing {
        takes_created: false,
        offer: Offer::Preview,
        ..whole(object, build)
    }
}
