-- The books for reading: names beside ids, months, sums. Amounts stay minor units of the currency beside them: `currency`, or
-- for an amount whose name begins with `settlement_`, `settlement_currency`.
-- Filter by `stream`, as `daybook query` does: live and test, or two accounts, never add up.
-- What depends on the time is told at the book clock. `daybook views` shows what stands above and beside the names.

-- Until when the books know what happened: Stripe's latest second in the stream. What passing time changes is told as of it.
-- Example:
--   SELECT at, seq FROM book_clock
CREATE VIEW book_clock (
    stream, -- the stream: account and mode
    clock_s, -- the book clock
    at, -- the same as UTC text
    seq -- the last entry of the log that is in the book
) AS
SELECT stream, clock_s, datetime(clock_s, 'unixepoch'), seq
FROM position;

-- What the Stripe balance comes to at the book clock, per currency and kind of balance.
-- Example:
--   SELECT currency, available_minor, pending_minor, at_book_clock
--   FROM balance_view ORDER BY currency
CREATE VIEW balance_view (
    stream, -- the stream: account and mode
    currency, -- the settlement currency
    balance_type, -- which balance: payments, issuing and others
    available_minor, -- what can be paid out
    pending_minor, -- what becomes available later
    transactions, -- how many balance transactions
    at_book_clock -- the moment for which this is told
) AS
SELECT
    activity.stream,
    activity.currency,
    activity.balance_type,
    sum(CASE WHEN activity.available_s <= position.clock_s THEN activity.net_minor ELSE 0 END),
    sum(CASE WHEN activity.available_s > position.clock_s THEN activity.net_minor ELSE 0 END),
    sum(activity.transactions),
    datetime(position.clock_s, 'unixepoch')
FROM balance_activity AS activity
JOIN position ON position.stream = activity.stream
GROUP BY activity.stream, activity.currency, activity.balance_type;

-- Every invoice with its customer.
-- Example:
--   SELECT number, customer_name, status, currency, total_minor, due
--   FROM invoice_view WHERE overdue ORDER BY due, id LIMIT 10
CREATE VIEW invoice_view (
    stream, -- the stream: account and mode
    id, -- the invoice
    number, -- the number printed on it
    customer_id, -- who is to pay
    customer_name, -- the customer's name now, or else as printed on it
    customer_email, -- the customer's address now, or else as printed on it
    status, -- draft, open, paid, uncollectible or void
    currency, -- the currency of its amounts
    total_minor, -- what is invoiced, after discounts and tax
    amount_due_minor, -- what was to be paid of it
    amount_paid_minor, -- what was paid
    amount_remaining_minor, -- what was not; stays as it was when the invoice is voided
    created, -- when it was made
    finalized, -- when it was finalised
    due, -- when payment is due
    paid, -- when it was paid
    overdue, -- 1 when it is open past its due date at the book clock
    subscription_id, -- the subscription that it bills
    deleted, -- 1 when it was a draft and is deleted
    certainty -- how sure this state is
) AS
SELECT
    invoices.stream,
    invoices.id,
    invoices.number,
    invoices.customer_id,
    coalesce(customers.name, invoices.customer_name),
    coalesce(customers.email, invoices.customer_email),
    invoices.status,
    invoices.currency,
    invoices.total_minor,
    invoices.amount_due_minor,
    invoices.amount_paid_minor,
    invoices.amount_remaining_minor,
    datetime(invoices.created_s, 'unixepoch'),
    datetime(invoices.finalized_s, 'unixepoch'),
    datetime(invoices.due_s, 'unixepoch'),
    datetime(invoices.paid_s, 'unixepoch'),
    coalesce(invoices.status = 'open' AND invoices.due_s <= position.clock_s, 0),
    invoices.subscription_id,
    invoices.deleted,
    invoices.certainty
FROM invoices
JOIN position ON position.stream = invoices.stream
LEFT JOIN customers ON customers.stream = invoices.stream AND customers.id = invoices.customer_id;

-- Every charge with what it brought, and the invoice that its payment intent paid.
-- Example:
--   SELECT id, customer_name, currency, amount_minor, refunds_minor, settlement_currency, settlement_net_minor
--   FROM charge_view WHERE status = 'succeeded' ORDER BY created DESC, id LIMIT 10
CREATE VIEW charge_view (
    stream, -- the stream: account and mode
    id, -- the charge
    customer_id, -- who was charged
    customer_name, -- the customer's name
    status, -- pending, succeeded or failed
    currency, -- the currency in which the customer paid
    amount_minor, -- what was to be charged
    amount_captured_minor, -- what was captured of it
    refunds_minor, -- what refunds of it give back; releases of what was not captured left out
    settlement_currency, -- the currency in which it came into the Stripe balance
    settlement_fee_minor, -- fees that were taken of it
    settlement_net_minor, -- what it brought after fees
    available, -- the day on which that becomes available
    payment_intent_id, -- the payment intent that it belongs to
    invoice_id, -- the invoice that it paid; the first by id, should there be several
    failure_code, -- why it failed
    created, -- when it was made
    certainty -- how sure this state is
) AS
SELECT
    charges.stream,
    charges.id,
    charges.customer_id,
    customers.name,
    charges.status,
    charges.currency,
    charges.amount_minor,
    charges.amount_captured_minor,
    (
        SELECT coalesce(sum(refund_view.given_back_minor), 0)
        FROM links
        CROSS JOIN refund_view ON refund_view.stream = links.stream AND refund_view.id = links.source_id
        WHERE links.stream = charges.stream
            AND links.target_type = 'charge'
            AND links.target_id = charges.id
            AND links.relation = 'refund'
            AND links.source_type = 'refund'
    ),
    balance_transactions.currency,
    balance_transactions.fee_minor,
    balance_transactions.net_minor,
    date(balance_transactions.available_s, 'unixepoch'),
    charges.payment_intent_id,
    (
        SELECT min(invoice_payments.invoice_id)
        FROM links
        JOIN invoice_payments ON invoice_payments.stream = links.stream AND invoice_payments.id = links.source_id
        WHERE links.stream = charges.stream
            AND links.target_type = 'payment_intent'
            AND links.target_id = charges.payment_intent_id
            AND links.relation = 'payment'
            AND links.source_type = 'invoice_payment'
    ),
    charges.failure_code,
    datetime(charges.created_s, 'unixepoch'),
    charges.certainty
FROM charges
LEFT JOIN customers ON customers.stream = charges.stream AND customers.id = charges.customer_id
LEFT JOIN balance_transactions
    ON balance_transactions.stream = charges.stream AND balance_transactions.id = charges.balance_transaction_id;

-- Every refund with what it gives back. One that releases what was never collected gives back nothing: of an authorisation that
-- was not captured, or of the part that a capture left.
-- Example:
--   SELECT id, charge_id, status, reason, currency, amount_minor, given_back_minor
--   FROM refund_view ORDER BY created_s DESC, id LIMIT 10
CREATE VIEW refund_view (
    stream, -- the stream: account and mode
    id, -- the refund
    created_s, -- when it was made
    charge_id, -- the charge that is refunded
    status, -- pending, requires_action, succeeded, failed or canceled
    reason, -- why
    currency, -- the currency of the charge
    amount_minor, -- what it is about
    given_back_minor -- what it gives back of what was collected; 0 when it failed or was cancelled, or only releases
) AS
SELECT
    refund.stream,
    refund.id,
    refund.created_s,
    refund.charge_id,
    refund.status,
    refund.reason,
    refund.currency,
    refund.amount_minor,
    CASE
        WHEN refund.status IN ('failed', 'canceled') THEN 0
        WHEN refund.reason = 'expired_uncaptured_charge' THEN 0
        WHEN charges.amount_captured_minor = 0 THEN 0
        WHEN moved.reporting_category = 'partial_capture_reversal' THEN 0
        ELSE refund.amount_minor
    END
