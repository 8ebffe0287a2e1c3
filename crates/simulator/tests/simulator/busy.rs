//! Busy objects: what each load promises is so, and what it makes hard does happen.

use std::collections::BTreeMap;

use serde_json::Value;
use simulator::{BusyObject, Load, live_busily};

const OBJECTS: u32 = 150;

fn parse(line: &str) -> Value {
    serde_json::from_str(line).unwrap()
}

fn events(objects: &[BusyObject]) -> impl Iterator<Item = Value> {
    let lines = objects
        .iter()
        .flat_map(|one| &one.lines)
        .map(|line| parse(line));
    lines.filter(|line| line["object"] == "event")
}

#[test]
fn the_newest_event_tells_the_truth_when_every_change_is_told() {
    let objects = live_busily(&Load::every_change_told(1, OBJECTS));
    assert_eq!(objects.len(), usize::try_from(OBJECTS).unwrap());
    let mut kinds = BTreeMap::<&str, u32>::new();
    for one in &objects {
        *kinds.entry(one.object).or_default() += 1;
        assert_eq!(one.lost, 0);
        let shown: Vec<Value> = one
            .lines
            .iter()
            .map(|line| parse(line)["data"]["object"].clone())
            .collect();
        assert!(shown.contains(&parse(&one.truth)), "{}", one.id);
        assert!(shown.len() >= 3);
    }
    assert!(
        kinds.len() == 3 && kinds.values().all(|count| *count > 20),
        "{kinds:?}"
    );
}

#[test]
fn states_return_within_one_second() {
    let objects = live_busily(&Load::every_change_told(2, OBJECTS));
    let mut returns = 0;
    for one in &objects {
        let mut second = BTreeMap::<(i64, String), Vec<usize>>::new();
        for (place, line) in one.lines.iter().enumerate() {
            let line = parse(line);
            let state = line["data"]["object"].to_string();
            let key = (line["created"].as_i64().unwrap(), state);
            second.entry(key).or_default().push(place);
        }
        returns += second
            .values()
            .filter(|at| at.last().unwrap() - at[0] >= at.len())
            .count();
    }
    assert!(returns > 20, "{returns}");
}

#[test]
fn each_load_turns_on_its_own_difficulty() {
    let plain = live_busily(&Load::every_change_told(3, OBJECTS));
    let had = events(&plain).filter(|event| event["data"]["previous_attributes"].is_object());
    assert!(had.count() > 500);

    let bare = live_busily(&Load::without_previous_values(3, OBJECTS));
    assert!(events(&bare).all(|event| event["data"].get("previous_attributes").is_none()));
    assert_eq!(events(&bare).count(), events(&plain).count());

    let lossy = live_busily(&Load::lossy(3, OBJECTS));
    let lost: u32 = lossy.iter().map(|one| one.lost).sum();
    let came = u32::try_from(events(&lossy).count()).unwrap();
    assert!((80..120).contains(&(lost * 1000 / (lost + came))));
    assert!(plain.iter().all(|one| one.told) && lossy.iter().any(|one| !one.told));
    for one in lossy.iter().filter(|one| one.told) {
        let truth = parse(&one.truth);
        let shows = |line: &&std::sync::Arc<str>| parse(line)["data"]["object"] == truth;
        assert!(one.lines.iter().any(|line| shows(&line)), "{}", one.id);
    }

    let read = live_busily(&Load::read_while_busy(3, OBJECTS));
    let reads = read.iter().flat_map(|one| &one.lines).count() - events(&read).count();
    assert_eq!(reads, 3 * usize::try_from(OBJECTS).unwrap());
}

#[test]
fn late_requests_show_one_state_per_request() {
    let objects = live_busily(&Load::late_snapshots(4, OBJECTS));
    let mut requests = BTreeMap::<String, Vec<String>>::new();
    for event in events(&objects) {
        let request = format!(
            "{} {}",
            event["request"]["id"], event["data"]["object"]["id"]
        );
        requests
            .entry(request)
            .or_default()
            .push(event["data"]["object"].to_string());
    }
    let later = requests.values().filter(|states| states.len() > 1);
    let mut several = 0;
    for states in later {
        assert!(states.iter().all(|state| *state == states[0]));
        several += 1;
    }
    assert!(several > 100);
}
