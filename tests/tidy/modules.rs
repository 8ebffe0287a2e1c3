//! The rule that no Rust file is forgotten: each is reached from a target that cargo builds.

use std::collections::BTreeSet;

use crate::complaint::Complaint;
use crate::repository::Files;
use crate::rust_text::{RustText, is_word, words};

/// Files that no target reaches: they compile nowhere and their tests never run.
pub(crate) fn forgotten(files: &Files) -> Vec<Complaint> {
    let mut reached = BTreeSet::new();
    let mut open = roots(files);
    while let Some((path, is_root)) = open.pop() {
        let Some(text) = files.get(&path) else {
            continue;
        };
        if reached.insert(path.clone()) {
            open.extend(
                modules(&path, is_root, text, files)
                    .into_iter()
                    .map(|module| (module, false)),
            );
        }
    }
    let all = files.keys().filter(|path| path.ends_with(".rs"));
    let advice = "no target reaches this file: name it in a `mod`, or in a [[test]] of crates/daybook/Cargo.toml";
    all.filter(|path| !reached.contains(*path))
        .map(|path| Complaint::of_file(path, advice))
        .collect()
}

/// Where cargo begins: the places it looks by itself, and the `path` of each declared target.
fn roots(files: &Files) -> Vec<(String, bool)> {
    let manifests = files
        .iter()
        .filter(|(path, text)| path.ends_with("Cargo.toml") && text.contains("[package]"));
    let mut roots = Vec::new();
    for (manifest, text) in manifests {
        let crate_folder = folder(manifest);
        let found = files
            .keys()
            .filter(|path| is_found_by_cargo(path, crate_folder));
        roots.extend(found.cloned());
        roots.extend(declared(text).map(|path| joined(crate_folder, path)));
    }
    roots.into_iter().map(|path| (path, true)).collect()
}

/// Cargo looks for `tests/a.rs` and `tests/a/main.rs`, and likewise for binaries, benches and examples.
fn is_found_by_cargo(path: &str, crate_folder: &str) -> bool {
    let inside = path
        .strip_prefix(crate_folder)
        .and_then(|rest| rest.strip_prefix('/'));
    let Some(inside) = inside.filter(|inside| inside.ends_with(".rs")) else {
        return false;
    };
    let place = inside
        .strip_suffix("/main.rs")
        .map_or(folder(inside), folder);
    let is_fixed = ["src/lib.rs", "src/main.rs", "build.rs"].contains(&inside);
    is_fixed || ["src/bin", "tests", "benches", "examples"].contains(&place)
}

fn declared(manifest: &str) -> impl Iterator<Item = &str> {
    let paths = manifest
        .lines()
        .filter_map(|line| line.trim().strip_prefix("path = \"")?.strip_suffix('"'));
    paths.filter(|path| path.ends_with(".rs"))
}

/// The files of the modules that a file declares.
fn modules(path: &str, is_root: bool, text: &str, files: &Files) -> Vec<String> {
    let code = RustText::new(text).code;
    let declared = words(&code, "mod").filter_map(|at| {
        let rest = code[at + 3..].trim_start();
        let name: String = rest.chars().take_while(|c| is_word(*c)).collect();
        rest[name.len()..]
            .trim_start()
            .starts_with(';')
            .then(|| (name, given_path(&text[..at])))
    });
    let below = if is_root || path.ends_with("/mod.rs") {
        folder(path).to_owned()
    } else {
        path.trim_end_matches(".rs").to_owned()
    };
    declared
        .flat_map(|(name, given)| match given {
            Some(given) => vec![joined(folder(path), &given)],
            None => vec![
                joined(&below, &format!("{name}.rs")),
                joined(&below, &format!("{name}/mod.rs")),
            ],
        })
        .filter(|module| files.contains_key(module))
        .collect()
}

/// The path in a `#[path = "…"]` that stands right before a module's declaration.
fn given_path(before: &str) -> Option<String> {
    let before = before
        .trim_end()
        .trim_end_matches("pub(crate)")
        .trim_end_matches("pub")
        .trim_end();
    let attribute = before.strip_suffix("\"]")?;
    let start = attribute.rfind("#[path = \"")?;
    Some(attribute[start + "#[path = \"".len()..].to_owned())
}

/// The folder of a path; empty for the root's.
pub(crate) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A relative path seen from a folder, without `.` and `..`. One that leaves the repository keeps its `..`.
pub(crate) fn joined(folder: &str, relative: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative
        .split('/')
        .filter(|part| !matches!(*part, "" | "."))
    {
        match part {
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository(texts: &[(&str, &str)]) -> Files {
        texts
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect()
    }

    #[test]
    fn a_forgotten_file_is_refused() {
        let manifest = "[package]\n[[test]]\nname = \"t\"\npath = \"../../tests/t/main.rs\"\n";
        let mut files = repository(&[
            ("Cargo.toml", "[workspace]\n"),
            ("crates/a/Cargo.toml", manifest),
            (
                "crates/a/src/lib.rs",
                "mod b;\nmod inline { }\n// mod dead;\n",
            ),
            (
                "crates/a/src/b.rs",
                "#[cfg(test)]\nmod tests;\n#[path = \"odd.rs\"]\nmod c;\n",
            ),
            ("crates/a/src/b/tests.rs", ""),
            ("crates/a/src/odd.rs", ""),
            ("crates/a/benches/log.rs", ""),
            ("crates/a/tests/whole/main.rs", "mod part;"),
            ("crates/a/tests/whole/part.rs", ""),
            ("tests/t/main.rs", "mod case;"),
            ("tests/t/case.rs", ""),
        ]);
        assert_eq!(forgotten(&files), []);
        for path in [
            "crates/a/src/dead.rs",
            "tests/t/other.rs",
            "tests/u/main.rs",
            "crates/a/src/tests.rs",
            "crates/a/tests/whole/dead.rs",
        ] {
            files.insert(path.to_owned(), String::new());
            assert_eq!(
                forgotten(&files)
                    .iter()
                    .map(|one| one.path.as_str())
                    .collect::<Vec<_>>(),
                [path]
            );
            files.remove(path);
        }
    }

    #[test]
    fn paths_are_joined_without_dots() {
        assert_eq!(joined("crates/a", "../../tests/./t.rs"), "tests/t.rs");
        assert_eq!(joined("docs", "../../x"), "../x");
    }
}
