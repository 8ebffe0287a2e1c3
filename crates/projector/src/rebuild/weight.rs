//! About how many bytes of memory facts hold, so that a rebuild knows when to lay some aside. Decides nothing else.

use std::mem::size_of;
use std::sync::Arc;

use book::Register;
use facts::{Claim, Fact, Record, Value};

/// What the allocator rounds a piece of memory up to, as a mean of its sizes.
const ROUNDING: usize = 16;

/// A piece of memory of its own.
pub(super) fn piece(bytes: usize) -> usize {
    match bytes {
        0 => 0,
        bytes => bytes + ROUNDING,
    }
}

/// A fact that waits.
pub(super) fn of_fact(fact: &Fact) -> usize {
    size_of::<Fact>()
        + match fact {
            Fact::Claim(claim) => of_claim(claim),
            Fact::Thin { object, .. } => piece(object.id.len()),
        }
}

/// A register, but for its own struct.
pub(super) fn of_register(register: &Register) -> usize {
    let stone = register.tombstone();
    let stone = stone.map_or(0, |stone| piece(stone.claim.len()));
    let claims = register.claims().iter();
    let claims: usize = claims
        .map(|claim| size_of::<Claim>() + of_claim(claim))
        .sum();
    claims + stone
}

/// What a claim holds beside its own struct.
fn of_claim(claim: &Claim) -> usize {
    let texts = [
        &claim.object.id,
        &claim.id,
        &claim.version,
        &claim.event_type,
    ];
    let texts: usize = texts.into_iter().map(|text| piece(text.len())).sum();
    let request = claim.request.as_ref().map_or(0, |text| piece(text.len()));
    let contents = claim.after.iter().chain(&claim.before).map(of_content);
    texts + request + contents.sum::<usize>()
}

/// A content's share for one of those who have it.
fn of_content(content: &Arc<Record>) -> usize {
    let whole = piece(size_of::<Record>()) + of_record(content);
    whole / Arc::strong_count(content)
}

fn of_record(record: &Record) -> usize {
    piece(size_of_val(&*record.values)) + record.values.iter().map(of_value).sum::<usize>()
}

fn of_value(value: &Value) -> usize {
    match value {
        Value::Unknown | Value::Null | Value::Flag(_) | Value::Int(_) => 0,
        Value::Text(text) => piece(text.len()),
        Value::Map(entries) => {
            let texts = entries
                .iter()
                .map(|(key, text)| piece(key.len()) + piece(text.len()));
            piece(size_of_val(&**entries)) + texts.sum::<usize>()
        }
        Value::List(rows) => {
            let own = rows.iter().map(of_record).sum::<usize>();
            (piece(size_of_val(&**rows)) + own) / Arc::strong_count(rows)
        }
    }
}
