//! The append-only, hash-chained log: bytes and a few columns, no JSON, no Stripe.