FROM refunds AS refund
LEFT JOIN charges ON charges.stream = refund.stream AND charges.id = refund.charge_id
LEFT JOIN balance_transactions AS moved
    ON moved.stream = refund.stream AND moved.id = refund.balance_transaction_id;

-- Every customer with what was invoiced (drafts, voids and deleted invoices left out), paid, written off and is still to
-- come; a row per currency, and one without a currency for a customer who was never invoiced.
-- Example:
--   SELECT name, currency, invoiced_minor, paid_minor, receivable_minor
--   FROM customer_view ORDER BY name, id, currency LIMIT 10
CREATE VIEW customer_view (
    stream, -- the stream: account and mode
    id, -- the customer
    name, -- the customer's name
    email, -- the customer's e-mail address
    currency, -- the currency of the row's amounts
    invoiced_minor, -- what was invoiced
    paid_minor, -- what was paid of it
    receivable_minor, -- what is still owed
    written_off_minor, -- what was given up
    invoices, -- how many invoices
    delinquent, -- whether the latest charge of an invoice failed
    deleted, -- 1 when the customer is deleted
    created, -- when Stripe made the customer
    certainty -- how sure this state is
) AS
SELECT
    customers.stream,
    customers.id,
    customers.name,
    customers.email,
    totals.currency,
    coalesce(sum(totals.amount_minor) FILTER (WHERE totals.relation = 'invoiced'), 0),
    (
        SELECT coalesce(sum(invoices.amount_paid_minor), 0)
        FROM links
        JOIN invoices ON invoices.stream = links.stream AND invoices.id = links.source_id
        WHERE links.stream = customers.stream
            AND links.target_type = 'customer'
            AND links.target_id = customers.id
            AND links.relation = 'invoiced'
            AND links.source_type = 'invoice'
            AND links.currency = totals.currency
    ),
    coalesce(sum(totals.amount_minor) FILTER (WHERE totals.relation = 'receivable'), 0),
    coalesce(sum(totals.amount_minor) FILTER (WHERE totals.relation = 'written_off'), 0),
    coalesce(sum(totals.links) FILTER (WHERE totals.relation = 'invoiced'), 0),
    customers.delinquent,
    customers.deleted,
    datetime(customers.created_s, 'unixepoch'),
    customers.certainty
FROM customers
LEFT JOIN totals
    ON totals.stream = customers.stream AND totals.target_type = 'customer' AND totals.target_id = customers.id
    AND totals.relation IN ('invoiced', 'receivable', 'written_off')
GROUP BY customers.stream, customers.id, totals.currency;

-- Every payout with the dates on which it was made and should arrive.
-- Example:
--   SELECT id, status, currency, amount_minor, arrival
--   FROM payout_view ORDER BY created DESC, id LIMIT 10
CREATE VIEW payout_view (
    stream, -- the stream: account and mode
    id, -- the payout
    status, -- pending, in_transit, paid, failed or canceled
    currency, -- the currency of its amount
    amount_minor, -- what is sent; negative when the bank is debited
    created, -- when it was made
    arrival, -- the day on which the bank is expected to have it
    automatic, -- whether Stripe's schedule made it
    failure_code, -- why it failed
    reconciliation_status, -- whether Stripe can itemise it
    statement_descriptor, -- what stands on the bank statement
    certainty -- how sure this state is
) AS
SELECT
    payouts.stream,
    payouts.id,
    payouts.status,
    payouts.currency,
    payouts.amount_minor,
    datetime(payouts.created_s, 'unixepoch'),
    date(payouts.arrival_s, 'unixepoch'),
    payouts.automatic,
    payouts.failure_code,
    payouts.reconciliation_status,
    payouts.statement_descriptor,
    payouts.certainty
FROM payouts;

-- Every invoice that is open, with what is owed on it and since when. One without a due date is due once it is finalised.
-- Example:
--   SELECT number, customer_name, currency, owed_minor, due, days_overdue
--   FROM open_invoices ORDER BY days_overdue DESC, id LIMIT 10
CREATE VIEW open_invoices (
    stream, -- the stream: account and mode
    id, -- the invoice
    number, -- the number printed on it
    customer_id, -- who is to pay
    customer_name, -- the customer's name now, or else as printed on it
    collection_method, -- charge_automatically or send_invoice
    currency, -- the currency of its amounts
    total_minor, -- what is invoiced, after discounts and tax
    owed_minor, -- what is still to be paid
    finalized, -- the day on which it was finalised
    due, -- the day on which it is or was due
    days_overdue, -- whole days since then at the book clock; 0 when it is not yet due
    attempt_count, -- how many automatic payments were tried
    next_payment_attempt_s -- when payment is tried next
) AS
WITH dated AS (
    SELECT *, coalesce(due_s, finalized_s, created_s) AS owed_since_s
    FROM invoices
    WHERE status = 'open' AND deleted = 0
)
SELECT
    dated.stream,
    dated.id,
    dated.number,
    dated.customer_id,
    coalesce(customers.name, dated.customer_name),
    dated.collection_method,
    dated.currency,
    dated.total_minor,
    dated.amount_remaining_minor,
    date(dated.finalized_s, 'unixepoch'),
    date(dated.owed_since_s, 'unixepoch'),
    max(0, (position.clock_s - dated.owed_since_s) / 86400),
    dated.attempt_count,
    dated.next_payment_attempt_s
FROM dated
JOIN position ON position.stream = dated.stream
LEFT JOIN customers ON customers.stream = dated.stream AND customers.id = dated.customer_id;

-- What each customer owes, by how long it has been due at the book clock.
-- Example:
--   SELECT currency, sum(owed_minor) AS owed_minor, sum(days_0_minor) AS days_0_minor, sum(days_1_30_minor) AS days_1_30_minor,
--          sum(days_31_60_minor) AS days_31_60_minor, sum(days_61_90_minor) AS days_61_90_minor, sum(days_over_90_minor) AS days_over_90_minor
--   FROM aging GROUP BY currency ORDER BY currency
CREATE VIEW aging (
    stream, -- the stream: account and mode
    customer_id, -- who owes
    customer_name, -- the customer's name
    currency, -- the currency of the row's amounts
    invoices, -- how many open invoices
    owed_minor, -- what is owed in all
    days_0_minor, -- of it, what is not yet due, or for less than a day
    days_1_30_minor, -- what has been due for 1 to 30 days
    days_31_60_minor, -- what has been due for 31 to 60 days
    days_61_90_minor, -- what has been due for 61 to 90 days
    days_over_90_minor -- what has been due for longer
) AS
SELECT
    stream,
    customer_id,
    max(customer_name),
    currency,
    count(*),
    coalesce(sum(owed_minor), 0),
    coalesce(sum(owed_minor) FILTER (WHERE days_overdue < 1), 0),
    coalesce(sum(owed_minor) FILTER (WHERE days_overdue BETWEEN 1 AND 30), 0),
    coalesce(sum(owed_minor) FILTER (WHERE days_overdue BETWEEN 31 AND 60), 0),
    coalesce(sum(owed_minor) FILTER (WHERE days_overdue BETWEEN 61 AND 90), 0),
    coalesce(sum(owed_minor) FILTER (WHERE days_overdue > 90), 0)
