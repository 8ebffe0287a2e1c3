//! What the fold promises, judged from outside: properties over generated claims, and a naive model that must agree.
//!
//! Nothing here may know how the fold works; the model may know nothing of it at all.

mod agreement;
mod cases;
mod contents;
mod coverage;
mod crowds;
mod histories;
mod joins;
mod lifecycles;
mod lists;
mod loads;
mod logs;
mod model;
mod noise;
mod shelf;
mod timelines;
