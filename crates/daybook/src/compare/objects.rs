//! The map from every member of Stripe's objects to the book, written by hand from Stripe's reference and the book's own
//! documentation. It looks at no schema of the reader, so that a member misread there differs here.

mod billing;
mod money;

use super::map::Map;

/// Every kind of object that the books hold.
pub(super) static MAPS: [Map; 9] = [
    money::BALANCE,
    money::BALANCE_TRANSACTION,
    money::CHARGE,
    billing::CUSTOMER,
    billing::INVOICE,
    billing::INVOICE_PAYMENT,
    money::PAYOUT,
    money::REFUND,
    billing::SUBSCRIPTION,
];

const MODE: &str = "the stream says it";
const WHOLE: &str = "the list is whole, and its rows are compared";
const PARENT: &str = "the row names its parent";
const ADDRESS: &str = "addresses and phone numbers are no part of the books";
const PAPER: &str = "how it looks on paper or on a page moves no money";
const TAX: &str = "tax, discounts and shipping are in the totals; their parts are not kept yet";
const SETTING: &str = "a setting for what Stripe does next, not what happened";
const CARD: &str = "details of the card are no part of the books";
const PLATFORM: &str = "platforms and their connected accounts are not kept yet";
const CATALOGUE: &str = "the catalogue of prices is not kept; items and lines keep the price's id";
const OTHER: &str = "an object of a kind that the books do not hold yet";
const AGAIN: &str = "says again, in another form, what another member says";
