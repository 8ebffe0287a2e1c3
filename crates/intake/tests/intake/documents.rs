//! The forms in which bodies come: lines, lists, arrays, values over many lines, gzip, bare objects.

use std::io::BufReader;

use facts::observation;
use flate2::bufread::MultiGzDecoder;

use crate::desk::{Desk, event, gzip, home};

/// Each form of the same two events gives the same two bodies.
fn check(document: &str) {
    let mut desk = Desk::new();
    let tally = desk.import(document.as_bytes());
    assert_eq!(tally.events, 2, "{document}");
    assert_eq!(tally.rejected, 0, "{document}");
    let bodies: Vec<String> = desk
        .bodies()
        .iter()
        .map(|body| body.split_whitespace().collect())
        .collect();
    assert_eq!(bodies, [event("evt_1"), event("evt_2")], "{document}");
}

#[test]
fn events_come_in_lines_lists_and_arrays() {
    let (one, two) = (event("evt_1"), event("evt_2"));
    let spread = |event: &str| event.replace(",\"", ",\n  \"").replacen('{', "{\n  ", 1);
    let (wide_one, wide_two) = (spread(&one), spread(&two));
    check(&format!("{one}\n{two}\n"));
    check(&format!("\u{feff}{one}\r\n\r\n  {two}"));
    check(&format!(
        r#"{{"object":"list","data":[{one},{two}],"has_more":false}}"#
    ));
    check(&format!(
        "{{\n\"data\": [\n{wide_one},\n{wide_two}\n],\n\"object\": \"list\"\n}}\n"
    ));
    check(&format!("[{one},{two}]"));
    check(&format!("[\n{wide_one},\n{wide_two}\n]"));
    check(&format!("{wide_one}\n{wide_two}\n"));
    check(&format!("{wide_one}\n\n{two}"));
    check(&format!(
        "[{one}]\n{{\"object\":\"list\",\"data\":[{two}]}}\n"
    ));
}

#[test]
fn a_body_is_kept_byte_for_byte() {
    let odd = event("evt_1")
        .replace(":", " :\t")
        .replace("cus_1", "cus_\\u0031");
    let mut desk = Desk::new();
    desk.import(format!("{odd} \r\n").as_bytes());
    assert_eq!(desk.bodies(), [format!("{odd} ")]);
    let mut desk = Desk::new();
    desk.import(format!("[ {odd} ]").as_bytes());
    assert_eq!(desk.bodies(), [odd]);
}

#[test]
fn gzip_of_several_members_is_read_through() {
    let mut bytes = gzip(format!("{}\n", event("evt_1")).as_bytes());
    bytes.extend(gzip(event("evt_2").as_bytes()));
    let mut desk = Desk::new();
    let (tally, _) = desk.import_read(MultiGzDecoder::new(BufReader::new(&bytes[..])));
    assert_eq!(tally.events, 2);
}

#[test]
fn the_same_import_again_changes_nothing() {
    let mut desk = Desk::new();
    let lines = format!("{}\nnot JSON\n{}\n", event("evt_1"), event("evt_2"));
    desk.import(lines.as_bytes());
    let (entries, rejects) = (desk.entries(&home()), desk.rejects());
    let tally = desk.import(lines.as_bytes());
    assert_eq!(
        (tally.appended(), tally.duplicates, tally.rejected),
        (0, 2, 1)
    );
    assert_eq!(tally.opened, []);
    assert_eq!(desk.entries(&home()), entries);
    assert_eq!(desk.rejects(), rejects);
}

#[test]
fn another_delivery_of_an_event_is_a_duplicate_and_another_content_a_conflict() {
    let first = event("evt_1");
    let again = first.replacen('{', r#"{ "pending_webhooks": 3, "#, 1);
    let other = first.replace("cus_1", "cus_2");
    let newer = first.replacen('{', r#"{"api_version":"2026-07-29.dahlia","#, 1);
    let mut desk = Desk::new();
    let tally = desk.import(format!("{first}\n{again}\n{other}\n{newer}").as_bytes());
    assert_eq!(
        (
            tally.events,
            tally.duplicates,
            tally.conflicts,
            tally.renderings
        ),
        (3, 1, 1, 1)
    );
}

const CHARGE: &str = r#"{"id":"ch_1","object":"charge","amount":5,"livemode":true}"#;

#[test]
fn bare_objects_become_observations_once_their_reading_is_known() {
    let page = format!(r#"{{"object":"list","data":[{CHARGE}]}}"#);
    let mut desk = Desk::new().with_bare(100, 160);
    let tally = desk.import(page.as_bytes());
    assert_eq!((tally.observations, tally.rejected), (1, 0));
    let bodies = desk.bodies();
    let read = observation(bodies[0].as_bytes()).unwrap();
    assert_eq!(read.body, CHARGE);
    let header = read.header;
    assert_eq!(
        (header.date_s, header.elapsed_ms),
        (Some(160), Some(60_000))
    );
    assert_eq!(header.version.as_deref(), Some("2026-07-29.dahlia"));
    assert_eq!(header.object_type.as_deref(), Some("charge"));
    assert_eq!(header.object_id.as_deref(), Some("ch_1"));
}

#[test]
fn bare_objects_whose_reading_is_not_known_are_set_aside() {
    let mut desk = Desk::new();
    let tally =
        desk.import(format!(r#"{{"object":"list","data":[{CHARGE},{CHARGE}]}}"#).as_bytes());
    assert_eq!((tally.appended(), tally.rejected), (0, 2));
    assert_eq!(desk.rejects()[0].0, CHARGE.as_bytes());
}

#[test]
fn a_spoilt_event_is_no_bare_object() {
    let mut desk = Desk::new().with_bare(100, 160);
    let nameless = event("evt_1").replace(r#""id":"evt_1","#, "");
    let tally = desk.import(format!("{nameless}\n{{\"object\":\"list\"}}\n").as_bytes());
    assert_eq!((tally.appended(), tally.rejected), (0, 2));
}

#[test]
fn a_test_object_stays_out_of_the_live_stream() {
    let mut desk = Desk::new().with_bare(100, 160);
    let tally = desk.import(CHARGE.replace("true", "false").as_bytes());
    assert_eq!(tally.opened[0].as_str(), "acct_1/test");
}
