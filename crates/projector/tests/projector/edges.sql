-- A company of what is easily counted wrong: releases, partial captures, failed debits and payouts, lists that Stripe cuts, credit
-- notes on void invoices. The book clock is 2026-03-31, {stream} the stream.

INSERT INTO position VALUES ('{stream}', 9, x'00', unixepoch('2026-03-31'), 1);

INSERT INTO charges (stream, id, payment_intent_id, status, currency, amount_minor, amount_captured_minor, created_s, failure_code,
    balance_transaction_id, failure_balance_transaction_id)
VALUES
    ('{stream}', 'ch_whole', 'pi_1', 'succeeded', 'usd', 5000, 5000, unixepoch('2026-03-01'), NULL, 'txn_whole', NULL),
    ('{stream}', 'ch_part', 'pi_2', 'succeeded', 'usd', 5000, 3000, unixepoch('2026-03-02'), NULL, 'txn_part', NULL),
    ('{stream}', 'ch_released', 'pi_3', 'succeeded', 'usd', 700, 0, unixepoch('2026-03-03'), NULL, NULL, NULL),
    ('{stream}', 'ch_returned', 'pi_4', 'failed', 'usd', 900, 0, unixepoch('2026-03-04'), 'debit_not_authorized', 'txn_debit',
        'txn_returned'),
    ('{stream}', 'ch_lone_1', NULL, 'failed', 'usd', 100, 0, unixepoch('2026-03-05'), 'card_declined', NULL, NULL),
    ('{stream}', 'ch_lone_2', NULL, 'failed', 'usd', 200, 0, unixepoch('2026-03-05'), 'card_declined', NULL, NULL);
INSERT INTO refunds (stream, id, charge_id, status, currency, amount_minor, reason, created_s, balance_transaction_id) VALUES
    ('{stream}', 're_whole', 'ch_whole', 'succeeded', 'usd', 400, NULL, unixepoch('2026-03-06'), 'txn_refund'),
    ('{stream}', 're_part', 'ch_part', 'succeeded', 'usd', 2000, NULL, unixepoch('2026-03-06'), 'txn_left'),
    ('{stream}', 're_released', 'ch_released', 'succeeded', 'usd', 700, NULL, unixepoch('2026-03-06'), NULL),
    ('{stream}', 're_expired', 'ch_unknown', 'succeeded', 'usd', 70, 'expired_uncaptured_charge', unixepoch('2026-03-06'), NULL);
INSERT INTO links VALUES
    ('{stream}', 'charge', 'ch_whole', 'refund', 'refund', 're_whole', 'usd', 400),
    ('{stream}', 'charge', 'ch_part', 'refund', 'refund', 're_part', 'usd', 2000),
    ('{stream}', 'charge', 'ch_released', 'refund', 'refund', 're_released', 'usd', 700),
    ('{stream}', 'dispute', 'du_1', 'balance_transaction', 'balance_transaction', 'txn_dispute', NULL, NULL),
    ('{stream}', 'dispute', 'du_1', 'balance_transaction', 'balance_transaction', 'txn_countered', NULL, NULL);

INSERT INTO balance_transactions (stream, id, type, reporting_category, source_id, currency, amount_minor, fee_minor, net_minor,
    created_s)
VALUES
    ('{stream}', 'txn_whole', 'charge', 'charge', 'ch_whole', 'usd', 5000, 0, 5000, unixepoch('2026-03-01')),
    ('{stream}', 'txn_part', 'charge', 'charge', 'ch_part', 'usd', 5000, 0, 5000, unixepoch('2026-03-02')),
    ('{stream}', 'txn_debit', 'payment', 'charge', 'ch_returned', 'usd', 900, 0, 900, unixepoch('2026-03-04')),
    ('{stream}', 'txn_returned', 'payment_failure_refund', 'charge_failure', 'ch_returned', 'usd', -900, 0, -900,
        unixepoch('2026-03-05')),
    ('{stream}', 'txn_refund', 'refund', 'refund', 're_whole', 'usd', -400, 0, -400, unixepoch('2026-03-06')),
    ('{stream}', 'txn_left', 'refund', 'partial_capture_reversal', 're_part', 'usd', -2000, 0, -2000, unixepoch('2026-03-06')),
    ('{stream}', 'txn_dispute', 'adjustment', 'dispute', 'du_1', 'usd', -5000, 1500, -6500, unixepoch('2026-03-07')),
    ('{stream}', 'txn_countered', 'adjustment', 'fee', 'du_1', 'usd', -1500, 0, -1500, unixepoch('2026-03-08'));
