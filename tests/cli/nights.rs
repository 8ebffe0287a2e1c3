//! What past runs left, as people and programs are shown it: `runs`, `findings`, and what is said about one. The runs are written into
//! the log as a night writes them; what a night finds, the suites of reconcile see to.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use ledger::{Ledger, Source, SqliteLedger, StreamId};
use reconcile::{
    Amount, Basis, Cause, Class, FieldDifference, Finding, Found, Memory, Repair, Run, Score,
    Sweep, Unsettled, finding_id, findings_notes, run_note,
};

use crate::desk::{ACCOUNT, Desk};
use crate::sheets::expect_same;

/// 2025-03-02T03:15:00Z, the first night's second.
const FIRST_S: i64 = 1_740_885_300;
const DAY_S: i64 = 86_400;
const SAYS_WHY: &str = "findings accept fnd_ --why known";

fn named(night: i64) -> String {
    format!("0195544{night}-1b2c-7d3e-8f40-5a6b7c8d9e0f")
}

fn finding(class: Class, object_type: &str, object_id: &str, cause: Cause) -> Finding {
    Finding {
        parent_id: None,
        id: finding_id(class, None, object_type, object_id),
        class,
        code: None,
        object_type: object_type.to_owned(),
        object_id: object_id.to_owned(),
        fields: Vec::new(),
        at_stake: Vec::new(),
        cause,
        evidence: vec![2, 3],
        request_id: Some("req_Kx1".to_owned()),
        repair: Repair::Append,
    }
}

fn field(name: &str, ours: &str, theirs: &str, amount: Option<Amount>) -> FieldDifference {
    FieldDifference {
        field: name.to_owned(),
        ours: ours.to_owned(),
        theirs: theirs.to_owned(),
        amount,
    }
}

/// A charge that somebody refunded while nobody listened, and whose description can steer a terminal.
fn charge() -> Finding {
    let refunded = Amount::new(4_900, "usd");
    let steering = "a\u{1b}[31m note in red, and so long that no row of a table has room for it";
    Finding {
        fields: vec![
            field("amount_refunded", "0", "4900", Some(refunded.clone())),
            field("description", "null", steering, None),
        ],
        at_stake: vec![refunded],
        ..finding(
            Class::ObjectDiffers,
            "charge",
            "ch_1Kx",
            Cause::NeverGenerated,
        )
    }
}

fn balance() -> Finding {
    let [dollars, yen] = [Amount::new(120, "usd"), Amount::new(7, "jpy")];
    Finding {
        fields: vec![field("amount", "1000", "880", Some(dollars.clone()))],
        at_stake: vec![dollars, yen],
        repair: Repair::Look,
        ..finding(
            Class::BalanceDiffers,
            "balance",
            "usd available",
            Cause::OursWrong,
        )
    }
}

fn event() -> Finding {
    finding(Class::EventMissing, "event", "evt_1Kx", Cause::WebhookLost)
}

fn score(agreed: u64, of: u64, repaired: u64, at_stake: Vec<Amount>, open: u64) -> Score {
    Score {
        agreed,
        of,
        repaired,
        open,
        at_stake,
    }
}

fn run(night: i64) -> Run {
    let began_s = FIRST_S + night * DAY_S;
    Run {
        run: named(night),
        command: "nightly".to_owned(),
        began_s,
        ended_s: began_s + 340,
        finished: true,
        start_seq: 1,
        basis: Basis {
            head: format!("{ACCOUNT}/live:9:{}", "5".repeat(64)),
            fold: 1,
            digest: format!("1:{}", "6".repeat(64)),
            clock_s: Some(began_s),
        },
        complete: score(1_204, 1_204, 0, Vec::new(), 0),
        truth: score(1_204, 1_204, 0, Vec::new(), 0),
        clear: score(88, 88, 0, Vec::new(), 0),
        balance_settled: true,
        objects: 1_204,
        fields: 30_551,
        requests: 41,
        sweep: Sweep {
            objects: 12_040,
            compared: 402,
            ..Sweep::default()
        },
        ..Run::default()
    }
}

/// Writes runs into the log of a data folder, and judges their findings as a night does.
struct Scribe {
    log: SqliteLedger,
    memory: Memory,
    stream: StreamId,
}

impl Scribe {
    fn of(desk: &Desk) -> Self {
        Self {
            log: SqliteLedger::open(&desk.path("daybook-data/ledger.db")).unwrap(),
            memory: Memory::volatile().unwrap(),
            stream: StreamId::new(ACCOUNT, true).unwrap(),
        }
    }

