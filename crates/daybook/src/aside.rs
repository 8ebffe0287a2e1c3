//! What is said beside the answer, on stderr, so that a pipe carries the answer alone. Decides nothing about what is said.

use serde_json::json;

use crate::paint::{DOUBT, HEADING, WRONG, painted};

/// What stopped a run.
pub(crate) struct Stop {
    /// What happened, and what caused it, outermost first.
    pub(crate) what: Vec<String>,
    /// What to do.
    pub(crate) hint: Option<String>,
    /// The exit code.
    pub(crate) exit: u8,
}

/// Something that does not stop the run but must be known.
pub(crate) fn warn(text: &str) {
    anstream::eprintln!("{} {text}", painted(DOUBT, "warning:"));
}

/// What to do about what was said before.
pub(crate) fn hint(text: &str) {
    anstream::eprintln!("{} {text}", painted(HEADING, "hint:"));
}

/// What an answer stands on, where the answer's form has no place for it.
pub(crate) fn note(text: &str) {
    anstream::eprintln!("{text}");
}

/// Why the run stops; for programs as one line of JSON.
pub(crate) fn stop(stop: &Stop, is_json: bool) {
    if is_json {
        let (what, because) = stop.what.split_first().expect("something happened");
        let error = json!({"what": what, "because": because, "hint": stop.hint, "exit": stop.exit});
        return note(&json!({ "error": error }).to_string());
    }
    for (place, what) in stop.what.iter().enumerate() {
        match place {
            0 => anstream::eprintln!("{} {what}", painted(WRONG, "error:")),
            _ => anstream::eprintln!("  because: {what}"),
        }
    }
    if let Some(text) = &stop.hint {
        hint(text);
    }
}
