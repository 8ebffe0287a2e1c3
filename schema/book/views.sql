-- The books for reading: dates as UTC text, names beside ids. Amounts stay minor units of the currency beside them.
-- Filter by `stream`: live and test, or two accounts, never add up. What depends on the time is told at the book clock.

-- What the Stripe balance comes to at the book clock, per currency and kind of balance.
CREATE VIEW balance_view AS
SELECT
    activity.stream,
    activity.currency,
    activity.balance_type,
    sum(CASE WHEN activity.available_s <= position.clock_s THEN activity.net_minor ELSE 0 END) AS available_minor,
    sum(CASE WHEN activity.available_s > position.clock_s THEN activity.net_minor ELSE 0 END) AS pending_minor,
    sum(activity.transactions) AS transactions,
    datetime(position.clock_s, 'unixepoch') AS at_book_clock
FROM balance_activity AS activity
JOIN position ON position.stream = activity.stream
GROUP BY activity.stream, activity.currency, activity.balance_type;

-- Every invoice with its customer; overdue means open past its due date at the book clock.
CREATE VIEW invoice_view AS
SELECT
    invoices.stream,
    invoices.id,
    invoices.number,
    invoices.customer_id,
    coalesce(customers.name, invoices.customer_name) AS customer_name,
    coalesce(customers.email, invoices.customer_email) AS customer_email,
    invoices.status,
    invoices.currency,
    invoices.total_minor,
    invoices.amount_due_minor,
    invoices.amount_paid_minor,
    invoices.amount_remaining_minor,
    datetime(invoices.created_s, 'unixepoch') AS created,
    datetime(invoices.finalized_s, 'unixepoch') AS finalized,
    datetime(invoices.due_s, 'unixepoch') AS due,
    datetime(invoices.paid_s, 'unixepoch') AS paid,
    coalesce(invoices.status = 'open' AND invoices.due_s <= position.clock_s, 0) AS overdue,
    invoices.subscription_id,
    invoices.deleted,
    invoices.certainty
FROM invoices
JOIN position ON position.stream = invoices.stream
LEFT JOIN customers ON customers.stream = invoices.stream AND customers.id = invoices.customer_id;

-- Every charge with what it brought: fee and net in the settlement currency, refunds, and the invoice that its payment
-- intent paid (the first by id, should there be several).
CREATE VIEW charge_view AS
SELECT
    charges.stream,
    charges.id,
    charges.customer_id,
    customers.name AS customer_name,
    charges.status,
    charges.currency,
    charges.amount_minor,
    charges.amount_captured_minor,
    coalesce(refunds.amount_minor, 0) AS refunds_minor,
    balance_transactions.currency AS settlement_currency,
    balance_transactions.fee_minor,
    balance_transactions.net_minor,
    date(balance_transactions.available_s, 'unixepoch') AS available,
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
    ) AS invoice_id,
    charges.failure_code,
    datetime(charges.created_s, 'unixepoch') AS created,
    charges.certainty
FROM charges
LEFT JOIN customers ON customers.stream = charges.stream AND customers.id = charges.customer_id
LEFT JOIN balance_transactions
    ON balance_transactions.stream = charges.stream AND balance_transactions.id = charges.balance_transaction_id
LEFT JOIN totals AS refunds
    ON refunds.stream = charges.stream AND refunds.target_type = 'charge' AND refunds.target_id = charges.id
    AND refunds.relation = 'refund' AND refunds.currency = charges.currency;

-- Every customer with what was invoiced (drafts, voids and deleted invoices left out), paid, written off and is still to
-- come; a row per currency, and one without a currency for a customer who was never invoiced.
CREATE VIEW customer_view AS
SELECT
    customers.stream,
    customers.id,
    customers.name,
    customers.email,
    totals.currency,
    coalesce(sum(totals.amount_minor) FILTER (WHERE totals.relation = 'invoiced'), 0) AS invoiced_minor,
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
    ) AS paid_minor,
    coalesce(sum(totals.amount_minor) FILTER (WHERE totals.relation = 'receivable'), 0) AS receivable_minor,
    coalesce(sum(totals.amount_minor) FILTER (WHERE totals.relation = 'written_off'), 0) AS written_off_minor,
    coalesce(sum(totals.links) FILTER (WHERE totals.relation = 'invoiced'), 0) AS invoices,
    customers.delinquent,
    customers.deleted,
    datetime(customers.created_s, 'unixepoch') AS created,
    customers.certainty
FROM customers
LEFT JOIN totals
    ON totals.stream = customers.stream AND totals.target_type = 'customer' AND totals.target_id = customers.id
    AND totals.relation IN ('invoiced', 'receivable', 'written_off')
GROUP BY customers.stream, customers.id, totals.currency;

-- Every payout with the dates on which it was made and should arrive.
CREATE VIEW payout_view AS
SELECT
    payouts.stream,
    payouts.id,
    payouts.status,
    payouts.currency,
    payouts.amount_minor,
    datetime(payouts.created_s, 'unixepoch') AS created,
    date(payouts.arrival_s, 'unixepoch') AS arrival,
    payouts.automatic,
    payouts.failure_code,
    payouts.reconciliation_status,
    payouts.statement_descriptor,
    payouts.certainty
FROM payouts;
