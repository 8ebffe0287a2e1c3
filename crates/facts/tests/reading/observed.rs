//! What readings of the API say, and for how long.

use facts::{Kind, Origin, Reading, read};

use crate::{claims, customer_with, entry, noticed, only_claim};

fn observed(members: &str, body: &str) -> Reading {
    let line = format!(
        r#"{{"object":"daybook.observation","request":"GET /v1/x",{members},"object_type":"x","object_id":null,"body":{body}}}"#
    );
    read(&entry(Kind::Observation, "observation", &line))
}

#[test]
fn a_reading_holds_from_before_it_was_asked_until_the_answer() {
    let cases = [
        (r#""date_s":5000,"elapsed_ms":0"#, 4995, ""),
        (r#""date_s":5000,"elapsed_ms":1"#, 4994, ""),
        (r#""date_s":5000,"elapsed_ms":1000"#, 4994, ""),
        (r#""date_s":5000,"elapsed_ms":1001"#, 4993, ""),
        (
            r#""date_s":5000,"elapsed_ms":-1"#,
            5000 - 86_400 - 5,
            "odd_elapsed elapsed_ms;",
        ),
        (
            r#""date_s":5000,"elapsed_ms":null"#,
            5000 - 86_400 - 5,
            "odd_elapsed elapsed_ms;",
        ),
        (
            r#""date_s":5000"#,
            5000 - 86_400 - 5,
            "odd_elapsed elapsed_ms;",
        ),
        (
            r#""date_s":5000,"elapsed_ms":86400001"#,
            5000 - 86_401 - 5,
            "odd_elapsed elapsed_ms;",
        ),
    ];
    for (members, lo_s, odd) in cases {
        let reading = observed(members, &customer_with(r#""name":null"#));
        let claim = only_claim(&reading);
        assert_eq!((claim.lo_s, claim.hi_s), (lo_s, 5001), "{members}");
        assert_eq!(
            (claim.origin, &*claim.event_type),
            (Origin::Observation, "")
        );
        assert_eq!((&*claim.id, claim.request.as_deref()), ("entry_1", None));
        assert_eq!(noticed(&reading.notices), odd, "{members}");
    }
}

#[test]
fn a_reading_that_proves_nothing_claims_nothing() {
    let customer = customer_with(r#""name":null"#);
    let cases = [
        (
            r#""date_s":null,"elapsed_ms":1"#,
            customer.as_str(),
            "undated date_s;",
        ),
        (
            r#""date_s":5,"elapsed_ms":1,"absent":"not_found""#,
            "null",
            "absent absent;",
        ),
        (r#""date_s":5,"elapsed_ms":1"#, "null", "unreadable ;"),
        (r#""date_s":5,"elapsed_ms":1"#, "[1]", "unreadable body;"),
        (
            r#""date_s":5,"elapsed_ms":1"#,
            r#"{"id":"rev_1","object":"review"}"#,
            "",
        ),
        (
            r#""date_s":"5","elapsed_ms":1"#,
            customer.as_str(),
            "unreadable ;",
        ),
    ];
    for (members, body, odd) in cases {
        let reading = observed(members, body);
        assert!(reading.facts.is_empty(), "{members} {body}");
        assert_eq!(noticed(&reading.notices), odd, "{members} {body}");
    }
}

#[test]
fn the_balance_is_known_by_its_name_and_embedded_readings_keep_the_interval() {
    let reading = observed(
        r#""date_s":5000,"elapsed_ms":0"#,
        r#"{"object":"balance","available":[{"currency":"usd","amount":5}],"pending":[]}"#,
    );
    assert_eq!(&*only_claim(&reading).object.id, "balance");
    let reading = observed(
        r#""date_s":5000,"elapsed_ms":0"#,
        &format!(
            r#"{{"id":"ch_1","object":"charge","amount":1,"currency":"usd","status":"failed","customer":{}}}"#,
            customer_with(r#""name":null"#)
        ),
    );
    let inner = claims(&reading)[1];
    assert_eq!(
        (inner.lo_s, inner.hi_s, &*inner.id),
        (4995, 5001, "entry_1/customer")
    );
}
