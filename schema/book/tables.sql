-- The tables of a book, written from the fold's own list; `just bless` renews this file.
--
-- Every column is marked S (state: the same for the same set of entries, whatever their order; in the digest)
-- or H (history: when something was learned; depends on the order of the log). Names end in their unit:
-- `_minor` minor units of the row's currency, `_s` Unix seconds. Flags are 0 and 1.

-- One application fee, as Stripe last described it.
CREATE TABLE application_fees (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: Stripe's id of it
    created_s INTEGER, -- S: when the fee was taken
    account_id TEXT, -- S: the connected account that pays it
    application_id TEXT, -- S: the platform's application
    charge_id TEXT, -- S: the charge that it was taken from
    originating_transaction_id TEXT, -- S: the platform's charge behind it, where there is one
    currency TEXT, -- S: the currency of its amounts
    amount_minor INTEGER, -- S: what the platform earns
    amount_refunded_minor INTEGER, -- S: what was given back of it
    refunded INTEGER, -- S: whether all of it was given back
    balance_transaction_id TEXT, -- S: what it did to the Stripe balance
    certainty TEXT, -- S: how sure this state is: exact, linked, hinted or ambiguous
    gap INTEGER, -- S: 1 when a change must have happened that no event announced
    deleted INTEGER, -- S: 1 when Stripe says that it is deleted; the rest is what it last was
    at_stake_minor INTEGER, -- S: by how much the candidates of an ambiguous state differ, in minor units
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    version TEXT, -- S: the API version that rendered it
    known_seq INTEGER, -- H: the first entry of the log that stated it
    PRIMARY KEY (stream, id)
) STRICT, WITHOUT ROWID;

