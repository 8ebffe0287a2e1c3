//! The report's forms: as kept in docs/screenshots, whole, closed, escaped, bounded. `DAYBOOK_BLESS=1` writes the kept ones anew.

use std::fs;
use std::path::{Path, PathBuf};

use anstream::adapter::strip_str;
use reconcile::{Report, Run};

use super::{Watched, fixture, html, page, prometheus};

const HOSTILE: [&str; 4] = [
    "<script>alert(1)</script>",
    "\"/><svg onload='x'>&amp;",
    "\u{1b}[31m\u{202e}x\u{0}\n",
    "{}\\\"\n|–",
];

fn text(report: &Report) -> String {
    let lines = page::lines(report).join("\n");
    format!("{}\n", strip_str(&lines))
}

/// The tags of a document, in order, each with what stands in it; fails where one is not closed, or closed in the wrong place.
fn tags(document: &str) -> Vec<String> {
    let body = document
        .strip_prefix("<!DOCTYPE html>\n")
        .expect("it is a document");
    assert!(!body.contains(['\u{0}', '\u{1b}']));
    let (mut open, mut tags) = (Vec::new(), Vec::new());
    for piece in body.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').expect("each tag ends");
        assert!(!text.contains('>'), "a text is escaped: {text}");
        let is_known = |mark: &str| {
            ["amp;", "lt;", "gt;", "quot;", "#39;"]
                .iter()
                .any(|known| mark.starts_with(known))
        };
        assert!(text.split('&').skip(1).all(is_known), "{text}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name));
            continue;
        }
        let name: String = tag
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect();
        assert!(tag.matches('"').count().is_multiple_of(2), "{tag}");
        if !tag.ends_with('/') {
            open.push(name);
        }
        tags.push(tag.to_owned());
    }
    assert_eq!(open, Vec::<String>::new(), "all is closed");
    tags
}

fn kept(name: &str, is: &str) {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs/screenshots")
        .join(name);
    if std::env::var_os("DAYBOOK_BLESS").is_some() {
        fs::write(&path, is).expect("the folder is there");
    }
    let was = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        was == is,
        "{name} is another now: look at it with DAYBOOK_BLESS=1"
    );
}

#[test]
fn the_reports_of_the_pictures_are_as_kept() {
    kept("report.html", &html(&fixture::report(), &fixture::runs()));
    kept("report.txt", &text(&fixture::report()));
    kept("report.prom", &prometheus(&[fixture::watched()]));
}

#[test]
fn a_clean_night_and_a_broken_off_one_have_a_page() {
    insta::assert_snapshot!("clean", text(&fixture::clean()));
    insta::assert_snapshot!("unfinished", text(&fixture::unfinished()));
}

#[test]
fn no_line_of_the_page_is_wider_than_a_hundred_columns() {
    for report in [
        fixture::report(),
        fixture::clean(),
        fixture::unfinished(),
        fixture::huge(40),
    ] {
        for line in text(&report)
            .lines()
            .filter(|line| !line.starts_with("-- "))
        {
            assert!(
                line.chars().count() <= 100,
                "{}: {line}",
                line.chars().count()
            );
        }
    }
}

#[test]
fn the_file_is_closed_and_asks_nobody_for_anything() {
    let empty = Report {
        stream: String::new(),
        run: Run::default(),
        findings: Vec::new(),
    };
    for report in [
        fixture::report(),
        fixture::clean(),
        fixture::unfinished(),
        empty,
    ] {
        let file = html(&report, &fixture::runs());
        let tags = tags(&file);
        let outside = [
            "src=", "href=", "url(", "://", "@import", "<script", "onload",
        ];
        for word in outside {
            assert!(!file.contains(word), "{word}");
        }
        let svgs = tags.iter().filter(|tag| tag.starts_with("svg ")).count();
        let titles = tags.iter().filter(|tag| *tag == "title").count();
        assert_eq!(
            titles,
            svgs + 1,
            "each picture has a title, and so has the page"
        );
        let is_headed = |tag: &&String| tag.starts_with("th ") && !tag.contains("scope=");
        assert_eq!(tags.iter().find(is_headed), None);
    }
}

