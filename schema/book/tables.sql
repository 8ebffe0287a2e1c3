-- The tables of a book, written from the fold's own list; `just bless` renews this file.
--
-- Every column is marked S (state: the same for the same set of entries, whatever their order; in the digest)
-- or H (history: when something was learned; depends on the order of the log). Names end in their unit:
-- `_minor` minor units of the row's currency, `_s` Unix seconds. Flags are 0 and 1.

-- The Stripe balance, as Stripe last stated it; its amounts stand in tables of their own.
CREATE TABLE balances (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: Stripe's id of it
    certainty TEXT, -- S: how sure this state is: exact, linked, hinted or ambiguous
    gap INTEGER, -- S: 1 when a change must have happened that no event announced
    deleted INTEGER, -- S: 1 when Stripe says that it is deleted; the rest is what it last was
    at_stake_minor INTEGER, -- S: by how much the candidates of an ambiguous state differ, in minor units
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    version TEXT, -- S: the API version that rendered it
    known_seq INTEGER, -- H: the first entry of the log that stated it
    PRIMARY KEY (stream, id)
) STRICT, WITHOUT ROWID;

-- The available balance in one currency, as Stripe last stated it.
CREATE TABLE balance_available (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    balance_id TEXT NOT NULL, -- S: the object that it belongs to
    currency TEXT NOT NULL, -- S: the currency
    amount_minor INTEGER, -- S: what can be paid out
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    PRIMARY KEY (stream, balance_id, currency)
) STRICT, WITHOUT ROWID;

-- The pending balance in one currency, as Stripe last stated it.
CREATE TABLE balance_pending (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    balance_id TEXT NOT NULL, -- S: the object that it belongs to
    currency TEXT NOT NULL, -- S: the currency
    amount_minor INTEGER, -- S: what is not yet available
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    PRIMARY KEY (stream, balance_id, currency)
) STRICT, WITHOUT ROWID;

-- One movement of the Stripe balance.
CREATE TABLE balance_transactions (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: Stripe's id of it
    created_s INTEGER, -- S: when it was entered
    available_s INTEGER, -- S: when its net becomes available: a date in UTC
    type TEXT, -- S: what moved the balance: charge, refund, payout and others
    reporting_category TEXT, -- S: Stripe's category for accounting; splits some types
    source_id TEXT, -- S: the object that moved the balance
    currency TEXT, -- S: the settlement currency of its amounts
    amount_minor INTEGER, -- S: gross: positive into the balance, negative out of it
    fee_minor INTEGER, -- S: fees, positive when they are taken
    net_minor INTEGER, -- S: amount less fee: what the balance moved by
    exchange_rate TEXT, -- S: rate from the presentment currency, as Stripe wrote it
    balance_type TEXT, -- S: payments, issuing, refund_and_dispute_prefunding or risk_reserved
    description TEXT, -- S: Stripe's note on it
    certainty TEXT, -- S: how sure this state is: exact, linked, hinted or ambiguous
    gap INTEGER, -- S: 1 when a change must have happened that no event announced
    deleted INTEGER, -- S: 1 when Stripe says that it is deleted; the rest is what it last was
    at_stake_minor INTEGER, -- S: by how much the candidates of an ambiguous state differ, in minor units
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    version TEXT, -- S: the API version that rendered it
    known_seq INTEGER, -- H: the first entry of the log that stated it
    PRIMARY KEY (stream, id)
) STRICT, WITHOUT ROWID;

-- One part of the fee of a balance transaction.
CREATE TABLE balance_transaction_fees (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    balance_transaction_id TEXT NOT NULL, -- S: the object that it belongs to
    place INTEGER NOT NULL, -- S: its place in the list, counted from 0
    type TEXT, -- S: stripe_fee, tax, application_fee and others
    amount_minor INTEGER, -- S: this part of the fee
    currency TEXT, -- S: its currency
    application_id TEXT, -- S: the platform that took it
    description TEXT, -- S: Stripe's note on it
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    PRIMARY KEY (stream, balance_transaction_id, place)
) STRICT, WITHOUT ROWID;

