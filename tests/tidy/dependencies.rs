//! Rules on who depends on whom, read from cargo's own output: the arrows between our crates, and what each must never reach.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::complaint::Complaint;

/// One crate of ours, the crates of ours that it may reach, and the outside crates that it must not.
pub(crate) struct Boundary {
    pub(crate) name: &'static str,
    pub(crate) reaches: &'static [&'static str],
    pub(crate) never: &'static [&'static str],
}

const OURS: [&str; 11] = [
    "book",
    "daybook",
    "disk",
    "facts",
    "intake",
    "ledger",
    "projector",
    "reconcile",
    "requests",
    "simulator",
    "sync",
];
const IMPURE: [&str; 9] = [
    "chrono",
    "getrandom",
    "hyper",
    "mio",
    "rand",
    "reqwest",
    "rusqlite",
    "socket2",
    "tokio",
];
const ASYNC: [&str; 2] = ["hyper", "tokio"];
const ASYNC_OR_JSON: [&str; 3] = ["hyper", "serde_json", "tokio"];

/// The arrows of the design.
pub(crate) const BOUNDARIES: [Boundary; 11] = [
    Boundary {
        name: "facts",
        reaches: &[],
        never: &IMPURE,
    },
    Boundary {
        name: "book",
        reaches: &["facts"],
        never: &IMPURE,
    },
    Boundary {
        name: "simulator",
        reaches: &[],
        never: &IMPURE,
    },
    Boundary {
        name: "ledger",
        reaches: &[],
        never: &ASYNC_OR_JSON,
    },
    Boundary {
        name: "intake",
        reaches: &["facts", "ledger"],
        never: &ASYNC,
    },
    Boundary {
        name: "projector",
        reaches: &["book", "facts", "ledger"],
        never: &ASYNC,
    },
    Boundary {
        name: "disk",
        reaches: &[],
        never: &ASYNC_OR_JSON,
    },
    // Paths and queries: nothing is sent from there.
    Boundary {
        name: "requests",
        reaches: &[],
        never: &IMPURE,
    },
    Boundary {
        name: "sync",
        reaches: &["book", "facts", "intake", "ledger", "projector", "requests"],
        never: &[],
    },
    Boundary {
        name: "reconcile",
        reaches: &[
            "book",
            "facts",
            "intake",
            "ledger",
            "projector",
            "requests",
            "sync",
        ],
        never: &[],
    },
    // All of ours but the faulty disk: what is unsafe, and breaks things on purpose, stays in tests.
    Boundary {
        name: "daybook",
        reaches: &[
            "book",
            "facts",
            "intake",
            "ledger",
            "projector",
            "reconcile",
            "requests",
            "simulator",
            "sync",
        ],
        never: &[],
    },
];

/// The witness owes us nothing, not even in its own tests.
pub(crate) const WITNESS: Boundary = Boundary {
    name: "simulator",
    reaches: &[],
    never: &[],
};

/// A crate reaches what its boundary lets it reach. `tree` is the output of `cargo tree --prefix none`.
pub(crate) fn keeps_its_boundary(boundary: &Boundary, tree: &str) -> Vec<Complaint> {
    let manifest = format!("crates/{}/Cargo.toml", boundary.name);
    let reached: BTreeSet<&str> = tree
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    if !reached.contains(boundary.name) {
        return vec![Complaint::of_file(
            &manifest,
            "cargo tree says nothing about this crate: mend the rule's call",
        )];
    }
    let is_wrong = |name: &&str| {
        let ours =
            OURS.contains(name) && *name != boundary.name && !boundary.reaches.contains(name);
        ours || boundary.never.contains(name)
    };
    let wrong = reached.into_iter().filter(is_wrong);
    wrong
        .map(|name| {
            Complaint::of_file(
                &manifest,
                format!(
                    "{} must not reach {name}: turn the dependency round",
                    boundary.name
                ),
            )
        })
        .collect()
}

