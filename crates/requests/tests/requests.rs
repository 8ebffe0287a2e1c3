//! What is asked, against paths and queries written by hand from Stripe's reference. Nothing here is taken from async-stripe.

use proptest::prelude::*;
use requests::{EventPage, LISTINGS, NESTED, Offer, Page, Request, retrieve};

/// A page in every member.
fn full() -> Page {
    Page {
        limit: 100,
        after: Some("obj_9".to_owned()),
        from_s: Some(1_700_000_000),
        until_s: Some(1_700_086_400),
    }
}

const SPAN: &str = "created[gte]=1700000000&created[lt]=1700086400";
const CURSOR: &str = "limit=100&starting_after=obj_9";

/// Every list of an account: name, path, what is always asked (before and after the page's words, which are in alphabetical order),
/// and whether it takes a span.
const LISTS: &[(&str, &str, &str, &str, bool)] = &[
    (
        "balance_transaction",
        "/v1/balance_transactions",
        "",
        "",
        true,
    ),
    ("charge", "/v1/charges", "", "", true),
    ("refund", "/v1/refunds", "", "", true),
    ("dispute", "/v1/disputes", "", "", true),
    ("payout", "/v1/payouts", "", "", true),
    ("customer", "/v1/customers", "", "", true),
    ("payment_intent", "/v1/payment_intents", "", "", true),
    ("setup_intent", "/v1/setup_intents", "", "", true),
    ("invoice", "/v1/invoices", "", "", true),
    ("invoice_payment", "/v1/invoice_payments", "", "", true),
    ("invoiceitem", "/v1/invoiceitems", "", "", true),
    ("credit_note", "/v1/credit_notes", "", "", true),
    ("subscription", "/v1/subscriptions", "", "&status=all", true),
    (
        "subscription_schedule",
        "/v1/subscription_schedules",
        "",
        "",
        true,
    ),
    (
        "billing.credit_grant",
        "/v1/billing/credit_grants",
        "",
        "",
        false,
    ),
    (
        "test_helpers.test_clock",
        "/v1/test_helpers/test_clocks",
        "",
        "",
        false,
    ),
    ("product", "/v1/products", "", "", true),
    ("price", "/v1/prices", "active=true&", "", true),
    ("price", "/v1/prices", "active=false&", "", true),
    ("coupon", "/v1/coupons", "", "", true),
    ("promotion_code", "/v1/promotion_codes", "", "", true),
    ("tax_rate", "/v1/tax_rates", "", "", true),
    ("checkout.session", "/v1/checkout/sessions", "", "", true),
    ("topup", "/v1/topups", "", "", true),
    ("transfer", "/v1/transfers", "", "", true),
    ("application_fee", "/v1/application_fees", "", "", true),
    ("reserve.hold", "/v1/reserve/holds", "", "", false),
    ("reserve.release", "/v1/reserve/releases", "", "", false),
];

#[test]
fn lists_of_an_account_are_asked_as_stripe_documents_them() {
    assert_eq!(LISTINGS.len(), LISTS.len());
    for (listing, (object, path, before, after, takes_created)) in LISTINGS.iter().zip(LISTS) {
        let asked = listing.page(&full());
        let span = if *takes_created {
            format!("{SPAN}&")
        } else {
            String::new()
        };
        assert_eq!(listing.object, *object);
        assert_eq!(listing.takes_created, *takes_created, "{object}");
        assert_eq!(asked.path(), *path);
        assert_eq!(
            asked.query(),
            format!("{before}{span}{CURSOR}{after}"),
            "{object}"
        );
        assert_eq!(asked.endpoint(), *path);
    }
}