FROM open_invoices
GROUP BY stream, customer_id, currency;

-- What was invoiced and what became of money, per month and currency. Each amount stands in the month in which it happened, so
-- an invoice of March that is voided in May is in `invoiced_minor` of March and in `voided_minor` of May.
-- Example:
--   SELECT month, currency, invoiced_minor, collected_minor, refunded_minor, written_off_minor
--   FROM revenue_by_month ORDER BY currency, month
CREATE VIEW revenue_by_month (
    stream, -- the stream: account and mode
    month, -- the month in UTC
    currency, -- the currency in which customers are billed
    invoices, -- how many invoices were finalised
    invoiced_minor, -- their totals, tax included
    voided_minor, -- totals of invoices that were voided
    written_off_minor, -- what was given up and is still unpaid
    credited_minor, -- credit notes that were issued and not voided, on invoices that are not void
    collected_minor, -- charges that succeeded, as captured, with or without an invoice
    refunded_minor -- what refunds give back; releases of what was not captured left out
) AS
WITH happened (stream, at_s, currency, what, amount_minor) AS (
    SELECT stream, finalized_s, currency, 'invoiced', total_minor
    FROM invoices WHERE finalized_s IS NOT NULL AND deleted = 0
    UNION ALL
    SELECT stream, voided_s, currency, 'voided', total_minor
    FROM invoices WHERE status = 'void' AND deleted = 0
    UNION ALL
    SELECT stream, marked_uncollectible_s, currency, 'written_off', amount_remaining_minor
    FROM invoices WHERE status = 'uncollectible' AND deleted = 0
    UNION ALL
    -- What is voided is voided whole: credit notes on it would lower it twice.
    SELECT note.stream, note.created_s, note.currency, 'credited', note.total_minor
    FROM credit_notes AS note
    LEFT JOIN invoices ON invoices.stream = note.stream AND invoices.id = note.invoice_id
    WHERE note.status = 'issued' AND invoices.status IS NOT 'void'
    UNION ALL
    SELECT stream, created_s, currency, 'collected', amount_captured_minor
    FROM charges WHERE status = 'succeeded'
    UNION ALL
    SELECT stream, created_s, currency, 'refunded', given_back_minor
    FROM refund_view WHERE given_back_minor <> 0
)
SELECT
    stream,
    strftime('%Y-%m', at_s, 'unixepoch') AS month,
    currency,
    count(*) FILTER (WHERE what = 'invoiced'),
    coalesce(sum(amount_minor) FILTER (WHERE what = 'invoiced'), 0),
    coalesce(sum(amount_minor) FILTER (WHERE what = 'voided'), 0),
    coalesce(sum(amount_minor) FILTER (WHERE what = 'written_off'), 0),
    coalesce(sum(amount_minor) FILTER (WHERE what = 'credited'), 0),
    coalesce(sum(amount_minor) FILTER (WHERE what = 'collected'), 0),
    coalesce(sum(amount_minor) FILTER (WHERE what = 'refunded'), 0)
FROM happened
GROUP BY stream, month, currency;

-- Every attempt to collect money, from the invoice to the bank: invoice, payment intent, charge, balance transaction, payout.
-- Example:
--   SELECT invoice_number, customer_name, currency, amount_minor, settlement_currency, settlement_net_minor, available, payout_id
--   FROM payments WHERE status = 'succeeded' ORDER BY created_s DESC, charge_id LIMIT 10
CREATE VIEW payments (
    stream, -- the stream: account and mode
    charge_id, -- the charge
    created_s, -- when it was made
    status, -- pending, succeeded or failed
    customer_id, -- who was charged
    customer_name, -- the customer's name
    invoice_id, -- the invoice that it pays, if it pays one
    invoice_number, -- the number printed on it
    payment_intent_id, -- the payment intent that it belongs to
    currency, -- the currency in which the customer paid
    amount_minor, -- what was to be charged
    captured_minor, -- what was captured of it
    refunds_minor, -- what refunds of it give back; releases of what was not captured left out
    disputed, -- whether it was ever disputed
    failure_code, -- why it failed
    balance_transaction_id, -- what it did to the Stripe balance
    exchange_rate, -- the rate into the settlement currency, as Stripe wrote it; null when it is the same
    settlement_currency, -- the currency in which it came into the Stripe balance
    settlement_gross_minor, -- what came in, before fees
    settlement_fee_minor, -- fees that were taken of it
    settlement_net_minor, -- what it brought after fees
    available, -- the day on which that becomes available
    payout_id -- the payout that it left with; null when it did not, that payout failed, or nobody has read what it covers
) AS
SELECT
    charge.stream,
    charge.id,
    charge.created_s,
    charge.status,
    charge.customer_id,
    customers.name,
    invoices.id,
    invoices.number,
    charge.payment_intent_id,
    charge.currency,
    charge.amount_minor,
    charge.amount_captured_minor,
    (
        SELECT coalesce(sum(refund_view.given_back_minor), 0)
        FROM links
        CROSS JOIN refund_view ON refund_view.stream = links.stream AND refund_view.id = links.source_id
        WHERE links.stream = charge.stream
            AND links.target_type = 'charge'
            AND links.target_id = charge.id
            AND links.relation = 'refund'
            AND links.source_type = 'refund'
    ),
    charge.disputed,
    charge.failure_code,
    charge.balance_transaction_id,
    moved.exchange_rate,
    moved.currency,
    moved.amount_minor,
    moved.fee_minor,
    moved.net_minor,
    date(moved.available_s, 'unixepoch'),
    leaving.payout_id
FROM charges AS charge
LEFT JOIN customers ON customers.stream = charge.stream AND customers.id = charge.customer_id
LEFT JOIN (
    SELECT stream, payment_intent_id, min(invoice_id) AS invoice_id
    FROM invoice_payments
    WHERE payment_intent_id IS NOT NULL
    GROUP BY stream, payment_intent_id
) AS paying ON paying.stream = charge.stream AND paying.payment_intent_id = charge.payment_intent_id
LEFT JOIN invoices ON invoices.stream = charge.stream AND invoices.id = paying.invoice_id
LEFT JOIN balance_transactions AS moved
    ON moved.stream = charge.stream AND moved.id = charge.balance_transaction_id
LEFT JOIN (
    SELECT covered.stream, covered.id, min(covered.payout_id) AS payout_id
    FROM payout_transactions AS covered
    LEFT JOIN payouts ON payouts.stream = covered.stream AND payouts.id = covered.payout_id
    WHERE coalesce(payouts.status, '') NOT IN ('failed', 'canceled')
    GROUP BY covered.stream, covered.id
) AS leaving ON leaving.stream = charge.stream AND leaving.id = charge.balance_transaction_id;

