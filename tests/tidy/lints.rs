//! Rules on the lints that a crate lives under: the workspace's, and only one crate may differ, in one of them.

use std::collections::BTreeMap;

use crate::complaint::Complaint;
use crate::repository::Files;

/// A crate that states its lints itself, because one of them is another there: cargo can't inherit all but one.
struct Exemption {
    manifest: &'static str,
    lint: &'static str,
    _reason: &'static str,
}

const EXEMPTIONS: [Exemption; 1] = [Exemption {
    manifest: "crates/disk/Cargo.toml",
    lint: "rust.unsafe_code",
    _reason: "SQLite takes a file system as a table of C functions, and tests need a faulty one",
}];

/// What such a crate owes besides.
const OWED: (&str, &str) = ("clippy.undocumented_unsafe_blocks", "\"deny\"");

/// A crate that does not inherit the workspace's lints escapes all of them.
pub(crate) fn inherits_the_lints(path: &str, text: &str) -> Vec<Complaint> {
    let inherits = text.contains("\n[lints]\nworkspace = true\n");
    let is_exempt = EXEMPTIONS.iter().any(|one| one.manifest == path);
    let advice = "add `[lints]` with `workspace = true`: the rules hold in every crate";
    (!inherits && !is_exempt)
        .then(|| Complaint::of_file(path, advice))
        .into_iter()
        .collect()
}

/// A crate with lints of its own states all of the workspace's as they are, but for the one that it is exempt from.
pub(crate) fn states_equal_lints(files: &Files) -> Vec<Complaint> {
    let text = |path: &str| files.get(path).map_or("", String::as_str);
    let shared = lints(text("Cargo.toml"), "[workspace.lints.");
    EXEMPTIONS
        .iter()
        .flat_map(|one| differences(one, &shared, &lints(text(one.manifest), "[lints.")))
        .collect()
}

fn differences(
    exemption: &Exemption,
    shared: &BTreeMap<String, String>,
    own: &BTreeMap<String, String>,
) -> Vec<Complaint> {
    let owed = (OWED.0.to_owned(), OWED.1.to_owned());
    let demanded = shared
        .iter()
        .filter(|(lint, _)| *lint != exemption.lint)
        .chain([(&owed.0, &owed.1)]);
    let differing = demanded.filter(|(lint, level)| own.get(*lint) != Some(level));
    differing
        .map(|(lint, level)| {
            let advice = format!(
                "state {lint} = {level}: this crate is exempt from {} alone",
                exemption.lint
            );
            Complaint::of_file(exemption.manifest, advice)
        })
        .collect()
}

/// Level by lint, as in `rust.unsafe_code`, from the tables whose headers begin so.
fn lints(manifest: &str, header: &str) -> BTreeMap<String, String> {
    let mut tool = None;
    let mut lints = BTreeMap::new();
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            tool = line
                .strip_prefix(header)
                .and_then(|rest| rest.strip_suffix(']'));
        } else if let Some((tool, (lint, level))) = tool.zip(line.split_once(" = ")) {
            lints.insert(format!("{tool}.{lint}"), level.to_owned());
        }
    }
    lints
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::complaint::check;

    const SHARED: &str = "[workspace.lints.rust]\nunsafe_code = \"forbid\"\nunreachable_pub = \"warn\"\n\n\
        [workspace.lints.clippy]\n# why\ntodo = \"deny\"\n";
    const OWN: &str = "[lints.rust]\nunsafe_code = \"allow\"\nunreachable_pub = \"warn\"\n\n\
        [lints.clippy]\ntodo = \"deny\"\nundocumented_unsafe_blocks = \"deny\"\n";

    fn complaints(own: &str) -> usize {
        let own = (EXEMPTIONS[0].manifest.to_owned(), own.to_owned());
        let shared = ("Cargo.toml".to_owned(), SHARED.to_owned());
        states_equal_lints(&Files::from([shared, own])).len()
    }

    #[test]
    fn a_crate_without_the_lints_is_refused() {
        let broken = [
            "[package]\n",
            "[package]\n\n[lints]\n\n[x]\nworkspace = true\n",
        ];
        check(
            inherits_the_lints,
            "crates/book/Cargo.toml",
            &broken,
            &["[package]\n\n[lints]\nworkspace = true\n"],
        );
    }

    #[test]
    fn an_exempt_crate_that_is_lenient_elsewhere_is_refused() {
        assert_eq!(complaints(OWN), 0);
        for line in [
            "unreachable_pub = \"warn\"\n",
            "todo = \"deny\"\n",
            "undocumented_unsafe_blocks = \"deny\"\n",
        ] {
            assert_eq!(complaints(&OWN.replace(line, "")), 1, "{line}");
            let lenient = line.replace("deny", "allow").replace("warn", "allow");
            assert_eq!(complaints(&OWN.replace(line, &lenient)), 1, "{line}");
        }
    }
}
