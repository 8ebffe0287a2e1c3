//! Everything Stripe has, read from its API into the log: politely, exactly, whatever happens on the way.

mod api;
mod governor;
mod https;
mod key;
mod random;
mod transport;

pub use api::{Api, ApiError, Complaint, Listener, Patience, Retry};
pub use governor::{Governor, GovernorError, Host, Limits, Permit};
pub use https::{API_VERSION, Base, BaseError, Https, STRIPE_BASE};
pub use key::{Key, KeyError};
pub use transport::{Answer, Call, Transport, TransportError};
