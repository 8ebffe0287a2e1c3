//! The map from every member of Stripe's objects to the book, written by hand from Stripe's reference and the book's own
//! documentation. It looks at no schema of the reader, so that a member misread there differs here.

mod billing;
mod catalogue;
mod corrections;
mod credit;
mod invoices;
mod money;
mod payments;
mod plans;
mod platform;

use super::map::Map;

/// Every kind of object that the books hold.
pub static MAPS: [Map; 36] = [
    money::BALANCE,
    money::BALANCE_TRANSACTION,
    money::CHARGE,
    money::PAYOUT,
    money::REFUND,
    billing::CUSTOMER,
    billing::SUBSCRIPTION,
    invoices::INVOICE,
    invoices::INVOICE_LINE_LIST,
    invoices::INVOICE_PAYMENT,
    corrections::CREDIT_NOTE,
    corrections::INVOICE_ITEM,
    credit::CREDIT_BALANCE_TRANSACTION,
    credit::CREDIT_GRANT,
    credit::CUSTOMER_BALANCE_TRANSACTION,
    credit::CUSTOMER_CASH_BALANCE_TRANSACTION,
    catalogue::COUPON,
    catalogue::DISCOUNT,
    catalogue::PRICE,
    catalogue::PRODUCT,
    catalogue::PROMOTION_CODE,
    catalogue::TAX_RATE,
    payments::DISPUTE,
    payments::PAYMENT_INTENT,
    payments::PAYMENT_METHOD,
    payments::SETUP_INTENT,
    plans::CHECKOUT_SESSION,
    plans::SUBSCRIPTION_SCHEDULE,
    platform::APPLICATION_FEE,
    platform::APPLICATION_FEE_REFUND,
    platform::PAYOUT_MEMBERSHIP,
    platform::RESERVE_HOLD,
    platform::RESERVE_RELEASE,
    platform::TOPUP,
    platform::TRANSFER,
    platform::TRANSFER_REVERSAL,
];

const MODE: &str = "the stream says it";
const WHOLE: &str = "the list is whole, and its rows are compared";
const PARENT: &str = "the row names its parent";
const ADDRESS: &str = "addresses and phone numbers are no part of the books";
const PAPER: &str = "how it looks on paper or on a page moves no money";
const SETTING: &str = "a setting for what Stripe does next, not what happened";
const CARD: &str = "details of a card or of another way to pay are no part of the books";
const PLATFORM: &str =
    "for whom a platform acts moves no money by itself; what it moves has objects of its own";
const OWN: &str = "an object of its own, compared there";
const EXPLAINED: &str = "an explanation beside a member that is compared";
const PASSING: &str = "it changes by the passing of time alone, and is no state of the books";
const AGAIN: &str = "says again, in another form, what another member says";
