//! On which terms a company is served: keys, limits, endpoints for deliveries, and how often what goes wrong. It decides
//! nothing itself.

/// The key that may do everything in `Terms::plain`.
pub const LIVE_KEY: &str = "sk_live_simulated";

/// The signing secret of the endpoint in `Terms::delivering`.
pub const WEBHOOK_SECRET: &str = "whsec_simulated";

/// Everything about a server but the company it serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Decides everything that is left open.
    pub seed: u64,
    /// Who may ask.
    pub keys: Vec<Key>,
    /// How much may be asked.
    pub limits: Limits,
    /// What goes wrong.
    pub faults: Faults,
    /// Where events are posted to.
    pub endpoints: Vec<Endpoint>,
    /// How long events are listed, in seconds.
    pub retention_s: i64,
    /// The fewest and the most milliseconds that an answer takes.
    pub latency_ms: (i64, i64),
    /// Whether answers are written over lines, as Stripe does, and not in one.
    pub pretty: bool,
    /// Events that are never generated, besides those by chance.
    pub unborn: Vec<String>,
    /// Items shown oddly; none unless asked for, since a log without them lacks something.
    pub odd_items: Vec<OddItem>,
}

/// An API key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// As sent in `Authorization`: `sk_live_…`, `rk_live_…`.
    pub secret: String,
    /// What it may read.
    pub grant: Grant,
    /// The instant it is revoked.
    pub revoked_us: Option<i64>,
}

/// What a key may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grant {
    /// Everything, as a secret key may.
    All,
    /// What these permissions open (`rak_charge_read`), as a restricted key may.
    Only(Vec<&'static str>),
    /// Everything but what these permissions open.
    AllBut(Vec<&'static str>),
}

/// How many requests are answered in any second; 0 is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Of all together.
    pub global: u32,
    /// Of one method and path, ids left out.
    pub endpoint: u32,
}

/// What goes wrong, by seed; shares are per thousand requests, or events where it says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Faults {
    /// 429 `rate_limit` within the limits, with `Retry-After`.
    pub limited_with_wait: u32,
    /// 429 `rate_limit` within the limits, without `Retry-After`.
    pub limited: u32,
    /// 429 `lock_timeout`.
    pub locked: u32,
    /// 500 that says `Stripe-Should-Retry: true`.
    pub failed_retry: u32,
    /// 500 that says `Stripe-Should-Retry: false`; the same request is answered when asked again later.
    pub failed_no_retry: u32,
    /// 502 with a page of HTML.
    pub bad_gateway: u32,
    /// 503 with a page of HTML.
    pub unavailable: u32,
    /// The connection breaks in mid-body.
    pub reset: u32,
    /// The connection breaks before an answer.
    pub refused: u32,
    /// No answer ever.
    pub stalled: u32,
    /// 200 with a body that is no JSON.
    pub garbage: u32,
    /// Answers that take seconds.
    pub slow: u32,
    /// The most milliseconds that a slow answer takes.
    pub slow_ms: i64,
    /// Answers by a replica that is behind.
    pub lagging: u32,
    /// The most milliseconds that a replica is behind.
    pub lag_ms: i64,
    /// The most seconds by which `Date` is off, either way.
    pub skew_s: i64,
    /// Of the events: listed up to three seconds after they were emitted.
    pub events_late: u32,
    /// Of the events: listed minutes after they were emitted.
    pub events_very_late: u32,
    /// Of the events: never generated, neither listed nor delivered.
    pub events_unborn: u32,
    /// Of the changes: told by no event at all, as if somebody had made them behind the company's back.
    pub changes_untold: u32,
    /// Of the events: never posted, though listed.
    pub posts_lost: u32,
    /// Of the events: posted and accepted by somebody else than the company, so that Stripe takes them for delivered.
    pub posts_swallowed: u32,
    /// Of the events: posted again although they were accepted.
    pub posts_doubled: u32,
    /// Of the events: first posted hours or days late.
    pub posts_late: u32,
    /// The most milliseconds by which any post is moved.
    pub posts_moved_ms: i64,
}

/// A webhook endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// As registered: `https://…`.
    pub url: String,
    /// Signing secrets, `whsec_…`; several while one is rolled.
    pub secrets: Vec<String>,
    /// Types that it wants; all where empty.
    pub types: Vec<String>,
    /// Whether it gets the events of connected accounts instead of the account's own.
    pub connect: bool,
    /// Events emitted before this instant are not posted.
    pub from_us: i64,
}

