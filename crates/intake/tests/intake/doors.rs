//! Bodies made into entries one by one, as they are delivered: the same entries that an import makes of them.

use intake::{Door, Intake, Origin};
use ledger::{Kind, Log, MemoryLedger, OwnedEntry, Source, StreamId};

const AT_US: i64 = 1_790_000_000_000_000;

fn live() -> StreamId {
    StreamId::new("acct_1", true).unwrap()
}

fn event(account: &str, livemode: &str) -> String {
    format!(
        r#"{{"id":"evt_1","object":"event","api_version":"2026-07-29.dahlia","created":1789999999,{account}{livemode}"type":"invoice.paid","data":{{"object":{{"id":"in_1","object":"invoice"}}}}}}"#
    )
}

fn delivered(body: &str) -> Result<OwnedEntry, String> {
    let door = Door::new(&live(), Source::Webhook);
    let refused = door.delivered(body.into(), AT_US);
    refused.map_err(|refused| {
        assert_eq!(refused.body, body.as_bytes());
        refused.reason
    })
}

#[test]
fn a_delivery_becomes_the_entry_that_an_import_makes_of_it() {
    let notification = r#"{"id":"evt_2","object":"v2.core.event","created":"2026-09-21T12:00:00.000Z","livemode":true,"type":"v2.core.health.event_generation_failure.resolved","context":"acct_2"}"#;
    for body in [event("", r#""livemode":true,"#), notification.to_owned()] {
        let entry = delivered(&body).unwrap();
        let mut ledger = MemoryLedger::new();
        let folder = tempfile::tempdir().unwrap();
        let clock = || AT_US;
        let mut intake = Intake::new(&mut ledger, &live(), Source::Webhook, folder.path(), &clock);
        let origin = Origin {
            file: "-",
            line: 1,
            last_line: 1,
            item: None,
        };
        intake.offer(origin, body.clone().into_bytes()).unwrap();
        intake.finish().unwrap();
        let found = ledger.find(&entry.stream, &entry.id).unwrap();
        assert_eq!(found.len(), 1);
        let found = &found[0];
        assert_eq!(found.body.as_deref(), Some(body.as_bytes()));
        assert_eq!(
            (
                found.kind,
                &found.type_,
                &found.object_id,
                found.created_s,
                found.content_hash
            ),
            (
                entry.kind,
                &entry.type_,
                &entry.object_id,
                entry.created_s,
                entry.content_hash
            )
        );
        assert_eq!((found.recorded_us, found.source), (AT_US, Source::Webhook));
    }
}

#[test]
fn account_and_mode_say_which_stream_and_what_is_silent_is_the_default() {
    for (account, livemode, stream) in [
        ("", "", "acct_1/live"),
        ("", r#""livemode":false,"#, "acct_1/test"),
        (r#""account":"acct_2","#, "", "acct_2/live"),
        (
            r#""account":"acct_2","#,
            r#""livemode":false,"#,
            "acct_2/test",
        ),
    ] {
        let entry = delivered(&event(account, livemode)).unwrap();
        assert_eq!((entry.stream.as_str(), entry.kind), (stream, Kind::Event));
    }
}

#[test]
fn what_is_never_delivered_is_refused_with_its_reason() {
    for (body, reason) in [
        ("", "not JSON"),
        ("[]", "not a JSON object"),
        (r#"{"object":"charge","id":"ch_1"}"#, "charge"),
        (
            r#"{"object":"daybook.observation","object_type":"charge","object_id":"ch_1","body":{}}"#,
            "never delivered",
        ),
        (&event(r#""account":"../else","#, ""), "not a stream"),
    ] {
        let told = delivered(body).unwrap_err();
        assert!(told.contains(reason), "{told}");
    }
}