/// There is exactly one binary. `metadata` is the output of `cargo metadata --no-deps`.
pub(crate) fn builds_one_binary(metadata: &str) -> Vec<Complaint> {
    let metadata: Value = serde_json::from_str(metadata).expect("cargo prints JSON");
    let packages = metadata["packages"]
        .as_array()
        .expect("cargo lists packages")
        .iter();
    let targets = packages.flat_map(|package| {
        package["targets"]
            .as_array()
            .expect("a package lists its targets")
    });
    let is_binary = |target: &&Value| {
        target["kind"]
            .as_array()
            .is_some_and(|kinds| kinds.iter().any(|kind| kind == "bin"))
    };
    let names: Vec<&str> = targets
        .filter(is_binary)
        .filter_map(|target| target["name"].as_str())
        .collect();
    let advice =
        format!("binaries {names:?}: there is one, `daybook`; a new role is a subcommand of it");
    (names != ["daybook"])
        .then(|| Complaint::of_file("Cargo.toml", advice))
        .into_iter()
        .collect()
}

/// Features unify over the workspace, and these two change what a number or a member's order is everywhere.
/// `tree` is the output of `cargo tree -e features -i serde_json`.
pub(crate) fn leaves_json_as_it_is(tree: &str) -> Vec<Complaint> {
    let features = [
        "arbitrary_precision",
        "preserve_order",
        "float_roundtrip",
        "unbounded_depth",
    ];
    let on = features
        .into_iter()
        .filter(|feature| tree.contains(&format!("serde_json feature \"{feature}\"")));
    on.map(|feature| {
        Complaint::of_file(
            "Cargo.toml",
            format!("turn serde_json's `{feature}` off: it changes every crate's reading"),
        )
    })
    .collect()
}

/// Release candidates break from one to the next: their versions are pinned to the digit.
pub(crate) fn pins_async_stripe(path: &str, text: &str) -> Vec<Complaint> {
    let lines = text.lines().enumerate().filter(|(_, line)| {
        let is_dependency = line.trim_start().starts_with("async-stripe")
            || line.contains("package = \"async-stripe");
        let is_profile = line.contains("opt-level");
        is_dependency && !is_profile && !line.contains("\"=") && !line.contains("workspace = true")
    });
    lines
        .map(|(index, _)| Complaint::at(path, index + 1, "pin it exactly, as in \"=1.0.0-rc.10\""))
        .collect()
}

/// One crate names async-stripe, so that its half a million lines are behind one door, and everything else can be built and
/// changed without them.
pub(crate) fn names_async_stripe_once(path: &str, text: &str) -> Vec<Complaint> {
    let may = ["Cargo.toml", "crates/requests/Cargo.toml"].contains(&path);
    let lines = text.lines().enumerate().filter(|(_, line)| {
        !may && !line.trim_start().starts_with('#') && line.contains("async-stripe")
    });
    lines
        .map(|(index, _)| {
            Complaint::at(
                path,
                index + 1,
                "ask crates/requests for a request: only it names async-stripe",
            )
        })
        .collect()
}

