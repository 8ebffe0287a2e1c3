//! The secrets that deliveries are signed with: read from the environment or a file, kept as keys, never shown.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use crate::failure::{Failure, ShellError, failed};

/// Where secrets are looked for besides a file: one, or several with commas between them.
pub(crate) const VARIABLE: &str = "STRIPE_WEBHOOK_SECRET";
/// More secrets than anybody has endpoints are a mistake, and each costs a hash a delivery.
const SECRETS_MAX: usize = 32;
const WORLD_READABLE: u32 = 0o004;

/// The keys in force, which can be exchanged while deliveries come.
pub(crate) struct Secrets {
    file: Option<PathBuf>,
    keys: RwLock<Arc<[Key]>>,
}

/// One secret, ready to check signatures with.
#[derive(Clone)]
pub(crate) struct Key(Hmac<Sha256>);

impl Key {
    /// The key of a secret, which Stripe uses whole, with its `whsec_`.
    pub(crate) fn new(secret: &str) -> Self {
        let key = Hmac::new_from_slice(secret.as_bytes());
        Self(key.expect("a key of HMAC may have any length"))
    }

    /// The code of a message that is given in two parts, to be compared in constant time.
    pub(super) fn over(&self, before: &[u8], body: &[u8]) -> Hmac<Sha256> {
        let mut code = self.0.clone();
        code.update(before);
        code.update(body);
        code
    }
}

impl Secrets {
    /// Those of the environment and of `file`; none at all is an error.
    pub(crate) fn read(file: Option<PathBuf>) -> Result<Self, Failure> {
        let keys = keys(file.as_deref())?;
        Ok(Self {
            file,
            keys: RwLock::new(keys),
        })
    }

    /// Reads the file anew. What was in force stays so if that fails. The number of secrets now in force.
    pub(crate) fn read_again(&self) -> Result<usize, Failure> {
        let keys = keys(self.file.as_deref())?;
        let count = keys.len();
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(count)
    }

    /// The keys in force.
    pub(crate) fn keys(&self) -> Arc<[Key]> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The file, if everybody on this machine may read it.
    pub(crate) fn open_file(&self) -> Option<&Path> {
        let file = self.file.as_deref()?;
        let mode = fs::metadata(file).ok()?.permissions().mode();
        (mode & WORLD_READABLE != 0).then_some(file)
    }
}

fn keys(file: Option<&Path>) -> Result<Arc<[Key]>, Failure> {
    let mut texts = Vec::new();
    if let Ok(text) = std::env::var(VARIABLE) {
        texts.push(SecretString::from(text));
    }
    if let Some(path) = file {
        let text = fs::read_to_string(path).map_err(failed("read", path))?;
        texts.push(SecretString::from(text));
    }
    let keys: Arc<[Key]> = texts
        .iter()
        .flat_map(|text| text.expose_secret().split([',', '\n']))
        .map(str::trim)
        .filter(|secret| !secret.is_empty())
        .map(Key::new)
        .collect();
    match keys.len() {
        0 => Err(ShellError::NoSecret.into()),
        1..=SECRETS_MAX => Ok(keys),
        found => Err(ShellError::TooManySecrets { found }.into()),
    }
}
