//! All lines of a credit note of which Stripe shows no more than the first: known only from the list read whole.
//!
//! Read from an observation whose body daybook makes of such a list. No object of Stripe's; its id is the credit note's.

use crate::schema::Key;
use crate::schema::Shape::List;

crate::schema::schema! {
    /// One credit note whose lines have been read whole, since it shows only the first of them itself.
    "credit_note_line_list" in "credit_note_line_lists", key Key::Id,
    required ["lines"], created by "", deleted by [];
    LINES "lines" List(&line::SCHEMA), "data", "all lines of the credit note";
}

/// Lines of credit notes that were read whole.
pub mod line {
    super::super::credit_note::lines! {
        /// One line of a credit note whose lines were read whole.
        "listed_credit_note_line_item" in "listed_credit_note_lines", line_tax line_discount
    }
}

/// Tax on lines of credit notes that were read whole.
pub mod line_tax {
    super::super::parts::tax! {
        /// The tax of one rate on a line of a credit note whose lines were read whole.
        "listed_credit_note_line_tax" in "listed_credit_note_line_taxes"
    }
}

/// Discounts on lines of credit notes that were read whole.
pub mod line_discount {
    super::super::parts::discount! {
        /// What one discount takes off a line of a credit note whose lines were read whole.
        "listed_credit_note_line_discount" in "listed_credit_note_line_discounts"
    }
}
