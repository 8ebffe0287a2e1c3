//! The real program, killed in the middle of its commands. After each kill the folder must be one that goes on.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::company::Company;
use crate::dice::Dice;
use crate::folder::Folder;
use crate::victim::Victim;

const DATA: &str = "daybook-data";

/// When a command is killed.
enum Moment {
    /// After a part of the time that it takes.
    After(Duration),
    /// When its files have come to so many bytes.
    Bytes(u64),
    /// When the link to the current book, or the one that will take its place, is not what it was.
    Switch,
}

impl Moment {
    /// Anywhere in the run of a command, a little beyond its end too.
    fn within(takes: Duration, dice: &mut Dice) -> Self {
        let per_mille = u32::try_from(dice.below(1_150)).unwrap();
        Self::After(takes * per_mille / 1_000)
    }

    /// The same, or by what it has written of at most so many bytes.
    fn of_work(takes: Duration, bytes: u64, dice: &mut Dice) -> Self {
        if dice.once_in(2) {
            return Self::Bytes(dice.below(bytes));
        }
        Self::within(takes, dice)
    }
}

/// Runs a command and kills it; whether it was killed before it had ended.
fn kill(folder: &Folder, line: &str, watched: &[&str], moment: &Moment) -> bool {
    let paths: Vec<PathBuf> = watched.iter().map(|name| folder.path(name)).collect();
    let written = || -> u64 {
        let lengths = paths
            .iter()
            .map(|path| fs::metadata(path).map_or(0, |file| file.len()));
        lengths.sum()
    };
    let links =
        || -> Vec<Option<PathBuf>> { paths.iter().map(|path| fs::read_link(path).ok()).collect() };
    let (before, linked) = (written(), links());
    let start = Instant::now();
    let victim = Victim::spawn(&mut folder.command(line));
    let ended = victim.kill_when(&[0, 3], |_| match moment {
        Moment::After(time) => start.elapsed() >= *time,
        Moment::Bytes(bytes) => written().saturating_sub(before) > *bytes,
        Moment::Switch => links() != linked,
    });
    ended.is_killed
}

/// Kills one command after another, as often as was asked for; every run that was not killed in time is done again.
fn kills(wanted: u64, mut kill_one: impl FnMut() -> bool) -> String {
    let (mut killed, mut ended) = (0, 0);
    while killed < wanted {
        if kill_one() {
            killed += 1;
        } else {
            ended += 1;
            assert!(ended < 20 * wanted + 20, "it ends before it is killed");
        }
    }
    format!("{killed} kills, and {ended} times it was quicker")
}

/// `init`, then `init` again, then work.
pub(crate) fn init(dice: &mut Dice, wanted: u64) -> String {
    let company = Company::get();
    let folder = Folder::new();
    let mut left = 0;
    let seen = kills(wanted, || {
        folder.remove(DATA);
        let is_killed = kill(
            &folder,
            &company.init,
            &[],
            &Moment::within(company.takes.init, dice),
        );
        left += u64::from(!folder.names(DATA).is_empty());
        let again = folder.run(&company.init);
        let said = String::from_utf8_lossy(&again.stderr);
        let is_there = said.contains("is a data folder already");
        assert!(again.status.success() || is_there, "{said}");
        let early = company.behind().with_file_name("early.ndjson");
        let imported = folder.ok(&format!("import {}", early.display()));
        assert!(imported["appended"].as_u64() > Some(0));
        folder.ok("verify");
        let names = ["daybook.toml", "ledger.db"];
        let rest: Vec<_> = folder
            .names(DATA)
            .into_iter()
            .filter(|name| !name.starts_with("ledger.db-"))
            .collect();
        assert_eq!(rest, names, "nothing else stays");
        is_killed
    });
    format!("{seen}; {left} folders were begun")
}

