//! The rule that every mutant of `tests/mutants` can still be made: its old text stands once in its file, and its test exists.

use crate::complaint::Complaint;
use crate::repository::Files;

/// Mutants that no longer apply, and so prove nothing.
pub(crate) fn mutants_apply(files: &Files) -> Vec<Complaint> {
    let mutants = files
        .iter()
        .filter(|(path, _)| path.starts_with("tests/mutants/") && path.ends_with(".txt"));
    mutants
        .filter_map(|(path, text)| Some(Complaint::of_file(path, fault(text, files)?)))
        .collect()
}

fn fault(mutant: &str, files: &Files) -> Option<String> {
    let field = |name: &str| mutant.lines().find_map(|line| line.strip_prefix(name));
    let (Some(file), Some(test), Some(_)) = (field("file: "), field("test: "), field("what: "))
    else {
        return Some(
            "name what breaks, the file and the test: `what: …`, `file: …`, `test: …`".to_owned(),
        );
    };
    let Some((old, new)) = texts(mutant) else {
        return Some("give both texts, between `--- old`, `--- new` and `--- end`".to_owned());
    };
    let found = files.get(file).map_or(0, |text| text.matches(old).count());
    if found != 1 || old == new {
        return Some(format!(
            "the old text stands {found} times in {file}, not once: follow the code"
        ));
    }
    let declaration = format!("fn {test}(");
    let mut tests = files
        .iter()
        .filter(|(path, _)| path.starts_with("tests/properties/"));
    let is_known = tests.any(|(_, text)| text.contains(&declaration));
    (!is_known).then(|| format!("no property is named {test}: name one that fails"))
}

fn texts(mutant: &str) -> Option<(&str, &str)> {
    let (_, texts) = mutant.split_once("\n--- old\n")?;
    let (old, new) = texts.split_once("\n--- new\n")?;
    Some((old, new.strip_suffix("\n--- end\n")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(mutant: &str) -> Vec<Complaint> {
        let files = [
            ("tests/mutants/a.txt", mutant),
            (
                "crates/book/src/a.rs",
                "let a = 1;\nlet b = 2;\nlet b = 2;\n",
            ),
            ("tests/properties/main.rs", "fn b_is_two() {}\n"),
        ];
        mutants_apply(
            &files
                .iter()
                .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
                .collect(),
        )
    }

    fn mutant(file: &str, test: &str, old: &str) -> String {
        format!(
            "what: a\nfile: {file}\ntest: {test}\n--- old\n{old}\n--- new\nlet a = 3;\n--- end\n"
        )
    }

    #[test]
    fn a_mutant_that_no_longer_applies_is_refused() {
        let file = "crates/book/src/a.rs";
        assert_eq!(complaints(&mutant(file, "b_is_two", "let a = 1;")), []);
        let sound = mutant(file, "b_is_two", "let a = 1;");
        for broken in [
            mutant(file, "b_is_two", "let c = 1;"),
            mutant(file, "b_is_two", "let b = 2;"),
            mutant(file, "b_is_three", "let a = 1;"),
            mutant("crates/book/src/b.rs", "b_is_two", "let a = 1;"),
            mutant(file, "b_is_two", "let a = 3;"),
            sound.replace("what: a\n", ""),
            sound.replace("--- end\n", ""),
        ] {
            assert_eq!(complaints(&broken).len(), 1, "{broken}");
        }
    }
}
