//! Everything Stripe has, read from its API into the log: politely, exactly, whatever happens on the way.

<<<<<<< HEAD
mod desk;
mod error;
mod evidence;
mod keeper;
mod page;
mod transport;

pub use desk::{Came, Clerk, Clock, Desk, Find, Note, Reading};
pub use error::SyncError;
pub use evidence::{Counts, Ids, Lists, Window};
pub use keeper::{Keeper, Known};
pub use page::{Item, ListPage, PageError, list_of, whole_list};
=======
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
>>>>>>> h5-api
pub use transport::{Answer, Call, Transport, TransportError};
mod follow;
