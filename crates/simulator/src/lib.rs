//! A deterministic Stripe: a seeded company, its events, their delivery and the truth.
