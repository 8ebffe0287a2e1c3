//! The key to Stripe's API: what kind it is, told by its beginning. It is never shown, logged or compared beyond that.

use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

/// A secret or restricted key of one mode.
#[derive(Clone, Debug)]
pub struct Key {
    secret: SecretString,
    /// Whether it is of live mode.
    pub livemode: bool,
    /// Whether it is a restricted key, as reading needs no more.
    pub restricted: bool,
}

/// Why a text is no key that can be used.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum KeyError {
    /// There is nothing.
    #[error("it is empty")]
    Empty,
    /// It holds white space or signs that no key has, as from a cut or doubled line.
    #[error("it holds signs that no key has")]
    Signs,
    /// A key for web pages, which may not read.
    #[error("it is a publishable key, which may not read")]
    Publishable,
    /// The secret of a webhook endpoint.
    #[error("it is the signing secret of a webhook endpoint")]
    WebhookSecret,
    /// A key of an organisation, whose requests need a context that daybook doesn't know.
    #[error("it is the key of an organisation, not of an account")]
    Organisation,
    /// It begins like no key.
    #[error(
        "it begins like no key of Stripe's: sk_live_, sk_test_, rk_live_ or rk_test_ is expected"
    )]
    Unknown,
}

impl Key {
    /// Takes a key. White space around it is left out.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let is_sign = |sign: char| sign.is_ascii_alphanumeric() || sign == '_';
        if text.is_empty() {
            return Err(KeyError::Empty);
        }
        if !text.chars().all(is_sign) {
            return Err(KeyError::Signs);
        }
        for (beginning, error) in [
            ("pk_", KeyError::Publishable),
            ("whsec_", KeyError::WebhookSecret),
            ("sk_org_", KeyError::Organisation),
        ] {
            if text.starts_with(beginning) {
                return Err(error);
            }
        }
        let kinds = [
            ("sk_live_", true, false),
            ("sk_test_", false, false),
            ("rk_live_", true, true),
            ("rk_test_", false, true),
        ];
        let known = kinds
            .into_iter()
            .find(|(beginning, _, _)| text.len() > beginning.len() && text.starts_with(beginning));
        let (_, livemode, restricted) = known.ok_or(KeyError::Unknown)?;
        Ok(Self {
            secret: SecretString::from(text),
            livemode,
            restricted,
        })
    }

    /// The key itself, for the one header that carries it.
    pub(crate) fn expose(&self) -> &str {
        self.secret.expose_secret()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_tells_its_mode_and_kind() {
        let kind = |text| Key::parse(text).map(|key| (key.livemode, key.restricted));
        assert_eq!(kind("rk_live_0123"), Ok((true, true)));
        assert_eq!(kind(" sk_test_0123\n"), Ok((false, false)));
        assert_eq!(kind("sk_live_"), Err(KeyError::Unknown));
        assert_eq!(kind("pk_live_0123"), Err(KeyError::Publishable));
        assert_eq!(kind("whsec_0123"), Err(KeyError::WebhookSecret));
        assert_eq!(kind("sk_org_live_0123"), Err(KeyError::Organisation));
        assert_eq!(kind("sk_test_01 23"), Err(KeyError::Signs));
        assert_eq!(kind("  "), Err(KeyError::Empty));
    }

    #[test]
    fn key_is_not_shown_by_debug() {
        let key = Key::parse("sk_live_0123456789").expect("a key");
        assert!(!format!("{key:?}").contains("0123"));
    }
}
