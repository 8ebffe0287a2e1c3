//! The repository as the rules see it: its text files by path, and the output of cargo about it.
//! Must not judge anything.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Folders that are made by building and running, for the walk without git.
const MADE: [&str; 4] = [".git", "target", "daybook-demo", "daybook-data"];

/// Path (relative, with `/`) to text, of every file that is in UTF-8.
pub(crate) type Files = BTreeMap<String, String>;

/// The text files of the repository, read once.
pub(crate) fn files() -> &'static Files {
    static FILES: OnceLock<Files> = OnceLock::new();
    FILES.get_or_init(|| {
        let paths = listed_by_git(&root()).unwrap_or_else(|| walked(&root()));
        read_texts(&root(), paths)
    })
}

/// The files below a folder prefix and with an ending; both may be empty.
pub(crate) fn files_in(
    prefix: &str,
    ending: &str,
) -> impl Iterator<Item = (&'static str, &'static str)> {
    files()
        .iter()
        .filter(move |(path, _)| path.starts_with(prefix) && path.ends_with(ending))
        .map(|(path, text)| (path.as_str(), text.as_str()))
}

/// What cargo prints for these arguments, offline. Panics with cargo's own words if it fails.
pub(crate) fn cargo(arguments: &[&str]) -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(arguments)
        .arg("--offline")
        .current_dir(root())
        .output()
        .expect("cargo can be started: it started this test");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "cargo {arguments:?} failed:\n{stderr}"
    );
    String::from_utf8(output.stdout).expect("cargo prints UTF-8")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// New files count before they are committed; ignored ones never do.
fn listed_by_git(root: &Path) -> Option<Vec<String>> {
    let output = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root)
        .output()
        .ok()?;
    let list = String::from_utf8(output.stdout).ok()?;
    let paths: Vec<String> = list.split_terminator('\0').map(str::to_owned).collect();
    (output.status.success() && !paths.is_empty()).then_some(paths)
}

fn walked(root: &Path) -> Vec<String> {
    let mut folders = vec![PathBuf::new()];
    let mut paths = Vec::new();
    while let Some(folder) = folders.pop() {
        let entries =
            std::fs::read_dir(root.join(&folder)).expect("the repository's folders can be read");
        for entry in entries {
            let name = entry
                .expect("a folder can be listed to its end")
                .file_name();
            let path = folder.join(&name);
            if root.join(&path).is_dir() {
                if !MADE.iter().any(|made| name == *made) {
                    folders.push(path);
                }
            } else {
                paths.push(path.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    paths
}

/// A listed file that was deleted but not yet committed, or that is no text, is left out.
fn read_texts(root: &Path, paths: Vec<String>) -> Files {
    paths
        .into_iter()
        .filter_map(|path| Some((path.clone(), std::fs::read_to_string(root.join(path)).ok()?)))
        .collect()
}

#[test]
fn git_and_the_walk_see_the_same_rust_files() {
    let Some(mut listed) = listed_by_git(&root()) else {
        return;
    };
    let mut walked = walked(&root());
    for paths in [&mut listed, &mut walked] {
        paths.retain(|path| path.ends_with(".rs") && root().join(path).is_file());
        paths.sort();
    }
    assert_eq!(listed, walked);
    assert!(listed.contains(&"tests/tidy/repository.rs".to_owned()));
}
