//! What the server saw: how many requests in any sliding second, of all and of each endpoint, and which pages. It judges
//! nothing; tests do.

use std::collections::BTreeMap;

/// What was asked of a server so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Served {
    /// Requests, whatever became of them.
    pub requests: u64,
    /// The most in any sliding second.
    pub busiest: Busiest,
    /// The same per method and path, ids left out: `GET /v1/invoices/:id/lines`.
    pub endpoints: BTreeMap<String, Busiest>,
    /// Requests per status; those without an answer under 0.
    pub statuses: BTreeMap<u16, u64>,
    /// Requests that were over a limit.
    pub over_limit: u64,
    /// Lists answered with 200 and whole, per method and path, ids left out.
    pub pages: BTreeMap<String, u64>,
    /// How often each list's page was answered with 200 and whole, by its target; kept where `Stripe::keep_targets` asked.
    pub targets: BTreeMap<String, u64>,
}

/// The requests of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Busiest {
    /// All of them.
    pub requests: u64,
    /// The most in any sliding second: two requests just a second apart are never in one.
    pub in_a_second: u32,
}
