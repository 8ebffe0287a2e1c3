-- A company of two customers with one of everything that the views speak of. The book clock is 2026-03-31, {stream} the stream.

INSERT INTO position VALUES ('{stream}', 9, x'00', unixepoch('2026-03-31'), 1);

INSERT INTO customers (stream, id, name, currency, balance_minor, certainty, gap, deleted) VALUES
    ('{stream}', 'cus_1', 'Customer 0001', 'usd', -500, 'exact', 0, 0),
    ('{stream}', 'cus_2', 'Customer 0002', 'usd', 0, 'ambiguous', 1, 0),
    ('{stream}', 'cus_3', 'Customer 0003', 'usd', -70, 'exact', 0, 1);

INSERT INTO invoices (stream, id, number, customer_id, status, currency, total_minor, amount_paid_minor, amount_remaining_minor,
    pre_payment_credit_notes_minor, created_s, finalized_s, due_s, paid_s, voided_s, marked_uncollectible_s, certainty, gap, deleted)
VALUES
    ('{stream}', 'in_1', 'A-1', 'cus_1', 'paid', 'usd', 12000, 12000, 0, 0, unixepoch('2026-01-30'), unixepoch('2026-01-30'),
        NULL, unixepoch('2026-01-30'), NULL, NULL, 'exact', 0, 0),
    ('{stream}', 'in_2', 'A-2', 'cus_1', 'open', 'usd', 5500, 2000, 3000, 0, unixepoch('2026-01-15'), unixepoch('2026-01-15'),
        unixepoch('2026-02-14'), NULL, NULL, NULL, 'exact', 0, 0),
    ('{stream}', 'in_3', 'B-1', 'cus_2', 'open', 'eur', 800, 0, 700, 100, unixepoch('2026-03-27'), unixepoch('2026-03-27'),
        unixepoch('2026-04-10'), NULL, NULL, NULL, 'exact', 1, 0),
    ('{stream}', 'in_4', 'B-2', 'cus_2', 'void', 'usd', 900, 0, 900, 0, unixepoch('2026-02-19'), unixepoch('2026-02-19'),
        NULL, NULL, unixepoch('2026-03-01'), NULL, 'exact', 0, 0),
    ('{stream}', 'in_5', 'B-3', 'cus_2', 'uncollectible', 'usd', 400, 0, 400, 0, unixepoch('2026-02-09'), unixepoch('2026-02-09'),
        NULL, NULL, NULL, unixepoch('2026-03-11'), 'exact', 0, 0),
    ('{stream}', 'in_6', 'B-4', 'cus_2', 'paid', 'usd', 600, 600, 0, 0, unixepoch('2026-03-05'), unixepoch('2026-03-05'),
        NULL, unixepoch('2026-03-06'), NULL, NULL, 'exact', 0, 0),
    ('{stream}', 'in_7', NULL, 'cus_2', 'draft', 'usd', 100, 0, 100, 0, unixepoch('2026-03-30'), NULL,
        NULL, NULL, NULL, NULL, 'exact', 0, 0),
    ('{stream}', 'in_8', 'A-3', 'cus_1', 'open', 'usd', 50, 0, 50, 0, unixepoch('2025-12-01'), unixepoch('2025-12-01'),
        NULL, NULL, NULL, NULL, 'exact', 0, 0);

INSERT INTO invoice_lines (stream, invoice_id, id, currency, amount_minor, period_start_s, period_end_s) VALUES
    ('{stream}', 'in_1', 'il_1', 'usd', 11000, unixepoch('2026-01-30'), unixepoch('2026-04-30')),
    ('{stream}', 'in_2', 'il_2', 'usd', 5500, unixepoch('2026-01-15'), unixepoch('2026-02-15')),
    ('{stream}', 'in_3', 'il_3', 'eur', 960, unixepoch('2026-04-01'), unixepoch('2026-05-01')),
    ('{stream}', 'in_4', 'il_4', 'usd', 900, unixepoch('2026-01-01'), unixepoch('2026-12-31'));
INSERT INTO invoice_line_discounts VALUES ('{stream}', 'in_1', 'il_1', 0, 1000, 'di_1', NULL);
INSERT INTO invoice_line_taxes (stream, invoice_id, invoice_line_id, place, amount_minor, tax_behavior) VALUES
    ('{stream}', 'in_1', 'il_1', 0, 2000, 'exclusive'),
    ('{stream}', 'in_3', 'il_3', 0, 160, 'inclusive');
