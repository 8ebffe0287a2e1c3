//! Arrays that are longer than the bound: their rows go in one by one, in whatever form they come and wherever they break.

use std::io::BufReader;

use intake::Ended;

use crate::desk::{Desk, event, gzip, zstd};

/// An event whose text holds all that could be taken for an end.
fn tricky(id: &str) -> String {
    event(id).replace("customer.updated", r#"a \"],\\\",[{ \\"#)
}

fn events(count: usize) -> Vec<String> {
    (0..count).map(|n| tricky(&format!("evt_{n}"))).collect()
}

fn desk(line_bytes_max: u64) -> Desk {
    let mut desk = Desk::new();
    desk.options.line_bytes_max = line_bytes_max;
    desk
}

/// The forms in which tools write arrays.
fn forms(rows: &[String]) -> [String; 5] {
    let pretty: Vec<String> = rows
        .iter()
        .map(|row| row.replacen(",\"object\"", "\n  ,\r\n  \"object\"", 1))
        .collect();
    [
        format!("[{}]", rows.join(",")),
        format!("[\n  {}\n]\n", rows.join(",\n  ")),
        format!("\u{feff} [ {} ]\r\n", pretty.join(" , ")),
        format!("[\n{}]", pretty.join("\n,\n")),
        format!("\n[{}\n]\n\n", rows.join(",\n\n")),
    ]
}

#[test]
fn rows_of_an_array_beyond_the_bound_go_in_in_every_form_and_at_every_bound() {
    let rows = events(30);
    let bounds = (200..460).step_by(7).chain([4096, 1 << 20]);
    for bound in bounds {
        for form in forms(&rows) {
            let mut desk = desk(bound);
            let tally = desk.import(form.as_bytes());
            assert_eq!((tally.events, tally.rejected), (30, 0), "{bound}: {form}");
            let bodies = desk.bodies().into_iter();
            let bare = bodies.map(|body| body.replace("\n  ,\r\n  ", ","));
            assert_eq!(bare.collect::<Vec<_>>(), rows, "{bound}");
        }
    }
}

#[test]
fn a_packed_array_goes_in_too_and_what_follows_it() {
    let rows = events(2000);
    let text = format!(
        "[{}]\n{}\n[{}]\n",
        rows.join(","),
        event("evt_last"),
        rows.join(",")
    );
    for packed in [gzip(text.as_bytes()), zstd(text.as_bytes())] {
        let tally = desk(1000).import(&packed);
        assert_eq!((tally.events, tally.duplicates), (2001, 2000));
        assert_eq!(tally.rejected, 0);
    }
}

#[test]
fn a_spoilt_row_and_one_beyond_the_bound_are_set_aside_alone_with_their_places() {
    let mut rows = events(9);
    rows[3] = r#"{"id":nothing}"#.to_owned();
    rows[6] = event(&"x".repeat(500));
    let mut desk = desk(400);
    let tally = desk.import(format!("[\n{}\n]\n", rows.join(",\n")).as_bytes());
    assert_eq!((tally.events, tally.rejected), (7, 2));
    let places = tally.first_rejects.iter().map(|one| (one.line, one.item));
    assert_eq!(places.collect::<Vec<_>>(), [(5, Some(4)), (8, Some(7))]);
    assert!(tally.first_rejects[0].reason.contains("not JSON at byte 6"));
    let bodies = desk.rejects().into_iter().map(|(body, _)| body);
    assert!(bodies.eq([rows[3].clone(), rows[6].clone()].map(String::into_bytes)));
}

#[test]
fn where_an_array_breaks_the_rest_of_the_line_is_set_aside_and_the_next_is_read() {
    let rows = events(8).join(",\n");
    for (spoilt, body) in [
        (",,1,2", ",1,2"),
        (",{\"a\":1}{\"b\":2},", "{\"a\":1}{\"b\":2},"),
        (",{\"a\":[1}", "{\"a\":[1}"),
        (",\"cut", "\"cut"),
        ("\n}", ""),
    ] {
        let mut desk = desk(400);
        let last = event("evt_last");
        let tally = desk.import(format!("[{rows}{spoilt}\n{last}\n").as_bytes());
        let (kept, reason) = desk.rejects().pop().unwrap();
        let kept = String::from_utf8(kept).unwrap();
        assert!(kept.ends_with(body), "{spoilt}: {kept}");
        assert!(reason["reason"].contains("the array is no JSON from here on"));
        assert_eq!(tally.rejected, 1, "{spoilt}");
        assert_eq!(desk.bodies().pop().unwrap(), last);
        assert!(tally.events >= 8, "{spoilt}: {}", tally.events);
    }
}

#[test]
fn an_array_that_lacks_its_end_never_passes_for_whole() {
    let rows = events(6);
    let whole = format!("[\n{}\n]", rows.join(",\n"));
    let mut start = 2;
    let ends: Vec<usize> = rows
        .iter()
        .map(|row| {
            let end = start + row.len();
            start = end + 2;
            end
        })
        .collect();
    for cut in 401..whole.len() {
        let mut desk = desk(400);
        let tally = desk.import(&whole.as_bytes()[..cut]);
        // A row counts as whole once its comma is there.
        let sound = ends.iter().filter(|end| **end < cut).count();
        let sound = sound - usize::from(cut > ends[5]);
        assert_eq!(tally.events as usize, sound, "{cut}");
        assert_eq!(tally.rejected, 1, "{cut}");
        let said = &tally.first_rejects[0].reason;
        assert!(said.contains("ends in the middle"), "{cut}: {said}");
        let again = desk.import(&whole.as_bytes()[..cut]);
        assert_eq!((again.appended(), again.rejected), (0, 1), "{cut}");
    }
    assert_eq!(desk(400).import(whole.as_bytes()).events, 6);
}

#[test]
fn what_stands_behind_an_array_on_its_line_is_set_aside() {
    let rows = events(6).join(",");
    let mut desk = desk(400);
    let text = format!("[{rows}] {}\n{}", event("evt_behind"), event("evt_last"));
    let tally = desk.import(text.as_bytes());
    assert_eq!((tally.events, tally.rejected), (7, 1));
    let (body, reason) = desk.rejects().pop().unwrap();
    assert_eq!(body, event("evt_behind").as_bytes());
    assert_eq!(reason["line"], "1");
    assert!(!reason.contains_key("item"));
}

#[test]
fn a_cut_source_gives_the_rows_before_its_cut() {
    let whole = gzip(format!("[{}]", events(3000).join(",")).as_bytes());
    let mut desk = desk(400);
    let half = &whole[..whole.len() / 2];
    let (tally, ended) = desk.import_from(&mut BufReader::new(half));
    assert!(matches!(ended, Ended::Cut(_)));
    assert!(tally.events > 1000, "{}", tally.events);
    assert_eq!(tally.rejected, 1);
}
