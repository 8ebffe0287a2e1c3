//! Everything Stripe has, read from its API into the log: politely, exactly, whatever happens on the way.

mod transport;

pub use transport::{Answer, Call, Transport, TransportError};