INSERT INTO invoice_taxes (stream, invoice_id, place, amount_minor, taxable_minor, tax_behavior, tax_rate_id) VALUES
    ('{stream}', 'in_1', 0, 2000, 10000, 'exclusive', 'txr_1'),
    ('{stream}', 'in_3', 0, 160, 800, 'inclusive', 'txr_1'),
    ('{stream}', 'in_4', 0, 90, 450, 'exclusive', 'txr_1');
INSERT INTO tax_rates (stream, id, display_name, percentage, country) VALUES ('{stream}', 'txr_1', 'VAT', '20', 'XX');
INSERT INTO invoice_discounts VALUES ('{stream}', 'in_1', 0, 1000, 'di_1', NULL);
INSERT INTO discounts (stream, id, coupon_id) VALUES ('{stream}', 'di_1', 'SPRING');
INSERT INTO coupons (stream, id, name) VALUES ('{stream}', 'SPRING', 'Spring');

INSERT INTO credit_notes (stream, id, invoice_id, customer_id, status, currency, total_minor, pre_payment_minor, created_s) VALUES
    ('{stream}', 'cn_1', 'in_3', 'cus_2', 'issued', 'eur', 100, 100, unixepoch('2026-03-28')),
    ('{stream}', 'cn_2', 'in_3', 'cus_2', 'void', 'eur', 30, 30, unixepoch('2026-03-29'));
INSERT INTO credit_note_taxes (stream, credit_note_id, place, amount_minor, tax_behavior, tax_rate_id) VALUES
    ('{stream}', 'cn_1', 0, 20, 'inclusive', 'txr_1'),
    ('{stream}', 'cn_2', 0, 5, 'inclusive', 'txr_1');

INSERT INTO invoice_payments (stream, id, invoice_id, payment_intent_id, status, currency, amount_paid_minor, paid_s) VALUES
    ('{stream}', 'in_1/pi_1', 'in_1', 'pi_1', 'paid', 'usd', 12000, unixepoch('2026-01-30')),
    ('{stream}', 'in_2/pi_2', 'in_2', 'pi_2', 'paid', 'usd', 2000, unixepoch('2026-02-15')),
    ('{stream}', 'in_8/pi_8', 'in_8', 'pi_8', 'open', 'usd', NULL, NULL);
INSERT INTO invoice_payments (stream, id, invoice_id, payment_type, payment_record_id, status, currency, amount_paid_minor, paid_s)
VALUES ('{stream}', 'in_6/pr_1', 'in_6', 'payment_record', 'pr_1', 'paid', 'usd', 400, unixepoch('2026-03-06'));

INSERT INTO charges (stream, id, customer_id, payment_intent_id, status, currency, amount_minor, amount_captured_minor,
    amount_refunded_minor, created_s, failure_code, balance_transaction_id)
VALUES
    ('{stream}', 'ch_1', 'cus_1', 'pi_1', 'succeeded', 'usd', 12000, 12000, 1000, unixepoch('2026-01-30'), NULL, 'txn_1'),
    ('{stream}', 'ch_2', 'cus_1', 'pi_2', 'failed', 'usd', 2000, 0, 0, unixepoch('2026-02-14'), 'card_declined', NULL),
    ('{stream}', 'ch_3', 'cus_1', 'pi_2', 'succeeded', 'usd', 2000, 2000, 0, unixepoch('2026-02-15'), NULL, 'txn_3'),
    ('{stream}', 'ch_4', 'cus_2', 'pi_4', 'succeeded', 'usd', 300, 300, 0, unixepoch('2026-03-20'), NULL, NULL),
    ('{stream}', 'ch_5', 'cus_2', 'pi_5', 'succeeded', 'usd', 300, 300, 0, unixepoch('2026-03-20') + 600, NULL, NULL),
    ('{stream}', 'ch_6', 'cus_2', 'pi_6', 'succeeded', 'usd', 300, 300, 0, unixepoch('2026-03-22'), NULL, NULL),
    ('{stream}', 'ch_7', 'cus_2', 'pi_7', 'failed', 'jpy', 9000, 0, 0, unixepoch('2026-03-23'), 'expired_card', NULL);
INSERT INTO links VALUES ('{stream}', 'charge', 'ch_1', 'refund', 'refund', 're_1', 'usd', 1000);
INSERT INTO refunds (stream, id, charge_id, status, currency, amount_minor, reason, created_s) VALUES
    ('{stream}', 're_1', 'ch_1', 'succeeded', 'usd', 1000, 'duplicate', unixepoch('2026-03-01')),
    ('{stream}', 're_2', 'ch_1', 'failed', 'usd', 200, NULL, unixepoch('2026-03-02'));