-- What Stripe and others took in fees, per month, settlement currency and kind.
-- Example:
--   SELECT month, currency, kind, fees, fee_minor
--   FROM fees_by_month ORDER BY currency, month, kind
CREATE VIEW fees_by_month (
    stream, -- the stream: account and mode
    month, -- the month in UTC in which the balance moved
    currency, -- the settlement currency
    kind, -- stripe_fee, tax, application_fee and others; `billed:` and a type for transactions that are fees, or give one back
    fees, -- how many single fees
    fee_minor -- what was taken; negative when more was given back
) AS
WITH taken (stream, at_s, currency, kind, amount_minor) AS (
    SELECT fee.stream, moved.created_s, fee.currency, fee.type, fee.amount_minor
    FROM balance_transaction_fees AS fee
    JOIN balance_transactions AS moved ON moved.stream = fee.stream AND moved.id = fee.balance_transaction_id
    UNION ALL
    SELECT stream, created_s, currency, 'billed:' || type, -amount_minor
    FROM balance_transactions
    WHERE reporting_category IN ('fee', 'tax', 'network_cost')
)
SELECT stream, strftime('%Y-%m', at_s, 'unixepoch') AS month, currency, kind, count(*), sum(amount_minor)
FROM taken
GROUP BY stream, month, currency, kind;

-- Refunds by month, currency and reason; releases of what was not captured left out.
-- Example:
--   SELECT month, currency, reason, refunds, refunded_minor, failed, failed_minor
--   FROM refunds_by_month ORDER BY currency, month, reason
CREATE VIEW refunds_by_month (
    stream, -- the stream: account and mode
    month, -- the month in UTC in which they were made
    currency, -- the currency of the charges
    reason, -- why; `none` when nobody said
    refunds, -- how many did not fail
    refunded_minor, -- what they give back
    failed, -- how many failed or were cancelled
    failed_minor -- what they should have given back
) AS
SELECT
    stream,
    strftime('%Y-%m', created_s, 'unixepoch') AS month,
    currency,
    coalesce(reason, 'none') AS why,
    count(*) FILTER (WHERE given_back_minor <> 0),
    sum(given_back_minor),
    count(*) FILTER (WHERE status IN ('failed', 'canceled')),
    coalesce(sum(amount_minor) FILTER (WHERE status IN ('failed', 'canceled')), 0)
FROM refund_view
WHERE given_back_minor <> 0 OR status IN ('failed', 'canceled')
GROUP BY stream, month, currency, why;

-- Every dispute that is not decided, with what it took from the Stripe balance so far.
-- Example:
--   SELECT id, customer_name, status, reason, currency, amount_minor, evidence_due
--   FROM disputes_open ORDER BY evidence_due, id
CREATE VIEW disputes_open (
    stream, -- the stream: account and mode
    id, -- the dispute
    charge_id, -- the charge that is disputed
    customer_id, -- who was charged
    customer_name, -- the customer's name
    status, -- needs_response, under_review, or the same as a warning
    reason, -- why the customer disputes
    currency, -- the currency of the amount
    amount_minor, -- what is disputed
    created, -- the day on which it was opened
    evidence_due, -- when evidence is due, as UTC text
    days_left, -- whole days until then at the book clock; negative as soon as it is past
    settlement_currency, -- the currency of what it took
    settlement_taken_minor -- what it took from the Stripe balance, fees for it and for countering it included
) AS
WITH parts AS (
    SELECT stream, dispute_id, currency, net_minor
    FROM dispute_balance_transactions
    UNION ALL
    -- The fee for countering it is a transaction of its own, which the dispute doesn't name.
    SELECT links.stream, links.target_id, moved.currency, moved.net_minor
    FROM links
    CROSS JOIN balance_transactions AS moved ON moved.stream = links.stream AND moved.id = links.source_id
    WHERE links.target_type = 'dispute'
        AND links.relation = 'balance_transaction'
        AND links.source_type = 'balance_transaction'
        AND moved.reporting_category = 'fee'
),
movements AS (
    SELECT stream, dispute_id, min(currency) AS currency, -sum(net_minor) AS taken_minor
    FROM parts
    GROUP BY stream, dispute_id
)
SELECT
    disputes.stream,
    disputes.id,
    disputes.charge_id,
    charges.customer_id,
    customers.name,
    disputes.status,
    disputes.reason,
    disputes.currency,
    disputes.amount_minor,
    date(disputes.created_s, 'unixepoch'),
    datetime(disputes.due_s, 'unixepoch'),
    (disputes.due_s - position.clock_s) / 86400
        - (disputes.due_s < position.clock_s AND (disputes.due_s - position.clock_s) % 86400 <> 0),
    movements.currency,
    movements.taken_minor
FROM disputes
JOIN position ON position.stream = disputes.stream
LEFT JOIN charges ON charges.stream = disputes.stream AND charges.id = disputes.charge_id
LEFT JOIN customers ON customers.stream = charges.stream AND customers.id = charges.customer_id
LEFT JOIN movements ON movements.stream = disputes.stream AND movements.dispute_id = disputes.id
WHERE disputes.status NOT IN ('won', 'lost', 'warning_closed', 'prevented');

-- What each payout consists of, as far as somebody read it from Stripe; without the payout's own balance transaction.
-- Example:
--   SELECT payout_id, currency, count(*) AS items, sum(net_minor) AS net_minor, max(payout_minor) AS payout_minor
--   FROM payout_items GROUP BY payout_id ORDER BY max(created_s) DESC, payout_id LIMIT 10
CREATE VIEW payout_items (
    stream, -- the stream: account and mode
    payout_id, -- the payout
    payout_minor, -- what it sent
    balance_transaction_id, -- one balance transaction that it covers
    reporting_category, -- Stripe's category for accounting
    source_id, -- the charge, refund or other object that moved the balance
    created_s, -- when that was entered
    currency, -- the settlement currency
    amount_minor, -- gross: positive into the balance, negative out of it
    fee_minor, -- fees taken
    net_minor -- amount less fee: its part of the payout
) AS
SELECT
    covered.stream,
    covered.payout_id,
    payouts.amount_minor,
    covered.id,
    moved.reporting_category,
    moved.source_id,
    moved.created_s,
    coalesce(moved.currency, payouts.currency),
    moved.amount_minor,
    moved.fee_minor,
    moved.net_minor
FROM payout_transactions AS covered
LEFT JOIN payouts ON payouts.stream = covered.stream AND payouts.id = covered.payout_id
LEFT JOIN balance_transactions AS moved ON moved.stream = covered.stream AND moved.id = covered.id
WHERE covered.id IS NOT payouts.balance_transaction_id
    AND (moved.type IS NOT 'payout' OR moved.source_id IS NOT covered.payout_id);

