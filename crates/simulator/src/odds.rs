//! How often money takes its rarer ways. Only numbers: what the ways are is said by the flows.

/// Shares per thousand of the charges, refunds, days or customers that each names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Odds {
    /// Of customers: pay once more without an invoice, and then again with the same chance.
    pub sales: u32,
    /// Of those payments: in another currency than the customer's own.
    pub foreign: u32,
    /// Of those payments: on a page of Stripe's.
    pub by_checkout: u32,
    /// Of payments by card: the customer must prove the card theirs.
    pub secure_cards: u32,
    /// Of payments by card: authorised first, captured by a call of its own.
    pub captured_by_hand: u32,
    /// Of payments in usd or eur: by a debit of a bank account, which takes days.
    pub delayed: u32,
    /// Of payments by card: refused.
    pub refused: u32,
    /// Of payments by card: for a connected account.
    pub passed_on: u32,
    /// Of charges: refunded in full or in part, some of them twice.
    pub refunds: u32,
    /// Of refunds: waiting for money or for the customer before they succeed, fail or are cancelled.
    pub slow_refunds: u32,
    /// Of refunds that succeeded: sent back by the bank.
    pub failed_refunds: u32,
    /// Of charges: disputed, some of them twice.
    pub disputes: u32,
    /// Of automatic payouts: sent back by the bank after they were called paid.
    pub failed_payouts: u32,
    /// Of days: a payout by hand, some of them instant, some cancelled.
    pub payouts_by_hand: u32,
    /// Of days with a debt: it is drawn from the bank.
    pub debits: u32,
    /// Of days: a top-up.
    pub top_ups: u32,
    /// Of days: money is held back for risk, or for the debts of connected accounts.
    pub reserves: u32,
    /// Of days: a transfer that no charge made.
    pub transfers: u32,
    /// Of days: a payment on the connected account that takes its own.
    pub direct_sales: u32,
    /// Of customers: save a second card, and mostly take it away again.
    pub saved_cards: u32,
}

impl Odds {
    /// What a company sees in a year or two, within weeks.
    pub(crate) fn lively() -> Self {
        Self {
            sales: 550,
            foreign: 350,
            by_checkout: 350,
            secure_cards: 150,
            captured_by_hand: 250,
            delayed: 250,
            refused: 60,
            passed_on: 350,
            refunds: 90,
            slow_refunds: 200,
            failed_refunds: 100,
            disputes: 60,
            failed_payouts: 15,
            payouts_by_hand: 80,
            debits: 400,
            top_ups: 60,
            reserves: 50,
            transfers: 80,
            direct_sales: 200,
            saved_cards: 150,
        }
    }

    /// None of them ever.
    pub fn none() -> Self {
        Self {
            sales: 0,
            foreign: 0,
            by_checkout: 0,
            secure_cards: 0,
            captured_by_hand: 0,
            delayed: 0,
            refused: 0,
            passed_on: 0,
            refunds: 0,
            slow_refunds: 0,
            failed_refunds: 0,
            disputes: 0,
            failed_payouts: 0,
            payouts_by_hand: 0,
            debits: 0,
            top_ups: 0,
            reserves: 0,
            transfers: 0,
            direct_sales: 0,
            saved_cards: 0,
        }
    }
}
