//! The repository's own rules, demanded of every file of it. Each rule is a pure function in a module of this folder, and
//! stands there beside a test that shows it broken. Must not build or run anything but `cargo tree` and `cargo metadata`.

mod complaint;
mod dependencies;
mod documents;
mod habits;
mod lints;
mod modules;
mod money;
mod mutants;
mod outside;
mod purity;
mod repository;
mod rust_text;
mod schema;
mod shape;
mod test_code;

use complaint::{Complaint, demand};
use repository::{cargo, files, files_in};

/// One rule over one file.
type Rule = fn(&str, &str) -> Vec<Complaint>;

/// Files and folders whose text is given or made, not written here.
const GIVEN: [&str; 5] = [
    "Cargo.lock",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "tests/fuzz/Cargo.lock",
    "tests/fuzz/corpus/",
];

fn demand_of<'a>(files: impl Iterator<Item = (&'a str, &'a str)>, rules: &[Rule]) {
    let files: Vec<_> = files.collect();
    assert!(!files.is_empty(), "a rule over no files proves nothing");
    demand(
        files
            .iter()
            .flat_map(|(path, text)| rules.iter().flat_map(|rule| rule(path, text))),
    );
}

#[test]
fn rust_files_have_a_purpose_a_name_and_a_size() {
    demand_of(
        files_in("", ".rs"),
        &[
            shape::opens_with_its_purpose,
            shape::file_is_short,
            shape::functions_are_short,
        ],
    );
    demand_of(files_in("", ""), &[shape::file_is_a_noun]);
}

#[test]
fn rust_files_hold_nothing_unfinished() {
    let rules: [Rule; 5] = [
        habits::exempts_nothing_silently,
        habits::leaves_no_notes,
        habits::finishes_its_work,
        habits::keeps_no_dead_code,
        habits::gives_reasons_for_panics,
    ];
    demand_of(files_in("", ".rs"), &rules);
}

#[test]
fn tests_run_look_and_stay_at_home() {
    let rules: [Rule; 5] = [
        test_code::runs_every_test,
        test_code::asserts_its_matches,
        test_code::waits_for_nothing,
        test_code::reads_no_wall_clock,
        test_code::stays_on_the_loopback,
    ];
    demand_of(files_in("", ".rs"), &rules);
}

#[test]
fn no_rust_file_is_forgotten() {
    demand(modules::forgotten(files()));
}

#[test]
fn mutants_can_still_be_made() {
    demand(mutants::mutants_apply(files()));
}

#[test]
fn pure_crates_are_pure() {
    let pure = files_in("crates/", ".rs").filter(|(path, _)| purity::is_pure(path));
    demand_of(
        pure,
        &[
            purity::names_no_float_type,
            purity::writes_no_float,
            purity::prints_nothing,
        ],
    );
    demand(purity::shares_one_clippy_file(files()));
}

#[test]
fn dependencies_point_as_designed() {
    let reached = |boundary: &dependencies::Boundary, edges: &str| {
        let tree = cargo(&[
            "tree",
            "--package",
            boundary.name,
            "--prefix",
            "none",
            "--edges",
            edges,
        ]);
        dependencies::keeps_its_boundary(boundary, &tree)
    };
    demand(
        dependencies::BOUNDARIES
            .iter()
            .flat_map(|boundary| reached(boundary, "normal")),
    );
    demand(reached(&dependencies::WITNESS, "normal,build,dev"));
}

#[test]
fn there_is_one_binary_and_json_is_read_plainly() {
    demand(dependencies::builds_one_binary(&cargo(&[
        "metadata",
        "--no-deps",
        "--format-version",
        "1",
    ])));
    demand(dependencies::leaves_json_as_it_is(&cargo(&[
        "tree",
        "--workspace",
        "--edges",
        "features",
        "--invert",
        "serde_json",
    ])));
}

#[test]
fn async_stripe_is_pinned_and_builds_requests_only() {
    let rules: [Rule; 2] = [
        dependencies::pins_async_stripe,
        dependencies::names_async_stripe_once,
    ];
    demand_of(files_in("", "Cargo.toml"), &rules);
    demand(dependencies::builds_async_stripe_lean(&cargo(&[
        "tree",
        "--workspace",
        "--edges",
        "features",
    ])));
}

#[test]
fn every_crate_lives_under_the_lints() {
    demand_of(
        files_in("crates/", "Cargo.toml"),
        &[lints::inherits_the_lints],
    );
    demand(lints::states_equal_lints(files()));
}

#[test]
fn nothing_outside_is_named() {
    let is_given = |path: &str| GIVEN.iter().any(|given| path.starts_with(given));
    let written = files_in("", "").filter(|(path, _)| !is_given(path));
    demand_of(
        written,
        &[outside::names_known_hosts, outside::names_no_machine_path],
    );
}

#[test]
fn money_names_its_unit() {
    demand_of(
        files_in("crates/", ".rs").filter(|(path, _)| !money::speaks_wire(path)),
        &[money::members_say_minor],
    );
}

#[test]
fn sql_explains_itself() {
    demand_of(
        files_in("schema/", ".sql"),
        &[schema::explains_itself, money::columns_say_minor],
    );
}

#[test]
fn documents_are_there_and_lead_somewhere() {
    demand(documents::keeps_its_promises(files()));
    demand_of(
        files_in("docs/ARCHITECTURE.md", ""),
        &[documents::architecture_is_short],
    );
    demand_of(
        files_in("docs/DECISIONS.md", ""),
        &[documents::decisions_are_dated],
    );
    demand(
        files_in("", ".md").flat_map(|(path, text)| documents::links_resolve(files(), path, text)),
    );
}
