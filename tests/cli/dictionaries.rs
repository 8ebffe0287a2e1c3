//! The dictionaries of a log: listed, made by command, counted by verify.

use serde_json::json;

use crate::desk::Desk;

/// The company's events under other ids: the same again, and new to the log; how many.
fn import_again(desk: &Desk) -> u64 {
    let lines = desk.lines("sim/events.ndjson");
    let renamed = lines
        .iter()
        .map(|line| line.replacen("\"id\":\"evt_", "\"id\":\"evt_again", 1));
    desk.write("again.ndjson", renamed.collect::<Vec<_>>().join("\n"));
    let imported = desk.json("import again.ndjson");
    imported["appended"].as_u64().unwrap()
}

#[test]
fn a_dictionary_made_by_command_serves_what_comes_later() {
    let desk = Desk::with_book();
    let before = desk.json("dictionary")["dictionaries"].clone();
    assert_eq!(before.as_array().unwrap().len(), 1, "{before}");
    assert_eq!(before[0]["id"], json!(null));
    let entries = before[0]["entries"].as_u64().unwrap();
    assert_eq!(before[0]["body_bytes"], before[0]["stored_bytes"]);
    let trained = desk.json("dictionary train");
    assert_eq!(trained["id"], 1);
    let events = import_again(&desk);
    let after = desk.json("dictionary")["dictionaries"].clone();
    // Those of before, and in each stream the entry that adopts the dictionary.
    let streams = desk.json("streams")["streams"].as_array().unwrap().len();
    assert_eq!(after[0]["entries"], entries + streams as u64);
    let packed = &after[1];
    assert_eq!(
        (&packed["id"], &packed["entries"]),
        (&json!(1), &json!(events))
    );
    assert_eq!(packed["hash"], trained["hash"]);
    let [body, stored] = ["body_bytes", "stored_bytes"].map(|name| packed[name].as_u64().unwrap());
    assert!(stored * 4 < body, "{packed}");
    let listed = desk.ok("dictionary");
    assert_eq!(listed.lines().count(), 4, "{listed}");
}

#[test]
fn what_is_packed_is_proven_projected_and_printed_like_anything_else() {
    let desk = Desk::with_book();
    let invoices = desk.ok("invoices");
    desk.ok("dictionary train");
    import_again(&desk);
    desk.ok("project");
    let verified = desk.json("verify --book");
    assert_eq!(
        (
            &verified["file"],
            &verified["chain"],
            &verified["dictionaries"]
        ),
        (&json!("ok"), &json!("ok"), &json!(1))
    );
    assert!(
        verified["file_ms"].is_u64() && verified["chain_ms"].is_u64(),
        "{verified}"
    );
    let line = desk.lines("again.ndjson").swap_remove(5);
    let id = serde_json::from_str::<serde_json::Value>(&line).unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(desk.ok(&format!("event {id}")).trim_end(), line);
    desk.ok("check digest");
    let projected = desk.json("status")["digest"].clone();
    desk.ok("rebuild");
    assert_eq!(desk.json("status")["digest"], projected);
    let same = |text: &str| {
        text.lines()
            .filter(|line| !line.starts_with("--"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(same(&desk.ok("invoices")), same(&invoices));
}

#[test]
fn a_log_too_short_to_learn_from_says_so() {
    let desk = Desk::with_company();
    let run = desk.run("dictionary train");
    assert_eq!(run.exit, 1);
    assert!(
        run.stderr
            .starts_with("error: the log has too little to learn a dictionary from\nhint: "),
        "{}",
        run.stderr
    );
    assert_eq!(desk.ok("dictionary").lines().count(), 3);
}