-- One charge, as Stripe last described it.
CREATE TABLE charges (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: Stripe's id of it
    created_s INTEGER, -- S: when the charge was made
    customer_id TEXT, -- S: who was charged
    payment_intent_id TEXT, -- S: the payment intent that it belongs to
    status TEXT, -- S: pending, succeeded or failed
    currency TEXT, -- S: the currency in which the customer paid
    amount_minor INTEGER, -- S: what was to be charged
    amount_captured_minor INTEGER, -- S: what was captured of it
    amount_refunded_minor INTEGER, -- S: what has been refunded; falls back when a refund fails
    captured INTEGER, -- S: whether it was captured
    paid INTEGER, -- S: whether it succeeded or was authorised
    refunded INTEGER, -- S: whether all of it was refunded
    disputed INTEGER, -- S: whether it was ever disputed
    balance_transaction_id TEXT, -- S: what it did to the Stripe balance; null until Stripe knows
    failure_balance_transaction_id TEXT, -- S: what a later failure took back
    failure_code TEXT, -- S: why it failed, as a code
    failure_message TEXT, -- S: why it failed, for people
    outcome_type TEXT, -- S: authorized, issuer_declined, blocked and others
    payment_method_id TEXT, -- S: what was charged
    payment_method_type TEXT, -- S: card and others
    application_fee_minor INTEGER, -- S: what the platform asked for
    statement_descriptor TEXT, -- S: what stands on the customer's statement
    transfer_group TEXT, -- S: what groups it with transfers
    description TEXT, -- S: the company's own note on it
    metadata TEXT, -- S: the company's own keys and values
    certainty TEXT, -- S: how sure this state is: exact, linked, hinted or ambiguous
    gap INTEGER, -- S: 1 when a change must have happened that no event announced
    deleted INTEGER, -- S: 1 when Stripe says that it is deleted; the rest is what it last was
    at_stake_minor INTEGER, -- S: by how much the candidates of an ambiguous state differ, in minor units
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    version TEXT, -- S: the API version that rendered it
    known_seq INTEGER, -- H: the first entry of the log that stated it
    PRIMARY KEY (stream, id)
) STRICT, WITHOUT ROWID;

-- One customer, as Stripe last described it.
CREATE TABLE customers (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: Stripe's id of it
    created_s INTEGER, -- S: when Stripe made the customer
    name TEXT, -- S: the customer's full name or business name
    email TEXT, -- S: the customer's e-mail address
    description TEXT, -- S: the company's own note on the customer
    currency TEXT, -- S: the currency in which the customer is billed, set by the first invoice
    balance_minor INTEGER, -- S: customer balance: negative is credit that the company owes
    delinquent INTEGER, -- S: whether the latest charge of an invoice failed
    invoice_prefix TEXT, -- S: what the customer's invoice numbers begin with
    next_invoice_sequence INTEGER, -- S: number of the customer's next invoice
    default_source_id TEXT, -- S: the default payment source, of the older kind
    default_payment_method_id TEXT, -- S: what invoices are paid with by default
    tax_exempt TEXT, -- S: none, exempt or reverse
    test_clock_id TEXT, -- S: the test clock that the customer lives on
    metadata TEXT, -- S: the company's own keys and values
    certainty TEXT, -- S: how sure this state is: exact, linked, hinted or ambiguous
    gap INTEGER, -- S: 1 when a change must have happened that no event announced
    deleted INTEGER, -- S: 1 when Stripe says that it is deleted; the rest is what it last was
    at_stake_minor INTEGER, -- S: by how much the candidates of an ambiguous state differ, in minor units
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    version TEXT, -- S: the API version that rendered it
    known_seq INTEGER, -- H: the first entry of the log that stated it
    PRIMARY KEY (stream, id)
) STRICT, WITHOUT ROWID;

