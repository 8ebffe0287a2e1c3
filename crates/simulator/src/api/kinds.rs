//! The types of object that can be asked for: where, by which parameters, and with which permission. A table of what
//! Stripe documents, kept apart from what a company has.

use Sort::{Id, Range, Word};

/// A type of object.
pub(crate) struct Kind {
    /// As its `object` says.
    pub(crate) object: &'static str,
    /// Its place under `/v1/`; empty where it lies under a parent alone.
    pub(crate) path: &'static str,
    /// What a restricted key needs.
    pub(crate) permission: &'static str,
    /// Whether lists can be cut by `created`.
    pub(crate) dated: bool,
    pub(crate) filters: &'static [Filter],
    /// Parameters of which one must be given.
    pub(crate) required: &'static str,
}

/// A parameter of a list that selects by a member.
#[derive(Clone, Copy)]
pub(crate) struct Filter {
    pub(crate) param: &'static str,
    /// Where in the object the value stands, names with dots between.
    pub(crate) member: &'static str,
    pub(crate) sort: Sort,
}

/// What a parameter selects by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    /// The id of an object of a type.
    Id(&'static str),
    /// A code or a flag.
    Word,
    /// A second, also from and until.
    Range,
}

/// A list that lies under an object.
pub(crate) struct Under {
    pub(crate) parent: &'static str,
    /// The last part of its path.
    pub(crate) name: &'static str,
    /// The type of its items.
    pub(crate) object: &'static str,
    /// The items' member that names the parent; empty where the parent embeds them under `name`.
    pub(crate) member: &'static str,
}

/// All lists that lie under an object.
pub(crate) const UNDER: &[Under] = &[
    under(
        "customer",
        "balance_transactions",
        "customer_balance_transaction",
        "customer",
    ),
    under(
        "customer",
        "cash_balance_transactions",
        "customer_cash_balance_transaction",
        "customer",
    ),
    under("customer", "payment_methods", "payment_method", "customer"),
    under("invoice", "lines", "line_item", ""),
    under("credit_note", "lines", "credit_note_line_item", ""),
    under("charge", "refunds", "refund", "charge"),
    under("transfer", "reversals", "transfer_reversal", "transfer"),
    under("application_fee", "refunds", "fee_refund", "fee"),
];

const fn under(
    parent: &'static str,
    name: &'static str,
    object: &'static str,
    member: &'static str,
) -> Under {
    Under {
        parent,
        name,
        object,
        member,
    }
}

const fn kind(object: &'static str, path: &'static str, permission: &'static str) -> Kind {
    Kind {
        object,
        path,
        permission,
        dated: true,
        filters: &[],
        required: "",
    }
}

const fn same(param: &'static str, sort: Sort) -> Filter {
    Filter {
        param,
        member: param,
        sort,
    }
}

const CUSTOMER: Filter = same("customer", Id("customer"));
const CHARGE: Filter = same("charge", Id("charge"));
const INTENT: Filter = same("payment_intent", Id("payment_intent"));
const INVOICE: Filter = same("invoice", Id("invoice"));
const SUBSCRIPTION: Filter = same("subscription", Id("subscription"));
const STATUS: Filter = same("status", Word);
const TYPE: Filter = same("type", Word);
const ACTIVE: Filter = same("active", Word);
const CURRENCY: Filter = same("currency", Word);
const METHOD: Filter = same("collection_method", Word);
const GROUP: Filter = same("transfer_group", Word);

