//! Answers for programs: every command's JSON, what it stands on, and that it says the same as the tables.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::desk::Desk;

#[test]
fn every_command_answers_in_json_and_says_what_it_stands_on() {
    let desk = Desk::with_book();
    let invoice = desk.json("invoices")["invoices"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let customer = desk.json("customers")["customers"][0]["id"].clone();
    let customer = customer.as_str().unwrap();
    let event: Value = serde_json::from_str(&desk.lines("sim/events.ndjson")[0]).unwrap();
    let event = event["id"].as_str().unwrap();
    let on_the_log = [
        "head".to_owned(),
        "versions".to_owned(),
        "dictionary".to_owned(),
        "verify".to_owned(),
        "streams".to_owned(),
        "import sim/events.ndjson".to_owned(),
        format!("event {event}"),
        "events".to_owned(),
        "runs".to_owned(),
        "findings".to_owned(),
    ];
    for line in &on_the_log {
        let stands_on = &desk.json(line)["stands_on"];
        assert!(
            stands_on["head"].as_str().unwrap().contains("/live:"),
            "{line}"
        );
        assert!(stands_on["digest"].is_null(), "{line}");
    }
    let on_the_book = [
        "status".to_owned(),
        "check".to_owned(),
        "invoices".to_owned(),
        format!("invoice {invoice}"),
        format!("timeline {invoice}"),
        "customers".to_owned(),
        format!("customer {customer}"),
        "subscriptions".to_owned(),
        "refunds".to_owned(),
        "disputes".to_owned(),
        "notices".to_owned(),
        "balances".to_owned(),
        "project".to_owned(),
        "rebuild".to_owned(),
    ];
    let mut digests = BTreeSet::new();
    for line in &on_the_book {
        let stands_on = &desk.json(line)["stands_on"];
        assert_eq!(stands_on["fold"], 1, "{line}");
        assert!(stands_on["book_clock_s"].is_i64(), "{line}");
        assert_eq!(stands_on["behind"], 0, "{line}");
        digests.insert(stands_on["digest"].as_str().unwrap().to_owned());
    }
    assert_eq!(
        digests.len(),
        1,
        "the same log, the same digest: {digests:?}"
    );
    let simulated = desk.json("simulate --seed 2 --out other --customers 3 --days 20");
    assert!(simulated["events"].as_u64().unwrap() > 0);
    assert!(Desk::new().json("init --account acct_1")["stands_on"].is_object());
}

#[test]
fn an_error_for_programs_is_one_line_of_json_on_stderr() {
    let desk = Desk::new();
    fs::create_dir(desk.path("spoilt")).unwrap();
    desk.write("spoilt/daybook.toml", "stream = 7");
    let cases = [
        ("--json status", 1, "is no data folder", "daybook init"),
        ("--data spoilt --json head", 1, "failed to read", "mend it"),
        (
            "invoices --json --from soon",
            2,
            "invalid value 'soon'",
            "--help",
        ),
        ("invoices --json --statsu x", 2, "'--statsu'", "'--status'"),
        ("import --json", 2, "were not provided: <FILE>", "--help"),
        ("status --json --csv", 2, "choose one", "--help"),
    ];
    for (line, exit, what, hint) in cases {
        let run = desk.run(line);
        assert_eq!((run.exit, &*run.stdout), (exit, ""), "{line}");
        assert_eq!(run.stderr.lines().count(), 1, "{line}: {}", run.stderr);
        let said: Value = serde_json::from_str(&run.stderr).unwrap();
        let error = &said["error"];
        assert_eq!(error["exit"], exit, "{line}");
        assert!(
            error["what"].as_str().unwrap().contains(what),
            "{line}: {error}"
        );
        assert!(
            error["hint"].as_str().unwrap().contains(hint),
            "{line}: {error}"
        );
        assert!(error["because"].is_array(), "{line}: {error}");
    }
    let help = desk.run("--json --help");
    assert_eq!((help.exit, &*help.stderr), (0, ""), "help is no error");
}

#[test]
fn a_simulated_company_of_a_size_is_the_same_each_time() {
    let desk = Desk::new();
    let told = desk.json("simulate --seed 3 --events 1500 --deliver in-order --out one");
    desk.ok("simulate --seed 3 --events 1500 --deliver in-order --out two");
    let events = told["events"].as_u64().unwrap();
    assert!((700..2_500).contains(&events), "{told}");
    assert_eq!(desk.lines("one/events.ndjson").len() as u64, events);
    for file in ["events.ndjson", "observations.ndjson", "truth.json"] {
        let [one, two] = ["one", "two"].map(|folder| desk.lines(&format!("{folder}/{file}")));
        assert_eq!(one, two, "{file}");
    }
    let truth: Value = serde_json::from_str(&desk.lines("one/truth.json").join("\n")).unwrap();
    let connected = truth["connected"].as_array().unwrap();
    assert!(!connected.is_empty());
    let accounts: Vec<&Value> = [&truth].into_iter().chain(connected).collect();
    let counted = (accounts.iter()).flat_map(|one| one["events"].as_object().unwrap().values());
    assert_eq!(counted.filter_map(|n| n.as_u64()).sum::<u64>(), events);
    let lists = truth["lists"].as_array().unwrap();
    assert!(
        lists
            .iter()
            .any(|list| list["object"] == "payout_membership")
    );
    let objects = (accounts.iter()).map(|one| one["objects"].as_array().unwrap().len());
    assert_eq!(told["objects"], objects.sum::<usize>());
}

#[test]
fn amounts_and_moments_carry_their_units() {
    let desk = Desk::with_book();
    let invoices = desk.json("invoices");
    let invoice = &invoices["invoices"][0];
    assert!(invoice["amount_due_minor"].is_i64() && invoice["created_s"].is_i64());
    assert!(invoice["currency"].is_string());
    let balances = desk.json("balances");
    assert!(balances["balances"][0]["available_minor"].is_i64());
}

#[test]
fn an_event_is_given_back_byte_for_byte() {
    let desk = Desk::with_book();
    let lines = desk.lines("sim/events.ndjson");
    for line in lines.iter().take(40) {
        let event: Value = serde_json::from_str(line).unwrap();
        let given = desk.ok(&format!("event {}", event["id"].as_str().unwrap()));
        let first = lines
            .iter()
            .find(|other| other.contains(event["id"].as_str().unwrap()))
            .unwrap();
        assert_eq!(&given, first);
    }
}

#[test]
fn balances_at_the_clock_are_the_simulators_own() {
    let desk = Desk::with_book();
    let truth: Value =
        serde_json::from_slice(&fs::read(desk.path("sim/truth.json")).unwrap()).unwrap();
    let ours = desk.json("balances");
    for side in ["available", "pending"] {
        for part in truth["balance"][side].as_array().unwrap() {
            let row = ours["balances"]
                .as_array()
                .unwrap()
                .iter()
                .find(|row| row["currency"] == part["currency"]);
            assert_eq!(
                row.unwrap()[format!("{side}_minor")],
                part["amount"],
                "{side} {}",
                part["currency"]
            );
        }
    }
    let counted = ours["categories"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["transactions"].as_u64().unwrap());
    let sums = truth["sums"]
        .as_array()
        .unwrap()
        .iter()
        .map(|sum| sum["count"].as_u64().unwrap());
    assert_eq!(counted.sum::<u64>(), sums.sum::<u64>());
}

#[test]
fn filters_choose_rows() {
    let desk = Desk::with_book();
    let all = desk.json("invoices")["invoices"]
        .as_array()
        .unwrap()
        .clone();
    let count = |line: &str| desk.json(line)["invoices"].as_array().unwrap().len();
    let statuses: BTreeSet<&str> = all
        .iter()
        .map(|row| row["status"].as_str().unwrap())
        .collect();
    let by_status: usize = statuses
        .iter()
        .map(|status| count(&format!("invoices --status {status}")))
        .sum();
    assert_eq!(by_status, all.len());
    assert_eq!(
        count("invoices --status PAID"),
        count("invoices --status paid")
    );
    let middle = all[all.len() / 2]["created_s"].as_i64().unwrap();
    assert_eq!(
        count(&format!("invoices --to {middle}")) + count(&format!("invoices --from {middle}")),
        all.len()
    );
    let customer = all[0]["customer_id"].as_str().unwrap();
    let of_customer = all
        .iter()
        .filter(|row| row["customer_id"] == customer)
        .count();
    assert_eq!(
        count(&format!("invoices --customer {customer}")),
        of_customer
    );
}

#[test]
fn a_status_that_no_row_has_is_answered_with_those_that_there_are() {
    let desk = Desk::with_book();
    let statuses: BTreeSet<String> = desk.json("invoices")["invoices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["status"].as_str().unwrap().to_owned())
        .collect();
    let known = statuses.into_iter().collect::<Vec<_>>().join(", ");
    let unused = desk.run("invoices --status deleted");
    assert_eq!(unused.exit, 0);
    assert_eq!(
        unused.stderr,
        format!("hint: no row has this status; there are: {known}\n")
    );
    let misspelt = desk.run("invoices --status opne --json");
    assert_eq!((misspelt.exit, &*misspelt.stdout), (2, ""));
    assert!(misspelt.stderr.contains("there are: draft, open, paid"));
    let early = desk.run("invoices --status paid --to 2001-01-01");
    assert_eq!(early.stderr, "", "paid is a status, whatever the dates");
}

#[test]
fn streams_are_shown_apart() {
    let desk = Desk::with_book();
    let live = desk.ok("invoices");
    let lines = [
        desk.lines("sim/events.ndjson"),
        desk.lines("sim/observations.ndjson"),
    ]
    .concat();
    let test_lines = lines
        .join("\n")
        .replace("\"livemode\":true", "\"livemode\":false");
    desk.write("test.ndjson", test_lines);
    let imported = desk.json("import test.ndjson");
    let stream = imported["opened"][0].as_str().unwrap().to_owned();
    assert!(stream.ends_with("/test"));
    desk.ok("project");
    let rows = |text: &str| {
        text.lines()
            .filter(|line| !line.starts_with("--"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        rows(&desk.ok("invoices")),
        rows(&live),
        "the live stream shows none of the other"
    );
    assert_eq!(
        rows(&desk.ok(&format!("invoices --stream {stream}"))),
        rows(&live)
    );
    assert_eq!(desk.json("status")["others"][0], stream.as_str());
}