-- One invoice, as Stripe last described it.
CREATE TABLE invoices (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: Stripe's id of it
    created_s INTEGER, -- S: when the invoice was made
    number TEXT, -- S: the number printed on it, given when it is finalised
    customer_id TEXT, -- S: who is to pay
    customer_name TEXT, -- S: the customer's name as printed on it
    customer_email TEXT, -- S: the customer's address as printed on it
    subscription_id TEXT, -- S: the subscription that it bills
    status TEXT, -- S: draft, open, paid, uncollectible or void
    billing_reason TEXT, -- S: why it was made: subscription_cycle, manual and others
    collection_method TEXT, -- S: charge_automatically or send_invoice
    currency TEXT, -- S: the currency of all its amounts
    subtotal_minor INTEGER, -- S: sum of the lines before discounts and tax
    subtotal_excluding_tax_minor INTEGER, -- S: the subtotal without tax
    total_minor INTEGER, -- S: what is invoiced, after discounts and tax
    total_excluding_tax_minor INTEGER, -- S: the total without tax
    amount_due_minor INTEGER, -- S: total and the customer balance applied to it
    amount_paid_minor INTEGER, -- S: what has been paid of the amount due
    amount_remaining_minor INTEGER, -- S: amount due less amount paid; stays as it was when the invoice is voided
    amount_overpaid_minor INTEGER, -- S: what was paid too much, credited to the customer balance
    amount_shipping_minor INTEGER, -- S: shipping, as part of the total
    starting_balance_minor INTEGER, -- S: customer balance before the invoice was finalised
    ending_balance_minor INTEGER, -- S: customer balance after the invoice was finalised
    pre_payment_credit_notes_minor INTEGER, -- S: credit notes issued before payment
    post_payment_credit_notes_minor INTEGER, -- S: credit notes issued after payment
    attempted INTEGER, -- S: whether a payment was tried
    attempt_count INTEGER, -- S: how many automatic payments were tried
    auto_advance INTEGER, -- S: whether Stripe moves the invoice on by itself
    next_payment_attempt_s INTEGER, -- S: when payment is tried next
    automatically_finalizes_s INTEGER, -- S: when the draft is to be finalised
    due_s INTEGER, -- S: when payment is due
    effective_s INTEGER, -- S: the date of issue that is printed on it
    finalized_s INTEGER, -- S: when it was finalised
    paid_s INTEGER, -- S: when it was paid
    voided_s INTEGER, -- S: when it was voided
    marked_uncollectible_s INTEGER, -- S: when it was written off
    webhooks_delivered_s INTEGER, -- S: when all endpoints had taken invoice.created
    period_start_s INTEGER, -- S: start of the usage period, before the lines' own periods
    period_end_s INTEGER, -- S: end of the usage period
    description TEXT, -- S: the memo printed on it
    metadata TEXT, -- S: the company's own keys and values
    certainty TEXT, -- S: how sure this state is: exact, linked, hinted or ambiguous
    gap INTEGER, -- S: 1 when a change must have happened that no event announced
    deleted INTEGER, -- S: 1 when Stripe says that it is deleted; the rest is what it last was
    at_stake_minor INTEGER, -- S: by how much the candidates of an ambiguous state differ, in minor units
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    version TEXT, -- S: the API version that rendered it
    known_seq INTEGER, -- H: the first entry of the log that stated it
    PRIMARY KEY (stream, id)
) STRICT, WITHOUT ROWID;

-- One line of an invoice.
CREATE TABLE invoice_lines (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    invoice_id TEXT NOT NULL, -- S: the object that it belongs to
    id TEXT NOT NULL, -- S: the line's id
    amount_minor INTEGER, -- S: amount of the line, negative for a credit
    currency TEXT, -- S: the line's currency
    description TEXT, -- S: what is printed on the line
    quantity INTEGER, -- S: how many
    unit_amount TEXT, -- S: price of one in minor units, with decimals, as Stripe wrote it
    price_id TEXT, -- S: the price
    product_id TEXT, -- S: the product
    parent_type TEXT, -- S: where the line comes from: invoice_item_details or subscription_item_details
    invoice_item_id TEXT, -- S: the invoice item that it bills
    subscription_item_id TEXT, -- S: the subscription item that it bills
    proration INTEGER, -- S: whether it bills a part of a period
    period_start_s INTEGER, -- S: start of the service period
    period_end_s INTEGER, -- S: end of the service period
    metadata TEXT, -- S: the company's own keys and values
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    PRIMARY KEY (stream, invoice_id, id)
) STRICT, WITHOUT ROWID;