#[test]
fn lists_under_a_parent_are_asked_as_stripe_documents_them() {
    let expected = [
        (
            "customer_balance_transaction",
            "/v1/customers/p_1/balance_transactions",
            format!("{SPAN}&{CURSOR}"),
        ),
        (
            "customer_cash_balance_transaction",
            "/v1/customers/p_1/cash_balance_transactions",
            CURSOR.to_owned(),
        ),
        (
            "billing.credit_balance_transaction",
            "/v1/billing/credit_balance_transactions",
            format!("customer=p_1&{CURSOR}"),
        ),
        (
            "payment_method",
            "/v1/customers/p_1/payment_methods",
            CURSOR.to_owned(),
        ),
        ("line_item", "/v1/invoices/p_1/lines", CURSOR.to_owned()),
        (
            "invoice_payment",
            "/v1/invoice_payments",
            format!("{SPAN}&invoice=p_1&{CURSOR}"),
        ),
        (
            "credit_note_line_item",
            "/v1/credit_notes/p_1/lines",
            CURSOR.to_owned(),
        ),
        (
            "subscription_item",
            "/v1/subscription_items",
            format!("{CURSOR}&subscription=p_1"),
        ),
        (
            "refund",
            "/v1/refunds",
            format!("charge=p_1&{SPAN}&{CURSOR}"),
        ),
        (
            "transfer_reversal",
            "/v1/transfers/p_1/reversals",
            CURSOR.to_owned(),
        ),
        (
            "fee_refund",
            "/v1/application_fees/p_1/refunds",
            CURSOR.to_owned(),
        ),
        (
            "balance_transaction",
            "/v1/balance_transactions",
            format!("{SPAN}&limit=100&payout=p_1&starting_after=obj_9"),
        ),
    ];
    assert_eq!(NESTED.len(), expected.len());
    for (nested, (object, path, query)) in NESTED.iter().zip(expected) {
        let asked = nested.page("p_1", &full());
        assert_eq!((nested.object, asked.path()), (object, path));
        assert_eq!(asked.query(), query, "{object}");
        assert_eq!(nested.takes_created, query.contains("created"), "{object}");
    }
}

#[test]
fn single_objects_are_asked_by_id_and_parent() {
    let path = |object: &str, parent: Option<&str>| {
        retrieve(object, "x_1", parent).map(|asked| asked.target())
    };
    let plain = [
        ("application_fee", "/v1/application_fees/x_1"),
        ("balance", "/v1/balance"),
        ("balance_transaction", "/v1/balance_transactions/x_1"),
        (
            "billing.credit_balance_transaction",
            "/v1/billing/credit_balance_transactions/x_1",
        ),
        ("billing.credit_grant", "/v1/billing/credit_grants/x_1"),
        ("charge", "/v1/charges/x_1"),
        ("checkout.session", "/v1/checkout/sessions/x_1"),
        ("coupon", "/v1/coupons/x_1"),
        ("credit_note", "/v1/credit_notes/x_1"),
        ("customer", "/v1/customers/x_1"),
        ("dispute", "/v1/disputes/x_1"),
        ("event", "/v1/events/x_1"),
        ("invoice", "/v1/invoices/x_1"),
        ("invoice_payment", "/v1/invoice_payments/x_1"),
        ("invoiceitem", "/v1/invoiceitems/x_1"),
        ("payment_intent", "/v1/payment_intents/x_1"),
        ("payment_method", "/v1/payment_methods/x_1"),
        ("payout", "/v1/payouts/x_1"),
        ("price", "/v1/prices/x_1"),
        ("product", "/v1/products/x_1"),
        ("promotion_code", "/v1/promotion_codes/x_1"),
        ("refund", "/v1/refunds/x_1"),
        ("reserve.hold", "/v1/reserve/holds/x_1"),
        ("reserve.release", "/v1/reserve/releases/x_1"),
        ("setup_intent", "/v1/setup_intents/x_1"),
        ("subscription", "/v1/subscriptions/x_1"),
        ("subscription_item", "/v1/subscription_items/x_1"),
        ("subscription_schedule", "/v1/subscription_schedules/x_1"),
        ("tax_rate", "/v1/tax_rates/x_1"),
        (
            "test_helpers.test_clock",
            "/v1/test_helpers/test_clocks/x_1",
        ),
        ("topup", "/v1/topups/x_1"),
        ("transfer", "/v1/transfers/x_1"),
    ];
    for (object, expected) in plain {
        assert_eq!(path(object, None).as_deref(), Some(expected));
        // A parent that Stripe doesn't need is no hindrance.
        assert_eq!(path(object, Some("p_1")).as_deref(), Some(expected));
    }
    let nested = [
        (
            "customer_balance_transaction",
            "/v1/customers/p_1/balance_transactions/x_1",
        ),
        (
            "customer_cash_balance_transaction",
            "/v1/customers/p_1/cash_balance_transactions/x_1",
        ),
        ("transfer_reversal", "/v1/transfers/p_1/reversals/x_1"),
        ("fee_refund", "/v1/application_fees/p_1/refunds/x_1"),
    ];
    for (object, expected) in nested {
        assert_eq!(path(object, Some("p_1")).as_deref(), Some(expected));
        assert_eq!(path(object, None), None);
    }
}

