//! Everything Stripe has, read from its API into the log: politely, exactly, whatever happens on the way.

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
pub use transport::{Answer, Call, Transport, TransportError};