/// `import`, again and again on the same folder, until the whole set is there once.
pub(crate) fn import(dice: &mut Dice, wanted: u64) -> String {
    const KILLS_A_FOLDER: u64 = 3;
    let company = Company::get();
    let folder = Folder::new();
    let log_bytes = fs::metadata(company.whole().join("ledger.db"))
        .unwrap()
        .len();
    let mut turn = 0;
    let mut seqs = Vec::new();
    let seen = kills(wanted, || {
        if turn % KILLS_A_FOLDER == 0 {
            folder.remove(DATA);
            folder.ok(&company.init);
        }
        turn += 1;
        let watched = ["daybook-data/ledger.db-wal", "daybook-data/ledger.db"];
        let moment = Moment::of_work(company.takes.import, 2 * log_bytes, dice);
        let is_killed = kill(&folder, &company.import, &watched, &moment);
        folder.ok("verify");
        seqs.push(folder.ok("head")["seq"].as_u64().unwrap());
        if turn % KILLS_A_FOLDER == 0 {
            expect_whole_log(&folder, company);
        }
        is_killed
    });
    expect_whole_log(&folder, company);
    seqs.sort_unstable();
    seqs.dedup();
    format!("{seen}; left at {seqs:?} of {} entries", company.entries)
}

/// Imports to the end, and sees that log, rejects and books are those of a folder where nobody was killed.
fn expect_whole_log(folder: &Folder, company: &Company) {
    let imported = folder.answer(&company.import, 3);
    assert_eq!(imported["rejected"], company.rejects);
    assert_eq!(
        folder.ok("head")["seq"],
        company.entries,
        "each is there once"
    );
    assert_eq!(folder.answer(&company.import, 3)["appended"], 0);
    assert_eq!(folder.ok("status")["rejects"], company.rejects);
    assert_eq!(folder.ok("rebuild")["digest"], company.digest.as_str());
}

/// `project`, with much to catch up.
pub(crate) fn project(dice: &mut Dice, wanted: u64) -> String {
    let company = Company::get();
    let folder = Folder::new();
    let mut behind = Vec::new();
    let seen = kills(wanted, || {
        if dice.once_in(2) || behind.is_empty() {
            folder.lay(&company.behind(), DATA);
        }
        let moment = Moment::within(company.takes.project, dice);
        let is_killed = kill(&folder, "project", &[], &moment);
        behind.push(
            folder.ok("check digest")["stands_on"]["behind"]
                .as_u64()
                .unwrap(),
        );
        folder.ok("check position");
        if !is_killed || dice.once_in(2) {
            expect_whole_book(&folder, company);
        }
        is_killed
    });
    expect_whole_book(&folder, company);
    behind.sort_unstable();
    behind.dedup();
    format!("{seen}; the book was left whole, {behind:?} entries behind")
}

/// Catches up, and sees that the book is the one of a folder where nobody was killed.
fn expect_whole_book(folder: &Folder, company: &Company) {
    assert_eq!(folder.ok("project")["digest"], company.digest.as_str());
    folder.ok("check digest");
}

/// `rebuild` beside a book in use.
pub(crate) fn rebuild(dice: &mut Dice, wanted: u64) -> String {
    let company = Company::get();
    let whole = fs::read_link(company.whole().join("book.db")).unwrap();
    let book_bytes = fs::metadata(company.whole().join(whole)).unwrap().len();
    rebuilding(wanted, || {
        Moment::of_work(company.takes.rebuild, book_bytes, dice)
    })
}

/// `rebuild` again, killed where the link to the book is turned.
pub(crate) fn switch(dice: &mut Dice, wanted: u64) -> String {
    let takes = Company::get().takes.rebuild;
    rebuilding(wanted, || {
        if dice.once_in(3) {
            return Moment::After(takes * u32::try_from(850 + dice.below(200)).unwrap() / 1_000);
        }
        Moment::Switch
    })
}