-- Each customer's account: what raised and what lowered the sum that they owe on invoices, with the sum after each step. What
-- goes on after an invoice is settled, a refund or a credit note on it, does not change what is owed and is not here: this is
-- the receivable alone. The command `customer` tells the customer's balance and promised refunds too.
-- Example:
--   SELECT date(at_s, 'unixepoch') AS day, what, number, currency, amount_minor, owed_minor
--   FROM customer_statement WHERE customer_id = (SELECT customer_id FROM aging ORDER BY customer_id LIMIT 1)
--   ORDER BY currency, at_s, step, invoice_id
CREATE VIEW customer_statement (
    stream, -- the stream: account and mode
    customer_id, -- whose account it is
    at_s, -- when it happened
    step, -- orders what happened in the same second
    what, -- invoice, balance_applied, credit_note, payment, out_of_band (outside Stripe), overpaid, void or write_off
    invoice_id, -- the invoice
    number, -- the number printed on it
    payment_id, -- what paid, if it is a payment: payment intent, charge or payment record
    currency, -- the currency of the row's amounts
    amount_minor, -- what it adds to the sum that is owed, negative when it lowers it
    owed_minor -- what is owed on all invoices in this currency after it
) AS
WITH paid AS (
    SELECT stream, invoice_id, sum(amount_paid_minor) AS paid_minor
    FROM invoice_payments
    WHERE status = 'paid'
    GROUP BY stream, invoice_id
),
noted AS (
    SELECT stream, invoice_id, max(created_s) AS at_s
    FROM credit_notes
    WHERE status = 'issued' AND pre_payment_minor > 0
    GROUP BY stream, invoice_id
),
final AS (
    SELECT
        invoices.*,
        coalesce(amount_paid_minor, 0) + coalesce(amount_remaining_minor, 0) AS payable_minor,
        coalesce(pre_payment_credit_notes_minor, 0) AS credit_notes_minor,
        coalesce(amount_paid_minor, 0) - coalesce(paid.paid_minor, 0) AS elsewhere_minor
    FROM invoices
    LEFT JOIN paid ON paid.stream = invoices.stream AND paid.invoice_id = invoices.id
    WHERE finalized_s IS NOT NULL AND deleted = 0
),
steps (stream, customer_id, at_s, step, what, invoice_id, number, payment_id, currency, amount_minor) AS (
    SELECT stream, customer_id, finalized_s, 1, 'invoice', id, number, NULL, currency, total_minor
    FROM final
    UNION ALL
    SELECT stream, customer_id, finalized_s, 2, 'balance_applied', id, number, NULL, currency,
        payable_minor + credit_notes_minor - total_minor
    FROM final WHERE payable_minor + credit_notes_minor <> total_minor
    UNION ALL
    SELECT final.stream, customer_id, coalesce(noted.at_s, finalized_s), 3, 'credit_note', id, number, NULL, currency,
        -credit_notes_minor
    FROM final
    LEFT JOIN noted ON noted.stream = final.stream AND noted.invoice_id = final.id
    WHERE credit_notes_minor <> 0
    UNION ALL
    SELECT invoice.stream, invoice.customer_id, coalesce(payment.paid_s, payment.created_s, invoice.paid_s), 4,
        CASE payment.payment_type WHEN 'payment_record' THEN 'out_of_band' ELSE 'payment' END,
        invoice.id, invoice.number,
        coalesce(payment.payment_intent_id, payment.charge_id, payment.payment_record_id),
        invoice.currency, -payment.amount_paid_minor
    FROM invoice_payments AS payment
    -- In this order: invoices are found by their key, payments of an invoice are not.
    CROSS JOIN invoices AS invoice ON invoice.stream = payment.stream AND invoice.id = payment.invoice_id
    WHERE payment.status = 'paid' AND invoice.finalized_s IS NOT NULL AND invoice.deleted = 0
    UNION ALL
    SELECT stream, customer_id, coalesce(paid_s, finalized_s), 5,
        CASE WHEN elsewhere_minor > 0 THEN 'out_of_band' ELSE 'overpaid' END,
        id, number, NULL, currency, -elsewhere_minor
    FROM final WHERE elsewhere_minor <> 0
    UNION ALL
    SELECT stream, customer_id, coalesce(voided_s, finalized_s), 6, 'void', id, number, NULL, currency, -amount_remaining_minor
    FROM final WHERE status = 'void' AND amount_remaining_minor <> 0
    UNION ALL
    SELECT stream, customer_id, coalesce(marked_uncollectible_s, finalized_s), 6, 'write_off', id, number, NULL, currency,
        -amount_remaining_minor
    FROM final WHERE status = 'uncollectible' AND amount_remaining_minor <> 0
)
SELECT
    stream, customer_id, at_s, step, what, invoice_id, number, payment_id, currency, amount_minor,
    sum(amount_minor) OVER (
        PARTITION BY stream, customer_id, currency
        ORDER BY at_s, step, invoice_id, payment_id ROWS UNBOUNDED PRECEDING
    )
FROM steps;

-- What each subscription that is active or past due brings in a month, by its items: a year's price divided by twelve, with
-- 365 days or 52 weeks to a year. Trials, discounts, tax and usage are not in it.
-- Example:
--   SELECT currency, count(*) AS subscriptions, (sum(year_minor) + 6) / 12 AS mrr_minor, sum(unpriced_items) AS unpriced_items
--   FROM mrr GROUP BY currency ORDER BY currency
CREATE VIEW mrr (
    stream, -- the stream: account and mode
    subscription_id, -- the subscription
    customer_id, -- who subscribes
    customer_name, -- the customer's name
    status, -- active or past_due
    ending, -- whether its cancellation has been asked for
    paused, -- 1 while its collection is paused: it goes on, and nobody is asked to pay
    currency, -- the currency of its invoices
    year_minor, -- what its items cost in a year; divide sums of this one by 12, so that nothing is rounded twice
    month_minor, -- a twelfth of it, rounded to the nearest
    items, -- how many items it has
    unpriced_items -- how many of them have no fixed price: metered, in tiers, or with parts of a minor unit
) AS
WITH priced AS (
    SELECT
        stream,
        subscription_id,
        unit_amount_minor * quantity
            * CASE interval WHEN 'day' THEN 365 WHEN 'week' THEN 52 WHEN 'month' THEN 12 WHEN 'year' THEN 1 END
            / interval_count AS year_minor
    FROM all_subscription_items
)
SELECT
    subscription.stream,
    subscription.id,
    subscription.customer_id,
    customers.name,
    subscription.status,
    coalesce(subscription.cancel_at_period_end = 1 OR subscription.cancel_at_s IS NOT NULL, 0),
    subscription.pause_behavior IS NOT NULL,
    subscription.currency,
    coalesce(sum(priced.year_minor), 0),
    (coalesce(sum(priced.year_minor), 0) + 6) / 12,
    count(*),
    count(*) FILTER (WHERE priced.year_minor IS NULL)
FROM subscriptions AS subscription
JOIN priced ON priced.stream = subscription.stream AND priced.subscription_id = subscription.id
LEFT JOIN customers ON customers.stream = subscription.stream AND customers.id = subscription.customer_id
WHERE subscription.status IN ('active', 'past_due') AND subscription.deleted = 0
GROUP BY subscription.stream, subscription.id;

-- What subscriptions that ended brought in a month before, by the month in which they ended. Reckoned as `mrr` is.
-- Example:
--   SELECT month, currency, reason, subscriptions, (year_minor + 6) / 12 AS month_minor
--   FROM churn_by_month ORDER BY currency, month, reason
CREATE VIEW churn_by_month (
    stream, -- the stream: account and mode
    month, -- the month in UTC in which they ended
    currency, -- the currency of their invoices
    reason, -- why they ended; `none` when nobody said
    subscriptions, -- how many
    year_minor, -- what their items cost in a year; divide sums of this one by 12, so that nothing is rounded twice
    unpriced_items -- how many of their items have no fixed price
) AS
SELECT
    subscription.stream,
    strftime('%Y-%m', coalesce(subscription.ended_s, subscription.canceled_s), 'unixepoch') AS month,
    subscription.currency,
    coalesce(subscription.cancellation_reason, 'none') AS why,
    count(DISTINCT subscription.id),
    coalesce(sum(
        item.unit_amount_minor * item.quantity
        * CASE item.interval WHEN 'day' THEN 365 WHEN 'week' THEN 52 WHEN 'month' THEN 12 WHEN 'year' THEN 1 END
        / item.interval_count
    ), 0),
    count(*) FILTER (WHERE item.unit_amount_minor IS NULL OR item.quantity IS NULL)
