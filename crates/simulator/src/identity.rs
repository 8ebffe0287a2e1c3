//! Object and event ids as Stripe builds them. Consumers must never read more than the prefix from them; that their
//! middle tells a second is rebuilt here so that wrong hopes about their order meet the same surprises.

use crate::json::Text;
use crate::random::{Random, base62};

/// 2012-07-15T21:56:20Z, the zero of the seconds inside ids.
const ID_EPOCH_S: i64 = 1_342_389_380;

/// Mints ids of one account.
#[derive(Debug, Clone)]
pub(crate) struct Mint {
    account_part: String,
    /// The account's id, `acct_` and 16 characters.
    pub(crate) account: Text,
}

impl Mint {
    pub(crate) fn new(random: &mut Random, opened_s: i64) -> Self {
        let account_part = random.token(10);
        let account = format!("acct_1{}{account_part}", seconds_part(opened_s)).into();
        Self {
            account_part,
            account,
        }
    }

    /// An id with the second of its making: `in_1…`, 24 characters after the prefix.
    pub(crate) fn dated(&self, random: &mut Random, prefix: &str, at_s: i64) -> Text {
        let (second, account) = (seconds_part(at_s), &self.account_part);
        format!("{prefix}_1{second}{account}{}", random.token(8)).into()
    }

    /// The id of a payment intent, whose first 17 characters all its payments, refunds and events share.
    pub(crate) fn payment_intent(&self, random: &mut Random, at_s: i64) -> Text {
        let (second, account, digit) = (seconds_part(at_s), &self.account_part, random.below(3));
        format!("pi_3{second}{account}{digit}{}", random.token(7)).into()
    }
}

/// An id of the family of a payment intent (its charge, refund, balance transaction or event).
pub(crate) fn kin(random: &mut Random, prefix: &str, relative: &str) -> Text {
    let shared = family(relative).expect("the relative belongs to a payment intent's family");
    format!("{prefix}_{shared}{}", random.token(7)).into()
}

/// The 17 characters shared by a payment intent's family; none for other ids.
pub(crate) fn family(id: &str) -> Option<&str> {
    let (_, rest) = id.split_once('_')?;
    (rest.len() == 24 && rest.starts_with('3')).then(|| &rest[..17])
}

/// A short id without a second in it: 14 characters after the prefix.
pub(crate) fn short(random: &mut Random, prefix: &str) -> Text {
    format!("{prefix}_{}", random.token(14)).into()
}

fn seconds_part(at_s: i64) -> String {
    base62(
        u64::try_from(at_s - ID_EPOCH_S).expect("ids began in 2012"),
        5,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_their_lengths_and_families() {
        let mut random = Random::new(3, "ids");
        let mint = Mint::new(&mut random, 1_500_000_000);
        let intent = mint.payment_intent(&mut random, 1_735_689_600);
        let charge = kin(&mut random, "ch", &intent);
        assert_eq!(mint.account.len(), "acct_".len() + 16);
        assert_eq!(
            mint.dated(&mut random, "in", 1_735_689_600).len(),
            "in_".len() + 24
        );
        assert_eq!(charge.len(), "ch_".len() + 24);
        assert_eq!(family(&charge), family(&intent));
        assert_eq!(family(&mint.dated(&mut random, "in", 1_735_689_600)), None);
        assert_eq!(family(&short(&mut random, "cus")), None);
    }
}
