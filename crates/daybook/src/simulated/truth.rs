//! The truth about a simulation as JSON: what `simulate` leaves as a file and a served simulation gives away. Whether books
//! agree with it is not asked here.

use std::io::{self, Write};

use serde_json::{Value, json};
use simulator::{Recording, Truth};

/// Objects between two words of progress.
const OBJECTS_A_STEP: u64 = 1_000;

/// One JSON object, the first account's truth, with that of the others in a list at its end. `step` is told how many objects
/// of Stripe's are written; gives how many there are.
pub(crate) fn write<'t>(
    accounts: impl ExactSizeIterator<Item = Truth<'t>>,
    out: &mut impl Write,
    step: &mut dyn FnMut(u64),
) -> io::Result<u64> {
    let is_alone = accounts.len() == 1;
    let mut objects = 0;
    for (place, truth) in accounts.enumerate() {
        let before = ["", ",\"connected\":[\n", ",\n"][place.min(2)];
        out.write_all(before.as_bytes())?;
        write_account(&truth, out, &mut || {
            objects += 1;
            if objects % OBJECTS_A_STEP == 0 {
                step(objects);
            }
        })?;
        // The first account's object is closed after all others.
        out.write_all(if place == 0 { b"" } else { b"}" })?;
    }
    writeln!(out, "{}", if is_alone { "}" } else { "\n]}" })?;
    Ok(objects)
}

/// The truth about all accounts of a recording.
pub(crate) fn of_recording(recording: &Recording) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    let accounts = recording.accounts();
    let truths = accounts.iter().map(|account| recording.truth_of(account));
    write(truths, &mut text, &mut |_| {})?;
    Ok(text)
}

/// The truth about one account, without its last brace: an object of Stripe's a line, after them whole lists.
fn write_account(
    truth: &Truth<'_>,
    out: &mut impl Write,
    written: &mut dyn FnMut(),
) -> io::Result<()> {
    writeln!(out, "{{\"account\":{},", json!(truth.account()))?;
    writeln!(out, "\"livemode\":true,\"at_us\":{},", truth.at_us())?;
    writeln!(out, "\"balance\":{},", truth.balance())?;
    writeln!(out, "\"sums\":{},", json!(sums(truth)))?;
    writeln!(out, "\"events\":{},", json!(truth.event_counts()))?;
    writeln!(out, "\"objects\":[")?;
    for (place, (_, _, object)) in truth.objects().enumerate() {
        let comma = if place == 0 { "" } else { ",\n" };
        write!(out, "{comma}{object}")?;
        written();
    }
    writeln!(out, "\n],\"lists\":[")?;
    for (place, (_, _, list)) in truth.lists().enumerate() {
        let comma = if place == 0 { "" } else { ",\n" };
        write!(out, "{comma}{list}")?;
    }
    write!(out, "\n]")
}

fn sums(truth: &Truth<'_>) -> Vec<Value> {
    let sums = truth.sums().into_iter();
    let told = sums.map(|((currency, category), sum)| {
        json!({
            "currency": currency, "reporting_category": category, "count": sum.count,
            "amount": sum.amount_minor, "fee": sum.fee_minor, "net": sum.net_minor,
        })
    });
    told.collect()
}
