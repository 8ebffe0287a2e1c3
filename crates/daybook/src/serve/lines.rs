//! What serve says of itself while it runs: lines on stderr, for people or as JSON. No body, no secret, and of what anybody could
//! bring about by the thousand one line a while.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Map, Value};

use crate::aside;
use crate::moment;
use crate::screen::harmless;
use crate::shell::now_us;

/// Of one sort of line that others can bring about, one is shown in so much time.
const PAUSE: Duration = Duration::from_secs(10);

/// Where lines go.
pub(super) struct Lines {
    is_json: bool,
    rare: Mutex<BTreeMap<&'static str, Rare>>,
}

/// A sort of line that is held back.
struct Rare {
    shown: Instant,
    held_back: u64,
}

/// What a line says besides what happened.
pub(super) type Detail = (&'static str, Value);

impl Lines {
    pub(super) fn new(is_json: bool) -> Self {
        Self {
            is_json,
            rare: Mutex::default(),
        }
    }

    /// Says what happened.
    pub(super) fn say(&self, what: &str, details: &[Detail]) {
        let now_s = now_us() / 1_000_000;
        if self.is_json {
            let mut line = Map::new();
            line.insert("at_s".to_owned(), now_s.into());
            line.insert("what".to_owned(), what.into());
            line.extend(
                details
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), value.clone())),
            );
            return aside::note(&Value::Object(line).to_string());
        }
        let mut line = format!("{} {what}", moment::shown(now_s));
        for (name, value) in details {
            line.push_str(&match value {
                Value::String(text) => format!(" {name}={}", harmless(text)),
                value => format!(" {name}={value}"),
            });
        }
        aside::note(&line);
    }

    /// Says what may happen very often: the first at once, then one in a while, with how many were held back.
    pub(super) fn say_seldom(&self, what: &'static str, details: &[Detail]) {
        let held_back = {
            let mut rare = self.rare.lock().unwrap_or_else(PoisonError::into_inner);
            match rare.get_mut(what) {
                Some(rare) if rare.shown.elapsed() < PAUSE => {
                    rare.held_back += 1;
                    return;
                }
                Some(rare) => {
                    rare.shown = Instant::now();
                    std::mem::take(&mut rare.held_back)
                }
                None => {
                    let (shown, held_back) = (Instant::now(), 0);
                    rare.insert(what, Rare { shown, held_back });
                    0
                }
            }
        };
        if held_back == 0 {
            return self.say(what, details);
        }
        let mut details = details.to_vec();
        details.push(("held_back", held_back.into()));
        self.say(what, &details);
    }
}
