//! How fast events are read: megabytes of body a second on one thread, for a synthetic invoice event of about 5 KB.
//!
//! `cargo bench -p facts`. It measures and prints; it judges nothing. The yardstick is what serde_json needs to step over
//! the same body and keep nothing, in the same run.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a bench measures time; what it measures does not know of it"
)]

use std::fmt::Write;
use std::hint::black_box;
use std::time::Instant;

use facts::{EntryText, Kind, envelope, read};

const ROUNDS: usize = 1_000;

/// Only the fastest batch counts: the others were disturbed.
const BATCHES: usize = 30;

fn main() {
    let bare = event(&[]);
    let past = [
        r#""amount_paid":0,"amount_remaining":4900,"attempt_count":0,"attempted":false,"next_payment_attempt":1790003600"#,
        r#""status":"open","status_transitions":{"paid_at":null},"webhooks_delivered_at":null,"metadata":{"order":null}"#,
    ];
    let updated = event(&past);
    println!("one thread, the fastest of {BATCHES} batches of {ROUNDS}");
    measure("read, no previous values", &bare, read_all);
    measure("read, with previous values", &updated, read_all);
    measure("read, indented", &indent(&updated), read_all);
    measure("yardstick", &updated, skip_all);
    measure("yardstick, indented", &indent(&updated), skip_all);
    measure("envelope", &updated, envelope_all);
    measure("envelope, indented", &indent(&updated), envelope_all);
}

fn measure(name: &str, body: &str, run: fn(&str)) {
    let batch = || {
        let start = Instant::now();
        run(body);
        start.elapsed().as_nanos().max(1)
    };
    let elapsed_ns = (0..BATCHES).map(|_| batch()).min().expect("some batches");
    let bytes = (body.len() * ROUNDS) as u128;
    println!(
        "{name:28} {:6} bytes  {:5} MB/s  {:6} ns an event",
        body.len(),
        bytes * 1000 / elapsed_ns,
        elapsed_ns / ROUNDS as u128,
    );
}

fn read_all(body: &str) {
    for seq in 0..ROUNDS as u64 {
        black_box(read(&EntryText {
            kind: Kind::Event,
            id: "evt_bench",
            type_: "invoice.updated",
            api_version: Some("2026-09-30.endive"),
            created_s: 1_790_000_000,
            seq,
            body: black_box(body.as_bytes()),
        }));
    }
}

fn skip_all(body: &str) {
    for _ in 0..ROUNDS {
        let skipped = serde_json::from_str::<&serde_json::value::RawValue>(black_box(body));
        black_box(skipped).expect("the synthetic event is JSON");
    }
}

fn envelope_all(body: &str) {
    for _ in 0..ROUNDS {
        black_box(envelope(black_box(body.as_bytes()))).expect("the synthetic event is whole");
    }
}

