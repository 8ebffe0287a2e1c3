//! Customers: whom the company bills.

use crate::schema::Key;
use crate::schema::Shape::{Count, Flag, Id, Map, Minor, Second, Text};

crate::schema::schema! {
    /// One customer, as Stripe last described it.
    "customer" in "customers", key Key::Id,
    required ["created_s"], created by "customer.created", deleted by ["customer.deleted"];
    CREATED_S "created_s" Second, "created", "when Stripe made the customer";
    NAME "name" Text, "name", "the customer's full name or business name";
    EMAIL "email" Text, "email", "the customer's e-mail address";
    DESCRIPTION "description" Text, "description", "the company's own note on the customer";
    CURRENCY "currency" Text, "currency", "the currency in which the customer is billed, set by the first invoice";
    BALANCE_MINOR "balance_minor" Minor, "balance", "customer balance: negative is credit that the company owes";
    DELINQUENT "delinquent" Flag, "delinquent", "whether the latest charge of an invoice failed";
    INVOICE_PREFIX "invoice_prefix" Text, "invoice_prefix", "what the customer's invoice numbers begin with";
    NEXT_INVOICE_SEQUENCE "next_invoice_sequence" Count, "next_invoice_sequence", "number of the customer's next invoice";
    DEFAULT_SOURCE_ID "default_source_id" Id, "default_source", "the default payment source, of the older kind";
    DEFAULT_PAYMENT_METHOD_ID "default_payment_method_id" Id, "invoice_settings.default_payment_method", "what invoices are paid with by default";
    TAX_EXEMPT "tax_exempt" Text, "tax_exempt", "none, exempt or reverse";
    TEST_CLOCK_ID "test_clock_id" Id, "test_clock", "the test clock that the customer lives on";
    METADATA "metadata" Map, "metadata", "the company's own keys and values";
}