-- One payment of an invoice, keyed by the invoice and what paid it, which every API version can tell.
CREATE TABLE invoice_payments (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: what tells it apart in every API version: the ids that it joins
    invoice_payment_id TEXT, -- S: Stripe's own id of the invoice payment (inpay_…)
    invoice_id TEXT, -- S: the invoice that is paid
    payment_type TEXT, -- S: payment_intent, charge or payment_record
    payment_intent_id TEXT, -- S: the payment intent that pays
    charge_id TEXT, -- S: the charge that pays, where no payment intent does
    payment_record_id TEXT, -- S: the record of a payment made outside Stripe
    status TEXT, -- S: open, paid or canceled
    currency TEXT, -- S: the currency of its amounts
    amount_requested_minor INTEGER, -- S: what was to be paid
    amount_paid_minor INTEGER, -- S: what was paid; null until then
    is_default INTEGER, -- S: whether it is the invoice's default payment
    created_s INTEGER, -- S: when it was made
    paid_s INTEGER, -- S: when it was paid
    canceled_s INTEGER, -- S: when it was cancelled
    certainty TEXT, -- S: how sure this state is: exact, linked, hinted or ambiguous
    gap INTEGER, -- S: 1 when a change must have happened that no event announced
    deleted INTEGER, -- S: 1 when Stripe says that it is deleted; the rest is what it last was
    at_stake_minor INTEGER, -- S: by how much the candidates of an ambiguous state differ, in minor units
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    version TEXT, -- S: the API version that rendered it
    known_seq INTEGER, -- H: the first entry of the log that stated it
    PRIMARY KEY (stream, id)
) STRICT, WITHOUT ROWID;

-- One payout, as Stripe last described it.
CREATE TABLE payouts (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: Stripe's id of it
    created_s INTEGER, -- S: when the payout was made
    arrival_s INTEGER, -- S: the date in UTC on which the bank is expected to have it
    status TEXT, -- S: pending, in_transit, paid, failed or canceled
    currency TEXT, -- S: the currency of its amount
    amount_minor INTEGER, -- S: what is sent; negative when the bank is debited
    automatic INTEGER, -- S: whether Stripe's schedule made it
    method TEXT, -- S: standard or instant
    type TEXT, -- S: bank_account or card
    destination_id TEXT, -- S: where it goes
    source_type TEXT, -- S: which balance it draws on: card, fpx or bank_account
    balance_transaction_id TEXT, -- S: what it did to the Stripe balance
    failure_balance_transaction_id TEXT, -- S: what a failure gave back
    failure_code TEXT, -- S: why it failed, as a code
    failure_message TEXT, -- S: why it failed, for people
    original_payout_id TEXT, -- S: the payout that this one reverses
    reversed_by_id TEXT, -- S: the payout that reverses this one
    reconciliation_status TEXT, -- S: whether Stripe can itemise it: not_applicable, in_progress or completed
    statement_descriptor TEXT, -- S: what stands on the bank statement
    description TEXT, -- S: a note on it
    metadata TEXT, -- S: the company's own keys and values
    certainty TEXT, -- S: how sure this state is: exact, linked, hinted or ambiguous
    gap INTEGER, -- S: 1 when a change must have happened that no event announced
    deleted INTEGER, -- S: 1 when Stripe says that it is deleted; the rest is what it last was
    at_stake_minor INTEGER, -- S: by how much the candidates of an ambiguous state differ, in minor units
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    version TEXT, -- S: the API version that rendered it
    known_seq INTEGER, -- H: the first entry of the log that stated it
    PRIMARY KEY (stream, id)
) STRICT, WITHOUT ROWID;