/// All types.
pub(crate) const KINDS: &[Kind] = &[
    Kind {
        // What a payout paid out is no member of the transaction.
        filters: &[
            CURRENCY,
            TYPE,
            same("payout", Id("payout")),
            same("source", Id("")),
        ],
        ..kind(
            "balance_transaction",
            "balance_transactions",
            "rak_balance_transaction_source_read",
        )
    },
    Kind {
        filters: &[CUSTOMER, INTENT, GROUP],
        ..kind("charge", "charges", "rak_charge_read")
    },
    Kind {
        filters: &[CHARGE, INTENT],
        ..kind("refund", "refunds", "rak_charge_read")
    },
    Kind {
        filters: &[CHARGE, INTENT],
        ..kind("dispute", "disputes", "rak_dispute_read")
    },
    Kind {
        filters: &[
            same("arrival_date", Range),
            same("destination", Id("")),
            STATUS,
        ],
        ..kind("payout", "payouts", "rak_payout_read")
    },
    Kind {
        filters: &[same("email", Word)],
        ..kind("customer", "customers", "rak_customer_read")
    },
    Kind {
        filters: &[CUSTOMER],
        ..kind(
            "payment_intent",
            "payment_intents",
            "rak_payment_intent_read",
        )
    },
    Kind {
        filters: &[CUSTOMER, same("payment_method", Id("payment_method"))],
        ..kind("setup_intent", "setup_intents", "rak_setup_intent_read")
    },
    Kind {
        dated: false,
        filters: &[CUSTOMER, TYPE],
        ..kind(
            "payment_method",
            "payment_methods",
            "rak_payment_method_read",
        )
    },
    Kind {
        filters: &[
            METHOD,
            CUSTOMER,
            same("due_date", Range),
            STATUS,
            OF_SUBSCRIPTION,
        ],
        ..kind("invoice", "invoices", "rak_invoice_read")
    },
    Kind {
        filters: &[
            INVOICE,
            STATUS,
            part("payment[type]", "payment.type", Word),
            part(
                "payment[payment_intent]",
                "payment.payment_intent",
                Id("payment_intent"),
            ),
            part("payment[payment_record]", "payment.payment_record", Id("")),
        ],
        ..kind("invoice_payment", "invoice_payments", "rak_invoice_read")
    },
    Kind {
        filters: &[CUSTOMER, INVOICE],
        ..kind("invoiceitem", "invoiceitems", "rak_invoice_read")
    },
    Kind {
        filters: &[CUSTOMER, INVOICE],
        ..kind("credit_note", "credit_notes", "rak_credit_note_read")
    },
    Kind {
        filters: &[METHOD, CUSTOMER, STATUS],
        ..kind("subscription", "subscriptions", "rak_subscription_read")
    },
    Kind {
        dated: false,
        filters: &[SUBSCRIPTION],
        required: "subscription",
        ..kind(
            "subscription_item",
            "subscription_items",
            "rak_subscription_read",
        )
    },
    Kind {
        filters: &[
            CUSTOMER,
            same("canceled_at", Range),
            same("completed_at", Range),
            same("released_at", Range),
        ],
        ..kind(
            "subscription_schedule",
            "subscription_schedules",
            "rak_subscription_read",
        )
    },
    Kind {
        dated: false,
        filters: &[CUSTOMER],
        ..kind(
            "billing.credit_grant",
            "billing/credit_grants",
            "rak_credit_grant_read",
        )
    },
    Kind {
        dated: false,
        filters: &[
            part("customer", "credit_grant.customer", Id("customer")),
            same("credit_grant", Id("billing.credit_grant")),
        ],
        required: "customer",
        ..kind(
            "billing.credit_balance_transaction",
            "billing/credit_balance_transactions",
            "rak_credit_grant_read",
        )
    },
    Kind {
        dated: false,
        ..kind(
            "test_helpers.test_clock",
            "test_helpers/test_clocks",
            "rak_test_clock_read",
        )
    },
    Kind {
        filters: &[ACTIVE, same("shippable", Word), same("url", Word)],
        ..kind("product", "products", "rak_product_read")
    },
    Kind {
        filters: &[ACTIVE, CURRENCY, same("product", Id("product")), TYPE],
        ..kind("price", "prices", "rak_plan_read")
    },
    kind("coupon", "coupons", "rak_coupon_read"),
    Kind {
        filters: &[
            ACTIVE,
            same("code", Word),
            part("coupon", "promotion.coupon", Id("coupon")),
            CUSTOMER,
        ],
        ..kind(
            "promotion_code",
            "promotion_codes",
            "rak_promotion_code_read",
        )
    },
    Kind {
        filters: &[ACTIVE, same("inclusive", Word)],
        ..kind("tax_rate", "tax_rates", "rak_tax_rate_read")
    },
    Kind {
        filters: &[CUSTOMER, INTENT, STATUS, SUBSCRIPTION],
        ..kind(
            "checkout.session",
            "checkout/sessions",
            "rak_checkout_session_read",
        )
    },
    Kind {
        filters: &[same("amount", Range), STATUS],
        ..kind("topup", "topups", "rak_top_up_read")
    },
    Kind {
        filters: &[same("destination", Id("")), GROUP],
        ..kind("transfer", "transfers", "rak_transfer_read")
    },
    Kind {
        filters: &[CHARGE],
        ..kind(
            "application_fee",
            "application_fees",
            "rak_application_fee_read",
        )
    },
    Kind {
        dated: false,
        ..kind("reserve.hold", "reserve/holds", "rak_reserve_read")
    },
    Kind {
        dated: false,
        ..kind("reserve.release", "reserve/releases", "rak_reserve_read")
    },
    Kind {
        filters: &[CUSTOMER, INVOICE],
        ..kind("customer_balance_transaction", "", "rak_customer_read")
    },
    Kind {
        dated: false,
        filters: &[CUSTOMER],
        ..kind("customer_cash_balance_transaction", "", "rak_customer_read")
    },
    Kind {
        dated: false,
        ..kind("transfer_reversal", "", "rak_transfer_read")
    },
    Kind {
        dated: false,
        ..kind("fee_refund", "", "rak_application_fee_read")
    },
    Kind {
        dated: false,
        ..kind("line_item", "", "rak_invoice_read")
    },
    Kind {
        dated: false,
        ..kind("credit_note_line_item", "", "rak_credit_note_read")
    },
];

const OF_SUBSCRIPTION: Filter = part(
    "subscription",
    "parent.subscription_details.subscription",
    Id("subscription"),
);

const fn part(param: &'static str, member: &'static str, sort: Sort) -> Filter {
    Filter {
        param,
        member,
        sort,
    }
}

/// The kind of a type.
pub(crate) fn kind_of(object: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.object == object)
}