-- One refund of an application fee, whole or in part.
CREATE TABLE application_fee_refunds (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: Stripe's id of it
    created_s INTEGER, -- S: when the refund was made
    application_fee_id TEXT, -- S: the application fee that is given back
    currency TEXT, -- S: the currency of its amount
    amount_minor INTEGER, -- S: what is given back
    balance_transaction_id TEXT, -- S: what it did to the Stripe balance
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

-- What is held back in one currency for what connected accounts may owe, as Stripe last stated it.
CREATE TABLE balance_connect_reserved (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    balance_id TEXT NOT NULL, -- S: the object that it belongs to
    currency TEXT NOT NULL, -- S: the currency
    amount_minor INTEGER, -- S: what is held back
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
    application_fee_id TEXT, -- S: the fee that the platform took
    on_behalf_of_id TEXT, -- S: the connected account that it is made for
    transfer_id TEXT, -- S: the transfer that handed its money on
    source_transfer_id TEXT, -- S: the platform's transfer that this payment is on a connected account
    transfer_destination_id TEXT, -- S: the connected account that gets the money
    transfer_amount_minor INTEGER, -- S: what that account gets; null for all of it
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

-- One checkout session, as Stripe last described it.
CREATE TABLE checkout_sessions (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: Stripe's id of it
    created_s INTEGER, -- S: when the session was made
    expires_s INTEGER, -- S: when it expires, if nobody completes it
    mode TEXT, -- S: payment, subscription or setup
    status TEXT, -- S: open, complete or expired
    payment_status TEXT, -- S: paid, unpaid or no_payment_required
    customer_id TEXT, -- S: who goes through it
    client_reference_id TEXT, -- S: the company's own id of it
    currency TEXT, -- S: the currency of its amounts
    subtotal_minor INTEGER, -- S: sum of the lines before discounts and tax
    total_minor INTEGER, -- S: what is to be paid, after discounts and tax
    discount_minor INTEGER, -- S: what discounts take off
    shipping_minor INTEGER, -- S: shipping, as part of the total
    tax_minor INTEGER, -- S: tax, as part of the total
    payment_intent_id TEXT, -- S: the payment intent that it made
    setup_intent_id TEXT, -- S: the setup intent that it made
    subscription_id TEXT, -- S: the subscription that it made
    invoice_id TEXT, -- S: the invoice that it made
    payment_link_id TEXT, -- S: the payment link that opened it
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

-- One coupon, as Stripe last described it.
CREATE TABLE coupons (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: Stripe's id of it
    created_s INTEGER, -- S: when the coupon was made
    name TEXT, -- S: what customers see it called
    currency TEXT, -- S: the currency of the amount off; null for a share
    amount_off_minor INTEGER, -- S: what it takes off, where that is an amount
    percent_off TEXT, -- S: what it takes off in per cent, where that is a share, as Stripe wrote it
    duration TEXT, -- S: once, repeating or forever
    duration_in_months INTEGER, -- S: months that it repeats for
    max_redemptions INTEGER, -- S: how many times it can be redeemed at most
    times_redeemed INTEGER, -- S: how many times it was redeemed
    redeem_by_s INTEGER, -- S: when it can last be redeemed
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

-- One movement of a credit grant.
CREATE TABLE credit_balance_transactions (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: Stripe's id of it
    created_s INTEGER, -- S: when it was entered
    effective_s INTEGER, -- S: when it takes effect
    credit_grant_id TEXT, -- S: the grant that it moves
    type TEXT, -- S: credit or debit
    credit_type TEXT, -- S: credits_granted or credits_application_invoice_voided
    credit_currency TEXT, -- S: the currency of what is added
    credit_minor INTEGER, -- S: what is added to the grant
    credit_invoice_id TEXT, -- S: the voided invoice that gave it back
    credit_invoice_line_id TEXT, -- S: that invoice's line
    debit_type TEXT, -- S: credits_applied, credits_expired or credits_voided
    debit_currency TEXT, -- S: the currency of what is taken
    debit_minor INTEGER, -- S: what is taken from the grant
    debit_invoice_id TEXT, -- S: the invoice that it was used for
    debit_invoice_line_id TEXT, -- S: that invoice's line
    certainty TEXT, -- S: how sure this state is: exact, linked, hinted or ambiguous
    gap INTEGER, -- S: 1 when a change must have happened that no event announced
    deleted INTEGER, -- S: 1 when Stripe says that it is deleted; the rest is what it last was
    at_stake_minor INTEGER, -- S: by how much the candidates of an ambiguous state differ, in minor units
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    version TEXT, -- S: the API version that rendered it
    known_seq INTEGER, -- H: the first entry of the log that stated it
    PRIMARY KEY (stream, id)
) STRICT, WITHOUT ROWID;

-- One credit grant, as Stripe last described it.
CREATE TABLE credit_grants (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: Stripe's id of it
    created_s INTEGER, -- S: when the grant was made
    updated_s INTEGER, -- S: when it was last changed
    customer_id TEXT, -- S: who has it
    name TEXT, -- S: what it is called
    category TEXT, -- S: paid or promotional
    currency TEXT, -- S: the currency of its amount
    amount_minor INTEGER, -- S: what was granted
    priority INTEGER, -- S: which grant is used first: 0 before 100
    effective_s INTEGER, -- S: when it can first be used
    expires_s INTEGER, -- S: when what is left of it is lost
    voided_s INTEGER, -- S: when it was voided
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

-- One credit note, as Stripe last described it.
CREATE TABLE credit_notes (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: Stripe's id of it
    created_s INTEGER, -- S: when the credit note was made
    effective_s INTEGER, -- S: the date of issue that is printed on it
    number TEXT, -- S: the number printed on it
    customer_id TEXT, -- S: who is credited
    invoice_id TEXT, -- S: the invoice that it corrects
    status TEXT, -- S: issued or void
    type TEXT, -- S: pre_payment, post_payment or mixed
    reason TEXT, -- S: duplicate, fraudulent, order_change or product_unsatisfactory
    currency TEXT, -- S: the currency of its amounts
    subtotal_minor INTEGER, -- S: sum of the lines before discounts and tax
    subtotal_excluding_tax_minor INTEGER, -- S: the subtotal without tax
    total_minor INTEGER, -- S: what is credited, after discounts and tax
    total_excluding_tax_minor INTEGER, -- S: the total without tax
    amount_minor INTEGER, -- S: what is credited, tax included
    amount_shipping_minor INTEGER, -- S: shipping, as part of the total
    discount_minor INTEGER, -- S: discounts that the lines had
    pre_payment_minor INTEGER, -- S: the part that lowers what remains to be paid
    post_payment_minor INTEGER, -- S: the part that gives back what was paid
    out_of_band_minor INTEGER, -- S: what was given back outside Stripe
    customer_balance_transaction_id TEXT, -- S: the credit that it gave to the customer balance
    voided_s INTEGER, -- S: when it was voided
    memo TEXT, -- S: the memo printed on it
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

-- One line of a credit note.
CREATE TABLE credit_note_lines (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    credit_note_id TEXT NOT NULL, -- S: the object that it belongs to
    id TEXT NOT NULL, -- S: the line's id
    type TEXT, -- S: invoice_line_item or custom_line_item
    invoice_line_id TEXT, -- S: the invoice's line that it credits
    description TEXT, -- S: what is printed on the line
    quantity INTEGER, -- S: how many
    unit_amount TEXT, -- S: price of one in minor units, with decimals, as Stripe wrote it
    amount_minor INTEGER, -- S: what is credited, before discounts and exclusive tax
    discount_minor INTEGER, -- S: discounts that the line had
    metadata TEXT, -- S: the company's own keys and values
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    PRIMARY KEY (stream, credit_note_id, id)
) STRICT, WITHOUT ROWID;

-- The tax of one rate on a line of a credit note.
CREATE TABLE credit_note_line_taxes (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    credit_note_id TEXT NOT NULL, -- S: the object that it belongs to
    credit_note_line_id TEXT NOT NULL, -- S: the line that it belongs to
    place INTEGER NOT NULL, -- S: its place in the list, counted from 0
    amount_minor INTEGER, -- S: the tax
    taxable_minor INTEGER, -- S: what it is a share of
    tax_behavior TEXT, -- S: inclusive or exclusive
    taxability_reason TEXT, -- S: why it is due, or is not
    tax_rate_id TEXT, -- S: the rate
    type TEXT, -- S: what says the rate
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    PRIMARY KEY (stream, credit_note_id, credit_note_line_id, place)
) STRICT, WITHOUT ROWID;

-- What one discount takes off a line of a credit note.
CREATE TABLE credit_note_line_discounts (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    credit_note_id TEXT NOT NULL, -- S: the object that it belongs to
    credit_note_line_id TEXT NOT NULL, -- S: the line that it belongs to
    place INTEGER NOT NULL, -- S: its place in the list, counted from 0
    amount_minor INTEGER, -- S: what it takes off
    discount_id TEXT, -- S: the discount
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    PRIMARY KEY (stream, credit_note_id, credit_note_line_id, place)
) STRICT, WITHOUT ROWID;

-- The tax of one rate in a credit note.
CREATE TABLE credit_note_taxes (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    credit_note_id TEXT NOT NULL, -- S: the object that it belongs to
    place INTEGER NOT NULL, -- S: its place in the list, counted from 0
    amount_minor INTEGER, -- S: the tax
    taxable_minor INTEGER, -- S: what it is a share of
    tax_behavior TEXT, -- S: inclusive or exclusive
    taxability_reason TEXT, -- S: why it is due, or is not
    tax_rate_id TEXT, -- S: the rate
    type TEXT, -- S: what says the rate
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    PRIMARY KEY (stream, credit_note_id, place)
) STRICT, WITHOUT ROWID;

-- What one discount takes off a credit note.
CREATE TABLE credit_note_discounts (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    credit_note_id TEXT NOT NULL, -- S: the object that it belongs to
    place INTEGER NOT NULL, -- S: its place in the list, counted from 0
    amount_minor INTEGER, -- S: what it takes off
    discount_id TEXT, -- S: the discount
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    PRIMARY KEY (stream, credit_note_id, place)
) STRICT, WITHOUT ROWID;

-- One refund that pays out a credit note.
CREATE TABLE credit_note_refunds (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    credit_note_id TEXT NOT NULL, -- S: the object that it belongs to
    place INTEGER NOT NULL, -- S: its place in the list, counted from 0
    type TEXT, -- S: refund or payment_record_refund
    refund_id TEXT, -- S: the refund, where Stripe makes it
    payment_record_id TEXT, -- S: the record of the payment, where it was paid outside Stripe
    amount_refunded_minor INTEGER, -- S: how much of the refund belongs to the credit note
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    PRIMARY KEY (stream, credit_note_id, place)
) STRICT, WITHOUT ROWID;

-- One credit note whose lines have been read whole, since it shows only the first of them itself.
CREATE TABLE credit_note_line_lists (
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

-- One line of a credit note whose lines were read whole.
CREATE TABLE listed_credit_note_lines (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    credit_note_id TEXT NOT NULL, -- S: the object that it belongs to
    id TEXT NOT NULL, -- S: the line's id
    type TEXT, -- S: invoice_line_item or custom_line_item
    invoice_line_id TEXT, -- S: the invoice's line that it credits
    description TEXT, -- S: what is printed on the line
    quantity INTEGER, -- S: how many
    unit_amount TEXT, -- S: price of one in minor units, with decimals, as Stripe wrote it
    amount_minor INTEGER, -- S: what is credited, before discounts and exclusive tax
    discount_minor INTEGER, -- S: discounts that the line had
    metadata TEXT, -- S: the company's own keys and values
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    PRIMARY KEY (stream, credit_note_id, id)
) STRICT, WITHOUT ROWID;

-- The tax of one rate on a line of a credit note whose lines were read whole.
CREATE TABLE listed_credit_note_line_taxes (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    credit_note_id TEXT NOT NULL, -- S: the object that it belongs to
    credit_note_line_id TEXT NOT NULL, -- S: the line that it belongs to
    place INTEGER NOT NULL, -- S: its place in the list, counted from 0
    amount_minor INTEGER, -- S: the tax
    taxable_minor INTEGER, -- S: what it is a share of
    tax_behavior TEXT, -- S: inclusive or exclusive
    taxability_reason TEXT, -- S: why it is due, or is not
    tax_rate_id TEXT, -- S: the rate
    type TEXT, -- S: what says the rate
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    PRIMARY KEY (stream, credit_note_id, credit_note_line_id, place)
) STRICT, WITHOUT ROWID;

-- What one discount takes off a line of a credit note whose lines were read whole.
CREATE TABLE listed_credit_note_line_discounts (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    credit_note_id TEXT NOT NULL, -- S: the object that it belongs to
    credit_note_line_id TEXT NOT NULL, -- S: the line that it belongs to
    place INTEGER NOT NULL, -- S: its place in the list, counted from 0
    amount_minor INTEGER, -- S: what it takes off
    discount_id TEXT, -- S: the discount
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    PRIMARY KEY (stream, credit_note_id, credit_note_line_id, place)
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

-- One movement of a customer's balance.
CREATE TABLE customer_balance_transactions (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: Stripe's id of it
    created_s INTEGER, -- S: when it was entered
    customer_id TEXT, -- S: whose balance it moves
    type TEXT, -- S: adjustment, applied_to_invoice, credit_note, invoice_overpaid, invoice_too_small and others
    currency TEXT, -- S: the currency of its amounts
    amount_minor INTEGER, -- S: what it moves the balance by: negative gives the customer credit
    ending_balance_minor INTEGER, -- S: the customer's balance after it
    invoice_id TEXT, -- S: the invoice that it belongs to
    credit_note_id TEXT, -- S: the credit note that gave the credit
    checkout_session_id TEXT, -- S: the checkout session that it belongs to
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

-- One movement of a customer's cash balance.
CREATE TABLE customer_cash_balance_transactions (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: Stripe's id of it
    created_s INTEGER, -- S: when it was entered
    customer_id TEXT, -- S: whose cash it is
    type TEXT, -- S: funded, applied_to_payment, unapplied_from_payment, refunded_from_payment, adjusted_for_overdraft and others
    currency TEXT, -- S: the currency of its amounts
    net_amount_minor INTEGER, -- S: what it moves the cash balance by: positive comes in
    ending_balance_minor INTEGER, -- S: the cash balance after it
    funded_type TEXT, -- S: how the money came in
    funded_reference TEXT, -- S: what the sender wrote on it
    applied_payment_intent_id TEXT, -- S: the payment intent that it pays
    unapplied_payment_intent_id TEXT, -- S: the payment intent that it is taken back from
    refund_id TEXT, -- S: the refund that gave it back to the cash balance
    overdraft_balance_transaction_id TEXT, -- S: what evening out an overdraft did to the Stripe balance
    transferred_balance_transaction_id TEXT, -- S: what moving it to the company did to the Stripe balance
    certainty TEXT, -- S: how sure this state is: exact, linked, hinted or ambiguous
    gap INTEGER, -- S: 1 when a change must have happened that no event announced
    deleted INTEGER, -- S: 1 when Stripe says that it is deleted; the rest is what it last was
    at_stake_minor INTEGER, -- S: by how much the candidates of an ambiguous state differ, in minor units
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    version TEXT, -- S: the API version that rendered it
    known_seq INTEGER, -- H: the first entry of the log that stated it
    PRIMARY KEY (stream, id)
) STRICT, WITHOUT ROWID;

-- One discount, as Stripe last described it.
CREATE TABLE discounts (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: Stripe's id of it
    start_s INTEGER, -- S: when the coupon was applied
    end_s INTEGER, -- S: when it ends or ended; null for one that stays
    coupon_id TEXT, -- S: the coupon that it applies
    promotion_code_id TEXT, -- S: the code that was redeemed for it
    customer_id TEXT, -- S: who has it
    subscription_id TEXT, -- S: the subscription that it is for
    subscription_item_id TEXT, -- S: the subscription item that it is for
    invoice_id TEXT, -- S: the invoice that it is for
    invoice_item_id TEXT, -- S: the invoice item that it is for
    checkout_session_id TEXT, -- S: the checkout session that gave it
    certainty TEXT, -- S: how sure this state is: exact, linked, hinted or ambiguous
    gap INTEGER, -- S: 1 when a change must have happened that no event announced
    deleted INTEGER, -- S: 1 when Stripe says that it is deleted; the rest is what it last was
    at_stake_minor INTEGER, -- S: by how much the candidates of an ambiguous state differ, in minor units
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    version TEXT, -- S: the API version that rendered it
    known_seq INTEGER, -- H: the first entry of the log that stated it
    PRIMARY KEY (stream, id)
) STRICT, WITHOUT ROWID;

-- One dispute of a charge, as Stripe last described it; a charge can have several.
CREATE TABLE disputes (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: Stripe's id of it
    created_s INTEGER, -- S: when the dispute was opened
    charge_id TEXT, -- S: the charge that is disputed
    payment_intent_id TEXT, -- S: the payment intent of that charge
    status TEXT, -- S: warning_needs_response, warning_under_review, warning_closed, needs_response, under_review, won, lost or prevented
    reason TEXT, -- S: why the customer disputes, as Stripe sorts it
    network_reason_code TEXT, -- S: why, as the card network codes it
    case_type TEXT, -- S: chargeback, inquiry and others
    currency TEXT, -- S: the currency of the amount
    amount_minor INTEGER, -- S: what is disputed
    is_charge_refundable INTEGER, -- S: whether a refund can still settle it
    due_s INTEGER, -- S: when evidence is due
    has_evidence INTEGER, -- S: whether evidence was prepared
    submission_count INTEGER, -- S: how many times evidence was submitted
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

-- One balance transaction of a dispute, as the dispute tells it.
CREATE TABLE dispute_balance_transactions (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    dispute_id TEXT NOT NULL, -- S: the object that it belongs to
    id TEXT NOT NULL, -- S: the balance transaction
    created_s INTEGER, -- S: when it was entered
    available_s INTEGER, -- S: when its net becomes available
    reporting_category TEXT, -- S: dispute or dispute_reversal
    currency TEXT, -- S: the settlement currency of its amounts
    amount_minor INTEGER, -- S: gross: negative is taken, positive given back
    fee_minor INTEGER, -- S: the fee, positive when it is taken
    net_minor INTEGER, -- S: amount less fee
    exchange_rate TEXT, -- S: rate from the dispute's currency, as Stripe wrote it
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    PRIMARY KEY (stream, dispute_id, id)
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
    test_clock_id TEXT, -- S: the test clock that it lives on
    from_invoice_id TEXT, -- S: the invoice that it revises
    latest_revision_id TEXT, -- S: the newest invoice that revises it
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
    subscription_id TEXT, -- S: the subscription of that item
    item_subscription_id TEXT, -- S: the subscription that made the invoice item
    proration INTEGER, -- S: whether a subscription item's line bills a part of a period
    item_proration INTEGER, -- S: whether an invoice item's line bills a part of a period
    discountable INTEGER, -- S: whether discounts apply to it
    subtotal_minor INTEGER, -- S: the amount before discounts and tax
    period_start_s INTEGER, -- S: start of the service period
    period_end_s INTEGER, -- S: end of the service period
    metadata TEXT, -- S: the company's own keys and values
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    PRIMARY KEY (stream, invoice_id, id)
) STRICT, WITHOUT ROWID;

-- The tax of one rate on a line of an invoice.
CREATE TABLE invoice_line_taxes (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    invoice_id TEXT NOT NULL, -- S: the object that it belongs to
    invoice_line_id TEXT NOT NULL, -- S: the line that it belongs to
    place INTEGER NOT NULL, -- S: its place in the list, counted from 0
    amount_minor INTEGER, -- S: the tax
    taxable_minor INTEGER, -- S: what it is a share of
    tax_behavior TEXT, -- S: inclusive or exclusive
    taxability_reason TEXT, -- S: why it is due, or is not
    tax_rate_id TEXT, -- S: the rate
    type TEXT, -- S: what says the rate
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    PRIMARY KEY (stream, invoice_id, invoice_line_id, place)
) STRICT, WITHOUT ROWID;

-- What one discount takes off a line of an invoice.
CREATE TABLE invoice_line_discounts (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    invoice_id TEXT NOT NULL, -- S: the object that it belongs to
    invoice_line_id TEXT NOT NULL, -- S: the line that it belongs to
    place INTEGER NOT NULL, -- S: its place in the list, counted from 0
    amount_minor INTEGER, -- S: what it takes off
    discount_id TEXT, -- S: the discount
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    PRIMARY KEY (stream, invoice_id, invoice_line_id, place)
) STRICT, WITHOUT ROWID;

-- An amount taken off a line of an invoice before tax.
CREATE TABLE invoice_line_pretax_credits (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    invoice_id TEXT NOT NULL, -- S: the object that it belongs to
    invoice_line_id TEXT NOT NULL, -- S: the line that it belongs to
    place INTEGER NOT NULL, -- S: its place in the list, counted from 0
    amount_minor INTEGER, -- S: what is taken off
    type TEXT, -- S: credit_balance_transaction or discount
    credit_balance_transaction_id TEXT, -- S: the use of a credit grant, where it is one
    discount_id TEXT, -- S: the discount, where it is one
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    PRIMARY KEY (stream, invoice_id, invoice_line_id, place)
) STRICT, WITHOUT ROWID;

-- The tax of one rate in an invoice.
CREATE TABLE invoice_taxes (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    invoice_id TEXT NOT NULL, -- S: the object that it belongs to
    place INTEGER NOT NULL, -- S: its place in the list, counted from 0
    amount_minor INTEGER, -- S: the tax
    taxable_minor INTEGER, -- S: what it is a share of
    tax_behavior TEXT, -- S: inclusive or exclusive
    taxability_reason TEXT, -- S: why it is due, or is not
    tax_rate_id TEXT, -- S: the rate
    type TEXT, -- S: what says the rate
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    PRIMARY KEY (stream, invoice_id, place)
) STRICT, WITHOUT ROWID;

-- What one discount takes off an invoice.
CREATE TABLE invoice_discounts (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    invoice_id TEXT NOT NULL, -- S: the object that it belongs to
    place INTEGER NOT NULL, -- S: its place in the list, counted from 0
    amount_minor INTEGER, -- S: what it takes off
    discount_id TEXT, -- S: the discount
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    PRIMARY KEY (stream, invoice_id, place)
) STRICT, WITHOUT ROWID;

-- An amount taken off an invoice before tax.
CREATE TABLE invoice_pretax_credits (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    invoice_id TEXT NOT NULL, -- S: the object that it belongs to
    place INTEGER NOT NULL, -- S: its place in the list, counted from 0
    amount_minor INTEGER, -- S: what is taken off
    type TEXT, -- S: credit_balance_transaction or discount
    credit_balance_transaction_id TEXT, -- S: the use of a credit grant, where it is one
    discount_id TEXT, -- S: the discount, where it is one
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    PRIMARY KEY (stream, invoice_id, place)
) STRICT, WITHOUT ROWID;

-- One invoice item, as Stripe last described it.
CREATE TABLE invoice_items (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: Stripe's id of it
    created_s INTEGER, -- S: when the item was made
    customer_id TEXT, -- S: who is to pay
    invoice_id TEXT, -- S: the invoice that it stands on; null while it waits for one
    subscription_id TEXT, -- S: the subscription that made it
    subscription_item_id TEXT, -- S: the subscription item that made it
    description TEXT, -- S: what is printed on the line
    currency TEXT, -- S: the currency of its amounts
    amount_minor INTEGER, -- S: what it asks for, negative for a credit
    net_amount_minor INTEGER, -- S: the amount less the discounts that a proration carries
    quantity INTEGER, -- S: how many
    unit_amount TEXT, -- S: price of one in minor units, with decimals, as Stripe wrote it
    price_id TEXT, -- S: the price
    product_id TEXT, -- S: the product
    proration INTEGER, -- S: whether a change of a subscription made it
    discountable INTEGER, -- S: whether discounts apply to it
    period_start_s INTEGER, -- S: start of the service period
    period_end_s INTEGER, -- S: end of the service period
    test_clock_id TEXT, -- S: the test clock that it lives on
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

-- One invoice whose lines have been read whole, since it shows only the first of them itself.
CREATE TABLE invoice_line_lists (
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

-- One line of an invoice whose lines were read whole.
CREATE TABLE listed_invoice_lines (
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
    subscription_id TEXT, -- S: the subscription of that item
    item_subscription_id TEXT, -- S: the subscription that made the invoice item
    proration INTEGER, -- S: whether a subscription item's line bills a part of a period
    item_proration INTEGER, -- S: whether an invoice item's line bills a part of a period
    discountable INTEGER, -- S: whether discounts apply to it
    subtotal_minor INTEGER, -- S: the amount before discounts and tax
    period_start_s INTEGER, -- S: start of the service period
    period_end_s INTEGER, -- S: end of the service period
    metadata TEXT, -- S: the company's own keys and values
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    PRIMARY KEY (stream, invoice_id, id)
) STRICT, WITHOUT ROWID;

-- The tax of one rate on a line of an invoice whose lines were read whole.
CREATE TABLE listed_invoice_line_taxes (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    invoice_id TEXT NOT NULL, -- S: the object that it belongs to
    invoice_line_id TEXT NOT NULL, -- S: the line that it belongs to
    place INTEGER NOT NULL, -- S: its place in the list, counted from 0
    amount_minor INTEGER, -- S: the tax
    taxable_minor INTEGER, -- S: what it is a share of
    tax_behavior TEXT, -- S: inclusive or exclusive
    taxability_reason TEXT, -- S: why it is due, or is not
    tax_rate_id TEXT, -- S: the rate
    type TEXT, -- S: what says the rate
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    PRIMARY KEY (stream, invoice_id, invoice_line_id, place)
) STRICT, WITHOUT ROWID;

-- What one discount takes off a line of an invoice whose lines were read whole.
CREATE TABLE listed_invoice_line_discounts (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    invoice_id TEXT NOT NULL, -- S: the object that it belongs to
    invoice_line_id TEXT NOT NULL, -- S: the line that it belongs to
    place INTEGER NOT NULL, -- S: its place in the list, counted from 0
    amount_minor INTEGER, -- S: what it takes off
    discount_id TEXT, -- S: the discount
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    PRIMARY KEY (stream, invoice_id, invoice_line_id, place)
) STRICT, WITHOUT ROWID;

-- An amount taken before tax off a line of an invoice whose lines were read whole.
CREATE TABLE listed_invoice_line_pretax_credits (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    invoice_id TEXT NOT NULL, -- S: the object that it belongs to
    invoice_line_id TEXT NOT NULL, -- S: the line that it belongs to
    place INTEGER NOT NULL, -- S: its place in the list, counted from 0
    amount_minor INTEGER, -- S: what is taken off
    type TEXT, -- S: credit_balance_transaction or discount
    credit_balance_transaction_id TEXT, -- S: the use of a credit grant, where it is one
    discount_id TEXT, -- S: the discount, where it is one
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    PRIMARY KEY (stream, invoice_id, invoice_line_id, place)
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

-- One payment intent, as Stripe last described it.
CREATE TABLE payment_intents (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: Stripe's id of it
    created_s INTEGER, -- S: when it was made
    customer_id TEXT, -- S: who is to pay
    status TEXT, -- S: requires_payment_method, requires_confirmation, requires_action, processing, requires_capture, canceled or succeeded
    currency TEXT, -- S: the currency in which the customer pays
    amount_minor INTEGER, -- S: what is to be paid
    amount_capturable_minor INTEGER, -- S: what is authorised and waits to be captured
    amount_received_minor INTEGER, -- S: what was paid
    capture_method TEXT, -- S: automatic, automatic_async or manual
    latest_charge_id TEXT, -- S: the newest attempt to charge
    payment_method_id TEXT, -- S: what it is paid with
    canceled_s INTEGER, -- S: when it was cancelled
    cancellation_reason TEXT, -- S: why it was cancelled
    last_error_code TEXT, -- S: why the newest attempt failed, as a code
    last_error_decline_code TEXT, -- S: why the card's issuer declined it, as a code
    application_fee_minor INTEGER, -- S: what the platform asks for
    on_behalf_of_id TEXT, -- S: the connected account that it is made for
    transfer_destination_id TEXT, -- S: the connected account that gets the money
    transfer_amount_minor INTEGER, -- S: what that account gets; null for all of it
    transfer_group TEXT, -- S: what groups it with transfers
    statement_descriptor TEXT, -- S: what stands on the customer's statement
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

-- One payment method, as Stripe last described it.
CREATE TABLE payment_methods (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: Stripe's id of it
    created_s INTEGER, -- S: when it was made
    customer_id TEXT, -- S: whose it is; null once it is detached
    type TEXT, -- S: card, sepa_debit and others
    card_brand TEXT, -- S: the card's brand
    card_funding TEXT, -- S: credit, debit, prepaid or unknown
    card_country TEXT, -- S: the country that the card is from
    card_last4 TEXT, -- S: the last four digits of the card
    card_exp_month INTEGER, -- S: the month in which the card expires
    card_exp_year INTEGER, -- S: the year in which the card expires
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
    application_fee_id TEXT, -- S: the fee that the platform took
    application_fee_minor INTEGER, -- S: what the platform asked for
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

-- One payout whose balance transactions have been read whole.
CREATE TABLE payout_memberships (
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

-- One balance transaction that a payout covers.
CREATE TABLE payout_transactions (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    payout_id TEXT NOT NULL, -- S: the object that it belongs to
    id TEXT NOT NULL, -- S: the balance transaction
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    PRIMARY KEY (stream, payout_id, id)
) STRICT, WITHOUT ROWID;

-- One price of a product, as Stripe last described it.
CREATE TABLE prices (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: Stripe's id of it
    created_s INTEGER, -- S: when the price was made
    product_id TEXT, -- S: the product that it is a price of
    nickname TEXT, -- S: the company's own name of it
    lookup_key TEXT, -- S: the company's own key of it, which can move to another price
    active INTEGER, -- S: whether it can be used for something new
    type TEXT, -- S: one_time or recurring
    billing_scheme TEXT, -- S: per_unit or tiered
    tiers_mode TEXT, -- S: graduated or volume, where it is tiered
    currency TEXT, -- S: the currency of its amounts
    unit_amount_minor INTEGER, -- S: what one costs; null where that is no whole number or there are tiers
    unit_amount TEXT, -- S: what one costs in minor units, with decimals, as Stripe wrote it
    tax_behavior TEXT, -- S: inclusive, exclusive or unspecified
    interval TEXT, -- S: day, week, month or year
    interval_count INTEGER, -- S: intervals between invoices
    usage_type TEXT, -- S: licensed or metered
    meter_id TEXT, -- S: the meter that counts its usage
    divide_by INTEGER, -- S: what the quantity is divided by before it is priced
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

-- One product, as Stripe last described it.
CREATE TABLE products (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: Stripe's id of it
    created_s INTEGER, -- S: when the product was made
    updated_s INTEGER, -- S: when it was last changed
    name TEXT, -- S: what customers see it called
    description TEXT, -- S: what customers are told of it
    active INTEGER, -- S: whether it can be sold
    type TEXT, -- S: good or service
    unit_label TEXT, -- S: what one of it is called
    default_price_id TEXT, -- S: the price that it is sold at by default
    tax_code_id TEXT, -- S: how taxes see it
    statement_descriptor TEXT, -- S: what stands on the customer's statement
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

-- One promotion code, as Stripe last described it.
CREATE TABLE promotion_codes (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: Stripe's id of it
    created_s INTEGER, -- S: when the code was made
    code TEXT, -- S: what the customer types
    coupon_id TEXT, -- S: the coupon that it redeems
    customer_id TEXT, -- S: the one customer who can use it; null for all
    active INTEGER, -- S: whether it can be used
    max_redemptions INTEGER, -- S: how many times it can be redeemed at most
    times_redeemed INTEGER, -- S: how many times it was redeemed
    expires_s INTEGER, -- S: when it can last be used
    first_time_transaction INTEGER, -- S: whether only those who never paid before can use it
    currency TEXT, -- S: the currency of the least amount
    minimum_amount_minor INTEGER, -- S: the least amount that it can be used for
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
    transfer_reversal_id TEXT, -- S: what took the money back from the connected account
    source_transfer_reversal_id TEXT, -- S: the platform's transfer reversal that this refund is on a connected account
    destination_type TEXT, -- S: what the money goes back to
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

-- One reserve hold, as Stripe last described it.
CREATE TABLE reserve_holds (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: Stripe's id of it
    created_s INTEGER, -- S: when the money was put aside
    created_by TEXT, -- S: who put it aside: stripe or the application
    reason TEXT, -- S: why it was put aside
    currency TEXT, -- S: the currency of its amount
    amount_minor INTEGER, -- S: what is put aside
    release_after_s INTEGER, -- S: when it may be let go
    scheduled_release_s INTEGER, -- S: when it will be let go
    source_charge_id TEXT, -- S: the charge whose money it is, where it is tied to one
    source_type TEXT, -- S: which balance it draws on: card, fpx or bank_account
    certainty TEXT, -- S: how sure this state is: exact, linked, hinted or ambiguous
    gap INTEGER, -- S: 1 when a change must have happened that no event announced
    deleted INTEGER, -- S: 1 when Stripe says that it is deleted; the rest is what it last was
    at_stake_minor INTEGER, -- S: by how much the candidates of an ambiguous state differ, in minor units
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    version TEXT, -- S: the API version that rendered it
    known_seq INTEGER, -- H: the first entry of the log that stated it
    PRIMARY KEY (stream, id)
) STRICT, WITHOUT ROWID;

-- One release of a reserve hold, whole or in part.
CREATE TABLE reserve_releases (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: Stripe's id of it
    created_s INTEGER, -- S: when the release was made
    released_s INTEGER, -- S: when the money was let go
    created_by TEXT, -- S: who let it go: stripe or the application
    reason TEXT, -- S: why it was let go
    currency TEXT, -- S: the currency of its amount
    amount_minor INTEGER, -- S: what is let go
    reserve_hold_id TEXT, -- S: the hold that it ends, or lowers
    certainty TEXT, -- S: how sure this state is: exact, linked, hinted or ambiguous
    gap INTEGER, -- S: 1 when a change must have happened that no event announced
    deleted INTEGER, -- S: 1 when Stripe says that it is deleted; the rest is what it last was
    at_stake_minor INTEGER, -- S: by how much the candidates of an ambiguous state differ, in minor units
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    version TEXT, -- S: the API version that rendered it
    known_seq INTEGER, -- H: the first entry of the log that stated it
    PRIMARY KEY (stream, id)
) STRICT, WITHOUT ROWID;

-- One setup intent, as Stripe last described it.
CREATE TABLE setup_intents (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: Stripe's id of it
    created_s INTEGER, -- S: when it was made
    customer_id TEXT, -- S: whose payment method is saved
    status TEXT, -- S: requires_payment_method, requires_confirmation, requires_action, processing, canceled or succeeded
    usage TEXT, -- S: off_session or on_session
    payment_method_id TEXT, -- S: what is saved
    cancellation_reason TEXT, -- S: why it was cancelled
    last_error_code TEXT, -- S: why the newest attempt failed, as a code
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
    pause_resumes_s INTEGER, -- S: when collection goes on by itself
    schedule_id TEXT, -- S: the schedule that moves it
    pending_setup_intent_id TEXT, -- S: the setup intent that waits for the customer
    application_fee_percent TEXT, -- S: the platform's share of its invoices in per cent, as Stripe wrote it
    test_clock_id TEXT, -- S: the test clock that it lives on
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
    unit_amount_minor INTEGER, -- S: price of one; null where that is no whole number or there are tiers
    unit_amount TEXT, -- S: price of one in minor units, with decimals, as Stripe wrote it
    interval TEXT, -- S: day, week, month or year
    interval_count INTEGER, -- S: intervals between invoices
    quantity INTEGER, -- S: how many
    period_start_s INTEGER, -- S: when the current period began
    period_end_s INTEGER, -- S: when the current period ends
    metadata TEXT, -- S: the company's own keys and values
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    PRIMARY KEY (stream, subscription_id, id)
) STRICT, WITHOUT ROWID;

-- One subscription whose items have been read whole, since it shows only the first of them itself.
CREATE TABLE subscription_item_lists (
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

-- One item of a subscription whose items were read whole.
CREATE TABLE listed_subscription_items (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    subscription_id TEXT NOT NULL, -- S: the object that it belongs to
    id TEXT NOT NULL, -- S: the item's id
    created_s INTEGER, -- S: when the item was added
    price_id TEXT, -- S: the price
    product_id TEXT, -- S: the product that the price is of
    currency TEXT, -- S: the price's currency
    unit_amount_minor INTEGER, -- S: price of one; null where that is no whole number or there are tiers
    unit_amount TEXT, -- S: price of one in minor units, with decimals, as Stripe wrote it
    interval TEXT, -- S: day, week, month or year
    interval_count INTEGER, -- S: intervals between invoices
    quantity INTEGER, -- S: how many
    period_start_s INTEGER, -- S: when the current period began
    period_end_s INTEGER, -- S: when the current period ends
    metadata TEXT, -- S: the company's own keys and values
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    PRIMARY KEY (stream, subscription_id, id)
) STRICT, WITHOUT ROWID;

-- One subscription schedule, as Stripe last described it.
CREATE TABLE subscription_schedules (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: Stripe's id of it
    created_s INTEGER, -- S: when the schedule was made
    customer_id TEXT, -- S: whose it is
    subscription_id TEXT, -- S: the subscription that it moves
    released_subscription_id TEXT, -- S: the subscription that it moved until it was released
    status TEXT, -- S: not_started, active, completed, released or canceled
    end_behavior TEXT, -- S: what becomes of the subscription at its end: release or cancel
    current_phase_start_s INTEGER, -- S: when the present phase began
    current_phase_end_s INTEGER, -- S: when the present phase ends
    canceled_s INTEGER, -- S: when it was cancelled
    completed_s INTEGER, -- S: when its last phase ended
    released_s INTEGER, -- S: when the subscription was released from it
    test_clock_id TEXT, -- S: the test clock that it lives on
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

-- One phase of a subscription schedule.
CREATE TABLE subscription_schedule_phases (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    subscription_schedule_id TEXT NOT NULL, -- S: the object that it belongs to
    place INTEGER NOT NULL, -- S: its place in the list, counted from 0
    start_s INTEGER, -- S: when the phase begins
    end_s INTEGER, -- S: when the phase ends
    trial_end_s INTEGER, -- S: when the trial in it ends
    currency TEXT, -- S: the currency of its invoices
    collection_method TEXT, -- S: charge_automatically or send_invoice
    proration_behavior TEXT, -- S: whether its start prorates: create_prorations, always_invoice or none
    metadata TEXT, -- S: the company's own keys and values
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    PRIMARY KEY (stream, subscription_schedule_id, place)
) STRICT, WITHOUT ROWID;

-- One item of a phase: a price and how many of it.
CREATE TABLE subscription_schedule_phase_items (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    subscription_schedule_id TEXT NOT NULL, -- S: the object that it belongs to
    phase INTEGER NOT NULL, -- S: the place of the phase that it belongs to
    place INTEGER NOT NULL, -- S: its place in the list, counted from 0
    price_id TEXT, -- S: the price
    quantity INTEGER, -- S: how many
    metadata TEXT, -- S: the company's own keys and values
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    PRIMARY KEY (stream, subscription_schedule_id, phase, place)
) STRICT, WITHOUT ROWID;

-- One tax rate, as Stripe last described it.
CREATE TABLE tax_rates (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: Stripe's id of it
    created_s INTEGER, -- S: when the rate was made
    display_name TEXT, -- S: what customers see it called
    description TEXT, -- S: the company's own note on it
    percentage TEXT, -- S: its share in per cent, as Stripe wrote it
    effective_percentage TEXT, -- S: the share in per cent that is due in fact, where Stripe reckoned it
    inclusive INTEGER, -- S: whether amounts contain it
    rate_type TEXT, -- S: percentage or flat_amount
    currency TEXT, -- S: the currency of a flat amount
    flat_amount_minor INTEGER, -- S: what is due, where that is a flat amount
    tax_type TEXT, -- S: vat, sales_tax and others
    country TEXT, -- S: the country that levies it
    state TEXT, -- S: the state that levies it
    jurisdiction TEXT, -- S: who levies it, as shown to customers
    active INTEGER, -- S: whether it can be used for something new
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

-- One test clock, as Stripe last described it.
CREATE TABLE test_clocks (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: Stripe's id of it
    created_s INTEGER, -- S: when the clock was made
    name TEXT, -- S: the company's own name of it
    status TEXT, -- S: ready, advancing or internal_failure
    frozen_s INTEGER, -- S: the moment that it stands at
    deletes_s INTEGER, -- S: when it is deleted with all that lives on it
    certainty TEXT, -- S: how sure this state is: exact, linked, hinted or ambiguous
    gap INTEGER, -- S: 1 when a change must have happened that no event announced
    deleted INTEGER, -- S: 1 when Stripe says that it is deleted; the rest is what it last was
    at_stake_minor INTEGER, -- S: by how much the candidates of an ambiguous state differ, in minor units
    unknown TEXT, -- S: names of the columns that can't be known, as against null: there is none
    version TEXT, -- S: the API version that rendered it
    known_seq INTEGER, -- H: the first entry of the log that stated it
    PRIMARY KEY (stream, id)
) STRICT, WITHOUT ROWID;

-- One top-up, as Stripe last described it.
CREATE TABLE topups (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: Stripe's id of it
    created_s INTEGER, -- S: when the top-up was made
    expected_s INTEGER, -- S: when it is expected to be available
    status TEXT, -- S: pending, succeeded, failed, canceled or reversed
    currency TEXT, -- S: the currency of its amount
    amount_minor INTEGER, -- S: what is sent
    balance_transaction_id TEXT, -- S: what it did to the Stripe balance
    failure_code TEXT, -- S: why it failed, as a code
    failure_message TEXT, -- S: why it failed, for people
    source_id TEXT, -- S: where the money comes from
    transfer_group TEXT, -- S: what groups it with transfers
    statement_descriptor TEXT, -- S: what stands on the bank statement
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

-- One transfer, as Stripe last described it.
CREATE TABLE transfers (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: Stripe's id of it
    created_s INTEGER, -- S: when the transfer was made
    destination_id TEXT, -- S: the connected account that gets it
    destination_payment_id TEXT, -- S: the payment that it is on that account
    currency TEXT, -- S: the currency of its amounts
    amount_minor INTEGER, -- S: what is handed on
    amount_reversed_minor INTEGER, -- S: what was taken back of it
    reversed INTEGER, -- S: whether all of it was taken back
    balance_transaction_id TEXT, -- S: what it did to the Stripe balance
    source_transaction_id TEXT, -- S: the charge whose money it is, where it is tied to one
    source_type TEXT, -- S: which balance it draws on: card, fpx or bank_account
    transfer_group TEXT, -- S: what groups it with charges
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

-- One reversal of a transfer, whole or in part.
CREATE TABLE transfer_reversals (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    id TEXT NOT NULL, -- S: Stripe's id of it
    created_s INTEGER, -- S: when the reversal was made
    transfer_id TEXT, -- S: the transfer that is reversed
    currency TEXT, -- S: the currency of its amount
    amount_minor INTEGER, -- S: what is taken back
    balance_transaction_id TEXT, -- S: what it did to the Stripe balance
    destination_payment_refund_id TEXT, -- S: the refund that it is on the connected account
    source_refund_id TEXT, -- S: the refund that caused it
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

-- What one object says under the id of another.
CREATE TABLE links (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    target_type TEXT NOT NULL, -- S: kind of the object spoken of
    target_id TEXT NOT NULL, -- S: its id
    relation TEXT NOT NULL, -- S: what the source is to the target
    source_type TEXT NOT NULL, -- S: kind of the object that says so
    source_id TEXT NOT NULL, -- S: its id
    currency TEXT, -- S: currency of the amount; empty where none comes with it
    amount_minor INTEGER, -- S: the amount that comes with it, in minor units; of whole_list_s a Unix second
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
    amount_minor INTEGER, -- S: sum of their amounts, in minor units; of whole_list_s a Unix second
    PRIMARY KEY (stream, target_type, target_id, relation, currency)
) STRICT, WITHOUT ROWID;

-- Sums of balance transactions by what they were and when they become available.
CREATE TABLE balance_activity (
    stream TEXT NOT NULL, -- S: the stream: account and mode
    currency TEXT NOT NULL, -- S: settlement currency
    balance_type TEXT NOT NULL, -- S: which balance they move
    reporting_category TEXT NOT NULL, -- S: Stripe's category for accounting
    available_s INTEGER NOT NULL, -- S: when their net becomes available; 0 where Stripe does not say
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
    reason TEXT NOT NULL, -- S: why: ambiguous, thin, unknown_field, embedded_only, bt_null or stale_list
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