-- One refund, as Stripe last described it.
CREATE TABLE refunds (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: Stripe's id of it
    created_s INTEGER, -- S: when the refund was made
    charge_id TEXT, -- S: the charge that is refunded
    payment_intent_id TEXT, -- S: the payment intent of that charge
    status TEXT, -- S: pending, requires_action, succeeded, failed or canceled
    currency TEXT, -- S: the currency of the charge
    amount_minor INTEGER, -- S: what is refunded
    reason TEXT, -- S: duplicate, fraudulent, requested_by_customer or expired_uncaptured_charge
    balance_transaction_id TEXT, -- S: what it did to the Stripe balance
    failure_balance_transaction_id TEXT, -- S: what a failure gave back
    failure_reason TEXT, -- S: why it failed
    pending_reason TEXT, -- S: why it is pending
    description TEXT, -- S: the company's own note on it
    metadata TEXT, -- S: the company's own keys and values
    certainty TEXT, -- S: how sure this state is: exact, linked, hinted or ambiguous
    gap INTEGER, -- S: 1 when a change must have happened that no event announced
    deleted INTEGER, -- S: 1 when Stripe says that it is deleted; the rest is what it last was
    at_stake_minor INTEGER, -- S: by how much the candidates of an ambiguous state differ, in minor units
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    version TEXT, -- S: the API version that rendered it
    known_seq INTEGER, -- H: the first entry of the log that stated it
    PRIMARY KEY (stream, id)
) STRICT, WITHOUT ROWID;

-- One subscription, as Stripe last described it.
CREATE TABLE subscriptions (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: Stripe's id of it
    created_s INTEGER, -- S: when the subscription was made
    customer_id TEXT, -- S: who subscribes
    status TEXT, -- S: incomplete, incomplete_expired, trialing, active, past_due, unpaid, paused or canceled
    currency TEXT, -- S: the currency of its invoices
    collection_method TEXT, -- S: charge_automatically or send_invoice
    start_s INTEGER, -- S: when it first began
    trial_start_s INTEGER, -- S: when its trial began
    trial_end_s INTEGER, -- S: when its trial ends or ended
    cancel_at_s INTEGER, -- S: when it is to be cancelled
    cancel_at_period_end INTEGER, -- S: whether it ends with the current period
    canceled_s INTEGER, -- S: when its cancellation was asked for
    ended_s INTEGER, -- S: when it ended
    cancellation_reason TEXT, -- S: why it was cancelled
    billing_cycle_anchor_s INTEGER, -- S: the moment that its periods are counted from
    days_until_due INTEGER, -- S: days until a sent invoice falls due
    latest_invoice_id TEXT, -- S: its newest invoice
    default_payment_method_id TEXT, -- S: what its invoices are paid with
    pause_behavior TEXT, -- S: what happens to invoices while collection is paused
    description TEXT, -- S: what the customer is told it is
    metadata TEXT, -- S: the company's own keys and values
    certainty TEXT, -- S: how sure this state is: exact, linked, hinted or ambiguous
    gap INTEGER, -- S: 1 when a change must have happened that no event announced
    deleted INTEGER, -- S: 1 when Stripe says that it is deleted; the rest is what it last was
    at_stake_minor INTEGER, -- S: by how much the candidates of an ambiguous state differ, in minor units
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    version TEXT, -- S: the API version that rendered it
    known_seq INTEGER, -- H: the first entry of the log that stated it
    PRIMARY KEY (stream, id)
) STRICT, WITHOUT ROWID;