FROM subscriptions AS subscription
JOIN all_subscription_items AS item ON item.stream = subscription.stream AND item.subscription_id = subscription.id
WHERE subscription.status = 'canceled'
GROUP BY subscription.stream, month, subscription.currency, why;

-- Tax on invoices and credit notes by rate and month. Drafts, void invoices with their credit
-- notes, and void credit notes are left out.
-- Example:
--   SELECT month, rate, percentage, country, currency, taxable_minor, tax_minor, credited_minor, due_minor
--   FROM tax_by_rate ORDER BY currency, month, rate
CREATE VIEW tax_by_rate (
    stream, -- the stream: account and mode
    month, -- the month in UTC in which the document was issued
    currency, -- the currency of the row's amounts
    tax_rate_id, -- the rate
    rate, -- what customers see it called
    percentage, -- its share in per cent
    country, -- the country that levies it
    behavior, -- inclusive or exclusive: whether amounts contain it
    documents, -- how many times it was charged or credited
    taxable_minor, -- what invoices were taxed on
    tax_minor, -- tax on invoices
    credited_minor, -- tax on credit notes
    due_minor -- the one less the other
) AS
WITH taxed (stream, at_s, currency, tax_rate_id, behavior, taxable_minor, tax_minor, credited_minor) AS (
    SELECT tax.stream, invoice.finalized_s, invoice.currency, tax.tax_rate_id, tax.tax_behavior,
        tax.taxable_minor, tax.amount_minor, 0
    FROM invoice_taxes AS tax
    JOIN invoices AS invoice ON invoice.stream = tax.stream AND invoice.id = tax.invoice_id
    WHERE invoice.status IN ('open', 'paid', 'uncollectible') AND invoice.deleted = 0
    UNION ALL
    SELECT tax.stream, note.created_s, note.currency, tax.tax_rate_id, tax.tax_behavior, 0, 0, tax.amount_minor
    FROM credit_note_taxes AS tax
    JOIN credit_notes AS note ON note.stream = tax.stream AND note.id = tax.credit_note_id
    LEFT JOIN invoices AS invoice ON invoice.stream = note.stream AND invoice.id = note.invoice_id
    WHERE note.status = 'issued' AND invoice.status IS NOT 'void'
)
SELECT
    taxed.stream,
    strftime('%Y-%m', taxed.at_s, 'unixepoch') AS month,
    taxed.currency,
    taxed.tax_rate_id,
    max(tax_rates.display_name),
    max(tax_rates.percentage),
    max(tax_rates.country),
    taxed.behavior,
    count(*),
    sum(taxed.taxable_minor),
    sum(taxed.tax_minor),
    sum(taxed.credited_minor),
    sum(taxed.tax_minor - taxed.credited_minor)
FROM taxed
LEFT JOIN tax_rates ON tax_rates.stream = taxed.stream AND tax_rates.id = taxed.tax_rate_id
GROUP BY taxed.stream, month, taxed.currency, taxed.tax_rate_id, taxed.behavior;

-- What the company owes its customers: credit on their balances, billing credits that are not used up, cash that waits.
-- Example:
--   SELECT kind, currency, count(*) AS customers, sum(credit_minor) AS credit_minor
--   FROM credit_balances GROUP BY kind, currency ORDER BY kind, currency
CREATE VIEW credit_balances (
    stream, -- the stream: account and mode
    customer_id, -- whom the company owes
    customer_name, -- the customer's name
    kind, -- customer_balance, billing_credits or cash
    currency, -- the currency of the credit
    credit_minor -- how much it is
) AS
WITH credits (stream, customer_id, kind, currency, credit_minor) AS (
    SELECT stream, id, 'customer_balance', currency, -balance_minor
    FROM customers WHERE balance_minor < 0 AND deleted = 0
    UNION ALL
    SELECT moved.stream, credit_grants.customer_id, 'billing_credits', coalesce(moved.credit_currency, moved.debit_currency),
        sum(coalesce(moved.credit_minor, 0) - coalesce(moved.debit_minor, 0))
    FROM credit_balance_transactions AS moved
    JOIN credit_grants ON credit_grants.stream = moved.stream AND credit_grants.id = moved.credit_grant_id
    GROUP BY 1, 2, 4
    UNION ALL
    SELECT stream, customer_id, 'cash', currency, sum(net_amount_minor)
    FROM customer_cash_balance_transactions
    GROUP BY 1, 2, 4
)
SELECT credits.stream, credits.customer_id, customers.name, credits.kind, credits.currency, credits.credit_minor
FROM credits
LEFT JOIN customers ON customers.stream = credits.stream AND customers.id = credits.customer_id
WHERE credits.credit_minor <> 0;

-- Every line of a final invoice with the part of it that is earned at the book clock, day by day over its period, and the part
-- that is still deferred. Discounts, tax and credit notes are not in it; void and written-off invoices are left out.
-- Example:
--   SELECT currency, sum(amount_minor) AS amount_minor, sum(earned_minor) AS earned_minor, sum(deferred_minor) AS deferred_minor
--   FROM deferred_lines GROUP BY currency ORDER BY currency
CREATE VIEW deferred_lines (
    stream, -- the stream: account and mode
    invoice_id, -- the invoice
    line_id, -- the line
    customer_id, -- who is to pay
    currency, -- the currency of the row's amounts
    period_start_s, -- start of the service period
    period_end_s, -- end of the service period
    amount_minor, -- the line's amount less discounts and less the tax in it
    earned_minor, -- what of it is earned, rounded towards nothing
    deferred_minor -- the rest
) AS
WITH bare AS (
    SELECT
        line.*,
        invoices.customer_id,
        position.clock_s,
        -- A line stands in the invoice or in its list: only one of two sums is there.
        line.amount_minor
        - coalesce(
            (
                SELECT sum(discount.amount_minor)
                FROM invoice_line_discounts AS discount
                WHERE discount.stream = line.stream AND discount.invoice_id = line.invoice_id
                    AND discount.invoice_line_id = line.id
            ),
            (
                SELECT sum(discount.amount_minor)
                FROM listed_invoice_line_discounts AS discount
                WHERE discount.stream = line.stream AND discount.invoice_id = line.invoice_id
                    AND discount.invoice_line_id = line.id
            ),
            0
        )
        - coalesce(
            (
                SELECT sum(tax.amount_minor)
                FROM invoice_line_taxes AS tax
                WHERE tax.stream = line.stream AND tax.invoice_id = line.invoice_id
                    AND tax.invoice_line_id = line.id AND tax.tax_behavior = 'inclusive'
            ),
            (
                SELECT sum(tax.amount_minor)
                FROM listed_invoice_line_taxes AS tax
                WHERE tax.stream = line.stream AND tax.invoice_id = line.invoice_id
                    AND tax.invoice_line_id = line.id AND tax.tax_behavior = 'inclusive'
            ),
            0
        ) AS bare_minor
    FROM all_invoice_lines AS line
    JOIN invoices ON invoices.stream = line.stream AND invoices.id = line.invoice_id
    JOIN position ON position.stream = line.stream
    WHERE invoices.status IN ('open', 'paid') AND invoices.deleted = 0
),
earning AS (
    SELECT
        *,
        CASE
            WHEN clock_s >= coalesce(period_end_s, 0) THEN bare_minor
            WHEN clock_s <= period_start_s THEN 0
            ELSE bare_minor * (clock_s - period_start_s) / (period_end_s - period_start_s)
        END AS earned_minor
    FROM bare
)
SELECT
    stream, invoice_id, id, customer_id, currency, period_start_s, period_end_s, bare_minor, earned_minor,
    bare_minor - earned_minor
