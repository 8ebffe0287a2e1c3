//! What Stripe says, typed: claims read from event and observation bytes. Pure.