fn rebuilding(wanted: u64, mut moment: impl FnMut() -> Moment) -> String {
    let company = Company::get();
    let folder = Folder::new();
    folder.lay(&company.whole(), DATA);
    let (mut turned, mut number) = (0, book_number(&folder));
    // Every other one has to lay aside what it reads.
    let mut lines = ["rebuild --memory 1MiB", "rebuild"].into_iter().cycle();
    let seen = kills(wanted, || {
        let next = format!("daybook-data/books/fold-1.{}.db", last_number(&folder) + 1);
        let link = format!(
            "daybook-data/.book.db.fold-1.{}.db",
            last_number(&folder) + 1
        );
        let watched = [&*next, &*link, "daybook-data/book.db"];
        let line = lines.next().expect("a cycle has no end");
        let is_killed = kill(&folder, line, &watched, &moment());
        turned += u64::from(book_number(&folder) > number);
        number = book_number(&folder);
        let check = folder.ok("check digest");
        assert_eq!(check["stands_on"]["digest"], company.digest.as_str());
        assert_eq!(check["stands_on"]["behind"], 0);
        is_killed
    });
    for _ in 0..2 {
        assert_eq!(folder.ok("rebuild")["digest"], company.digest.as_str());
    }
    let books = folder.names("daybook-data/books");
    assert_eq!(
        books.iter().filter(|name| name.ends_with(".db")).count(),
        2,
        "{books:?}"
    );
    assert!(
        !books.iter().any(|name| name.ends_with(".spill")),
        "{books:?}"
    );
    let names = folder.names(DATA);
    assert!(
        !names.iter().any(|name| name.starts_with(".book")),
        "{names:?}"
    );
    format!("{seen}; {turned} times the new book counted already")
}

/// The number of the book that counts.
fn book_number(folder: &Folder) -> u64 {
    let book = fs::read_link(folder.path("daybook-data/book.db")).unwrap();
    number(&book.file_name().unwrap().to_string_lossy()).unwrap()
}

fn last_number(folder: &Folder) -> u64 {
    let names = folder.names("daybook-data/books");
    names.iter().filter_map(|name| number(name)).max().unwrap()
}

fn number(name: &str) -> Option<u64> {
    name.strip_prefix("fold-1.")?
        .strip_suffix(".db")?
        .parse()
        .ok()
}

/// `backup` of a log that nobody writes.
pub(crate) fn backup(dice: &mut Dice, wanted: u64) -> String {
    let company = Company::get();
    let folder = Folder::new();
    folder.lay(&company.whole(), DATA);
    let head = folder.ok("head")["head"].clone();
    let bytes = fs::metadata(company.backup().join("ledger.db"))
        .unwrap()
        .len();
    let (mut whole, mut begun) = (0, 0);
    let seen = kills(wanted, || {
        let watched = ["nightly.part/ledger.db"];
        let moment = Moment::of_work(company.takes.backup, bytes, dice);
        let is_killed = kill(&folder, "backup nightly", &watched, &moment);
        begun += u64::from(folder.path("nightly.part").exists());
        if folder.path("nightly").exists() {
            whole += 1;
            assert_eq!(folder.ok("--data other restore nightly")["heads"][0], head);
            folder.remove("other");
            folder.remove("nightly");
        }
        folder.ok("verify");
        is_killed
    });
    folder.ok("backup nightly");
    assert_eq!(folder.ok("--data other restore nightly")["heads"][0], head);
    let names = folder.names("");
    assert_eq!(names, [DATA, "nightly", "other"], "nothing else stays");
    format!("{seen}; {begun} were left unfinished and swept, {whole} were whole")
}

/// `restore` into a folder without a ledger.
pub(crate) fn restore(dice: &mut Dice, wanted: u64) -> String {
    let company = Company::get();
    let folder = Folder::new();
    let line = format!("restore {}", company.backup().display());
    let bytes = fs::metadata(company.backup().join("ledger.db"))
        .unwrap()
        .len();
    let (mut whole, mut begun) = (0, 0);
    let seen = kills(wanted, || {
        folder.remove(DATA);
        let watched = ["daybook-data/restore.part/ledger.db"];
        let moment = Moment::of_work(company.takes.restore, bytes, dice);
        let is_killed = kill(&folder, &line, &watched, &moment);
        begun += u64::from(folder.path("daybook-data/restore.part").exists());
        if folder.path("daybook-data/ledger.db").exists() {
            whole += 1;
            let again = folder.run(&line);
            assert_eq!(again.status.code(), Some(1), "never over a ledger");
        } else {
            folder.ok(&line);
        }
        assert!(!folder.path("daybook-data/restore.part").exists());
        folder.ok("verify");
        assert_eq!(folder.ok("head")["seq"], company.entries);
        assert_eq!(folder.ok("status")["rejects"], company.rejects);
        is_killed
    });
    format!("{seen}; {begun} were left unfinished, {whole} were whole")
}