FROM earning;

-- What coupons took off invoices, per month.
-- Example:
--   SELECT month, coupon_id, coupon_name, currency, invoices, discount_minor
--   FROM discounts_by_coupon ORDER BY currency, month, coupon_id
CREATE VIEW discounts_by_coupon (
    stream, -- the stream: account and mode
    month, -- the month in UTC in which the invoice was finalised
    coupon_id, -- the coupon; null when nobody said which coupon the discount was of
    coupon_name, -- what customers see it called
    currency, -- the currency of the row's amounts
    invoices, -- how many invoices it was on
    discount_minor -- what it took off them
) AS
SELECT
    off.stream,
    strftime('%Y-%m', invoices.finalized_s, 'unixepoch') AS month,
    discounts.coupon_id,
    max(coupons.name),
    invoices.currency,
    count(DISTINCT invoices.id),
    sum(off.amount_minor)
FROM invoice_discounts AS off
JOIN invoices ON invoices.stream = off.stream AND invoices.id = off.invoice_id
LEFT JOIN discounts ON discounts.stream = off.stream AND discounts.id = off.discount_id
LEFT JOIN coupons ON coupons.stream = off.stream AND coupons.id = discounts.coupon_id
WHERE invoices.status IN ('open', 'paid', 'uncollectible') AND invoices.deleted = 0
GROUP BY off.stream, month, discounts.coupon_id, invoices.currency;

-- Every payment that failed at least once, and whether it succeeded after all.
-- Example:
--   SELECT currency, count(*) AS payments, sum(amount_minor) AS amount_minor, count(recovered_s) AS recovered,
--          sum(recovered_minor) AS recovered_minor
--   FROM failed_payments GROUP BY currency ORDER BY currency
CREATE VIEW failed_payments (
    stream, -- the stream: account and mode
    payment_intent_id, -- the payment intent; null for a charge that has none, which is a payment of its own
    customer_id, -- who was to pay
    customer_name, -- the customer's name
    currency, -- the currency of the row's amounts
    amount_minor, -- what was to be paid
    failures, -- how many charges failed
    first_failed_s, -- when the first of them did
    failure_code, -- why one of them failed
    recovered_s, -- when a charge succeeded; null when none did
    recovered_minor -- what it captured; 0 when none did
) AS
SELECT
    charges.stream,
    charges.payment_intent_id,
    max(charges.customer_id),
    max(customers.name),
    charges.currency,
    max(charges.amount_minor),
    count(*) FILTER (WHERE charges.status = 'failed') AS failures,
    min(charges.created_s) FILTER (WHERE charges.status = 'failed'),
    max(charges.failure_code),
    max(charges.created_s) FILTER (WHERE charges.status = 'succeeded'),
    coalesce(sum(charges.amount_captured_minor) FILTER (WHERE charges.status = 'succeeded'), 0)
FROM charges
LEFT JOIN customers ON customers.stream = charges.stream AND customers.id = charges.customer_id
GROUP BY charges.stream, coalesce(charges.payment_intent_id, charges.id), charges.currency
HAVING failures > 0;

-- Charges that may be one too many: the same customer paid the same amount less than a day before, with another payment
-- intent, and neither was given back.
-- Example:
--   SELECT customer_name, currency, amount_minor, earlier_charge_id, charge_id, seconds_between
--   FROM possible_duplicates ORDER BY charge_id
CREATE VIEW possible_duplicates (
    stream, -- the stream: account and mode
    charge_id, -- the later charge
    earlier_charge_id, -- the one before it
    customer_id, -- who paid
    customer_name, -- the customer's name
    currency, -- the currency of the amount
    amount_minor, -- what was captured, twice
    created_s, -- when the later charge was made
    seconds_between -- how long after the other
) AS
WITH sequence AS (
    SELECT
        stream, id, customer_id, currency, amount_captured_minor, created_s, payment_intent_id,
        lag(id) OVER same AS earlier_id,
        lag(created_s) OVER same AS earlier_s,
        lag(payment_intent_id) OVER same AS earlier_payment_intent_id
    FROM charges
    WHERE status = 'succeeded' AND amount_captured_minor > 0 AND coalesce(amount_refunded_minor, 0) = 0
        AND customer_id IS NOT NULL
    WINDOW same AS (PARTITION BY stream, customer_id, currency, amount_captured_minor ORDER BY created_s, id)
)
SELECT
    sequence.stream,
    sequence.id,
    sequence.earlier_id,
    sequence.customer_id,
    customers.name,
    sequence.currency,
    sequence.amount_captured_minor,
    sequence.created_s,
    sequence.created_s - sequence.earlier_s
FROM sequence
LEFT JOIN customers ON customers.stream = sequence.stream AND customers.id = sequence.customer_id
WHERE sequence.created_s - sequence.earlier_s < 86400
    AND sequence.payment_intent_id IS NOT sequence.earlier_payment_intent_id;

