//! The one door: bytes become log entries, and what cannot enter is set aside with a reason.
