//! What an account has of its own: its name in ids, its currencies and banks, and the movements that wait for a payout.
//! The first is the company's, the others are connected to it. Its balance is a running sum.

use crate::calendar::DAY_S;
use crate::funds::Funds;
use crate::history::Handle;
use crate::identity::Mint;
use crate::json::Text;
use crate::random::Random;
use crate::shapes::{BalanceTransaction, Currency};

/// The company's own place among the accounts.
pub(crate) const COMPANY: usize = 0;
/// The connected accounts that are passed money, by their places.
pub(crate) const SELLERS: [usize; 2] = [1, 2];
/// The connected account that takes payments of its own.
pub(crate) const MERCHANT: usize = 3;

/// One account, apart from its objects.
pub(crate) struct Purse {
    /// The connected account; none for the company's own.
    pub(crate) account: Option<Text>,
    pub(crate) mint: Mint,
    /// The company's software, as connected accounts know it.
    pub(crate) application: Text,
    /// The currencies it keeps, with the bank of each; what comes in another is exchanged for the first.
    pub(crate) banks: Vec<(Currency, Text)>,
    /// Movements that no payout has swept yet.
    pub(crate) unswept: Vec<Handle<BalanceTransaction>>,
    /// What it has.
    pub(crate) funds: Funds,
    /// Movements that a request has dated after the present step.
    pub(crate) ahead: Vec<(i64, Handle<BalanceTransaction>)>,
}

impl Purse {
    /// The company's account and those connected to it.
    pub(crate) fn open_all(seed: u64, mint: &Mint, start_s: i64) -> Vec<Self> {
        let mut random = Random::new(seed, "accounts");
        let opened_s = start_s - 300 * DAY_S;
        let kept: [&[Currency]; 4] = [
            &[Currency::Usd, Currency::Eur],
            &[Currency::Usd],
            &[Currency::Eur],
            &[Currency::Jpy],
        ];
        let application: Text = format!("ca_{}", random.token(32)).into();
        let mut purses = Vec::new();
        for (place, currencies) in kept.into_iter().enumerate() {
            let mint = if place == COMPANY {
                mint.clone()
            } else {
                Mint::new(&mut random, opened_s)
            };
            let bank = |&currency| (currency, mint.dated(&mut random, "ba", opened_s));
            let banks = currencies.iter().map(bank).collect();
            purses.push(Self {
                account: (place != COMPANY).then(|| mint.account.clone()),
                mint,
                application: application.clone(),
                banks,
                unswept: Vec::new(),
                funds: Funds::default(),
                ahead: Vec::new(),
            });
        }
        purses
    }

    /// The currency in which it keeps what is paid in another.
    pub(crate) fn settles_in(&self, paid: Currency) -> Currency {
        let keeps = self.banks.iter().any(|bank| bank.0 == paid);
        if keeps { paid } else { self.banks[0].0 }
    }

    /// The bank account of a currency that it keeps.
    pub(crate) fn bank(&self, currency: Currency) -> &Text {
        let bank = self.banks.iter().find(|bank| bank.0 == currency);
        &bank.expect("an account has a bank for what it keeps").1
    }
}