-- Every object of every kind, with what there is to doubt of it.
-- Example:
--   SELECT object, count(*) AS objects, sum(certainty <> 'exact') AS not_exact, sum(gap) AS gaps, sum(deleted) AS deleted
--   FROM objects GROUP BY object ORDER BY object
CREATE VIEW objects (
    stream, -- the stream: account and mode
    object, -- Stripe's name of its kind
    id, -- Stripe's id of it
    certainty, -- how sure its state is: exact, linked, hinted or ambiguous
    gap, -- 1 when an event did not tell what it changed, or one may be missing
    deleted, -- 1 when Stripe says that it is deleted
    at_stake_minor, -- by how much the candidates of an ambiguous state differ, in minor units of its currency
    unknown, -- names of the columns that can't be known
    known_seq -- the first entry of the log that stated it
) AS
SELECT stream, 'application_fee', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM application_fees
UNION ALL
SELECT stream, 'fee_refund', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM application_fee_refunds
UNION ALL
SELECT stream, 'balance', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM balances
UNION ALL
SELECT stream, 'balance_transaction', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM balance_transactions
UNION ALL
SELECT stream, 'charge', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM charges
UNION ALL
SELECT stream, 'checkout.session', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM checkout_sessions
UNION ALL
SELECT stream, 'coupon', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM coupons
UNION ALL
SELECT stream, 'billing.credit_balance_transaction', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM credit_balance_transactions
UNION ALL
SELECT stream, 'billing.credit_grant', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM credit_grants
UNION ALL
SELECT stream, 'credit_note', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM credit_notes
UNION ALL
SELECT stream, 'credit_note_line_list', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM credit_note_line_lists
UNION ALL
SELECT stream, 'customer', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM customers
UNION ALL
SELECT stream, 'customer_balance_transaction', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM customer_balance_transactions
UNION ALL
SELECT stream, 'customer_cash_balance_transaction', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM customer_cash_balance_transactions
UNION ALL
SELECT stream, 'discount', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM discounts
UNION ALL
SELECT stream, 'dispute', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM disputes
UNION ALL
SELECT stream, 'invoice', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM invoices
UNION ALL
SELECT stream, 'invoiceitem', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM invoice_items
UNION ALL
SELECT stream, 'invoice_line_list', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM invoice_line_lists
UNION ALL
SELECT stream, 'invoice_payment', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM invoice_payments
UNION ALL
SELECT stream, 'payment_intent', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM payment_intents
UNION ALL
SELECT stream, 'payment_method', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM payment_methods
UNION ALL
SELECT stream, 'payout', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM payouts
UNION ALL
SELECT stream, 'payout_membership', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM payout_memberships
UNION ALL
SELECT stream, 'price', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM prices
UNION ALL
SELECT stream, 'product', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM products
UNION ALL
SELECT stream, 'promotion_code', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM promotion_codes
UNION ALL
SELECT stream, 'refund', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM refunds
UNION ALL
SELECT stream, 'reserve.hold', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM reserve_holds
UNION ALL
SELECT stream, 'reserve.release', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM reserve_releases
UNION ALL
SELECT stream, 'setup_intent', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM setup_intents
UNION ALL
SELECT stream, 'subscription', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM subscriptions
UNION ALL
SELECT stream, 'subscription_item_list', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM subscription_item_lists
UNION ALL
SELECT stream, 'subscription_schedule', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM subscription_schedules
UNION ALL
SELECT stream, 'tax_rate', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM tax_rates
UNION ALL
SELECT stream, 'test_helpers.test_clock', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM test_clocks
UNION ALL
SELECT stream, 'topup', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM topups
UNION ALL
SELECT stream, 'transfer', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM transfers
UNION ALL
SELECT stream, 'transfer_reversal', id, certainty, gap, deleted, at_stake_minor, unknown, known_seq FROM transfer_reversals;

-- Every object whose state is a guess, or whose way to it is not known whole: read it from Stripe again to be sure.
-- Example:
--   SELECT object, id, why, at_stake_minor
--   FROM unsure_objects ORDER BY at_stake_minor DESC, object, id LIMIT 10
CREATE VIEW unsure_objects (
    stream, -- the stream: account and mode
    object, -- Stripe's name of its kind
    id, -- Stripe's id of it
    why, -- ambiguous: nothing decides; hinted: the better of two; gap: sure, but no event told all that changed
    at_stake_minor, -- by how much the candidates of an ambiguous state differ, in minor units of its currency
    known_seq -- the first entry of the log that stated it
) AS
SELECT
    stream,
    object,
    id,
    CASE WHEN certainty IN ('ambiguous', 'hinted') THEN certainty ELSE 'gap' END,
    at_stake_minor,
    known_seq
FROM objects
WHERE certainty IN ('ambiguous', 'hinted') OR gap = 1;

-- Every object that Stripe says is deleted. Its own table still shows what it last was.
-- Example:
--   SELECT object, count(*) AS objects FROM deleted_objects GROUP BY object ORDER BY object
CREATE VIEW deleted_objects (
    stream, -- the stream: account and mode
    object, -- Stripe's name of its kind
    id, -- Stripe's id of it
    known_seq -- the first entry of the log that stated it
) AS
SELECT stream, object, id, known_seq
FROM objects
WHERE deleted = 1;

-- Where what Stripe said disagrees with itself, by what it is and how much money hangs on it.
-- Example:
--   SELECT code, currency, findings, at_stake_minor, mend
--   FROM findings_by_stake ORDER BY at_stake_minor DESC, code, currency
CREATE VIEW findings_by_stake (
    stream, -- the stream: account and mode
    code, -- which named invariant does not hold
    currency, -- the currency of the amount; empty where it has none
    findings, -- how many objects it does not hold of
    at_stake_minor, -- the amounts in question, without their signs
    example_id, -- one of the objects
    what, -- what does not hold of it, in words
    mend -- what to do about it
) AS
SELECT stream, code, currency, count(*), sum(abs(at_stake_minor)), min(object_id), min(what), min(mend)
FROM findings
GROUP BY stream, code, currency;

-- Every line of every invoice: of the invoice itself, or where Stripe shows only the first lines, of the list read whole.
-- Example:
--   SELECT invoice_id, id, description, currency, amount_minor
--   FROM all_invoice_lines
--   WHERE product_id IS NOT NULL
--   ORDER BY invoice_id, id LIMIT 10
CREATE VIEW all_invoice_lines (
    stream,                   -- the stream: account and mode
    invoice_id,               -- the invoice
    id,                       -- the line's id
    amount_minor,             -- amount of the line, negative for a credit
    currency,                 -- the line's currency
    description,              -- what is printed on the line
    quantity,                 -- how many
    price_id,                 -- the price
    product_id,               -- the product
    invoice_item_id,          -- the invoice item that it bills
    subscription_item_id,     -- the subscription item that it bills
    is_proration,             -- 1 when it bills a part of a period
    period_start_s,           -- start of the service period
    period_end_s              -- end of the service period
) AS
SELECT stream, invoice_id, id, amount_minor, currency, description, quantity, price_id, product_id, invoice_item_id,
       subscription_item_id, coalesce(proration, item_proration, 0), period_start_s, period_end_s
FROM invoice_lines
UNION ALL
SELECT l.stream, l.invoice_id, l.id, l.amount_minor, l.currency, l.description, l.quantity, l.price_id, l.product_id,
       l.invoice_item_id, l.subscription_item_id, coalesce(l.proration, l.item_proration, 0), l.period_start_s, l.period_end_s
FROM listed_invoice_lines AS l
WHERE NOT EXISTS (SELECT 1 FROM invoice_lines AS i WHERE i.stream = l.stream AND i.invoice_id = l.invoice_id);

-- Every item of every subscription: of the subscription itself, or where Stripe shows only the first items, of the list read
-- whole.
-- Example:
--   SELECT subscription_id, id, price_id, currency, unit_amount_minor, quantity
--   FROM all_subscription_items ORDER BY subscription_id, id LIMIT 10
CREATE VIEW all_subscription_items (
    stream, -- the stream: account and mode
    subscription_id, -- the subscription
    id, -- the item's id
    price_id, -- the price
    product_id, -- the product that the price is of
    currency, -- the price's currency
    unit_amount_minor, -- price of one; null where that is no whole number or there are tiers
    interval, -- day, week, month or year
    interval_count, -- intervals between invoices
    quantity -- how many
) AS
SELECT stream, subscription_id, id, price_id, product_id, currency, unit_amount_minor, interval, interval_count, quantity
FROM subscription_items
UNION ALL
SELECT l.stream, l.subscription_id, l.id, l.price_id, l.product_id, l.currency, l.unit_amount_minor, l.interval, l.interval_count,
       l.quantity
FROM listed_subscription_items AS l
WHERE NOT EXISTS (
    SELECT 1 FROM subscription_items AS i WHERE i.stream = l.stream AND i.subscription_id = l.subscription_id
);
