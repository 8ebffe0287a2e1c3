//! How a command that talks for long is asked to end: by SIGTERM or SIGINT, after what is in hand, and without it when that takes too
//! long. What is in hand, the command knows.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;
use tokio::time::sleep;

use crate::failure::{Failure, ShellError};

/// How long a request under way may take once the run is asked to end.
const GRACE: Duration = Duration::from_secs(5);

/// What ends a run before its end.
pub(crate) struct Ending {
    is_asked: Arc<AtomicBool>,
    told: Arc<Notify>,
}

impl Ending {
    /// Hears SIGTERM and SIGINT from now on.
    pub(crate) fn listen() -> Result<Self, Failure> {
        let ending = Self {
            is_asked: Arc::new(AtomicBool::new(false)),
            told: Arc::new(Notify::new()),
        };
        for kind in [SignalKind::terminate(), SignalKind::interrupt()] {
            let mut signals = signal(kind).map_err(|source| ShellError::Runtime { source })?;
            let (is_asked, told) = (Arc::clone(&ending.is_asked), Arc::clone(&ending.told));
            tokio::spawn(async move {
                while signals.recv().await.is_some() {
                    is_asked.store(true, Ordering::Relaxed);
                    told.notify_one();
                }
            });
        }
        Ok(ending)
    }

    /// What is set once the run is to end.
    pub(crate) fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.is_asked)
    }

    /// Whether the run is to end.
    pub(crate) fn is_asked(&self) -> bool {
        self.is_asked.load(Ordering::Relaxed)
    }

    /// Does `work`, which ends after what is in hand when that is asked; none if it took too long then.
    pub(crate) async fn run<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let asked = async {
            self.told.notified().await;
            sleep(GRACE).await;
        };
        tokio::select! {
            done = work => Some(done),
            () = asked => None,
        }
    }

    /// Waits for the next round; whether there is none.
    pub(crate) async fn rest(&self, pause: Duration) -> bool {
        if !self.is_asked() {
            tokio::select! {
                () = self.told.notified() => {}
                () = sleep(pause) => {}
            }
        }
        self.is_asked()
    }
}
