//! Searches over bytes, eight at a time, which most of the time of reading is spent in.
//!
//! Plain arithmetic on words; no unsafe code.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

#[inline]
fn eight(bytes: &[u8], at: usize) -> Option<u64> {
    let chunk = bytes.get(at..)?.first_chunk::<8>()?;
    Some(u64::from_le_bytes(*chunk))
}

/// The first place from `at` on with a quote, a backslash or a control character; the end if there is none.
///
/// Eight bytes at a time: each test sets the high bit of the bytes it finds; bits above the lowest may be false.
#[inline]
pub(crate) fn plain_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(word) = eight(bytes, at) {
        let quote = word ^ (ONES * b'"' as u64);
        let slash = word ^ (ONES * b'\\' as u64);
        let found = ((quote.wrapping_sub(ONES) & !quote)
            | (slash.wrapping_sub(ONES) & !slash)
            | (word.wrapping_sub(ONES * 0x20) & !word))
            & HIGHS;
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while let Some(byte) = bytes.get(at) {
        if matches!(byte, b'"' | b'\\' | 0..0x20) {
            break;
        }
        at += 1;
    }
    at
}

/// How many spaces stand from `at` on, eight bytes at a time; it may stop early.
#[inline]
pub(crate) fn spaces(bytes: &[u8], mut at: usize) -> usize {
    let start = at;
    while let Some(word) = eight(bytes, at) {
        let other = word ^ (ONES * b' ' as u64);
        if other != 0 {
            return at - start + (other.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    at - start
}
