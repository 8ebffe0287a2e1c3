//! The seeded source of every choice (xoshiro256** seeded by SplitMix64): the same seed gives the same choices for ever.
//! It must not change once a seed's bytes are pinned, and knows nothing of what it decides.

/// A deterministic generator; its whole state is four words.
#[derive(Debug, Clone)]
pub(crate) struct Random {
    state: [u64; 4],
}

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

impl Random {
    /// The generator of a seed and a purpose, so that two users of one seed draw unrelated numbers.
    pub(crate) fn new(seed: u64, purpose: &str) -> Self {
        let mut mix = purpose.bytes().fold(seed, |mix, byte| {
            (mix ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
        });
        Self {
            state: std::array::from_fn(|_| split_mix(&mut mix)),
        }
    }

    /// A number below `bound`, which must be positive.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        assert!(bound > 0, "nothing is below zero");
        let wide = u128::from(self.next_u64()) * u128::from(bound);
        u64::try_from(wide >> 64).expect("the upper half of a 128-bit product fits 64 bits")
    }

    /// A number in `low..=high`.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        assert!(low <= high, "an empty range holds no number");
        let span = u64::try_from(high - low).expect("high is not below low") + 1;
        low + i64::try_from(self.below(span)).expect("the span was an i64 difference")
    }

    /// True `per_mille` times in a thousand.
    pub(crate) fn chance(&mut self, per_mille: u32) -> bool {
        self.below(1000) < u64::from(per_mille)
    }

    /// One of the given values, each as likely as the others.
    pub(crate) fn pick<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.index(values.len())]
    }

    /// An index below `len`.
    pub(crate) fn index(&mut self, len: usize) -> usize {
        let bound = u64::try_from(len).expect("a length fits 64 bits");
        usize::try_from(self.below(bound)).expect("below a usize")
    }

    /// Base-62 characters, as many as asked.
    pub(crate) fn token(&mut self, len: usize) -> String {
        (0..len)
            .map(|_| char::from(BASE62[self.index(62)]))
            .collect()
    }

    /// A random UUID of version 4, as client libraries send with every request.
    pub(crate) fn uuid(&mut self) -> String {
        let (high, low) = (self.next_u64(), self.next_u64());
        let low = (low & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000;
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xFFFF,
            high & 0x0FFF,
            low >> 48,
            low & 0xFFFF_FFFF_FFFF
        )
    }

    fn next_u64(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.state;
        let result = b.wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let shifted = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= shifted;
        *d = d.rotate_left(45);
        result
    }
}

/// The digits of `value` in base 62, most significant first, at least `width` of them.
pub(crate) fn base62(mut value: u64, width: usize) -> String {
    let mut digits = Vec::new();
    while value > 0 || digits.len() < width {
        let digit = usize::try_from(value % 62).expect("below 62");
        digits.push(char::from(BASE62[digit]));
        value /= 62;
    }
    digits.iter().rev().collect()
}

fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut word = *state;
    word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_draws_the_same_numbers_for_ever() {
        let mut random = Random::new(1, "test");
        let drawn: Vec<u64> = (0..4).map(|_| random.below(1_000_000)).collect();
        let mut again = Random::new(1, "test");
        assert_eq!(
            drawn,
            (0..4).map(|_| again.below(1_000_000)).collect::<Vec<_>>()
        );
        let mut other = Random::new(1, "other");
        assert_ne!(
            drawn,
            (0..4).map(|_| other.below(1_000_000)).collect::<Vec<_>>()
        );
    }

    #[test]
    fn base62_counts_digits_before_letters() {
        assert_eq!(base62(0, 5), "00000");
        assert_eq!(base62(61, 1), "z");
        assert_eq!(base62(62, 1), "10");
    }

    #[test]
    fn draws_stay_inside_their_range() {
        let mut random = Random::new(7, "range");
        let drawn: Vec<i64> = (0..1000).map(|_| random.between(-2, 2)).collect();
        assert!(drawn.iter().all(|n| (-2..=2).contains(n)));
        assert!((-2..=2).all(|n| drawn.contains(&n)));
    }
}
