//! Random small histories: what may happen to a handful of objects within a few seconds. Asserts nothing.

use proptest::prelude::*;

use crate::log::{event, observation};

/// Stripe's second at which every history begins.
const START_S: i64 = 1_767_225_600;

/// One line of a history, told in a few numbers so that failures shrink.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    kind: usize,
    /// Which of the objects of its kind.
    object: u8,
    second: i64,
    /// Which of its few states the object is in.
    state: i64,
    form: Form,
}

#[derive(Clone, Copy, Debug)]
enum Form {
    Event,
    /// With previous values: the amount or name as in the state before.
    Update,
    Observation,
    Deletion,
    /// With an amount that can't be read.
    Odd,
}

/// Histories of so many steps.
pub(crate) fn steps(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Step>> {
    let form = prop_oneof![
        6 => Just(Form::Event),
        6 => Just(Form::Update),
        4 => Just(Form::Observation),
        1 => Just(Form::Deletion),
        1 => Just(Form::Odd),
    ];
    let step = (0..KINDS.len(), 0..2_u8, 0..20_i64, 0..4_i64, form).prop_map(
        |(kind, object, second, state, form)| Step {
            kind,
            object,
            second,
            state,
            form,
        },
    );
    prop::collection::vec(step, count)
}

const KINDS: &[(&str, &str)] = &[
    ("customer", "cus"),
    ("invoice", "in"),
    ("invoice_payment", "inpay"),
    ("charge", "ch"),
    ("refund", "re"),
    ("balance_transaction", "txn"),
    ("payout", "po"),
    ("subscription", "sub"),
    ("balance", "balance"),
];

/// The history as lines, each with an id of its own.
pub(crate) fn lines(steps: &[Step]) -> Vec<String> {
    steps
        .iter()
        .enumerate()
        .map(|(place, step)| step.line(place))
        .collect()
}

impl Step {
    fn line(&self, place: usize) -> String {
        let (object, _) = KINDS[self.kind];
        let (id, body) = self.object();
        let second_s = START_S + self.second;
        let event_id = format!("evt_{place}");
        match (self.form, object) {
            // No event announces these.
            (_, "balance_transaction" | "balance") | (Form::Observation, _) => {
                observation(object, &id, second_s, &body)
            }
            (Form::Deletion, "customer" | "invoice") => {
                let type_ = format!("{object}.deleted");
                event(&event_id, &type_, second_s, &body, None)
            }
            (Form::Update, _) => {
                let previous = match object {
                    "customer" => format!("{{\"balance\":{}}}", (self.state + 3) % 4),
                    "subscription" => "{\"status\":\"incomplete\"}".to_owned(),
                    _ => format!(
                        "{{\"amount_due\":{0},\"amount\":{0}}}",
                        (self.state + 3) % 4
                    ),
                };
                let type_ = format!("{object}.updated");
                event(&event_id, &type_, second_s, &body, Some(&previous))
            }
            _ => event(
                &event_id,
                &format!("{object}.created"),
                second_s,
                &body,
                None,
            ),
        }
    }

    /// The object's id and JSON in this step's state.
    fn object(&self) -> (String, String) {
        let (object, prefix) = KINDS[self.kind];
        let (n, state) = (self.object, self.state);
        let id = format!("{prefix}_{n}");
        let amount = match self.form {
            Form::Odd => "\"12\"".to_owned(),
            _ => state.to_string(),
        };
        let status = |names: [&str; 4]| format!("\"{}\"", names[state as usize]);
        let members = match object {
            "customer" => format!(
                "\"created\":{START_S},\"name\":\"Customer 000{n}\",\"balance\":{amount},\"metadata\":{{\"plan\":\"{state}\"}}"
            ),
            "invoice" => format!(
                "\"created\":{START_S},\"customer\":\"cus_{n}\",\"status\":{},\"total\":{amount},\"currency\":\"usd\",\
                 \"amount_due\":{amount},\"amount_paid\":0,\"amount_remaining\":{state},\"subtotal\":{state},\
                 \"lines\":{{\"object\":\"list\",\"has_more\":false,\"data\":[{{\"id\":\"il_{state}\",\"amount\":2,\"currency\":\"usd\"}}]}}",
                status(["draft", "open", "paid", "uncollectible"]),
            ),
            "invoice_payment" => format!(
                "\"invoice\":\"in_{n}\",\"status\":{},\"currency\":\"usd\",\"amount_paid\":{amount},\
                 \"payment\":{{\"type\":\"payment_intent\",\"payment_intent\":\"pi_{n}\"}}",
                status(["open", "paid", "paid", "canceled"]),
            ),
            "charge" => format!(
                "\"amount\":3,\"amount_captured\":{amount},\"amount_refunded\":{state},\"currency\":\"usd\",\"status\":{},\
                 \"payment_intent\":\"pi_{n}\",\"balance_transaction\":{}",
                status(["pending", "succeeded", "succeeded", "failed"]),
                if state == 2 {
                    format!("\"txn_{n}\"")
                } else {
                    "null".to_owned()
                },
            ),
            "refund" => format!(
                "\"amount\":{amount},\"currency\":\"usd\",\"status\":{},\"charge\":\"ch_{n}\",\
                 \"balance_transaction\":\"txn_0\",\"failure_balance_transaction\":\"txn_{n}\"",
                status(["pending", "succeeded", "failed", "failed"]),
            ),
            "balance_transaction" => format!(
                "\"amount\":{amount},\"fee\":1,\"net\":{state},\"currency\":\"usd\",\"available_on\":{},\"type\":\"charge\",\
                 \"reporting_category\":\"charge\",\"source\":\"ch_{n}\",\"fee_details\":[{{\"type\":\"stripe_fee\",\"amount\":{state},\"currency\":\"usd\"}}]",
                START_S + i64::from(n) * 86_400,
            ),
            "payout" => format!(
                "\"amount\":{amount},\"currency\":\"usd\",\"status\":{},\"balance_transaction\":\"txn_{n}\"",
                status(["pending", "in_transit", "paid", "failed"]),
            ),
            "subscription" => format!(
                "\"customer\":\"cus_{n}\",\"status\":{},\"items\":{{\"object\":\"list\",\"has_more\":false,\
                 \"data\":[{{\"id\":\"si_{state}\",\"quantity\":{state}}}]}}",
                status(["incomplete", "active", "past_due", "canceled"]),
            ),
            _ => format!(
                "\"available\":[{{\"currency\":\"usd\",\"amount\":{amount}}},{{\"currency\":\"jpy\",\"amount\":1}}],\"pending\":[{{\"currency\":\"usd\",\"amount\":{state}}}]"
            ),
        };
        let body = match object {
            "balance" => format!("{{\"object\":\"balance\",{members}}}"),
            _ => format!("{{\"id\":\"{id}\",\"object\":\"{object}\",{members}}}"),
        };
        (id, body)
    }
}