fn event(past: &[&str]) -> String {
    let mut object = String::from(r#"{"id":"in_0001","object":"invoice""#);
    for (name, value) in MEMBERS {
        write!(object, r#","{name}":{value}"#).expect("writing to a String can't fail");
    }
    let lines: Vec<String> = (0..2).map(line).collect();
    write!(
        object,
        r#","lines":{{"object":"list","data":[{}],"has_more":false,"total_count":2,"url":"/v1/invoices/in_0001/lines"}}}}"#,
        lines.join(",")
    )
    .expect("writing to a String can't fail");
    let previous = match past {
        [] => String::new(),
        _ => format!(r#","previous_attributes":{{{}}}"#, past.join(",")),
    };
    format!(
        r#"{{"id":"evt_bench","object":"event","api_version":"2026-09-30.endive","created":1790000000,"data":{{"object":{object}{previous}}},"livemode":false,"pending_webhooks":1,"request":{{"id":"req_0001","idempotency_key":"key-0001"}},"type":"invoice.updated"}}"#
    )
}

fn line(number: usize) -> String {
    format!(
        r#"{{"id":"il_000{number}","object":"line_item","amount":2450,"currency":"usd","description":"1 × Plan {number} (at $24.50 / month)","discount_amounts":[],"discountable":true,"discounts":[],"invoice":"in_0001","livemode":false,"metadata":{{}},"parent":{{"invoice_item_details":null,"subscription_item_details":{{"invoice_item":null,"proration":false,"proration_details":{{"credited_items":null}},"subscription":"sub_0001","subscription_item":"si_0001"}},"type":"subscription_item_details"}},"period":{{"end":1792592000,"start":1790000000}},"pretax_credit_amounts":[],"pricing":{{"price_details":{{"price":"price_0001","product":"prod_0001"}},"type":"price_details","unit_amount_decimal":"2450"}},"quantity":1,"quantity_decimal":"1","subtotal":2450,"taxes":[]}}"#
    )
}

/// The same JSON as Stripe writes it into webhooks: a member a line, two spaces a level.
fn indent(body: &str) -> String {
    let mut out = String::with_capacity(body.len() * 2);
    let (mut depth, mut inside) = (0_usize, false);
    for character in body.chars() {
        inside ^= character == '"';
        if inside || character == '"' {
            out.push(character);
            continue;
        }
        if matches!(character, '}' | ']') {
            depth -= 1;
            new_line(&mut out, depth);
        }
        out.push(character);
        match character {
            '{' | '[' => depth += 1,
            ':' => out.push(' '),
            _ => {}
        }
        if matches!(character, '{' | '[' | ',') {
            new_line(&mut out, depth);
        }
    }
    out
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}

const MEMBERS: &[(&str, &str)] = &[
    ("account_country", r#""US""#),
    ("account_name", r#""Example Company""#),
    ("account_tax_ids", "null"),
    ("amount_due", "4900"),
    ("amount_overpaid", "0"),
    ("amount_paid", "4900"),
    ("amount_remaining", "0"),
    ("amount_shipping", "0"),
    ("application", "null"),
    ("attempt_count", "1"),
    ("attempted", "true"),
    ("auto_advance", "false"),
    (
        "automatic_tax",
        r#"{"disabled_reason":null,"enabled":false,"liability":null,"provider":null,"status":null}"#,
    ),
    ("automatically_finalizes_at", "null"),
    ("billing_reason", r#""subscription_cycle""#),
    ("collection_method", r#""charge_automatically""#),
    ("created", "1790000000"),
    ("currency", r#""usd""#),
    ("custom_fields", "null"),
    ("customer", r#""cus_0001""#),
    (
        "customer_address",
        r#"{"city":"Example City","country":"US","line1":"1 Example Street","line2":null,"postal_code":"00000","state":"NY"}"#,
    ),
    ("customer_email", r#""customer-0001@example.com""#),
    ("customer_name", r#""Customer 0001""#),
    ("customer_phone", "null"),
    ("customer_shipping", "null"),
    ("customer_tax_exempt", r#""none""#),
    ("customer_tax_ids", "[]"),
    ("default_payment_method", "null"),
    ("default_source", "null"),
    ("default_tax_rates", "[]"),
    ("description", "null"),
    ("discounts", "[]"),
    ("due_date", "null"),
    ("effective_at", "1790003600"),
    ("ending_balance", "0"),
    ("footer", "null"),
    ("from_invoice", "null"),
    (
        "hosted_invoice_url",
        r#""https://invoice.example.com/i/acct_0001/test_0000000000000000000000000000000000000000000000000000000000000000?s=ap""#,
    ),
    (
        "invoice_pdf",
        r#""https://pay.example.com/invoice/acct_0001/test_0000000000000000000000000000000000000000000000000000000000000000/pdf?s=ap""#,
    ),
    ("issuer", r#"{"type":"self"}"#),
    ("last_finalization_error", "null"),
    ("latest_revision", "null"),
    ("livemode", "false"),
    ("metadata", r#"{"order":"6735","region":"north"}"#),
    ("next_payment_attempt", "null"),
    ("number", r#""EXAMPLE-0001""#),
    ("on_behalf_of", "null"),
    (
        "parent",
        r#"{"quote_details":null,"subscription_details":{"metadata":{},"subscription":"sub_0001"},"type":"subscription_details"}"#,
    ),
    (
        "payment_settings",
        r#"{"default_mandate":null,"payment_method_options":null,"payment_method_types":null}"#,
    ),
    ("period_end", "1790000000"),
    ("period_start", "1787321600"),
    ("post_payment_credit_notes_amount", "0"),
    ("pre_payment_credit_notes_amount", "0"),
    ("receipt_number", "null"),
    (
        "rendering",
        r#"{"amount_tax_display":null,"pdf":{"page_size":"letter"},"template":null,"template_version":null}"#,
    ),
    ("shipping_cost", "null"),
    ("shipping_details", "null"),
    ("starting_balance", "0"),
    ("statement_descriptor", "null"),
    ("status", r#""paid""#),
    (
        "status_transitions",
        r#"{"finalized_at":1790003600,"marked_uncollectible_at":null,"paid_at":1790003601,"voided_at":null}"#,
    ),
    ("subtotal", "4900"),
    ("subtotal_excluding_tax", "4900"),
    ("test_clock", "null"),
    ("total", "4900"),
    ("total_discount_amounts", "[]"),
    ("total_excluding_tax", "4900"),
    ("total_pretax_credit_amounts", "[]"),
    ("total_taxes", "[]"),
    ("webhooks_delivered_at", "1790000010"),
];
