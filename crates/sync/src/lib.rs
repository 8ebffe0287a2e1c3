//! Everything Stripe has, read from its API into the log: politely, exactly, whatever happens on the way.

mod api;
mod backfill;
mod desk;
mod error;
mod evidence;
mod follow;
mod governor;
mod https;
mod keeper;
mod key;
mod lock;
mod page;
mod random;
pub mod slate;
mod transport;

pub use api::{Api, ApiError, Complaint, Listener, Patience, Retry};
pub use backfill::{
    Backfill, Progress, Report, Selection, Start, Target, TypeReport, UNDER, Under, Watch,
    first_answer,
};
pub use desk::{Came, Clerk, Clock, Desk, Find, Note, Reading};
pub use error::SyncError;
pub use evidence::{Counts, Ids, Lists, Window};
pub use follow::{
    Errand, Follow, FollowSettings, Followed, Gap, ReadError, Reader, StreamRound, Trouble, Wanted,
    gaps, gaps_told, parent_of,
};
pub use governor::{Governor, GovernorError, Host, Limits, Permit};
pub use https::{API_VERSION, Base, BaseError, Https, STRIPE_BASE};
pub use keeper::{Keeper, Known, spoken_of};
pub use key::{Key, KeyError};
pub use lock::{BACKFILL_LOCK, RunLock};
pub use page::{Item, ListPage, PageError};
pub use transport::{Answer, Call, Transport, TransportError};
