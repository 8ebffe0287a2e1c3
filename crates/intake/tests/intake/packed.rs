//! Gzip and zstd, what is longer than the bound, and what comes in crowds: nothing is lost, and no small file fills the disk.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};

use intake::{Ended, ImportOptions, SINGLES_MAX};

use zstd::stream::raw::CParameter;

use crate::desk::{Desk, event, exact_bytes, gzip, zstd};

/// A way to pack.
type Pack = fn(&[u8]) -> Vec<u8>;

const PACKERS: [Pack; 2] = [gzip, zstd];

fn pairs() -> impl Iterator<Item = (Pack, Pack)> {
    let others = |one| PACKERS.map(move |other| (one, other));
    PACKERS.into_iter().flat_map(others)
}

/// A source that gives a byte at a time, as a pipe may.
struct Dripping<'a>(&'a [u8]);

impl Read for Dripping<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let wanted = bytes.len().min(1);
        self.0.read(&mut bytes[..wanted])
    }
}

impl BufRead for Dripping<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        Ok(&self.0[..self.0.len().min(1)])
    }

    fn consume(&mut self, bytes: usize) {
        self.0 = &self.0[bytes..];
    }
}

#[test]
fn packed_members_are_read_one_after_the_other_however_they_come() {
    let (first, second) = (event("evt_1"), event("evt_2"));
    let half = first.len() / 2;
    let end = format!("{}\n{second}\n", &first[half..]);
    // zstd skips such a frame; some tools begin with one.
    let skipped = [&[0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"any"].concat();
    for (one, other) in pairs() {
        let packed = [
            skipped.clone(),
            one(&first.as_bytes()[..half]),
            other(b""),
            skipped.clone(),
            other(end.as_bytes()),
        ];
        let packed = packed.concat();
        for source in [
            &mut BufReader::new(&packed[..]) as &mut dyn BufRead,
            &mut Dripping(&packed),
        ] {
            let mut desk = Desk::new();
            let (tally, ended) = desk.import_from(source);
            assert!(matches!(ended, Ended::Whole));
            assert_eq!((tally.events, tally.rejected), (2, 0));
            assert_eq!(desk.bodies(), [first.clone(), second.clone()]);
        }
    }
}

#[test]
fn what_stands_behind_a_packed_source_is_set_aside_and_the_rest_goes_in() {
    let line = format!("{}\n", event("evt_1"));
    let long = [b'x'; 1000];
    let junks = [
        &b"\x1f"[..],
        b"\x1fjunk\n",
        b"(",
        b"\x28\xb5\x2f",
        b"PK",
        &[0; 512],
        &long,
    ];
    for (pack, junk) in PACKERS
        .iter()
        .flat_map(|pack| junks.map(|junk| (pack, junk)))
    {
        let sound = pack(line.as_bytes());
        for source in [
            &mut BufReader::new(&[&sound[..], junk].concat()[..]) as &mut dyn BufRead,
            &mut Dripping(&[&sound[..], junk].concat()),
        ] {
            let mut desk = Desk::new();
            desk.options.line_bytes_max = 600;
            let (tally, ended) = desk.import_from(source);
            assert!(matches!(ended, Ended::Whole));
            assert_eq!((tally.events, tally.rejected), (1, 1));
            let (body, reason) = desk.rejects().pop().unwrap();
            assert_eq!(body, junk);
            assert_eq!(reason["line"], "2");
            assert!(reason["reason"].contains("behind the end of the gzip"));
        }
    }
}

#[test]
fn what_is_packed_twice_is_not_read() {
    for (outer, inner) in pairs() {
        let mut desk = Desk::new();
        let twice = outer(&inner(event("evt_1").as_bytes()));
        let (tally, ended) = desk.import_from(&mut BufReader::new(&twice[..]));
        let Ended::Cut(error) = ended else {
            panic!("it was read");
        };
        assert!(error.to_string().contains("unpack it once"), "{error}");
        assert_eq!((tally.appended(), tally.rejected), (0, 0));
    }
}

#[test]
fn a_zstd_whose_window_is_wider_than_the_bound_allows_is_not_read_and_goes_in_with_a_wider_one() {
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.set_parameter(CParameter::WindowLog(27)).unwrap();
    encoder.write_all(event("evt_1").as_bytes()).unwrap();
    let packed = encoder.finish().unwrap();
    let mut desk = Desk::new();
    desk.options.line_bytes_max = 1 << 20;
    let (_, ended) = desk.import_from(&mut BufReader::new(&packed[..]));
    let Ended::Cut(error) = ended else {
        panic!("it was read");
    };
    assert!(error.to_string().starts_with("zstd: "), "{error}");
    desk.options = ImportOptions::default();
    assert_eq!(desk.import(&packed).events, 1, "what `zstd --long` writes");
}

#[test]
fn a_hundred_thousand_empty_frames_are_read_like_one() {
    let packed = [zstd(b"").repeat(100_000), zstd(event("evt_1").as_bytes())].concat();
    assert_eq!(Desk::new().import(&packed).events, 1);
}

#[test]
fn damage_inside_a_packed_source_is_told_and_costs_little_before_it() {
    let lines: String = (0..4000)
        .map(|n| format!("{}\n", event(&format!("evt_{n}"))))
        .collect();
    // What can't be read of zstd is a block of 128 KiB, of which the first here has so many.
    for (pack, sure) in PACKERS.into_iter().zip([1500, 900]) {
        let mut packed = pack(lines.as_bytes());
        let middle = packed.len() / 2;
        packed[middle..middle + 8].fill(0xff);
        let mut desk = Desk::new();
        let (tally, ended) = desk.import_from(&mut BufReader::new(&packed[..]));
        assert!(matches!(ended, Ended::Cut(_)));
        assert!(tally.events > sure, "{}", tally.events);
    }
}

#[test]
fn what_is_longer_than_the_bound_is_kept_packed_and_goes_in_with_a_wider_one() {
    let mut desk = Desk::new();
    desk.options.line_bytes_max = 400;
    let long = event("evt_1").replace("cus_1", &"c".repeat(2_000_000));
    assert_eq!(desk.import(long.as_bytes()).rejected, 1);
    let paths = desk.reject_paths();
    let [path] = &paths[..] else {
        panic!("{paths:?}");
    };
    assert!(path.to_str().unwrap().ends_with(".body.gz"));
    let packed = fs::read(path).unwrap();
    assert!(packed.len() < 10_000, "{}", packed.len());
    assert_eq!(desk.rejects()[0].1["packed"], "gzip");
    assert_eq!(
        desk.import(&packed).rejected,
        1,
        "under the same bound it stays"
    );
    assert_eq!(desk.reject_paths(), paths);
    desk.options.line_bytes_max = 3_000_000;
    let tally = desk.import(&packed);
    assert_eq!((tally.events, tally.rejected), (1, 0));
    assert_eq!(desk.bodies(), [long]);
}

#[test]
fn a_long_reject_under_the_bound_is_kept_packed_too() {
    let mut desk = Desk::new();
    let spoilt = "x".repeat(1 << 20);
    let lines = format!("{}\n{}\n", spoilt, &spoilt[..200_000]);
    assert_eq!(desk.import(lines.as_bytes()).rejected, 2);
    let sizes = desk.reject_paths();
    let mut sizes: Vec<u64> = sizes
        .iter()
        .map(|path| path.metadata().unwrap().len())
        .collect();
    sizes.sort_unstable();
    assert!(sizes[0] < 2000 && sizes[1] == 200_000, "{sizes:?}");
    assert_eq!(desk.rejects()[0].0, spoilt.as_bytes());
}

#[test]
fn rejects_in_crowds_share_a_file_and_the_sound_lines_go_in() {
    let spoilt = |n: u64| format!("spoilt {n}");
    let lines: Vec<String> = (0..SINGLES_MAX + 50)
        .flat_map(|n| [spoilt(n), event(&format!("evt_{n}"))])
        .collect();
    let mut desk = Desk::new();
    let tally = desk.import(lines.join("\n").as_bytes());
    assert_eq!(
        (tally.events, tally.rejected),
        (SINGLES_MAX + 50, SINGLES_MAX + 50)
    );
    assert_eq!(tally.first_rejects.len(), 10);
    let rejects = desk.rejects();
    assert_eq!(rejects.len() as u64, SINGLES_MAX + 1);
    let (others, reason) = rejects.last().unwrap();
    let expected: String = (SINGLES_MAX..SINGLES_MAX + 50)
        .map(|n| format!("{}\n", spoilt(n)))
        .collect();
    assert_eq!(*others, expected.into_bytes());
    assert_eq!(reason["line"], (2 * SINGLES_MAX + 1).to_string());
    assert_eq!(reason["last_line"], (2 * SINGLES_MAX + 99).to_string());
    assert!(reason["reason"].starts_with("50 bodies, one a line"));
    let paths = desk.reject_paths();
    desk.import(lines.join("\n").as_bytes());
    assert_eq!(desk.reject_paths(), paths, "the same file adds none");
}

#[test]
fn brackets_without_end_cost_no_more_than_the_bound() {
    let mut desk = Desk::new();
    desk.options.line_bytes_max = 400;
    let lines = format!("{}{}\n", "[\n".repeat(1000), event("evt_1"));
    let tally = desk.import(lines.as_bytes());
    assert_eq!(
        (tally.events, tally.rejected),
        (0, 3),
        "it stands within brackets"
    );
    // The outermost bracket of each run is the frame of an array, and goes.
    let expected = [
        "[\n".repeat(400),
        "[\n".repeat(197) + &event("evt_1") + "\n",
    ];
    let rejects = desk.rejects();
    let bodies: Vec<&[u8]> = rejects.iter().map(|(body, _)| &body[..]).collect();
    assert_eq!(
        bodies,
        expected.each_ref().map(|body| body.as_bytes()),
        "the same run came twice"
    );
}

#[test]
fn a_source_that_grows_while_it_is_read_is_read_to_where_it_ended_first() {
    struct Growing(Vec<&'static [u8]>);
    impl Read for Growing {
        fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() {
                return Ok(0);
            }
            self.0.remove(0).read(bytes)
        }
    }
    let mut desk = Desk::new();
    let pieces: Vec<&[u8]> = vec![b"{\"id\":\"evt_1\",", b"", b"\"object\":\"event\"}\n"];
    let (tally, ended) = desk.import_from(&mut BufReader::new(Growing(pieces)));
    assert!(matches!(ended, Ended::Whole));
    assert_eq!(tally.rejected, 1, "half a line is one reject, not two");
    assert_eq!(desk.rejects()[0].0, b"{\"id\":\"evt_1\",");
}

#[test]
fn what_a_killed_import_left_is_swept_by_the_next() {
    let mut desk = Desk::new();
    desk.import(b"spoilt");
    let folder = desk.folder.path().join("rejects");
    fs::write(folder.join("4294967295-0.part"), "half a reject").unwrap();
    desk.import(b"");
    let paths = fs::read_dir(&folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    assert!(
        paths
            .into_iter()
            .all(|path| path.extension().unwrap() != "part")
    );
    assert_eq!(exact_bytes(&desk.reject_paths()[0]), b"spoilt");
}
