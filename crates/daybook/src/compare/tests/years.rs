//! Simulated years of small companies, each with everything in it, whose books must equal the truth in every member and
//! sum. `DAYBOOK_YEARS` says how many; seeds are printed.

use simulator::Config;
use tempfile::TempDir;

use super::imported::Imported;
use super::seeds::each_seed;
use crate::folder::Folder;

/// Years that every run of the tests lives through.
const YEARS: u64 = 2;

#[test]
fn the_books_of_every_year_equal_the_truth() {
    each_seed("DAYBOOK_YEARS", YEARS, year);
}

/// Lives through a year; panics where the books differ from the truth, else tells what was compared.
fn year(seed: u64) -> String {
    let folder = TempDir::new().unwrap();
    let config = Config {
        customers: 30,
        days: 365,
        ..Config::small(seed)
    };
    let data = Folder::new(&folder.path().join("data"));
    let recording = simulator::simulate(&config);
    let events = recording.events().len();
    let mut imported = Imported::new(data, recording, seed).unwrap();
    imported.import().unwrap();
    imported.project().unwrap();
    let reads = imported.read_wanted().unwrap();
    imported.project().unwrap();
    imported.deliver_withheld().unwrap();
    imported.project().unwrap();
    let comparison = imported.compare().unwrap();
    assert_eq!(comparison.differences, [], "seed {seed}");
    assert_eq!(imported.odd(), Vec::<String>::new(), "seed {seed}");
    format!(
        "{events} events, {reads} read once, {} objects, {} members and {} sums equal",
        comparison.objects, comparison.fields, comparison.sums
    )
}