/// What of async-stripe costs minutes and reads what we read ourselves stays out of the graph: its client, its webhooks, its serde.
/// `tree` is the output of `cargo tree -e features`.
pub(crate) fn builds_async_stripe_lean(tree: &str) -> Vec<Complaint> {
    let words: Vec<&str> = tree
        .lines()
        .map(|line| line.trim_start_matches(|sign: char| !sign.is_ascii_alphabetic()))
        .collect();
    if !words
        .iter()
        .any(|line| line.starts_with("async-stripe-shared "))
    {
        return vec![Complaint::of_file(
            "Cargo.toml",
            "cargo tree says nothing about async-stripe: mend the rule's call",
        )];
    }
    let is_heavy = |line: &&&str| {
        let named = |name: &str| {
            line.strip_prefix(name)
                .is_some_and(|rest| rest.starts_with(' '))
        };
        let reads = line.starts_with("async-stripe")
            && (line.contains("feature \"serialize\"") || line.contains("feature \"deserialize\""));
        named("async-stripe") || named("async-stripe-webhook") || reads
    };
    let mut heavy: Vec<&str> = words.iter().filter(is_heavy).copied().collect();
    heavy.sort_unstable();
    heavy.dedup();
    heavy
        .into_iter()
        .map(|line| {
            Complaint::of_file(
                "Cargo.toml",
                format!("leave out {line}: requests are built with it, and nothing is read"),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::complaint::check;

    fn tree(boundary: &Boundary, also: &[&str]) -> String {
        let names = [boundary.name]
            .into_iter()
            .chain(boundary.reaches.iter().copied())
            .chain(also.iter().copied());
        names.map(|name| format!("{name} v0.1.0 (*)\n")).collect()
    }

    #[test]
    fn an_arrow_that_the_design_does_not_have_is_refused() {
        for boundary in &BOUNDARIES {
            assert_eq!(
                keeps_its_boundary(boundary, &tree(boundary, &["sha2", "serde"])),
                []
            );
            let wrong = OURS
                .iter()
                .filter(|name| **name != boundary.name && !boundary.reaches.contains(name));
            for name in wrong.chain(boundary.never) {
                let complaints = keeps_its_boundary(boundary, &tree(boundary, &[name]));
                assert!(
                    complaints[0]
                        .advice
                        .contains(&format!("must not reach {name}")),
                    "{complaints:?}"
                );
            }
            assert!(
                !keeps_its_boundary(boundary, "").is_empty(),
                "an empty tree proves nothing"
            );
        }
    }

    #[test]
    fn a_second_binary_is_refused() {
        let metadata = |names: &[&str]| {
            let targets: Vec<String> = names
                .iter()
                .map(|name| format!("{{\"name\":\"{name}\",\"kind\":[\"bin\"]}}"))
                .collect();
            format!(
                "{{\"packages\":[{{\"targets\":[{{\"name\":\"a\",\"kind\":[\"lib\"]}}]}},{{\"targets\":[{}]}}]}}",
                targets.join(",")
            )
        };
        assert_eq!(builds_one_binary(&metadata(&["daybook"])), []);
        for wrong in [&["daybook", "tool"] as &[&str], &[], &["other"]] {
            assert!(!builds_one_binary(&metadata(wrong)).is_empty(), "{wrong:?}");
        }
    }

    #[test]
    fn a_json_feature_that_changes_reading_is_refused() {
        let sound = "serde_json v1.0.154\n├── serde_json feature \"raw_value\"\n";
        assert_eq!(leaves_json_as_it_is(sound), []);
        for feature in ["arbitrary_precision", "preserve_order"] {
            assert!(
                !leaves_json_as_it_is(&format!("{sound}├── serde_json feature \"{feature}\"\n"))
                    .is_empty()
            );
        }
    }

    #[test]
    fn an_unpinned_async_stripe_is_refused() {
        let broken = [
            "async-stripe = \"1.0.0-rc.10\"",
            "stripe = { package = \"async-stripe-core\", version = \"1\" }",
        ];
        let sound = [
            "async-stripe = \"=1.0.0-rc.10\"",
            "async-stripe.workspace = true",
            "async-stripe-core.opt-level = 0",
            "serde = \"1\"",
        ];
        check(pins_async_stripe, "Cargo.toml", &broken, &sound);
    }

    #[test]
    fn async_stripe_named_elsewhere_is_refused() {
        let line = "async-stripe-core.workspace = true";
        assert_eq!(
            names_async_stripe_once("crates/sync/Cargo.toml", line).len(),
            1
        );
        assert_eq!(
            names_async_stripe_once("crates/requests/Cargo.toml", line),
            []
        );
        assert_eq!(
            names_async_stripe_once("crates/sync/Cargo.toml", "# not async-stripe"),
            []
        );
    }

    #[test]
    fn async_stripe_that_reads_is_refused() {
        let sound = "requests v0.1.0\n├── async-stripe-core feature \"charge\"\n│   └── async-stripe-shared v1.0.0-rc.10\n";
        assert_eq!(builds_async_stripe_lean(sound), []);
        for heavy in [
            "async-stripe v1.0.0-rc.10",
            "│   ├── async-stripe-webhook v1.0.0-rc.10",
            "├── async-stripe-shared feature \"deserialize\"",
            "├── async-stripe-core feature \"serialize\"",
        ] {
            assert_eq!(
                builds_async_stripe_lean(&format!("{sound}{heavy}\n")).len(),
                1,
                "{heavy}"
            );
        }
        assert!(
            !builds_async_stripe_lean("").is_empty(),
            "an empty tree proves nothing"
        );
    }
}
