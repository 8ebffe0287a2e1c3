//! What all connections of a served simulation share: the simulated Stripe, its clock, what was posted. No socket is here.

use std::sync::{Mutex, MutexGuard, PoisonError};

use simulator::{ApiAnswer, ApiRequest, Stripe};
use tokio::sync::{Mutex as Turn, Notify};

use super::asked::Asked;
use super::deliverer::{self, Posted, Poster};
use super::{Clock, Setting};

/// The longest that the clock moves without a look at what is due, microseconds: what is posted comes in about its order.
const PUSH_US: i64 = 24 * 3_600 * 1_000_000;

/// A simulated Stripe and what is known of its callers.
pub(super) struct Served {
    stripe: Mutex<Stripe>,
    clock: Clock,
    is_prompt: bool,
    poster: Poster,
    posted: Mutex<Posted>,
    asked: Mutex<Asked>,
    /// Held by whoever posts what is due: nothing is posted twice.
    turn: Turn<()>,
    /// Told when the clock was pushed or its speed changed.
    changed: Notify,
}

impl Served {
    pub(super) fn new(stripe: Stripe, setting: Setting) -> Self {
        Self {
            stripe: Mutex::new(stripe),
            clock: setting.clock,
            is_prompt: setting.is_prompt,
            poster: Poster::new(),
            posted: Mutex::default(),
            asked: Mutex::default(),
            turn: Turn::default(),
            changed: Notify::new(),
        }
    }

    pub(super) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Whether answers come at once instead of taking their time.
    pub(super) fn is_prompt(&self) -> bool {
        self.is_prompt
    }

    /// What was posted so far.
    pub(super) fn posted(&self) -> Posted {
        *self.posted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the clock is told something.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Lets the clock run at another speed; what is due is looked at anew.
    pub(super) fn run_at(&self, speed: u32) {
        self.clock.run_at(speed);
        self.changed.notify_one();
    }

    pub(super) fn answer(&self, request: &ApiRequest<'_>) -> ApiAnswer {
        // One after another under the lock: no request is seen before an earlier one.
        let mut stripe = self.stripe();
        let at_us = self.clock.now_us();
        let answer = stripe.answer_by(request, at_us, self.clock.watch_us());
        self.asked().note(request, answer.status);
        answer
    }

    /// The last requests.
    pub(super) fn asked(&self) -> MutexGuard<'_, Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The simulated Stripe; nobody may wait while holding it.
    pub(super) fn stripe(&self) -> MutexGuard<'_, Stripe> {
        self.stripe.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves the clock on, with all that is due meanwhile posted and answered.
    pub(super) async fn push_to(&self, at_us: i64) {
        while self.clock.now_us() < at_us {
            let next_us = self.clock.now_us().saturating_add(PUSH_US).min(at_us);
            self.clock.push_to(next_us);
            self.post_due().await;
        }
        self.changed.notify_one();
    }

    /// Posts what is due by now, and gives the answers to those who retry.
    pub(super) async fn post_due(&self) {
        let _turn = self.turn.lock().await;
        let (due, urls) = {
            let mut stripe = self.stripe();
            let due = stripe.deliveries(self.clock.now_us());
            let endpoints = stripe.terms().endpoints.iter();
            let urls: Vec<String> = endpoints.map(|endpoint| endpoint.url.clone()).collect();
            (due, urls)
        };
        deliverer::post(&self.poster, &urls, due, |attempt, status| {
            self.stripe().delivered(&attempt, status);
            let mut posted = self.posted.lock().unwrap_or_else(PoisonError::into_inner);
            posted.count(&attempt, status);
        })
        .await;
    }
}
