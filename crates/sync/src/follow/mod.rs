//! Following: what is new at Stripe's, as it happens, and what the books want to be sure of.

mod errand;
mod hint;
mod listen;
mod patience;
mod wanted;

pub use errand::Errand;
pub use wanted::Wanted;
