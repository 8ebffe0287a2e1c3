//! What must hold of transfers and application fees, the money between a platform and its connected accounts.
//!
//! Each function looks at one content and at what others say of it, and changes neither.

use facts::Record;
use facts::objects::{application_fee, transfer};

use super::{Finding, READ_BOTH, currency, differs};
use crate::link::{self, Totals};

pub(super) fn of_transfer(content: &Record, totals: &Totals) -> Vec<Finding> {
    let currency = currency(content, transfer::CURRENCY);
    let sum = link::total(totals, "transfer_reversal", currency).amount_minor;
    let found = differs(
        "transfer_reversals",
        currency,
        content.int(transfer::AMOUNT_REVERSED_MINOR),
        Some(sum),
        "amount reversed is {}, its reversals add up to {}",
        READ_BOTH,
    );
    found.into_iter().collect()
}

pub(super) fn of_application_fee(content: &Record, totals: &Totals) -> Vec<Finding> {
    let currency = currency(content, application_fee::CURRENCY);
    let sum = link::total(totals, "fee_refund", currency).amount_minor;
    let found = differs(
        "fee_refunds",
        currency,
        content.int(application_fee::AMOUNT_REFUNDED_MINOR),
        Some(sum),
        "amount refunded is {}, its refunds add up to {}",
        READ_BOTH,
    );
    found.into_iter().collect()
}