INSERT INTO balance_transaction_fees (stream, balance_transaction_id, place, type, amount_minor, currency) VALUES
    ('{stream}', 'txn_dispute', 0, 'stripe_fee', 1500, 'usd');
INSERT INTO disputes (stream, id, charge_id, status, currency, amount_minor, created_s, due_s) VALUES
    ('{stream}', 'du_1', 'ch_whole', 'under_review', 'usd', 5000, unixepoch('2026-03-07'), unixepoch('2026-03-31') - 60);
INSERT INTO dispute_balance_transactions (stream, dispute_id, id, reporting_category, currency, amount_minor, net_minor) VALUES
    ('{stream}', 'du_1', 'txn_dispute', 'dispute', 'usd', -5000, -6500);

INSERT INTO payouts (stream, id, status, currency, amount_minor, balance_transaction_id) VALUES
    ('{stream}', 'po_1', 'failed', 'usd', 5000, NULL),
    ('{stream}', 'po_2', 'paid', 'usd', 5000, 'txn_unread');
INSERT INTO payout_transactions VALUES
    ('{stream}', 'po_1', 'txn_whole', NULL),
    ('{stream}', 'po_2', 'txn_part', NULL),
    ('{stream}', 'po_2', 'txn_unread', NULL);

INSERT INTO invoices (stream, id, status, currency, total_minor, finalized_s, voided_s, deleted) VALUES
    ('{stream}', 'in_cut', 'open', 'usd', 3000, unixepoch('2026-03-01'), NULL, 0),
    ('{stream}', 'in_void', 'void', 'usd', 800, unixepoch('2026-03-01'), unixepoch('2026-03-09'), 0);
INSERT INTO listed_invoice_lines (stream, invoice_id, id, currency, amount_minor, period_start_s, period_end_s) VALUES
    ('{stream}', 'in_cut', 'il_1', 'usd', 3300, unixepoch('2026-03-16'), unixepoch('2026-04-15'));
INSERT INTO listed_invoice_line_discounts (stream, invoice_id, invoice_line_id, place, amount_minor) VALUES
    ('{stream}', 'in_cut', 'il_1', 0, 100);
INSERT INTO listed_invoice_line_taxes (stream, invoice_id, invoice_line_id, place, amount_minor, tax_behavior) VALUES
    ('{stream}', 'in_cut', 'il_1', 0, 200, 'inclusive');
INSERT INTO credit_notes (stream, id, invoice_id, status, currency, total_minor, created_s) VALUES
    ('{stream}', 'cn_cut', 'in_cut', 'issued', 'usd', 30, unixepoch('2026-03-02')),
    ('{stream}', 'cn_void', 'in_void', 'issued', 'usd', 300, unixepoch('2026-03-02'));
INSERT INTO credit_note_taxes (stream, credit_note_id, place, amount_minor, tax_behavior, tax_rate_id) VALUES
    ('{stream}', 'cn_cut', 0, 5, 'inclusive', 'txr_1'),
    ('{stream}', 'cn_void', 0, 50, 'inclusive', 'txr_1');

INSERT INTO subscriptions (stream, id, status, currency, pause_behavior, ended_s, deleted) VALUES
    ('{stream}', 'sub_1', 'active', 'usd', NULL, NULL, 0),
    ('{stream}', 'sub_2', 'active', 'usd', 'void', NULL, 0),
    ('{stream}', 'sub_3', 'canceled', 'usd', NULL, unixepoch('2026-03-10'), 0);
INSERT INTO subscription_items (stream, subscription_id, id, currency, unit_amount_minor, interval, interval_count, quantity) VALUES
    ('{stream}', 'sub_2', 'si_2', 'usd', 10, 'month', 1, 1);
INSERT INTO listed_subscription_items (stream, subscription_id, id, currency, unit_amount_minor, interval, interval_count, quantity)
VALUES
    ('{stream}', 'sub_1', 'si_1', 'usd', 1000, 'month', 1, 1),
    ('{stream}', 'sub_3', 'si_3', 'usd', 100, 'year', 1, 1);
