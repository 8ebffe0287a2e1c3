//! The way to Stripe that commands take: the key from the environment, the settings of the data folder, one governor for all of its
//! processes. What is asked, and what answers mean, is not known here.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ledger::{Log, StreamId};
use serde::{Deserialize, Serialize};
use sync::{Api, Base, Governor, Host, Https, Key, Limits, Listener, Patience, Retry, STRIPE_BASE};

use crate::aside;
use crate::currency::worded;
use crate::failure::{Failure, ShellError, failed};
use crate::folder::Folder;
use crate::screen::harmless;
use crate::shell::now_us;

/// The key itself.
const KEY: &str = "STRIPE_API_KEY";
/// A file that holds it.
const KEY_FILE: &str = "DAYBOOK_API_KEY_FILE";
/// Where Stripe is, for a server of one's own.
const BASE: &str = "STRIPE_API_BASE";
/// Waits that are shorter than this, in milliseconds, are not worth a word.
const WAIT_MS_TOLD: u64 = 4_000;
/// All that wait in an outage wait for the same: one of them tells it in so long.
const TOLD_EVERY: Duration = Duration::from_secs(10);

/// `[sync]` in the settings; what is left out is as Stripe has it for everybody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SyncSettings {
    /// How many thousandths of Stripe's limits are used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) share_permille: Option<u32>,
    /// How many requests in any second Stripe allows the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) requests_per_second: Option<u32>,
    /// How many of them to one endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) requests_per_endpoint: Option<u32>,
}

impl SyncSettings {
    /// The limits that hold for a key's mode.
    pub(crate) fn limits(&self, livemode: bool) -> Limits {
        let usual = if livemode { Limits::LIVE } else { Limits::TEST };
        Limits {
            per_second: self.requests_per_second.unwrap_or(usual.per_second),
            per_endpoint: self.requests_per_endpoint.unwrap_or(usual.per_endpoint),
            share_permille: self.share_permille.unwrap_or(usual.share_permille),
        }
    }
}

/// Stripe, within reach of a command.
pub(crate) struct Access {
    /// What asks.
    pub(crate) api: Api,
    /// Whether the key is of live mode.
    pub(crate) livemode: bool,
    /// Whether the key is a restricted one.
    pub(crate) restricted: bool,
    /// Whether it is Stripe that is asked, and no server in its place.
    pub(crate) is_stripe: bool,
}

impl Access {
    /// Takes the key from the environment and opens the governor of the data folder. Nothing is asked yet. Repetitions that keep
    /// somebody waiting are told on stderr.
    pub(crate) fn open(folder: &Folder) -> Result<Self, Failure> {
        Self::with_patience(folder, Patience::default())
    }

    /// The same for somebody who waits for each answer: what doesn't pass within seconds is told.
    pub(crate) fn open_briefly(folder: &Folder) -> Result<Self, Failure> {
        let patience = Patience {
            attempts_max: 4,
            span: Duration::from_secs(20),
            ..Patience::default()
        };
        Self::with_patience(folder, patience)
    }

    fn with_patience(folder: &Folder, patience: Patience) -> Result<Self, Failure> {
        let key = key()?;
        let base = base(&key)?;
        let (livemode, restricted) = (key.livemode, key.restricted);
        let is_stripe = Base::parse(STRIPE_BASE, &key).is_ok_and(|stripe| stripe == base);
        let seed = now_us().unsigned_abs() ^ u64::from(std::process::id()) << 32;
        let limits = folder.sync_settings()?.limits(livemode);
        let governor =
            Governor::open(&table_path(folder, livemode), limits, Host::machine(), seed)?;
        let transport = Arc::new(Https::new(base, key));
        let api = Api::new(transport, governor, patience, seed);
        Ok(Self {
            api: api.with_listener(listener()),
            livemode,
            restricted,
            is_stripe,
        })
    }

    /// Refuses a stream of the other mode: the key would read other objects than those of the stream.
    pub(crate) fn expect_mode_of(&self, stream: &StreamId) -> Result<(), Failure> {
        if self.livemode == stream.livemode() {
            return Ok(());
        }
        Err(ShellError::OtherMode {
            key: mode(self.livemode),
            stream: stream.to_string(),
        }
        .into())
    }
}