#[test]
fn what_stripe_says_is_text_and_nothing_else() {
    for hostile in HOSTILE {
        let report = fixture::saying(hostile);
        let mut runs = fixture::runs();
        runs.push(report.run.clone());
        let file = html(&report, &runs);
        let names = tags(&file);
        assert!(
            !names
                .iter()
                .any(|tag| tag.starts_with("script") || tag.contains("onload")),
            "{hostile}"
        );
        assert!(!file.contains(['\u{1b}', '\u{202e}', '\u{0}']), "{hostile}");
        let page = text(&report);
        let steers = |letter: char| letter.is_control() && letter != '\n' || letter == '\u{202e}';
        assert!(!page.contains(steers), "{hostile}");
        let findings = report.findings.clone();
        let watched = Watched {
            stream: hostile.to_owned(),
            runs: vec![report.run],
            findings,
        };
        samples(&prometheus(&[watched]));
    }
}

#[test]
fn a_report_of_thousands_of_findings_stays_small_and_says_what_it_leaves_out() {
    let file = html(&fixture::huge(5_000), &fixture::runs());
    assert!(file.len() < 2_000_000, "{}", file.len());
    assert!(file.contains("… and 4,920 more: daybook findings"));
    assert!(text(&fixture::huge(5_000)).contains("… and 4,970 more: daybook findings"));
}

#[test]
fn the_scores_are_drawn_up_to_the_reports_own_run() {
    let (runs, mut report) = (fixture::runs(), fixture::clean());
    report.run = runs[9].clone();
    assert!(html(&report, &runs).contains("Scores of the last 10 runs"));
    report.run = runs[0].clone();
    assert!(!html(&report, &runs).contains("Scores of the last"));
}

#[test]
fn json_is_the_report_itself() {
    let report = fixture::report();
    let json = serde_json::to_string(&report).unwrap();
    let again: Report = serde_json::from_str(&json).unwrap();
    assert_eq!(again, report);
}

/// The names of the samples; fails at a line that Prometheus could not read.
fn samples(text: &str) -> Vec<&str> {
    let is_sample = |line: &&str| !line.starts_with("# HELP ") && !line.starts_with("# TYPE ");
    text.lines()
        .filter(is_sample)
        .map(|line| {
            let (name, rest) = line.split_once('{').expect(line);
            let (_, value) = rest.rsplit_once("} ").expect(line);
            assert!(value.parse::<i64>().is_ok(), "{line}");
            assert!(
                name.bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
                "{line}"
            );
            name
        })
        .collect()
}

#[test]
fn the_numbers_are_the_reports() {
    let watched = |runs: Vec<Run>, findings| Watched {
        stream: fixture::STREAM.to_owned(),
        runs,
        findings,
    };
    let text = prometheus(&[watched(fixture::runs(), fixture::report().findings)]);
    let says = |line: &str| assert!(text.lines().any(|one| one == line), "{line}\n{text}");
    let stream = "stream=\"acct_1ExampleBooks/live\"";
    says(&format!(
        "daybook_findings{{{stream},class=\"object_differs\",state=\"new\"}} 1"
    ));
    says(&format!(
        "daybook_findings{{{stream},class=\"event_missing\",state=\"repaired\"}} 2"
    ));
    says(&format!(
        "daybook_findings{{{stream},class=\"event_missing\",state=\"new\"}} 0"
    ));
    says(&format!(
        "daybook_findings_at_stake_minor{{{stream},class=\"object_differs\",state=\"new\",currency=\"usd\"}} 124900"
    ));
    says(&format!(
        "daybook_findings_open_by_cause{{{stream},cause=\"ours_wrong\"}} 2"
    ));
    says(&format!(
        "daybook_score_of{{{stream},question=\"complete\"}} 12354"
    ));
    says(&format!(
        "daybook_balance_off_minor{{{stream},currency=\"usd\",side=\"available\"}} -1256"
    ));
    says(&format!("daybook_last_run_true{{{stream}}} 0"));
    let last_true = fixture::runs()[28].ended_s;
    says(&format!(
        "daybook_last_true_night_timestamp_seconds{{{stream}}} {last_true}"
    ));
    let none = prometheus(&[watched(Vec::new(), Vec::new())]);
    assert!(none.contains(&format!(
        "daybook_last_true_night_timestamp_seconds{{{stream}}} 0\n"
    )));
}

#[test]
fn every_number_is_explained_to_who_runs_it() {
    let operations = include_str!("../../../../docs/OPERATIONS.md");
    let text = prometheus(&[fixture::watched()]);
    for name in samples(&text) {
        let name = name.strip_prefix("daybook_").unwrap();
        assert!(operations.contains(&format!("`{name}")), "{name}");
    }
}
