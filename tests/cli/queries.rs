//! SQL of the user's own: what it answers in each form, what it refuses and how it says so, and that it can't do harm.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::desk::{Desk, Run};

fn ask(desk: &Desk, options: &str, sql: &str) -> Run {
    desk.run_with_input(&format!("query - {options}"), sql.as_bytes())
}

fn rows(desk: &Desk, sql: &str) -> Vec<Value> {
    let run = ask(desk, "--json", sql);
    let answer: Value = serde_json::from_str(&run.stdout)
        .unwrap_or_else(|error| panic!("{sql}: {error}\n{}{}", run.stdout, run.stderr));
    answer["rows"].as_array().unwrap().clone()
}

#[test]
fn queries_are_answered_as_people_read_them() {
    let desk = Desk::with_book();
    let mut session = String::new();
    for sql in [
        "SELECT number, customer_name, currency, total_minor, finalized FROM invoice_view ORDER BY id LIMIT 3",
        "SELECT charge_id, currency, amount_minor, settlement_currency, settlement_net_minor FROM payments ORDER BY created_s LIMIT 2",
        "SELECT name, created_s FROM customers WHERE name = 'nobody'",
        "SELECT sum(total_minor), max(total_minor) AS most_minor FROM invoices",
        "SELECT 'usd' AS currency, 1.5 AS mean_minor, 100 AS sum_minor UNION ALL SELECT 'usd', 2, 200",
        "SELECT NULL AS currency, 5 AS a_minor, 'usd' AS b_currency, 0 AS b_minor UNION ALL SELECT 'usd', 6, 'eur', 7",
        "SELECT 1.5 AS share, x'00ff' AS bytes, NULL AS empty",
        "SELECT id, nme\nFROM customers",
        "SELECT * FROM custmers",
        "SELECT id FROM invoices JOIN customers ON customers.id = customer_id",
        "SELEC 1",
        "SELECT sum(9223372036854775807) FROM customers",
        "DELETE FROM customers",
        "SELECT 1; SELECT 2",
        "SELECT :customer",
        "SELECT ?",
        "",
    ] {
        let Run {
            exit,
            stdout,
            stderr,
        } = ask(&desk, "", sql);
        let answer = stdout.split("-- acct_").next().unwrap();
        session.push_str(&format!("> {sql}\n{answer}{stderr}(exit {exit})\n\n"));
    }
    insta::assert_snapshot!("queries", session);
    insta::assert_snapshot!(
        "views",
        desk.session(&["views aging", "views agng", "views"])
    );
}

#[test]
fn programs_get_every_row_and_people_as_many_as_they_can_read() {
    let desk = Desk::with_book();
    let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 12345) SELECT i FROM n";
    let shown = ask(&desk, "", sql);
    assert_eq!(shown.stdout.lines().count(), 1 + 10_000 + 1);
    assert!(shown.stderr.contains("more rows than 10,000"));
    assert_eq!(rows(&desk, sql).len(), 12_345);
    assert_eq!(rows(&desk, sql)[12_344]["i"], 12_345);
    let sheet = ask(&desk, "--csv", sql);
    assert_eq!(sheet.stdout.lines().count(), 1 + 12_345);
    let some = ask(&desk, "--json --limit 7", sql);
    let some: Value = serde_json::from_str(&some.stdout).unwrap();
    assert_eq!(some["rows"].as_array().unwrap().len(), 7);
    assert_eq!(some["more"], true);
    assert!(some["stands_on"]["digest"].is_string());
    assert_eq!(ask(&desk, "--limit 12345", sql).stderr, "");
    let none = ask(&desk, "--csv", "SELECT id, name FROM customers WHERE 0");
    assert_eq!(none.stdout, "id,name\r\n");
    let risky = ask(
        &desk,
        "--csv",
        "SELECT '=1+1' AS a, -5 AS b, 1.5 AS c, x'0a' AS d",
    );
    assert_eq!(risky.stdout, "a,b,c,d\r\n'=1+1,-5,1.5,0a\r\n");
}

#[test]
fn parameters_are_numbers_or_texts_and_stream_and_clock_are_there() {
    let desk = Desk::with_book();
    let sql = "SELECT typeof(:a) AS a, typeof(:b) AS b, :stream AS stream, :clock_s AS clock_s";
    let run = ask(&desk, "--json --param a=7 --param :b=007", sql);
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    let row = &answer["rows"][0];
    assert_eq!((&row["a"], &row["b"]), (&"integer".into(), &"text".into()));
    assert_eq!(row["stream"], answer["stands_on"]["stream"]);
    assert_eq!(row["clock_s"], answer["stands_on"]["book_clock_s"]);
    desk.write(
        "query.sql",
        "SELECT count(*) AS invoices FROM invoices WHERE customer_id = :customer",
    );
    let run = desk.run("query --file query.sql --json --param customer=cus_none");
    assert!(
        run.stdout.starts_with("{\"rows\":[{\"invoices\":0}]"),
        "{}",
        run.stdout
    );
    for (options, said) in [
        ("--param nobody=1", "it does not ask for :nobody"),
        ("--param nobody", "expected NAME=VALUE"),
    ] {
        let run = ask(&desk, options, "SELECT 1");
        assert!(run.exit == 2 && run.stderr.contains(said), "{}", run.stderr);
    }
    let same = ask(&desk, "--json", "SELECT id, id FROM customers");
    assert!(same.exit == 2 && same.stdout.is_empty() && same.stderr.contains("two of its columns"));
}

#[test]
fn what_views_say_of_what_is_owed_is_what_other_commands_say() {
    let desk = Desk::with_book();
    let owed = rows(
        &desk,
        "SELECT currency, sum(owed_minor) AS owed_minor FROM aging GROUP BY currency ORDER BY currency",
    );
    let ends = "SELECT currency, sum(owed_minor) AS owed_minor FROM (
            SELECT currency, owed_minor, row_number() OVER (
                PARTITION BY customer_id, currency ORDER BY at_s DESC, step DESC, invoice_id DESC, payment_id DESC) AS place
            FROM customer_statement) WHERE place = 1 AND owed_minor <> 0 GROUP BY currency ORDER BY currency";
    assert!(!owed.is_empty());
    assert_eq!(rows(&desk, ends), owed);
    let customers = desk.json("customers");
    let receivable: i64 = customers["customers"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|row| row["receivable_minor"].as_i64())
        .sum();
    let aged: i64 = owed
        .iter()
        .filter_map(|row| row["owed_minor"].as_i64())
        .sum();
    assert_eq!(aged, receivable);
    let moved = rows(
        &desk,
        "SELECT currency, sum(net_minor) AS net_minor FROM balance_transactions GROUP BY currency ORDER BY currency",
    );
    let stated = rows(
        &desk,
        "SELECT currency, available_minor + pending_minor AS net_minor FROM balance_view ORDER BY currency",
    );
    assert_eq!(moved, stated);
}

#[test]
fn an_endless_query_ends_with_an_interrupt_and_leaves_the_book_as_it_was() {
    let desk = Desk::with_book();
    let before = desk.ok("invoices");
    desk.write(
        "endless.sql",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    );
    let mut query = desk
        .command("query --file endless.sql")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Who starts the tests in the background of a script has them, and what they start, ignore interrupts.
    for signal in ["-INT", "-TERM"] {
        let sent = Command::new("kill")
            .args([signal, &query.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
    }
    assert!(!query.wait().unwrap().success());
    assert_eq!(desk.ok("invoices"), before);
}
