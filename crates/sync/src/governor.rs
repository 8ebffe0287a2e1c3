//! One governor for all requests of a data folder, whichever process sends them: never more in any second than Stripe allows, and
//! no more than our share of it. It neither sends nor retries, and knows of answers only what it is told.
//!
//! Who waits is let through in the order of coming, per endpoint and then for all, so that a crowded endpoint holds up nobody else.
//! Between processes whoever wakes first goes; as all sleep until the same instant and a random part of two milliseconds more,
//! nobody is passed over for long.

mod host;
mod rule;
mod table;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Mutex as Queue;

pub use host::Host;
pub use table::GovernorError;

use crate::random::Random;
use rule::{AFTERLIFE_NS, Bounds, EVERYTHING, Record, SECOND_NS, opens_ns};
use table::{LIMIT_MAX, Table, TableFile};

/// What Stripe allows, and how much of it is ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Requests of all kinds in any second.
    pub per_second: u32,
    /// Requests of one endpoint in any second.
    pub per_endpoint: u32,
    /// How many thousandths of both are used; the rest is for the account's other traffic.
    pub share_permille: u32,
}

impl Limits {
    /// What a live account may ask (<https://docs.stripe.com/rate-limits>), and four fifths of it.
    pub const LIVE: Self = Self {
        per_second: 100,
        per_endpoint: 25,
        share_permille: 800,
    };

    /// What may be asked in test mode, and four fifths of it.
    pub const TEST: Self = Self {
        per_second: 25,
        ..Self::LIVE
    };

    /// Our share of a limit, in requests a second: one at least.
    #[must_use]
    pub fn share(&self, limit: u32) -> u32 {
        (limit * self.share_permille.min(1000) / 1000).max(1)
    }
}

/// Lets requests through one by one. Copies are the same governor.
#[derive(Clone)]
pub struct Governor {
    inner: Arc<Inner>,
}

struct Inner {
    file: TableFile,
    limits: Limits,
    host: Host,
    nonce: u32,
    random: Random,
    endpoints: Mutex<BTreeMap<u64, Arc<Queue<()>>>>,
    everything: Queue<()>,
}

/// The random part of a sleep, so that those who wait for the same instant come in another order each time.
const APART_NS: u64 = 2_000_000;

/// Governors of one process are told apart by it, should a process have several.
static GOVERNORS: AtomicU32 = AtomicU32::new(1);

/// What an attempt to send comes to.
enum Attempt {
    /// It may go; its record lies at the place.
    Admitted { place: usize, sent_ns: u64 },
    /// Its endpoint is full.
    EndpointFull,
    /// All together are full until then.
    EverythingUntil(u64),
}

impl Governor {
    /// Opens the table of a data folder, or makes it. `seed` decides the random part of waiting.
    pub fn open(path: &Path, limits: Limits, host: Host, seed: u64) -> Result<Self, GovernorError> {
        for limit in [limits.per_second, limits.per_endpoint] {
            if !(1..=LIMIT_MAX).contains(&limit) {
                return Err(GovernorError::Limit { limit });
            }
        }
        Ok(Self {
            inner: Arc::new(Inner {
                file: TableFile::open(path)?,
                limits,
                host,
                nonce: GOVERNORS.fetch_add(1, Ordering::Relaxed),
                random: Random::new(seed),
                endpoints: Mutex::new(BTreeMap::new()),
                everything: Queue::new(()),
            }),
        })
    }

    /// The limits that it keeps.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.inner.limits
    }

    /// Waits until a request of this endpoint may go. It counts from now on; sending must follow at once.
    pub async fn admit(&self, endpoint: &str) -> Result<Permit, GovernorError> {
        let key = key(endpoint);
        let queue = self.inner.queue(key);
        let _first_of_endpoint = queue.lock().await;
        loop {
            let opens_ns = self.inner.endpoint_opens_ns(key)?;
            if opens_ns > 0 {
                self.inner.sleep_until(opens_ns).await;
                continue;
            }
            let _first_of_all = self.inner.everything.lock().await;
            loop {
                match self.inner.attempt(key)? {
                    Attempt::Admitted { place, sent_ns } => {
                        return Ok(Permit {
                            inner: Arc::clone(&self.inner),
                            place,
                            sent_ns,
                            ended: false,
                        });
                    }
                    Attempt::EverythingUntil(until_ns) => self.inner.sleep_until(until_ns).await,
                    Attempt::EndpointFull => break,
                }
            }
        }
    }

    /// Slows down after a refusal: the endpoint alone, or everything if none is named. Nothing goes for `pause`, and then less than
    /// before, until seconds without a refusal have given it back.
    pub fn slow_down(&self, endpoint: Option<&str>, pause: Duration) -> Result<(), GovernorError> {
        let key = endpoint.map_or(EVERYTHING, key);
        let now_ns = self.inner.now_ns();
        self.inner.file.change(|table| {
            let (place, mut pace) = table.pace(key);
            pace.cut(now_ns, nanoseconds(pause));
            table.set_pace(place, &pace);
        })
    }
}

impl Inner {
    fn now_ns(&self) -> u64 {
        (self.host.now_ns)()
    }