    fn write(&mut self, run: &Run, found: Vec<Found>) {
        self.memory.catch_up(&self.log, &self.stream).unwrap();
        let covered = |_: &Finding| run.finished;
        let judged = self.memory.judge(&self.stream, &run.run, found, &covered);
        let mut notes = findings_notes(&run.run, &judged.unwrap());
        notes.push(run_note(run));
        for note in notes {
            let moments = (run.began_s, run.ended_s * 1_000_000);
            let entry = intake::control(&self.stream, note.type_, note.body, Source::Sync, moments);
            self.log.append(&[entry.as_new_entry()]).unwrap();
        }
    }
}

/// Three nights: one that found three things and mended one, one that Stripe did not let finish, and one after that.
fn with_nights() -> Desk {
    let desk = Desk::with_company();
    desk.ok("import sim/observations.ndjson");
    let mut scribe = Scribe::of(&desk);
    let first = Run {
        complete: score(1_203, 1_204, 1, Vec::new(), 0),
        truth: score(1_203, 1_204, 0, charge().at_stake, 1),
        clear: score(86, 88, 0, balance().at_stake, 1),
        ..run(0)
    };
    let held_back = "a person must say so".to_owned();
    let found = vec![
        (charge(), false, Some(held_back)),
        (balance(), false, None),
        (event(), true, None),
    ];
    scribe.write(&first, found);
    let broken = Run {
        finished: false,
        stopped: Some("Stripe can't be reached".to_owned()),
        unproven: vec!["balances".to_owned()],
        clear: Score::default(),
        balance_settled: false,
        ..run(1)
    };
    scribe.write(&broken, Vec::new());
    let mut last = run(2);
    last.truth = score(1_203, 1_204, 0, charge().at_stake, 1);
    last.sweep.all_since_s = Some(FIRST_S);
    last.unsettled = vec![Unsettled {
        object_type: "payout".to_owned(),
        object_id: "po_1Kx".to_owned(),
    }];
    scribe.write(&last, vec![(charge(), false, None)]);
    desk
}

#[test]
fn looking_past_runs_and_findings_through() {
    let desk = with_nights();
    let shown = format!("findings {}", &charge().id[..12]);
    let session = desk.session(&[
        "runs",
        "runs --last 1",
        "findings",
        "findings --all",
        "findings --state gone",
        "findings --class event_missing --all",
        "findings --type charge",
        &shown,
        "findings usd",
        "findings evt_1Kx",
        "findings fnd_",
        "findings accept ch_none --why known",
        "findings accept evt_1Kx --why known",
        SAYS_WHY,
    ]);
    insta::assert_snapshot!("looking_past_runs_and_findings_through", session);
}

#[test]
fn where_no_run_was_there_is_nothing_and_it_is_said_how_one_is_made() {
    let desk = Desk::with_company();
    desk.ok("import sim/observations.ndjson");
    let session = desk.session(&["runs", "findings"]);
    insta::assert_snapshot!("where_no_run_was", session);
}

/// The newest report says in all its forms who accepted the charge's finding; the one before does not.
fn expect_named_in_reports(desk: &Desk, row: &serde_json::Value) {
    assert!(!desk.ok(&format!("report {}", named(2))).contains("someone"));
    let page = desk.ok("report");
    assert!(page.contains("accepted by someone on 20"), "{page}");
    assert!(
        page.contains("Z: refunded by hand  [31mon purpose"),
        "{page}"
    );
    let html = desk.ok("report --html -");
    assert!(html.contains("Accepted by someone on 20"), "{html}");
    let report = desk.json("report");
    let accepted = &report["findings"][0]["accepted"];
    assert_eq!(
        (&accepted["by"], &accepted["at_s"]),
        (&"someone".into(), &row["accepted_s"])
    );
    assert_eq!(accepted["why"], row["accepted_why"]);
}

