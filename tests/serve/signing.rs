//! Signatures as Stripe makes them.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

pub(crate) const SECRET: &str = "whsec_test_of_serve";

/// One code of a body.
pub(crate) fn code(secret: &str, at_s: i64, body: &[u8]) -> String {
    let code = Hmac::<Sha256>::new_from_slice(secret.as_bytes());
    let mut code = code.expect("a key of HMAC may have any length");
    code.update(format!("{at_s}.").as_bytes());
    code.update(body);
    let code = code.finalize().into_bytes();
    code.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The header of a body that was signed in that second.
pub(crate) fn signature(secret: &str, at_s: i64, body: &[u8]) -> String {
    format!("t={at_s},v1={}", code(secret, at_s, body))
}