    fn queue(&self, key: u64) -> Arc<Queue<()>> {
        let mut endpoints = self
            .endpoints
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        Arc::clone(endpoints.entry(key).or_default())
    }

    /// When the endpoint has room, all else aside; 0 for now.
    fn endpoint_opens_ns(&self, key: u64) -> Result<u64, GovernorError> {
        self.file.change(|table| {
            let now_ns = self.now_ns();
            let records = self.aged(table, now_ns);
            let opens_ns = self.opens_ns(table, key, &records, now_ns);
            if opens_ns > now_ns { opens_ns } else { 0 }
        })
    }

    /// Takes a place for a request, if there is room for it now.
    fn attempt(&self, key: u64) -> Result<Attempt, GovernorError> {
        self.file.change(|table| {
            // The instant is taken under the lock, so that it is after all that is in the table.
            let now_ns = self.now_ns();
            let records = self.aged(table, now_ns);
            let endpoint_ns = self.opens_ns(table, key, &records, now_ns);
            if endpoint_ns > now_ns {
                return Attempt::EndpointFull;
            }
            let everything_ns = self
                .opens_ns(table, EVERYTHING, &records, now_ns)
                .max(self.apart_ns(table, now_ns));
            if everything_ns > now_ns {
                return Attempt::EverythingUntil(everything_ns);
            }
            let Some(place) = records.iter().position(Record::is_free) else {
                return Attempt::EverythingUntil(now_ns + SECOND_NS);
            };
            let record = Record {
                sent_ns: now_ns,
                answered_ns: 0,
                endpoint: key,
                pid: self.host.pid,
                nonce: self.nonce,
            };
            table.set_record(place, &record);
            table.set_last_ns(now_ns);
            Attempt::Admitted {
                place,
                sent_ns: now_ns,
            }
        })
    }

    /// The records as they stand now, and in the table too.
    fn aged(&self, table: &mut Table, now_ns: u64) -> Vec<Record> {
        let mut records = table.records();
        for (place, record) in records.iter_mut().enumerate() {
            if !record.is_free() {
                *record = record.aged(now_ns, self.host.lives);
                table.set_record(place, record);
            }
        }
        records
    }

    /// When an endpoint, or everything, has room for one more.
    fn opens_ns(&self, table: &Table, key: u64, records: &[Record], now_ns: u64) -> u64 {
        let (_, pace) = table.pace(key);
        let limit = if key == EVERYTHING {
            self.limits.per_second
        } else {
            self.limits.per_endpoint
        };
        let bounds = Bounds {
            limit: size(limit),
            share: size((self.limits.share(limit) * pace.permille(now_ns) / 1000).max(1)),
        };
        let counted = records
            .iter()
            .filter(|record| !record.is_free() && (key == EVERYTHING || record.endpoint == key));
        opens_ns(counted, bounds, now_ns).max(pace.pause_ns(now_ns))
    }

    /// Requests go at twice our share at most, so that the first of a second are no heap.
    fn apart_ns(&self, table: &Table, now_ns: u64) -> u64 {
        let last_ns = table.last_ns();
        let share = u64::from(self.limits.share(self.limits.per_second));
        if last_ns == 0 || last_ns > now_ns {
            return 0;
        }
        last_ns + SECOND_NS / (2 * share)
    }

    async fn sleep_until(&self, until_ns: u64) {
        let wait_ns = until_ns.saturating_sub(self.now_ns()) + self.random.below(APART_NS);
        tokio::time::sleep(Duration::from_nanos(wait_ns)).await;
    }
}

/// The right to send one request, until its answer. Dropped without one, the request counts as if it were seen a second later.
pub struct Permit {
    inner: Arc<Inner>,
    place: usize,
    sent_ns: u64,
    ended: bool,
}

impl Permit {
    /// The answer has come, `ago`: the request was seen before that.
    pub fn answered(mut self, ago: Duration) {
        let now_ns = self.inner.now_ns();
        self.end(Some(
            now_ns.saturating_sub(nanoseconds(ago)).max(self.sent_ns),
        ));
    }

    /// It was never sent, and counts no longer.
    pub fn unsent(mut self) {
        self.end(None);
    }

    /// Ends the record, which counts on from when the request may have been seen at the latest; or frees it. A table that can't be
    /// written leaves it open, which only slows.
    fn end(&mut self, seen_ns: Option<u64>) {
        self.ended = true;
        let _slower_at_worst = self.inner.file.change(|table| {
            let record = table.record(self.place);
            let ours = (record.sent_ns, record.pid, record.nonce)
                == (self.sent_ns, self.inner.host.pid, self.inner.nonce);
            if ours {
                let ended = seen_ns.map_or(Record::default(), |answered_ns| Record {
                    answered_ns,
                    ..record
                });
                table.set_record(self.place, &ended);
            }
        });
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if !self.ended {
            self.end(Some(self.inner.now_ns() + AFTERLIFE_NS));
        }
    }
}

/// The endpoint's key in the table (FNV-1a): a clash of two would only let them share a limit.
fn key(endpoint: &str) -> u64 {
    let hash = endpoint
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    hash.max(EVERYTHING + 1)
}

fn size(count: u32) -> usize {
    usize::try_from(count).expect("a limit of requests fits")
}

fn nanoseconds(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX / 2)
}