#[test]
fn what_is_accepted_is_shown_so_and_stays_in_the_log() {
    let desk = with_nights();
    let before = desk.json("head")["seq"].as_i64().unwrap();
    let id = charge().id;
    let mut command = desk.command(&format!("findings accept {id} --by someone --why"));
    let said = command
        .arg("refunded by hand \u{1b}[31mon purpose")
        .output()
        .unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(
        said.contains("refunded by hand  [31mon purpose"),
        "{said:?}"
    );
    assert_eq!(desk.json("head")["seq"], before + 1);
    for name in ["reconcile.db", "reconcile.db-wal", "reconcile.db-shm"] {
        // What is remembered is the log's.
        let _ = fs::remove_file(desk.path("daybook-data").join(name));
    }
    let found = desk.json("findings");
    let row = &found["findings"][0];
    assert_eq!(
        (&row["id"], &row["state"]),
        (&id.into(), &"accepted".into())
    );
    assert_eq!(row["accepted_by"], "someone");
    assert_eq!(row["accepted_why"], "refunded by hand \u{1b}[31mon purpose");
    assert!(row["accepted_s"].as_i64() > Some(FIRST_S));
    assert!(
        desk.json("findings --state open")["findings"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    let table = desk.ok("findings");
    assert!(
        table.contains("accepted by  accepted why                  accepted"),
        "{table}"
    );
    assert!(
        table.contains("someone      refunded by hand  [31mon pu…"),
        "{table}"
    );
    // The night before it was said stays as it was; the next one finds it accepted.
    let mut scribe = Scribe::of(&desk);
    scribe.write(&run(3), vec![(charge(), false, None)]);
    expect_named_in_reports(&desk, row);
    let life = desk.json(&format!("findings {}", charge().id))["life"].clone();
    assert_eq!(life[2]["accepted_by"], serde_json::Value::Null);
    assert_eq!(life[3]["accepted_by"], "someone");
    let states: Vec<&str> = life
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["state"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["new", "known", "known", "accepted"]);
}

#[test]
fn by_default_it_is_the_user_who_says_so() {
    let desk = with_nights();
    let accept = format!("findings accept {} --why known", charge().id);
    let mut command = desk.command(&accept);
    command.env("LOGNAME", "operator").env("USER", "another");
    assert!(command.output().unwrap().status.success());
    let row = desk.json("findings")["findings"][0].clone();
    assert_eq!(row["accepted_by"], "operator");
}

#[test]
fn programs_get_whole_names_all_columns_and_each_currency() {
    let desk = with_nights();
    let runs = desk.json("runs");
    let first = &runs["runs"][0];
    assert_eq!(first["run"], named(0).as_str());
    assert_eq!(
        (&first["true_ppm"], &first["true_agreed"], &first["true_of"]),
        (&999_169.into(), &1_203.into(), &1_204.into())
    );
    assert_eq!(first["verdict"], "findings");
    assert_eq!(runs["runs"][1]["stopped"], "Stripe can't be reached");
    assert_eq!(runs["runs"][1]["clear_ppm"], serde_json::Value::Null);
    let stakes = runs["at_stake"].as_array().unwrap();
    assert_eq!(stakes.len(), 4);
    assert_eq!(
        (
            &stakes[2]["currency"],
            &stakes[2]["at_stake_minor"],
            &stakes[2]["question"]
        ),
        (&"jpy".into(), &7.into(), &"clear".into())
    );
    let found = desk.json("findings --all");
    assert_eq!(found["findings"].as_array().unwrap().len(), 3);
    assert_eq!(found["findings"][0]["fields"], 2);
    assert_eq!(found["differences"][1]["field"], "description");
    for (line, table) in [
        ("runs", "runs"),
        ("runs", "at_stake"),
        ("findings --all", "findings"),
        ("findings --all --class balance_differs", "differences"),
        ("findings --all", "at_stake"),
        ("findings ch_1Kx", "finding"),
        ("findings ch_1Kx", "evidence"),
        ("findings ch_1Kx", "life"),
    ] {
        expect_same(&desk, line, table);
    }
    let one = desk.json("findings ch_1Kx");
    assert_eq!(one["finding"]["id"], charge().id.as_str());
    let seqs: Vec<_> = one["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["seq"].clone())
        .collect();
    assert_eq!(seqs, [2, 3]);
}

#[test]
fn the_memory_of_runs_is_its_owners() {
    let desk = with_nights();
    desk.ok("runs");
    let path = desk.path("daybook-data/reconcile.db");
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    fs::write(&path, "something else, and nothing that SQLite would open").unwrap();
    for rest in ["-wal", "-shm"] {
        let _ = fs::remove_file(desk.path(&format!("daybook-data/reconcile.db{rest}")));
    }
    let run = desk.run("runs");
    assert_eq!(run.exit, 1, "{}", run.stderr);
    assert!(run.stderr.contains("hint: remove it"), "{}", run.stderr);
}