/// An item of a list shown oddly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OddItem {
    /// The type of the list's items.
    pub object: String,
    /// The item's place among all of its type, from the oldest.
    pub place: usize,
    /// How it is shown.
    pub odd: Odd,
}

/// How an item is odd.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Odd {
    /// A number stands there.
    NoObject,
    /// It has no `id`.
    NoId,
    /// Its `created` is text.
    WrongType,
    /// It is nested a thousand deep.
    Deep,
}

impl Terms {
    /// One key that may do everything, the limits of live mode, nothing that goes wrong, no endpoint.
    pub fn plain(seed: u64) -> Self {
        Self {
            seed,
            keys: vec![Key::secret(LIVE_KEY)],
            limits: Limits::live(),
            faults: Faults::none(),
            endpoints: Vec::new(),
            retention_s: 30 * 86_400,
            latency_ms: (40, 250),
            pretty: true,
            unborn: Vec::new(),
            odd_items: Vec::new(),
        }
    }

    /// As `plain`, with one endpoint for the account's own events and one for those of connected accounts.
    pub fn delivering(seed: u64, url: &str, from_us: i64) -> Self {
        let endpoint = |connect| Endpoint {
            url: url.to_owned(),
            secrets: vec![WEBHOOK_SECRET.to_owned()],
            types: Vec::new(),
            connect,
            from_us,
        };
        Self {
            endpoints: vec![endpoint(false), endpoint(true)],
            ..Self::plain(seed)
        }
    }
}

impl Key {
    /// A key that may read everything.
    pub fn secret(secret: &str) -> Self {
        Self {
            secret: secret.to_owned(),
            grant: Grant::All,
            revoked_us: None,
        }
    }
}

impl Limits {
    /// 100 a second, 25 of one endpoint.
    pub fn live() -> Self {
        Self {
            global: 100,
            endpoint: 25,
        }
    }

    /// 25 a second.
    pub fn sandbox() -> Self {
        Self {
            global: 25,
            endpoint: 25,
        }
    }

    /// None.
    pub fn none() -> Self {
        Self {
            global: 0,
            endpoint: 0,
        }
    }
}

impl Faults {
    /// Nothing goes wrong.
    pub fn none() -> Self {
        Self {
            limited_with_wait: 0,
            limited: 0,
            locked: 0,
            failed_retry: 0,
            failed_no_retry: 0,
            bad_gateway: 0,
            unavailable: 0,
            reset: 0,
            refused: 0,
            stalled: 0,
            garbage: 0,
            slow: 0,
            slow_ms: 0,
            lagging: 0,
            lag_ms: 0,
            skew_s: 0,
            events_late: 0,
            events_very_late: 0,
            events_unborn: 0,
            changes_untold: 0,
            posts_lost: 0,
            posts_swallowed: 0,
            posts_doubled: 0,
            posts_late: 0,
            posts_moved_ms: 0,
        }
    }

    /// As `lively`, and of the events 10 to 50 of a thousand, by seed, never reach the company, half of them although Stripe takes them
    /// for delivered; some changes are told by no event at all.
    pub fn dark(seed: u64) -> Self {
        let lost = u32::try_from(seed % 5 + 1).expect("at most five") * 5;
        Self {
            changes_untold: 15,
            posts_lost: lost,
            posts_swallowed: lost,
            ..Self::lively()
        }
    }

    /// Everything goes wrong now and then.
    pub fn lively() -> Self {
        Self {
            limited_with_wait: 10,
            limited: 10,
            locked: 10,
            failed_retry: 10,
            failed_no_retry: 5,
            bad_gateway: 10,
            unavailable: 10,
            reset: 10,
            refused: 10,
            stalled: 2,
            garbage: 5,
            slow: 20,
            slow_ms: 30_000,
            lagging: 100,
            lag_ms: 2_000,
            skew_s: 2,
            events_late: 500,
            events_very_late: 20,
            events_unborn: 10,
            changes_untold: 0,
            posts_lost: 20,
            posts_swallowed: 0,
            posts_doubled: 50,
            posts_late: 50,
            posts_moved_ms: 4_000,
        }
    }
}
