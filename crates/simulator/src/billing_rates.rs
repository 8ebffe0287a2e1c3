//! How often billing takes a turn other than the plain one: taxes, discounts, trials, credit notes and the like. All shares
//! are per thousand of what could take that turn.

/// Shares per thousand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BillingRates {
    /// Customers that are taxed.
    pub taxes: u32,
    /// Customers with a coupon from the start.
    pub discounts: u32,
    /// Subscriptions that begin with a trial.
    pub trials: u32,
    /// Subscriptions whose first payment fails.
    pub incomplete: u32,
    /// Subscriptions bought on a page of Stripe's.
    pub checkout: u32,
    /// Subscriptions that change their price or quantity within a period.
    pub plan_changes: u32,
    /// Subscriptions whose collection is paused for a while.
    pub pauses: u32,
    /// Subscriptions that get a schedule.
    pub schedules: u32,
    /// Invoices sent by mail that are paid in parts or too much.
    pub part_payments: u32,
    /// Invoices that get a credit note, paid or not.
    pub credit_notes: u32,
    /// Customers whose balance is adjusted by hand.
    pub balance_adjustments: u32,
    /// Customers that send cash ahead.
    pub cash: u32,
    /// Customers that are granted billing credits.
    pub credit_grants: u32,
    /// Invoices by hand of 12 to 60 lines.
    pub long_invoices: u32,
    /// Changes for which Stripe fails to make the event.
    pub silent_changes: u32,
    /// Changes made on the dashboard, whose events name no request.
    pub dashboard_changes: u32,
}

impl BillingRates {
    /// Every turn is taken, most customers take few.
    pub fn usual() -> Self {
        Self {
            taxes: 450,
            discounts: 350,
            trials: 130,
            incomplete: 60,
            checkout: 150,
            plan_changes: 350,
            pauses: 140,
            schedules: 90,
            part_payments: 350,
            credit_notes: 110,
            balance_adjustments: 250,
            cash: 120,
            credit_grants: 250,
            long_invoices: 120,
            silent_changes: 50,
            dashboard_changes: 150,
        }
    }

    /// Nothing but the plain turn.
    pub fn none() -> Self {
        Self {
            taxes: 0,
            discounts: 0,
            trials: 0,
            incomplete: 0,
            checkout: 0,
            plan_changes: 0,
            pauses: 0,
            schedules: 0,
            part_payments: 0,
            credit_notes: 0,
            balance_adjustments: 0,
            cash: 0,
            credit_grants: 0,
            long_invoices: 0,
            silent_changes: 0,
            dashboard_changes: 0,
        }
    }
}
