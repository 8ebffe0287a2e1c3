//! Whether a delivery is Stripe's: the header `Stripe-Signature` against the raw bytes. Reads no clock, and says nothing of why to
//! whoever sent it.
//!
//! The header is `t=SECONDS,v1=HEX,v1=HEX,v0=HEX`: a `v1` for each secret of the endpoint while one is exchanged, each the HMAC-SHA256
//! of `SECONDS.BODY`. `v0` is of test mode, made to be forged, and counts for nothing.

use hmac::Mac;

use super::secrets::Key;

/// The header's name.
pub(super) const HEADER: &str = "stripe-signature";
const HEADER_BYTES_MAX: usize = 4096;
/// A secret that is exchanged gives two.
const SIGNATURES_MAX: usize = 16;
const CODE_BYTES: usize = 32;
/// They reach the year 33658.
const SECONDS_DIGITS_MAX: usize = 12;

/// What the header says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Signature<'h> {
    /// The second of the sending, as it is written: it is what was signed.
    at: &'h str,
    at_s: i64,
    codes: Vec<[u8; CODE_BYTES]>,
}

/// Why a delivery is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Disbelief {
    /// There is no header, or more than one, or it can't be read, or has no `v1`.
    Unsigned,
    /// No secret gives any of its codes.
    Forged,
    /// It was signed too long ago.
    Stale,
    /// It was signed too far in the future.
    Early,
}

impl<'h> Signature<'h> {
    /// Reads the one header that there must be.
    pub(super) fn read(
        mut headers: impl Iterator<Item = &'h [u8]>,
    ) -> Result<Signature<'h>, Disbelief> {
        match (headers.next(), headers.next()) {
            (Some(header), None) => read(header).ok_or(Disbelief::Unsigned),
            _ => Err(Disbelief::Unsigned),
        }
    }

    /// Whether it was made within `tolerance_s` of `now_s`, before or after.
    pub(super) fn check_age(&self, now_s: i64, tolerance_s: u32) -> Result<(), Disbelief> {
        let age_s = now_s.saturating_sub(self.at_s);
        match age_s {
            _ if age_s > i64::from(tolerance_s) => Err(Disbelief::Stale),
            _ if age_s < -i64::from(tolerance_s) => Err(Disbelief::Early),
            _ => Ok(()),
        }
    }

    /// Whether one of the keys gives one of its codes for `body`; each comparison takes the same time, whatever it finds.
    pub(super) fn check_body(&self, keys: &[Key], body: &[u8]) -> Result<(), Disbelief> {
        let before = format!("{}.", self.at);
        let mut is_signed = false;
        for key in keys {
            let code = key.over(before.as_bytes(), body);
            for given in &self.codes {
                is_signed |= code.clone().verify_slice(given).is_ok();
            }
        }
        if is_signed {
            Ok(())
        } else {
            Err(Disbelief::Forged)
        }
    }
}

fn read(header: &[u8]) -> Option<Signature<'_>> {
    if header.len() > HEADER_BYTES_MAX {
        return None;
    }
    let header = std::str::from_utf8(header).ok()?;
    let (mut at, mut codes) = (None, Vec::new());
    for part in header.split(',') {
        match part.trim().split_once('=')? {
            ("t", _) if at.is_some() => return None,
            ("t", text) => at = Some((text, seconds(text)?)),
            ("v1", hex) => codes.push(code(hex)?),
            _ => {}
        }
    }
    let (at, at_s) = at?;
    let is_some = (1..=SIGNATURES_MAX).contains(&codes.len());
    is_some.then_some(Signature { at, at_s, codes })
}

fn seconds(text: &str) -> Option<i64> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && text.len() <= SECONDS_DIGITS_MAX)
        .then(|| text.parse().ok())
        .flatten()
}

fn code(hex: &str) -> Option<[u8; CODE_BYTES]> {
    let digits = hex.as_bytes();
    if digits.len() != CODE_BYTES * 2 {
        return None;
    }
    let mut code = [0; CODE_BYTES];
    for (byte, pair) in code.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(code)
}

