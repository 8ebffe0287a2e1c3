//! `daybook serve` over real sockets on the loopback: what is acknowledged is in the log, what is not believed is not, and whoever means
//! harm gets a right answer, little memory, and nobody else's time. Looks only at the program from outside.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on fails, in its helpers too"
)]

mod accepted;
mod client;
mod delivery;
mod ends;
mod hostile;
mod refused;
mod server;
mod signing;
mod silence;
