//! How much may wait: what is over a bound is refused at once, and what is answered makes room.

use ledger::{AppendError, GroupCommit, Limits};

use crate::scripted::{Director, answer, event, events, in_memory, live, submit};

fn limited(entries_max: usize, bytes_max: usize) -> (GroupCommit<impl Sized>, Director) {
    let (ledger, director) = in_memory();
    let limits = Limits {
        entries_max,
        bytes_max,
    };
    (GroupCommit::start(ledger, limits).unwrap(), director)
}

/// The bytes that an event with such an id counts for: its texts and its body.
fn bytes(id: &str) -> usize {
    let event = event(&live(), id);
    [event.id, event.type_, event.api_version.unwrap()]
        .map(|text| text.len())
        .iter()
        .sum::<usize>()
        + event.body.len()
}

#[test]
fn over_the_bound_in_entries_a_parcel_is_refused_at_once() {
    let (group, director) = limited(3, usize::MAX);
    let appender = group.appender();
    let writing = submit(&appender, events(&["evt_1"]));
    director.begun();
    let waiting = submit(&appender, events(&["evt_2", "evt_3"]));
    let refused = appender.append(events(&["evt_4"])).unwrap_err();
    assert!(matches!(refused, AppendError::Overloaded), "{refused}");
    director.let_go();
    assert!(answer(&writing).is_ok());
    // One place is free again, and not two.
    assert!(matches!(
        appender.append(events(&["evt_4", "evt_5"])),
        Err(AppendError::Overloaded)
    ));
    let next = submit(&appender, events(&["evt_4"]));
    director.let_all_go();
    assert!(answer(&waiting).is_ok());
    assert!(answer(&next).is_ok());
    assert!(
        appender
            .append(events(&["evt_5", "evt_6", "evt_7"]))
            .is_ok()
    );
}

#[test]
fn over_the_bound_in_bytes_a_parcel_is_refused_at_once() {
    let (group, director) = limited(usize::MAX, 3 * bytes("evt_1"));
    let appender = group.appender();
    let writing = submit(&appender, events(&["evt_1", "evt_2"]));
    director.begun();
    let refused = appender.append(events(&["evt_03"])).unwrap_err();
    assert!(matches!(refused, AppendError::Overloaded), "{refused}");
    let waiting = submit(&appender, events(&["evt_3"]));
    assert!(matches!(
        appender.append(events(&["evt_4"])),
        Err(AppendError::Overloaded)
    ));
    director.let_all_go();
    for answered in [writing, waiting] {
        assert!(answer(&answered).is_ok());
    }
    assert!(
        appender
            .append(events(&["evt_4", "evt_5", "evt_6"]))
            .is_ok()
    );
}

#[test]
fn a_parcel_that_alone_is_over_a_bound_is_told_that_it_never_fits() {
    let (group, director) = limited(2, 2 * bytes("evt_1"));
    director.let_all_go();
    let appender = group.appender();
    let long = "e".repeat(200);
    for (batch, entries) in [
        (events(&["evt_1", "evt_2", "evt_3"]), 3),
        (events(&[&long]), 1),
    ] {
        let refused = appender.append(batch).unwrap_err();
        let AppendError::TooLarge { entries: told, .. } = refused else {
            panic!("{refused}");
        };
        assert_eq!(told, entries);
    }
    assert!(appender.append(events(&["evt_1", "evt_2"])).is_ok());
}

#[test]
fn parcels_without_entries_are_bounded_too() {
    let (group, director) = limited(2, usize::MAX);
    let appender = group.appender();
    let accepted = [(); 2].map(|()| submit(&appender, Vec::new()));
    assert!(matches!(
        appender.append(Vec::new()),
        Err(AppendError::Overloaded)
    ));
    director.let_all_go();
    for answered in accepted {
        assert_eq!(answer(&answered).unwrap(), []);
    }
}

#[test]
fn what_fails_makes_room_as_well() {
    let (group, director) = limited(2, usize::MAX);
    director.let_all_go();
    let appender = group.appender();
    for _ in 0..5 {
        let refused = appender.append(events(&["evt_bad", "evt_1"])).unwrap_err();
        assert!(matches!(refused, AppendError::Refused(_)), "{refused}");
    }
    assert!(appender.append(events(&["evt_1", "evt_2"])).is_ok());
}