-- One item of a subscription: a price and how many of it.
CREATE TABLE subscription_items (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    subscription_id TEXT NOT NULL, -- S: the object that it belongs to
    id TEXT NOT NULL, -- S: the item's id
    created_s INTEGER, -- S: when the item was added
    price_id TEXT, -- S: the price
    product_id TEXT, -- S: the product that the price is of
    currency TEXT, -- S: the price's currency
    unit_amount_minor INTEGER, -- S: price of one
    interval TEXT, -- S: day, week, month or year
    interval_count INTEGER, -- S: intervals between invoices
    quantity INTEGER, -- S: how many
    period_start_s INTEGER, -- S: when the current period began
    period_end_s INTEGER, -- S: when the current period ends
    metadata TEXT, -- S: the company's own keys and values
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    PRIMARY KEY (stream, subscription_id, id)
) STRICT, WITHOUT ROWID;

-- What one object says under the id of another.
CREATE TABLE links (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    target_type TEXT NOT NULL, -- S: kind of the object spoken of
    target_id TEXT NOT NULL, -- S: its id
    relation TEXT NOT NULL, -- S: what the source is to the target
    source_type TEXT NOT NULL, -- S: kind of the object that says so
    source_id TEXT NOT NULL, -- S: its id
    currency TEXT, -- S: currency of the amount; empty where none comes with it
    amount_minor INTEGER, -- S: the amount that comes with it, in minor units
    PRIMARY KEY (stream, target_type, target_id, relation, source_type, source_id)
) STRICT, WITHOUT ROWID;

-- What the links under one id add up to.
CREATE TABLE totals (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    target_type TEXT NOT NULL, -- S: kind of the object spoken of
    target_id TEXT NOT NULL, -- S: its id
    relation TEXT NOT NULL, -- S: what the sources are to the target
    currency TEXT NOT NULL, -- S: currency of the amount; empty where none comes with them
    links INTEGER, -- S: how many links
    amount_minor INTEGER, -- S: sum of their amounts, in minor units
    PRIMARY KEY (stream, target_type, target_id, relation, currency)
) STRICT, WITHOUT ROWID;

-- Sums of balance transactions by what they were and when they become available.
CREATE TABLE balance_activity (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    currency TEXT NOT NULL, -- S: settlement currency
    balance_type TEXT NOT NULL, -- S: which balance they move
    reporting_category TEXT NOT NULL, -- S: Stripe's category for accounting
    available_s INTEGER NOT NULL, -- S: when their net becomes available
    transactions INTEGER, -- S: how many
    amount_minor INTEGER, -- S: gross
    fee_minor INTEGER, -- S: fees taken
    net_minor INTEGER, -- S: what they move the balance by
    PRIMARY KEY (stream, currency, balance_type, reporting_category, available_s)
) STRICT, WITHOUT ROWID;

-- What must be fetched from Stripe to be sure.
CREATE TABLE wanted (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    object_type TEXT NOT NULL, -- S: kind of the object
    object_id TEXT NOT NULL, -- S: its id
    reason TEXT NOT NULL, -- S: why: ambiguous, thin, unknown_field, embedded_only or bt_null
    at_stake_minor INTEGER, -- S: by how much the candidates differ, in minor units
    PRIMARY KEY (stream, object_type, object_id, reason)
) STRICT, WITHOUT ROWID;

-- Disagreements in what Stripe said: what, how much money it is, and what mends it.
CREATE TABLE findings (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    object_type TEXT NOT NULL, -- S: kind of the object
    object_id TEXT NOT NULL, -- S: its id
    code TEXT NOT NULL, -- S: which named invariant does not hold
    currency TEXT, -- S: currency of the amount; empty where it has none
    at_stake_minor INTEGER, -- S: the amount in question, in minor units
    what TEXT, -- S: what does not hold, in words
    mend TEXT, -- S: what to do about it
    PRIMARY KEY (stream, object_type, object_id, code)
) STRICT, WITHOUT ROWID;

-- Oddities in single entries, kept and shown.
CREATE TABLE notices (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    claim TEXT NOT NULL, -- S: id of the entry
    code TEXT NOT NULL, -- S: what is odd
    path TEXT NOT NULL, -- S: where in the body; empty for all of it
    seq INTEGER, -- H: the first entry of the log with that id in which it was seen
    PRIMARY KEY (stream, claim, code, path)
) STRICT, WITHOUT ROWID;
