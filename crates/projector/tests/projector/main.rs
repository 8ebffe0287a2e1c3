//! The projector's tests against real files: what books hold, whichever way they were made.

mod equality;
mod log;
mod schema;
mod step;
