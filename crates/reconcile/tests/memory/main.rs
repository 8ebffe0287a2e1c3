//! What runs remember: lives of findings over runs, and that it is all in the log.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on fails, in its helpers too"
)]

mod files;
mod lives;
mod nights;
mod properties;
