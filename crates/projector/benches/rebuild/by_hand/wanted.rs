//! What must be fetched to be sure: what the newest states lack, and lists that Stripe cut.

use facts::objects::{application_fee, charge, credit_note, invoice, subscription, transfer};
use facts::schema::Shape;

use super::company::{Company, State};
use super::plan::Plan;
use super::value::Value;
use super::write::Totals;

/// Kinds, ids and reasons, sorted.
pub(crate) fn wanted<'s>(
    company: &'s Company<'_>,
    totals: &Totals<'_>,
) -> Vec<(&'static str, &'s str, &'static str)> {
    let mut wanted = Vec::new();
    for (kind, plan) in &company.plans {
        for (id, state) in company.of(kind).iter().filter(|(_, state)| !state.deleted) {
            let reasons = [
                (lacks_transaction(kind, state), "bt_null"),
                (!state.seen, "embedded_only"),
                (lacks_money(plan, state), "unknown_field"),
                (lacks_list(kind, id, state, totals), "stale_list"),
            ];
            let reasons = reasons.into_iter().filter(|(is_wanted, _)| *is_wanted);
            wanted.extend(reasons.map(|(_, reason)| (*kind, id.as_str(), reason)));
        }
    }
    wanted.sort_unstable();
    wanted
}

fn lacks_transaction(kind: &str, state: &State<'_>) -> bool {
    let one = &state.values;
    kind == "charge"
        && one[charge::CAPTURED] != Value::Flag(false)
        && one[charge::STATUS].text() == Some("succeeded")
        && !one[charge::BALANCE_TRANSACTION_ID].is_stated()
}

fn lacks_money(plan: &Plan, state: &State<'_>) -> bool {
    let mut fields = plan.schema.fields.iter().zip(&state.values);
    fields.any(|(field, value)| {
        *value == Value::Absent
            && field.name != "transfer_amount_minor"
            && (field.shape == Shape::Minor
                || matches!(field.name, "currency" | "status" | "available_s"))
    })
}

/// Whether a list that is cut was not read since it may have changed, or fewer refunds are known than there were.
fn lacks_list(kind: &'static str, id: &str, state: &State<'_>, totals: &Totals<'_>) -> bool {
    let one = &state.values;
    let (list, settled) = match kind {
        "invoice" => (invoice::LINES, Some(invoice::FINALIZED_S)),
        "credit_note" => (credit_note::LINES, Some(credit_note::CREATED_S)),
        "subscription" => (subscription::ITEMS, None),
        _ => {
            let (amount, currency, relation) = match kind {
                "charge" => (charge::AMOUNT_REFUNDED_MINOR, charge::CURRENCY, "refund"),
                "transfer" => {
                    use transfer::{AMOUNT_REVERSED_MINOR, CURRENCY};
                    (AMOUNT_REVERSED_MINOR, CURRENCY, "transfer_reversal")
                }
                "application_fee" => {
                    use application_fee::{AMOUNT_REFUNDED_MINOR, CURRENCY};
                    (AMOUNT_REFUNDED_MINOR, CURRENCY, "fee_refund")
                }
                _ => return false,
            };
            let said = one[amount].int().unwrap_or(0);
            let currency = one[currency].text().unwrap_or("");
            let held = totals.get(&(kind, id, relation, currency));
            return said > held.map_or(0, |(_, amount)| *amount);
        }
    };
    if one[list] != Value::Absent {
        return false;
    }
    let Some((_, since_s)) = totals.get(&(kind, id, "whole_list_s", "")) else {
        return true;
    };
    let settled_s = settled.and_then(|place| one[place].int());
    settled_s.is_none_or(|settled_s| settled_s > *since_s) && state.newest_s > *since_s
}
