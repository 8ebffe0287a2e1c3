//! `subscriptions`: who is billed again and again, for how much an interval, and until when the period runs.

use clap::Args;

use super::filter::{Filter, Part};
use crate::failure::Outcome;
use crate::shell::Shell;

/// A row a subscription and interval. The amount is quantity × price of the items with that interval, before discounts and
/// tax; none where an item has no whole unit price: tiers, usage, or parts of a minor unit.
const ROWS: &str = "
    WITH rows AS (
        SELECT s.id, s.status, s.customer_id, coalesce(c.name, c.email, s.customer_id) AS customer, s.created_s,
               s.start_s, s.trial_end_s, max(i.period_end_s) AS period_end_s,
               CASE WHEN s.ended_s IS NOT NULL THEN s.ended_s WHEN s.cancel_at_period_end THEN max(i.period_end_s)
                    ELSE s.cancel_at_s END AS ends_s,
               count(i.id) AS items,
               CASE i.interval_count WHEN 1 THEN i.interval ELSE i.interval_count || ' ' || i.interval || 's' END AS interval,
               coalesce(i.currency, s.currency) AS currency,
               CASE WHEN count(i.id) = count(i.unit_amount_minor * i.quantity)
                    THEN sum(i.unit_amount_minor * i.quantity) END AS amount_minor,
               s.pause_behavior, s.certainty
        FROM subscriptions AS s
        LEFT JOIN customers AS c ON c.stream = s.stream AND c.id = s.customer_id
        LEFT JOIN subscription_items AS i ON i.stream = s.stream AND i.subscription_id = s.id
        WHERE s.stream = :stream AND (:customer IS NULL OR s.customer_id = :customer)
          AND (:status IS NULL OR s.status = :status
               OR :status = 'running' AND s.status NOT IN ('canceled', 'incomplete_expired'))
          AND (:from IS NULL OR s.created_s >= :from) AND (:to IS NULL OR s.created_s < :to)
        GROUP BY s.id, i.interval, i.interval_count, coalesce(i.currency, s.currency))";

const TOTALS: &str = "
    SELECT status, interval, currency, count(*) AS subscriptions, sum(items) AS items, sum(amount_minor) AS amount_minor,
           count(*) - count(amount_minor) AS unpriced
    FROM rows GROUP BY status, interval, currency ORDER BY status, interval, currency";

/// Those of one customer, `:customer`.
pub(super) const OF_CUSTOMER: &str = "
    SELECT s.id, s.status, s.created_s, max(i.period_end_s) AS period_end_s, s.ended_s, count(i.id) AS items,
           CASE i.interval_count WHEN 1 THEN i.interval ELSE i.interval_count || ' ' || i.interval || 's' END AS interval,
           coalesce(i.currency, s.currency) AS currency,
           CASE WHEN count(i.id) = count(i.unit_amount_minor * i.quantity)
                THEN sum(i.unit_amount_minor * i.quantity) END AS amount_minor,
           s.certainty
    FROM subscriptions AS s
    LEFT JOIN subscription_items AS i ON i.stream = s.stream AND i.subscription_id = s.id
    WHERE s.stream = :stream AND s.customer_id = :customer
    GROUP BY s.id, i.interval, i.interval_count, coalesce(i.currency, s.currency)
    ORDER BY s.created_s, s.id";

/// For programs only.
pub(super) const DETAILS: &[&str] = &["customer_id", "start_s", "trial_end_s", "pause_behavior"];

/// Stripe's, and the one that stands for several.
const STATUSES: [&str; 9] = [
    "running",
    "incomplete",
    "incomplete_expired",
    "trialing",
    "active",
    "past_due",
    "canceled",
    "unpaid",
    "paused",
];

/// List subscriptions with what they are billed for an interval, and totals by status, interval and currency
#[derive(Debug, Args)]
#[command(
    after_help = "The amount is quantity × price of the items, before discounts and tax, for one interval; it is empty where an item has no whole unit price. Statuses are Stripe's; running stands for all that have not ended."
)]
pub(crate) struct Subscriptions {
    #[command(flatten)]
    filter: Filter,
}

impl Subscriptions {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let rows = Part {
            name: "subscriptions",
            sql: format!("{ROWS} SELECT * FROM rows ORDER BY created_s, id, interval"),
            details: DETAILS,
        };
        let totals = Part {
            name: "totals",
            sql: format!("{ROWS}{TOTALS}"),
            details: &[],
        };
        self.filter.answer(shell, &[rows, totals], &[], &STATUSES)
    }
}
