//! Uniform objects by the million, each made from its number when it is asked for: lists of a size that no recording has.
//! It holds no object, and nothing ever happens in it.

use super::kinds::Filter;
use super::stock::{Shelf, State, Stock};
use crate::calendar::{SECOND_US, second};
use crate::random::Random;
use crate::shapes::{
    Balance, BalanceTransaction, Card, Charge, Connection, Currency, Customer, Fee, Metadata,
    Method, Progress, Shape,
};

/// A store of uniform objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warehouse {
    /// The account that they belong to, `acct_…`.
    pub account: String,
    /// The second the first objects were made.
    pub from_s: i64,
    /// The second by which the last ones are made; all are spread evenly between.
    pub until_s: i64,
    /// How many there are of each type: `customer`, `charge`, `balance_transaction`.
    pub counts: Vec<(&'static str, u64)>,
}

/// Days until the money of a charge is available.
const DELAY_S: i64 = 2 * 86_400;

impl Warehouse {
    /// As many objects of each type, made over a year.
    pub fn of_each(count: u64) -> Self {
        Self {
            account: "acct_1Warehouse000000".to_owned(),
            from_s: 1_735_689_600,
            until_s: 1_735_689_600 + 365 * 86_400,
            counts: ["customer", "charge", "balance_transaction"]
                .map(|object| (object, count))
                .to_vec(),
        }
    }

    fn counted(&self, object: &str) -> u64 {
        let found = self.counts.iter().find(|(known, _)| *known == object);
        found.map_or(0, |(_, count)| *count)
    }

    fn made_s(&self, object: &str, number: u64) -> i64 {
        let (span, count) = (
            i128::from(self.until_s - self.from_s),
            i128::from(self.counted(object)),
        );
        let passed = span * i128::from(number) / count.max(1);
        self.from_s + i64::try_from(passed).expect("a part of the span is shorter than it")
    }

    fn shape(&self, object: &str, number: u64) -> Option<Box<dyn Shape>> {
        let created_s = self.made_s(object, number);
        match object {
            "customer" => Some(Box::new(self.customer(number, created_s))),
            "charge" => Some(Box::new(self.charge(number, created_s))),
            "balance_transaction" => Some(Box::new(self.transaction(number, created_s))),
            _ => None,
        }
    }

    fn customer(&self, number: u64, created_s: i64) -> Customer {
        let small = u32::try_from(number % 1_000_000_000).expect("below a billion");
        Customer {
            id: id("customer", number).into(),
            number: small,
            created_s,
            name: format!("Synthetic Customer {number}").into(),
            email: format!("customer-{number}@example.com").into(),
            description: None,
            phone: None,
            currency: Some(Currency::Usd),
            default_payment_method: None,
            delinquent: false,
            balance_minor: 0,
            discount: None,
            tax_exempt: "none",
            invoice_prefix: format!("W{:07}", number % 10_000_000).into(),
            metadata: Metadata::new(),
            deleted: false,
        }
    }

    fn charge(&self, number: u64, created_s: i64) -> Charge {
        let owner = number % self.counted("customer").max(1);
        let transaction = number < self.counted("balance_transaction");
        Charge {
            id: id("charge", number).into(),
            purse: 0,
            created_s,
            amount_minor: amount_minor(number),
            amount_captured_minor: amount_minor(number),
            amount_refunded_minor: 0,
            currency: Currency::Usd,
            balance_transaction: transaction.then(|| id("balance_transaction", number).into()),
            failure_balance_transaction: None,
            customer: Some(id("customer", owner).into()),
            customer_number: u32::try_from(owner % 1_000_000_000).expect("below a billion"),
            email: format!("customer-{owner}@example.com").into(),
            name: format!("Synthetic Customer {owner}").into(),
            description: format!("Order {number}").into(),
            decline: None,
            dispute: None,
            progress: Progress::Captured,
            payment_intent: None,
            payment_method: None,
            method: Method::Card,
            card: card(number),
            capture_before: None,
            network_transaction: format!("{number:015}").into(),
            receipt: format!("receipt-{number}").into(),
            risk_score: 10,
            connection: Connection::default(),
            metadata: Metadata::new(),
        }
    }

