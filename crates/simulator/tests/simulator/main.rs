//! What the simulator promises, checked from outside with a JSON parser that is not its own. Looks only at the public
//! face, and shares no code with it.

#![expect(
    clippy::unwrap_used,
    reason = "a test that meets an error fails with it"
)]

mod asking;
mod billing;
mod busy;
mod cases;
mod company;
mod connect;
mod delivery;
mod events;
mod losses;
mod mishaps;
mod money;
mod order;
mod paging;
mod posts;
mod rates;
mod refusals;
mod sameness;
mod served;
mod turns;