/// The streams of a mode: the folder's own first, those that the log has, and those of other accounts that are asked for.
pub(crate) fn streams_in_mode(
    folder: &Folder,
    own: &StreamId,
    accounts: &[String],
) -> Result<Vec<StreamId>, Failure> {
    let mut streams = vec![own.clone()];
    let asked = accounts.iter();
    let asked = asked.map(|account| StreamId::new(account, own.livemode()));
    let known = folder.log()?.streams()?;
    for stream in known.into_iter().map(|info| Ok(info.stream)).chain(asked) {
        let stream = stream?;
        if stream.livemode() == own.livemode() && !streams.contains(&stream) {
            streams.push(stream);
        }
    }
    Ok(streams)
}

/// What a mode is called.
pub(crate) fn mode(livemode: bool) -> &'static str {
    if livemode { "live" } else { "test" }
}

/// The key from the environment, or from the file that the environment names.
pub(crate) fn key() -> Result<Key, Failure> {
    let (text, place) = match (env::var(KEY), env::var_os(KEY_FILE)) {
        (Ok(text), _) => (text, KEY.to_owned()),
        (Err(_), Some(path)) => {
            let path = PathBuf::from(path);
            let text = fs::read_to_string(&path).map_err(failed("read", &path))?;
            (text, path.display().to_string())
        }
        (Err(env::VarError::NotPresent), None) => return Err(ShellError::NoKey.into()),
        // What is no text is no key, and no part of it is shown.
        (Err(env::VarError::NotUnicode(_)), None) => (String::from("?"), KEY.to_owned()),
    };
    Key::parse(&text).map_err(|source| ShellError::Key { place, source }.into())
}

/// Where this key is sent.
pub(crate) fn base(key: &Key) -> Result<Base, Failure> {
    let text = env::var(BASE).unwrap_or_else(|_| STRIPE_BASE.to_owned());
    Base::parse(&text, key).map_err(|source| ShellError::Base { text, source }.into())
}

/// The table of requests; each mode has limits of its own.
pub(crate) fn table_path(folder: &Folder, livemode: bool) -> PathBuf {
    folder
        .path()
        .join(format!("requests-{}.table", mode(livemode)))
}

/// What many would say at once, said by one.
#[derive(Default)]
struct Spokesman {
    spoke: Option<Instant>,
    held_back: u64,
}

impl Spokesman {
    /// Whether it is said now, and then how many were not heard before.
    fn speaks(&mut self, now: Instant) -> Option<u64> {
        if self.spoke.is_some_and(|spoke| now < spoke + TOLD_EVERY) {
            self.held_back += 1;
            return None;
        }
        self.spoke = Some(now);
        Some(std::mem::take(&mut self.held_back))
    }
}

fn listener() -> Listener {
    let spokesman = Mutex::new(Spokesman::default());
    Arc::new(move |retry: &Retry<'_>| {
        if retry.wait_ms < WAIT_MS_TOLD {
            return;
        }
        let mut spokesman = spokesman.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(held_back) = spokesman.speaks(Instant::now()) else {
            return;
        };
        let (why, seconds) = (harmless(retry.reason), retry.wait_ms / 1000);
        let others = match held_back {
            0 => String::new(),
            others => format!(", as {} before", worded(others, "other", "others")),
        };
        aside::warn(&format!("Stripe: {why}; again in {seconds} s{others}"));
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_change_what_they_name_and_nothing_else() {
        let settings: SyncSettings = toml::from_str("share_permille = 500").expect("settings");
        let limits = settings.limits(true);
        assert_eq!(
            (
                limits.per_second,
                limits.per_endpoint,
                limits.share_permille
            ),
            (100, 25, 500)
        );
        assert_eq!(SyncSettings::default().limits(false), Limits::TEST);
        assert!(toml::from_str::<SyncSettings>("shear = 1").is_err());
    }

    #[test]
    fn of_many_that_wait_one_speaks_and_counts_the_others() {
        let (mut spokesman, now) = (Spokesman::default(), Instant::now());
        assert_eq!(spokesman.speaks(now), Some(0));
        for second in 1..10 {
            let at = now + Duration::from_secs(second);
            assert_eq!(spokesman.speaks(at), None);
        }
        assert_eq!(spokesman.speaks(now + TOLD_EVERY), Some(9));
        assert_eq!(spokesman.speaks(now + 2 * TOLD_EVERY), Some(0));
    }
}