fn digit(hex: u8) -> Option<u8> {
    match hex {
        b'0'..=b'9' => Some(hex - b'0'),
        b'a'..=b'f' => Some(hex - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_S: i64 = 1_790_000_000;
    const BODY: &[u8] = b"{\n  \"id\": \"evt_1\"\n}";

    fn signed(secret: &str, at: &str, body: &[u8]) -> String {
        let code = Key::new(secret)
            .over(format!("{at}.").as_bytes(), body)
            .finalize();
        code.into_bytes()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    fn keys(secrets: &[&str]) -> Vec<Key> {
        secrets.iter().map(|secret| Key::new(secret)).collect()
    }

    fn check(header: &str, secrets: &[&str], body: &[u8]) -> Result<(), Disbelief> {
        let signature = Signature::read([header.as_bytes()].into_iter())?;
        signature.check_age(NOW_S, 300)?;
        signature.check_body(&keys(secrets), body)
    }

    #[test]
    fn a_published_vector_of_hmac_holds() {
        // RFC 4231, test case 2, with the first part as what stands before the body.
        let code = Key::new("Jefe").over(b"what do ya want ", b"for nothing?");
        let expected = code_of("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        assert!(code.verify_slice(&expected).is_ok());
    }

    fn code_of(hex: &str) -> [u8; CODE_BYTES] {
        code(hex).unwrap()
    }

    #[test]
    fn any_secret_and_any_v1_will_do() {
        let at = NOW_S.to_string();
        let (old, new) = (
            signed("whsec_old", &at, BODY),
            signed("whsec_new", &at, BODY),
        );
        let strange = "0".repeat(64);
        for header in [
            format!("t={at},v1={old}"),
            format!("t={at},v1={strange},v1={old}"),
            format!("v1={old},t={at}"),
            format!("t={at}, v1={new}, v0={strange}"),
            format!("t={at},v1={new},v1={old},v9=what"),
        ] {
            assert_eq!(
                check(&header, &["whsec_old", "whsec_new"], BODY),
                Ok(()),
                "{header}"
            );
        }
    }

    #[test]
    fn what_was_altered_or_signed_otherwise_is_forged() {
        let at = NOW_S.to_string();
        let good = signed("whsec_1", &at, BODY);
        let header = format!("t={at},v1={good}");
        let other_second = format!("t={},v1={good}", NOW_S + 1);
        let v1_of_empty_key = format!("t={at},v1={}", signed("", &at, BODY));
        assert_eq!(check(&header, &["whsec_1"], BODY), Ok(()));
        for (header, secret, body) in [
            (&header, "whsec_2", BODY),
            (&header, "whsec_1", &BODY[1..]),
            (&header, "whsec_1", b"".as_slice()),
            (&other_second, "whsec_1", BODY),
            (&v1_of_empty_key, "whsec_1", BODY),
        ] {
            assert_eq!(check(header, &[secret], body), Err(Disbelief::Forged));
        }
        assert_eq!(check(&header, &[], BODY), Err(Disbelief::Forged));
    }

    #[test]
    fn too_old_and_too_new_are_told_apart_to_the_second() {
        for (at_s, expected) in [
            (NOW_S - 300, Ok(())),
            (NOW_S - 301, Err(Disbelief::Stale)),
            (NOW_S + 300, Ok(())),
            (NOW_S + 301, Err(Disbelief::Early)),
            (0, Err(Disbelief::Stale)),
            (999_999_999_999, Err(Disbelief::Early)),
        ] {
            let at = at_s.to_string();
            let header = format!("t={at},v1={}", signed("whsec_1", &at, BODY));
            assert_eq!(check(&header, &["whsec_1"], BODY), expected, "{at}");
        }
    }

    #[test]
    fn a_header_that_can_be_read_in_two_ways_is_none() {
        let at = NOW_S.to_string();
        let good = signed("whsec_1", &at, BODY);
        let long = format!("t={at},v1={good},v0={}", "0".repeat(HEADER_BYTES_MAX));
        let many = format!("t={at}{}", format!(",v1={good}").repeat(SIGNATURES_MAX + 1));
        for header in [
            String::new(),
            format!("t={at}"),
            format!("v1={good}"),
            format!("t={at},v0={good}"),
            format!("t={at},t={at},v1={good}"),
            format!("t={at},v1={}", good.to_uppercase()),
            format!("t={at},v1={}", &good[1..]),
            format!("t=+{at},v1={good}"),
            format!("t={at}.0,v1={good}"),
            format!("t=,v1={good}"),
            format!("t={at};v1={good}"),
            format!("t={at},v1={good},"),
            long,
            many,
        ] {
            assert_eq!(
                check(&header, &["whsec_1"], BODY),
                Err(Disbelief::Unsigned),
                "{header}"
            );
        }
        let header = format!("t={at},v1={good}");
        let twice = [header.as_bytes(), header.as_bytes()];
        assert_eq!(Signature::read(twice.into_iter()), Err(Disbelief::Unsigned));
        assert_eq!(
            Signature::read(std::iter::empty()),
            Err(Disbelief::Unsigned)
        );
        assert_eq!(
            Signature::read([b"\xff".as_slice()].into_iter()),
            Err(Disbelief::Unsigned)
        );
    }
}
