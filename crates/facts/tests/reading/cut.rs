//! Lists that Stripe cuts after their first rows: what they say, and what they must not be taken for.

use facts::objects::{invoice, invoice_line_list};
use facts::{Kind, Value, read};

use crate::{INVOICE, claims, entry, event, noticed, only_claim};

fn invoice_with(lines: &str) -> String {
    format!(r#"{{"id":"in_1",{INVOICE},"lines":{lines}}}"#)
}

#[test]
fn a_list_with_more_rows_than_it_shows_is_unknown_and_no_oddity() {
    let cases = [
        (
            r#"{"object":"list","data":[{"id":"il_1"}],"has_more":true}"#,
            None,
        ),
        (
            r#"{"object":"list","has_more":true,"data":[{"id":"il_1"}]}"#,
            None,
        ),
        (r#"{"object":"list","has_more":true}"#, None),
        (
            r#"{"object":"list","has_more":false,"data":[{"id":"il_1"}]}"#,
            Some(1),
        ),
        (
            r#"{"object":"list","has_more":null,"data":[{"id":"il_1"}]}"#,
            Some(1),
        ),
        (r#"[{"id":"il_1"},{"id":"il_2"}]"#, Some(2)),
    ];
    for (lines, rows) in cases {
        let reading = event("invoice.updated", &invoice_with(lines), "");
        let claim = only_claim(&reading);
        let after = claim.after.as_ref().expect("a whole object");
        let list = after.get(invoice::LINES);
        let is_list = |list: &Value| matches!(list, Value::List(_));
        assert_eq!(is_list(list).then(|| list.rows().len()), rows, "{lines}");
        assert_eq!(noticed(&reading.notices), "", "{lines}");
    }
}

#[test]
fn previous_values_with_a_cut_list_do_not_say_what_the_list_was() {
    let shown = r#"{"data":[{"id":"il_1"}],"has_more":false}"#;
    for was in [
        r#"{"data":[{"id":"il_2"}],"has_more":true}"#,
        r#"{"has_more":true}"#,
    ] {
        let previous = format!(r#","previous_attributes":{{"status":"open","lines":{was}}}"#);
        let reading = event("invoice.updated", &invoice_with(shown), &previous);
        let claim = only_claim(&reading);
        let before = claim.before.as_ref().expect("the status differs");
        assert_eq!(*before.get(invoice::LINES), Value::Unknown, "{was}");
        assert_eq!(before.text(invoice::STATUS), Some("open"));
        assert_eq!(noticed(&reading.notices), "");
    }
}

#[test]
fn children_shown_of_a_cut_list_are_claimed_all_the_same() {
    let refunds =
        r#"{"data":[{"id":"re_1","object":"refund","amount":5,"currency":"usd"}],"has_more":true}"#;
    let charge = format!(
        r#"{{"id":"ch_1","object":"charge","amount":9,"currency":"usd","status":"succeeded","refunds":{refunds}}}"#
    );
    let reading = event("charge.updated", &charge, "");
    let kinds: Vec<_> = claims(&reading)
        .iter()
        .map(|claim| claim.object.schema.object)
        .collect();
    assert_eq!(kinds, ["charge", "refund"]);
    assert_eq!(noticed(&reading.notices), "");
}

#[test]
fn a_list_read_whole_is_a_claim_under_the_id_of_what_it_belongs_to() {
    let body = r#"{"object":"daybook.observation","request":"GET /v1/invoices/in_1/lines?limit=100","request_id":null,"version":"2026-09-30.endive","account":null,"livemode":true,"date_s":2000,"elapsed_ms":500,"absent":null,"object_type":"invoice_line_list","object_id":"in_1","body":{"object":"invoice_line_list","id":"in_1","has_more":false,"data":[{"id":"il_2","object":"line_item","amount":7,"currency":"usd","taxes":[{"amount":1}]},{"id":"il_1","object":"line_item","amount":5,"currency":"usd"}]}}"#;
    let reading = read(&entry(Kind::Observation, "", body));
    let claim = only_claim(&reading);
    assert_eq!(claim.object.schema.object, "invoice_line_list");
    assert_eq!(&*claim.object.id, "in_1");
    assert_eq!((claim.lo_s, claim.hi_s), (1994, 2001));
    let after = claim.after.as_ref().expect("a whole list");
    let rows = after.get(invoice_line_list::LINES).rows();
    let amounts: Vec<_> = rows
        .iter()
        .map(|row| row.int(invoice_line_list::line::AMOUNT_MINOR))
        .collect();
    assert_eq!(amounts, [Some(5), Some(7)]);
    let taxes = rows[1].get(invoice_line_list::line::TAXES);
    assert_eq!(taxes.rows().len(), 1);
    assert_eq!(noticed(&reading.notices), "");
}
