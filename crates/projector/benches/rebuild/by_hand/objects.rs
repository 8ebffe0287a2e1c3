//! The objects, narrow: the members that the tables have, borrowed from the bodies.

use serde::Deserialize;

use super::field::{Field, Follows, Map, Text};

macro_rules! object {
    ($name:ident { $($member:ident: $type:ty,)+ }) => {
        #[derive(Debug, Default, PartialEq, Deserialize)]
        #[serde(default, bound(deserialize = "'de: 'a"))]
        pub(crate) struct $name<'a> {
            $(pub(crate) $member: Field<$type>,)+
            #[serde(skip)]
            life: std::marker::PhantomData<&'a ()>,
        }

        impl Follows for $name<'_> {
            fn follows(&self, previous: &Self, old: &Self) -> bool {
                $(self.$member.follows(&previous.$member, &old.$member))&&+
            }
        }
    };
}

object!(Customer {
    id: Text<'a>, created: i64, name: Text<'a>, email: Text<'a>, description: Text<'a>, currency: Text<'a>,
    balance: i64, delinquent: bool, invoice_prefix: Text<'a>, next_invoice_sequence: i64, default_source: Text<'a>,
    invoice_settings: InvoiceSettings<'a>, tax_exempt: Text<'a>, test_clock: Text<'a>, metadata: Map<'a>,
});
object!(InvoiceSettings { default_payment_method: Text<'a>, });

object!(Subscription {
    id: Text<'a>, created: i64, customer: Text<'a>, status: Text<'a>, currency: Text<'a>, collection_method: Text<'a>,
    start_date: i64, trial_start: i64, trial_end: i64, cancel_at: i64, cancel_at_period_end: bool, canceled_at: i64,
    ended_at: i64, cancellation_details: CancellationDetails<'a>, billing_cycle_anchor: i64, days_until_due: i64,
    latest_invoice: Text<'a>, default_payment_method: Text<'a>, pause_collection: PauseCollection<'a>,
    description: Text<'a>, metadata: Map<'a>, items: Items<'a>,
});
object!(CancellationDetails { reason: Text<'a>, });
object!(PauseCollection { behavior: Text<'a>, });
object!(Items { data: Vec<Item<'a>>, });
object!(Item {
    id: Text<'a>, created: i64, price: Price<'a>, quantity: i64, current_period_start: i64, current_period_end: i64,
    metadata: Map<'a>,
});
object!(Price {
    id: Text<'a>, product: Text<'a>, currency: Text<'a>, unit_amount: i64, recurring: Recurring<'a>,
});
object!(Recurring { interval: Text<'a>, interval_count: i64, });

object!(Invoice {
    id: Text<'a>, created: i64, number: Text<'a>, customer: Text<'a>, customer_name: Text<'a>, customer_email: Text<'a>,
    parent: InvoiceParent<'a>, status: Text<'a>, billing_reason: Text<'a>, collection_method: Text<'a>,
    currency: Text<'a>, subtotal: i64, subtotal_excluding_tax: i64, total: i64, total_excluding_tax: i64,
    amount_due: i64, amount_paid: i64, amount_remaining: i64, amount_overpaid: i64, amount_shipping: i64,
    starting_balance: i64, ending_balance: i64, pre_payment_credit_notes_amount: i64,
    post_payment_credit_notes_amount: i64, attempted: bool, attempt_count: i64, auto_advance: bool,
    next_payment_attempt: i64, automatically_finalizes_at: i64, due_date: i64, effective_at: i64,
    status_transitions: InvoiceTransitions<'a>, webhooks_delivered_at: i64, period_start: i64, period_end: i64,
    description: Text<'a>, metadata: Map<'a>, lines: Lines<'a>,
});
object!(InvoiceParent { subscription_details: SubscriptionDetails<'a>, });
object!(SubscriptionDetails { subscription: Text<'a>, });
object!(InvoiceTransitions {
    finalized_at: i64,
    paid_at: i64,
    voided_at: i64,
    marked_uncollectible_at: i64,
});
object!(Lines { data: Vec<Line<'a>>, });
object!(Line {
    id: Text<'a>, amount: i64, currency: Text<'a>, description: Text<'a>, quantity: i64, pricing: Pricing<'a>,
    parent: LineParent<'a>, period: Period<'a>, metadata: Map<'a>,
});
object!(Pricing { unit_amount_decimal: Text<'a>, price_details: PriceDetails<'a>, });
object!(PriceDetails { price: Text<'a>, product: Text<'a>, });
object!(LineParent {
    r#type: Text<'a>, invoice_item_details: InvoiceItemDetails<'a>, subscription_item_details: SubscriptionItemDetails<'a>,
});
object!(InvoiceItemDetails { invoice_item: Text<'a>, });
object!(SubscriptionItemDetails { subscription_item: Text<'a>, proration: bool, });
object!(Period {
    start: i64,
    end: i64,
});

object!(InvoicePayment {
    id: Text<'a>, invoice: Text<'a>, payment: Payment<'a>, status: Text<'a>, currency: Text<'a>, amount_requested: i64,
    amount_paid: i64, is_default: bool, created: i64, status_transitions: PaymentTransitions<'a>,
});
object!(Payment {
    r#type: Text<'a>, payment_intent: Text<'a>, charge: Text<'a>, payment_record: Text<'a>,
});
object!(PaymentTransitions {
    paid_at: i64,
    canceled_at: i64,
});

object!(Charge {
    id: Text<'a>, created: i64, customer: Text<'a>, payment_intent: Text<'a>, status: Text<'a>, currency: Text<'a>,
    amount: i64, amount_captured: i64, amount_refunded: i64, captured: bool, paid: bool, refunded: bool, disputed: bool,
    balance_transaction: Text<'a>, failure_balance_transaction: Text<'a>, failure_code: Text<'a>,
    failure_message: Text<'a>, outcome: Outcome<'a>, payment_method: Text<'a>,
    payment_method_details: PaymentMethodDetails<'a>, application_fee_amount: i64, statement_descriptor: Text<'a>,
    transfer_group: Text<'a>, description: Text<'a>, metadata: Map<'a>,
});
object!(Outcome { r#type: Text<'a>, });
object!(PaymentMethodDetails { r#type: Text<'a>, });

object!(Refund {
    id: Text<'a>, created: i64, charge: Text<'a>, payment_intent: Text<'a>, status: Text<'a>, currency: Text<'a>,
    amount: i64, reason: Text<'a>, balance_transaction: Text<'a>, failure_balance_transaction: Text<'a>,
    failure_reason: Text<'a>, pending_reason: Text<'a>, description: Text<'a>, metadata: Map<'a>,
});

object!(Payout {
    id: Text<'a>, created: i64, arrival_date: i64, status: Text<'a>, currency: Text<'a>, amount: i64, automatic: bool,
    method: Text<'a>, r#type: Text<'a>, destination: Text<'a>, source_type: Text<'a>, balance_transaction: Text<'a>,
    failure_balance_transaction: Text<'a>, failure_code: Text<'a>, failure_message: Text<'a>,
    original_payout: Text<'a>, reversed_by: Text<'a>, reconciliation_status: Text<'a>, statement_descriptor: Text<'a>,
    description: Text<'a>, metadata: Map<'a>,
});

object!(BalanceTransaction {
    id: Text<'a>, created: i64, available_on: i64, r#type: Text<'a>, reporting_category: Text<'a>, source: Text<'a>,
    currency: Text<'a>, amount: i64, fee: i64, net: i64, exchange_rate: Text<'a>, balance_type: Text<'a>,
    description: Text<'a>, fee_details: Vec<Fee<'a>>,
});
object!(Fee {
    r#type: Text<'a>, amount: i64, currency: Text<'a>, application: Text<'a>, description: Text<'a>,
});

object!(Balance { available: Vec<Part<'a>>, pending: Vec<Part<'a>>, });
object!(Part { currency: Text<'a>, amount: i64, });