#[test]
fn what_stripe_keeps_nowhere_cannot_be_asked_for() {
    for object in [
        "discount",
        "payout_membership",
        "invoice_line_list",
        "no_such_thing",
    ] {
        assert_eq!(retrieve(object, "x_1", Some("p_1")), None);
    }
    assert_eq!(retrieve("charge", "", None), None);
    assert_eq!(retrieve("transfer_reversal", "x_1", Some("")), None);
}

#[test]
fn id_cannot_leave_its_place_in_the_path() {
    let asked =
        retrieve("coupon", "50% off/../x?y#z", None).expect("a coupon's id may be anything");
    assert_eq!(asked.target(), "/v1/coupons/50%25%20off%2F..%2Fx%3Fy%23z");
    let asked = requests::nested("line_item", "invoice")
        .expect("listed")
        .page("..", &Page::default());
    assert_eq!(asked.target(), "/v1/invoices/%2E%2E/lines");
}

#[test]
fn events_are_asked_by_type_and_delivery() {
    let asked = requests::events(&EventPage {
        page: full(),
        types: vec!["charge.updated".to_owned(), "payout.paid".to_owned()],
        delivery_success: Some(false),
    });
    assert_eq!(
        asked.line(),
        format!(
            "GET /v1/events?{SPAN}&delivery_success=false&{CURSOR}&types[0]=charge.updated&types[1]=payout.paid"
        )
    );
    assert_eq!(requests::event("evt_1").line(), "GET /v1/events/evt_1");
}

#[test]
fn what_an_account_has_one_of_is_asked_plainly() {
    assert_eq!(requests::account().target(), "/v1/account");
    assert_eq!(requests::balance().target(), "/v1/balance");
    let page = Page {
        limit: 1,
        ..Page::default()
    };
    assert_eq!(
        requests::webhook_endpoints(&page).target(),
        "/v1/webhook_endpoints?limit=1"
    );
    assert_eq!(
        requests::events(&EventPage::default()).target(),
        "/v1/events"
    );
}

#[test]
fn lists_that_are_not_for_everybody_are_marked() {
    let offered = |offer| {
        LISTINGS
            .iter()
            .filter(move |one| one.offer == offer)
            .map(|one| one.object)
            .collect::<Vec<_>>()
    };
    assert_eq!(offered(Offer::TestMode), ["test_helpers.test_clock"]);
    assert_eq!(offered(Offer::Preview), ["reserve.hold", "reserve.release"]);
}

/// A query taken apart again, by the rules of forms.
fn parse(asked: &Request) -> Vec<(String, String)> {
    let decode = |text: &str| {
        let mut bytes = Vec::new();
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            bytes.push(match byte {
                b'+' => b' ',
                b'%' => {
                    let digits = [rest.next().expect("a digit"), rest.next().expect("a digit")];
                    u8::from_str_radix(std::str::from_utf8(&digits).expect("digits"), 16)
                        .expect("hexadecimal")
                }
                byte => byte,
            });
        }
        String::from_utf8(bytes).expect("the text that was put in")
    };
    asked
        .query()
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| part.split_once('=').expect("name and value"))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

proptest! {
    #[test]
    fn page_can_be_read_back_from_its_query(
        which in 0..LISTINGS.len(),
        limit in 1u8..=100,
        after in proptest::option::of("\\PC{1,40}"),
        from_s in proptest::option::of(0i64..4_000_000_000),
        until_s in proptest::option::of(0i64..4_000_000_000),
    ) {
        let listing = &LISTINGS[which];
        let asked = parse(&listing.page(&Page { limit, after: after.clone(), from_s, until_s }));
        let value = |name: &str| asked.iter().find(|(asked, _)| asked == name).map(|(_, value)| value.clone());
        let span = |second: Option<i64>| second.filter(|_| listing.takes_created).map(|second| second.to_string());
        prop_assert_eq!(value("limit"), Some(limit.to_string()));
        prop_assert_eq!(value("starting_after"), after);
        prop_assert_eq!(value("created[gte]"), span(from_s));
        prop_assert_eq!(value("created[lt]"), span(until_s));
    }

    #[test]
    fn request_names_are_one_line_of_ascii(object in 0..NESTED.len(), parent in "\\PC{0,40}", after in "\\PC{0,40}") {
        let line = NESTED[object].page(&parent, &Page { after: Some(after), ..Page::default() }).line();
        prop_assert!(line.is_ascii() && !line.contains(['\n', '\r', '#']), "{line}");
        prop_assert_eq!(line.matches(' ').count(), 1);
    }
}
