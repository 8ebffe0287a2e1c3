//! A disk that is full in the middle of a backfill: it ends with 4 and says why, keeps what it read, and once there is room goes on
//! and ends as an undisturbed one. The disk is a small file system in memory, in a namespace of its own; where the system lets
//! nobody make one, the test says so and proves nothing.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::folder::Folder;
use crate::stripe::Stripe;
use crate::whole::{COMPANY, account_of};

/// In the middle of the company's days.
pub(crate) const MIDDLE: &str = "2025-02-15";
/// How far into what an undisturbed run writes the disk is full, in eighths.
const EIGHTHS: [u64; 4] = [1, 3, 5, 7];

/// Runs the backfill on a file system of `$KIB` KiB, then on the same with room, and brings the data folder back.
const SCRIPT: &str = r#"
mkdir full && mount -t tmpfs -o size=${KIB}k none full && cp -r daybook-data full/ || exit 90
export DAYBOOK_DATA=full/daybook-data
"$DAYBOOK" backfill >first.out 2>first.err
echo $? >first.exit
mount -o remount,size=1g full || exit 91
"$DAYBOOK" verify >verify.out 2>&1 || exit 92
"$DAYBOOK" backfill --json >second.out 2>second.err || exit 93
rm -r daybook-data && cp -r full/daybook-data . || exit 94
"#;

/// Runs a script where it may mount what nobody else sees.
fn alone(folder: &Folder, script: &str, kib: u64) -> Output {
    // The words are those of the program's own folder and environment.
    let ours = folder.command("");
    let mut command = Command::new("unshare");
    command
        .args(["--map-root-user", "--mount", "sh", "-c", script])
        .current_dir(ours.get_current_dir().unwrap())
        .env_remove("DAYBOOK_DATA")
        .env("DAYBOOK", ours.get_program())
        .env("KIB", kib.to_string())
        .stdin(Stdio::null());
    for (name, value) in ours.get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    command.output().unwrap()
}

/// A data folder of the company's account, beside the Stripe that it is read from.
fn prepared(stripe: &Stripe) -> Folder {
    let mut folder = Folder::new();
    let account = account_of(&folder, COMPANY);
    folder.ok(&format!("init --account {account} --live"));
    folder.hurry();
    folder.tell("STRIPE_API_BASE", stripe.base());
    folder.tell("STRIPE_API_KEY", stripe.key());
    folder
}

/// KiB that a folder takes.
fn kib(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let sizes = entries.map(|entry| match entry.file_type().unwrap().is_dir() {
        true => kib(&entry.path()),
        false => fs::symlink_metadata(entry.path())
            .unwrap()
            .blocks()
            .div_ceil(2),
    });
    sizes.sum()
}

/// The digests of the books of all streams.
fn digests(folder: &Folder) -> Vec<Value> {
    folder.ok("project");
    let streams = folder.streams();
    let checked = streams.iter().map(|stream| {
        let answer = folder.ok(&format!("check digest --stream {stream}"));
        answer["checks"][0]["what"].clone()
    });
    checked.collect()
}

#[test]
fn a_disk_that_is_full_in_the_middle_of_a_backfill_costs_nothing_once_there_is_room() {
    let home = Folder::new();
    let words = format!("--speed 0 --limits none --at {MIDDLE}");
    let stripe = Stripe::serve(&home, COMPANY, &words);
    if !alone(&home, "mount -t tmpfs none .", 0).status.success() {
        eprintln!(
            "skipped: nobody may make a file system of his own here, so that no disk was full"
        );
        return;
    }
    let calm = prepared(&stripe);
    let begins = kib(&calm.path("daybook-data"));
    calm.ok("backfill");
    let ends = kib(&calm.path("daybook-data"));
    let calm_digests = digests(&calm);
    for eighths in EIGHTHS {
        let folder = prepared(&stripe);
        let size = begins + (ends - begins) * eighths / 8;
        let output = alone(&folder, SCRIPT, size);
        let read = |name: &str| fs::read_to_string(folder.path(name)).unwrap_or_default();
        let said = read("first.err");
        let about = format!(
            "{size} of {ends} KiB: {output:?}\n{said}{}{}",
            read("verify.out"),
            read("second.err")
        );
        assert!(output.status.success(), "{about}");
        assert_eq!(read("first.exit").trim(), "4", "{about}");
        assert!(
            said.contains("full") && said.contains("make room"),
            "{about}"
        );
        assert_eq!(digests(&folder), calm_digests, "{about}");
        println!("{size} of {ends} KiB: {}", said.trim());
    }
}
