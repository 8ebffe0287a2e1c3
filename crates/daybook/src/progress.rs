//! Progress on stderr, for work that has taken a second and only where someone watches. Counts nothing by itself.

use std::fmt::Write;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

const PATIENCE: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(125);

/// A bar that shows itself when the work turns out to be long.
pub(crate) struct Progress {
    bar: ProgressBar,
    start: Instant,
    is_shown: bool,
    waiting: Option<Waiting>,
}

/// The thread that shows that work goes on which can't say how far it is. It ends when the sender is dropped.
struct Waiting {
    done: Sender<()>,
    thread: JoinHandle<()>,
}

impl Progress {
    /// Before the first of `total` steps.
    pub(crate) fn new(label: &str, total: u64) -> Self {
        Self::hidden(label, Some(total), "{msg:12} {bar:30} {percent}% {eta}")
    }

    /// Before steps whose number is guessed as they are done: how many, how fast, how long still.
    pub(crate) fn counting(label: &str) -> Self {
        Self::hidden(
            label,
            Some(0),
            "{msg:12} {bar:30} {human_pos} of about {human_len}, {rate}/s, {eta}",
        )
    }

    /// Before work that can't say how far it is.
    pub(crate) fn waiting(label: &str) -> Self {
        let mut progress = Self::hidden(label, None, "{msg:12} {spinner} {elapsed}");
        let (done, is_done) = mpsc::channel();
        let bar = progress.bar.clone();
        let thread = thread::spawn(move || {
            if is_done.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(8));
                bar.enable_steady_tick(TICK);
            }
        });
        progress.waiting = Some(Waiting { done, thread });
        progress
    }

    fn hidden(label: &str, total: Option<u64>, template: &str) -> Self {
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template(template);
        let style = style.expect("the template names what indicatif knows");
        bar.set_style(
            style.with_key("rate", |state: &ProgressState, out: &mut dyn Write| {
                // A whole number: nobody reads ten thousandths. A bar that can't be written shows nothing.
                let _ = write!(out, "{:.0}", state.per_sec());
            }),
        );
        bar.set_message(label.to_owned());
        Self {
            bar,
            start: Instant::now(),
            is_shown: false,
            waiting: None,
        }
    }

    /// Says what the work has come to; its steps are counted anew.
    pub(crate) fn name(&mut self, label: &'static str) {
        if self.bar.message() != label {
            self.bar.set_message(label);
            self.bar.reset_eta();
        }
    }

    /// After `done` of `total` steps.
    pub(crate) fn set(&mut self, done: u64, total: u64) {
        self.bar.set_length(total);
        self.bar.set_position(done);
        if !self.is_shown && self.start.elapsed() > PATIENCE {
            self.is_shown = true;
            self.bar
                .set_draw_target(ProgressDrawTarget::stderr_with_hz(8));
            // The guess of the time left goes on while a step takes long.
            self.bar.enable_steady_tick(TICK);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(Waiting { done, thread }) = self.waiting.take() {
            drop(done);
            // It panics at nothing; and if it did, the bar would only stay as it is.
            let _ = thread.join();
        }
        self.bar.finish_and_clear();
    }
}