    fn transaction(&self, number: u64, created_s: i64) -> BalanceTransaction {
        let fee_minor = (amount_minor(number) * 29 + 999) / 1_000 + 30;
        BalanceTransaction {
            id: id("balance_transaction", number).into(),
            created_s,
            available_on_s: crate::calendar::midnight(created_s) + DELAY_S,
            amount_minor: amount_minor(number),
            fee_minor,
            fees: [Fee::of_stripe(fee_minor, "Stripe processing fees")].into(),
            currency: Currency::Usd,
            rate: None,
            description: Some(format!("Order {number}").into()),
            kind: "charge",
            category: "charge",
            source: Some(id("charge", number).into()),
        }
    }
}

impl Stock for Warehouse {
    fn accounts(&self) -> Vec<&str> {
        vec![&self.account]
    }

    fn count(&self, shelf: Shelf<'_>) -> usize {
        usize::try_from(self.counted(shelf.object)).expect("as many as can be numbered")
    }

    fn created_s(&self, shelf: Shelf<'_>, place: usize) -> i64 {
        self.made_s(shelf.object, number(place))
    }

    fn place(&self, shelf: Shelf<'_>, id: &str) -> Option<usize> {
        let number = number_of(shelf.object, id)?;
        let known = number < self.counted(shelf.object);
        known.then(|| usize::try_from(number).ok()).flatten()
    }

    fn state(&self, shelf: Shelf<'_>, place: usize, at_us: i64) -> Option<State> {
        let shape = self.shape(shelf.object, number(place))?;
        let made = shape.created_s() * SECOND_US <= at_us;
        made.then(|| State {
            json: shape.render(at_us),
            deleted: false,
        })
    }

    fn embedded(&self, _: Shelf<'_>, _: usize, _: i64, _: &str) -> Option<Vec<String>> {
        Some(Vec::new())
    }

    fn matching(&mut self, _: Shelf<'_>, _: &'static Filter, _: &str) -> Option<Vec<usize>> {
        None
    }

    fn balance(&self, _: &str, at_us: i64) -> String {
        let mut balance = Balance::empty();
        for number in 0..self.counted("balance_transaction") {
            let created_s = self.made_s("balance_transaction", number);
            if created_s > second(at_us) {
                break;
            }
            let transaction = self.transaction(number, created_s);
            let is_available = transaction.available(at_us);
            balance.add(transaction.currency, transaction.net_minor(), is_available);
        }
        balance.render(at_us)
    }

    fn find(&self, id: &str, at_us: i64) -> Option<String> {
        self.counts.iter().find_map(|(object, _)| {
            let shelf = Shelf {
                account: &self.account,
                object,
            };
            Some(self.state(shelf, self.place(shelf, id)?, at_us)?.json)
        })
    }
}

/// The id of a number's object: the number in it, and characters that the number decides.
fn id(object: &str, number: u64) -> String {
    let end = Random::new(number, object).token(11);
    format!("{}_1{number:012}{end}", prefix(object))
}

fn number_of(object: &str, id: &str) -> Option<u64> {
    let digits = id
        .strip_prefix(prefix(object))?
        .strip_prefix("_1")?
        .get(..12)?;
    let number = digits.parse().ok()?;
    (self::id(object, number) == id).then_some(number)
}

fn prefix(object: &str) -> &'static str {
    match object {
        "customer" => "cus",
        "charge" => "ch",
        _ => "txn",
    }
}

fn number(place: usize) -> u64 {
    u64::try_from(place).expect("a place fits 64 bits")
}

fn amount_minor(number: u64) -> i64 {
    1_000 + i64::try_from(number * 37 % 9_000).expect("below nine thousand")
}

fn card(number: u64) -> Card {
    Card {
        brand: "visa",
        funding: "credit",
        last4: format!("{:04}", number % 10_000).into(),
        fingerprint: format!("{number:016}").into(),
        exp_month: 12,
        exp_year: 2_030,
    }
}
