//! All lines of an invoice of which Stripe shows no more than the first: known only from the list read whole.
//!
//! Read from an observation whose body daybook makes of such a list. No object of Stripe's; its id is the invoice's.

use crate::schema::Key;
use crate::schema::Shape::List;

crate::schema::schema! {
    /// One invoice whose lines have been read whole, since it shows only the first of them itself.
    "invoice_line_list" in "invoice_line_lists", key Key::Id,
    required ["lines"], created by "", deleted by [];
    LINES "lines" List(&line::SCHEMA), "data", "all lines of the invoice";
}

/// Lines of invoices that were read whole.
pub mod line {
    super::super::invoice::lines! {
        /// One line of an invoice whose lines were read whole.
        "listed_line_item" in "listed_invoice_lines", line_tax line_discount line_pretax_credit
    }
}

/// Tax on lines of invoices that were read whole.
pub mod line_tax {
    super::super::parts::tax! {
        /// The tax of one rate on a line of an invoice whose lines were read whole.
        "listed_invoice_line_tax" in "listed_invoice_line_taxes"
    }
}

/// Discounts on lines of invoices that were read whole.
pub mod line_discount {
    super::super::parts::discount! {
        /// What one discount takes off a line of an invoice whose lines were read whole.
        "listed_invoice_line_discount" in "listed_invoice_line_discounts"
    }
}

/// What is taken before tax off lines of invoices that were read whole.
pub mod line_pretax_credit {
    super::super::parts::pretax_credit! {
        /// An amount taken before tax off a line of an invoice whose lines were read whole.
        "listed_invoice_line_pretax_credit" in "listed_invoice_line_pretax_credits"
    }
}