INSERT INTO balance_transactions (stream, id, type, reporting_category, source_id, currency, amount_minor, fee_minor, net_minor,
    created_s, available_s)
VALUES
    ('{stream}', 'txn_1', 'charge', 'charge', 'ch_1', 'eur', 11000, 380, 10620, unixepoch('2026-01-30'), unixepoch('2026-02-01')),
    ('{stream}', 'txn_3', 'charge', 'charge', 'ch_3', 'usd', 2000, 88, 1912, unixepoch('2026-02-15'), unixepoch('2026-02-17')),
    ('{stream}', 'txn_f', 'stripe_fee', 'fee', NULL, 'usd', -150, 0, -150, unixepoch('2026-02-20'), unixepoch('2026-02-20')),
    ('{stream}', 'txn_p', 'payout', 'payout', 'po_1', 'eur', -10620, 0, -10620, unixepoch('2026-02-02'), unixepoch('2026-02-02'));
INSERT INTO balance_transaction_fees (stream, balance_transaction_id, place, type, amount_minor, currency) VALUES
    ('{stream}', 'txn_1', 0, 'stripe_fee', 330, 'eur'),
    ('{stream}', 'txn_1', 1, 'tax', 50, 'eur'),
    ('{stream}', 'txn_3', 0, 'stripe_fee', 88, 'usd');
INSERT INTO payouts (stream, id, status, currency, amount_minor, created_s) VALUES
    ('{stream}', 'po_1', 'paid', 'eur', 10620, unixepoch('2026-02-02'));
INSERT INTO payout_transactions VALUES ('{stream}', 'po_1', 'txn_1', NULL), ('{stream}', 'po_1', 'txn_p', NULL);

INSERT INTO disputes (stream, id, charge_id, status, reason, currency, amount_minor, created_s, due_s) VALUES
    ('{stream}', 'du_1', 'ch_1', 'needs_response', 'fraudulent', 'usd', 12000, unixepoch('2026-03-25'), unixepoch('2026-04-05')),
    ('{stream}', 'du_2', 'ch_3', 'won', 'general', 'usd', 2000, unixepoch('2026-03-01'), unixepoch('2026-03-09'));
INSERT INTO dispute_balance_transactions (stream, dispute_id, id, currency, net_minor) VALUES
    ('{stream}', 'du_1', 'txn_d', 'eur', -12500);

INSERT INTO subscriptions (stream, id, customer_id, status, currency, cancel_at_period_end, ended_s, cancellation_reason,
    certainty, gap, deleted)
VALUES
    ('{stream}', 'sub_1', 'cus_1', 'active', 'usd', 1, NULL, NULL, 'exact', 0, 0),
    ('{stream}', 'sub_2', 'cus_2', 'canceled', 'usd', 0, unixepoch('2026-03-16'), 'payment_failed', 'exact', 0, 0);
INSERT INTO subscription_items (stream, subscription_id, id, currency, unit_amount_minor, interval, interval_count, quantity) VALUES
    ('{stream}', 'sub_1', 'si_1', 'usd', 4900, 'month', 1, 2),
    ('{stream}', 'sub_1', 'si_2', 'usd', 60000, 'year', 1, 1),
    ('{stream}', 'sub_1', 'si_3', 'usd', NULL, 'month', 1, NULL),
    ('{stream}', 'sub_2', 'si_4', 'usd', 1000, 'week', 1, 1);

INSERT INTO credit_grants (stream, id, customer_id, currency, amount_minor) VALUES ('{stream}', 'cg_1', 'cus_2', 'usd', 1000);
INSERT INTO credit_balance_transactions (stream, id, credit_grant_id, credit_currency, credit_minor, debit_currency, debit_minor)
VALUES
    ('{stream}', 'cbtxn_1', 'cg_1', 'usd', 1000, NULL, NULL),
    ('{stream}', 'cbtxn_2', 'cg_1', NULL, NULL, 'usd', 400);
INSERT INTO customer_cash_balance_transactions (stream, id, customer_id, currency, net_amount_minor) VALUES
    ('{stream}', 'ccsbtxn_1', 'cus_1', 'eur', 300),
    ('{stream}', 'ccsbtxn_2', 'cus_1', 'eur', -50);

INSERT INTO findings VALUES
    ('{stream}', 'invoice', 'in_1', 'sum_differs', 'usd', 5, 'it differs', 'look'),
    ('{stream}', 'invoice', 'in_2', 'sum_differs', 'usd', -7, 'it differs', 'look');
