//! Parts of amounts that invoices, credit notes and their lines all list in the same shape: tax, discounts, billing credits.

/// The schema of a list of tax amounts.
macro_rules! tax {
    ($(#[doc = $doc:literal])+ $object:literal in $table:literal) => {
        use $crate::schema::Key;
        use $crate::schema::Shape::{Id, Minor, Text};

        $crate::schema::schema! {
            $(#[doc = $doc])+
            $object in $table, key Key::Place,
            required [], created by "", deleted by [];
            AMOUNT_MINOR "amount_minor" Minor, "amount", "the tax";
            TAXABLE_MINOR "taxable_minor" Minor, "taxable_amount", "what it is a share of";
            TAX_BEHAVIOR "tax_behavior" Text, "tax_behavior", "inclusive or exclusive";
            TAXABILITY_REASON "taxability_reason" Text, "taxability_reason", "why it is due, or is not";
            TAX_RATE_ID "tax_rate_id" Id, "tax_rate_details.tax_rate", "the rate";
            TYPE "type" Text, "type", "what says the rate";
        }
    };
}

/// The schema of a list of discount amounts.
macro_rules! discount {
    ($(#[doc = $doc:literal])+ $object:literal in $table:literal) => {
        use $crate::schema::Key;
        use $crate::schema::Shape::{Id, Minor};

        $crate::schema::schema! {
            $(#[doc = $doc])+
            $object in $table, key Key::Place,
            required [], created by "", deleted by [];
            AMOUNT_MINOR "amount_minor" Minor, "amount", "what it takes off";
            DISCOUNT_ID "discount_id" Id, "discount", "the discount";
        }
    };
}

/// The schema of a list of amounts taken off before tax.
macro_rules! pretax_credit {
    ($(#[doc = $doc:literal])+ $object:literal in $table:literal) => {
        use $crate::schema::Key;
        use $crate::schema::Shape::{Id, Minor, Text};

        $crate::schema::schema! {
            $(#[doc = $doc])+
            $object in $table, key Key::Place,
            required [], created by "", deleted by [];
            AMOUNT_MINOR "amount_minor" Minor, "amount", "what is taken off";
            TYPE "type" Text, "type", "credit_balance_transaction or discount";
            CREDIT_BALANCE_TRANSACTION_ID "credit_balance_transaction_id" Id, "credit_balance_transaction", "the use of a credit grant, where it is one";
            DISCOUNT_ID "discount_id" Id, "discount", "the discount, where it is one";
        }
    };
}

pub(crate) use {discount, pretax_credit, tax};
