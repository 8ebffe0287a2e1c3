//! Signs a post as Stripe does: HMAC-SHA256 over the second of sending, a dot and the exact body.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The value of `Stripe-Signature`, with one `v1` for each secret.
pub(crate) fn signature(secrets: &[String], sent_s: i64, body: &[u8]) -> String {
    let mut header = format!("t={sent_s}");
    for secret in secrets {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())
            .expect("HMAC takes keys of any length");
        mac.update(format!("{sent_s}.").as_bytes());
        mac.update(body);
        header.push_str(",v1=");
        for byte in mac.finalize().into_bytes() {
            header.push(hex(byte >> 4));
            header.push(hex(byte & 15));
        }
    }
    header
}

fn hex(digit: u8) -> char {
    char::from_digit(u32::from(digit), 16).expect("four bits are a digit")
}
