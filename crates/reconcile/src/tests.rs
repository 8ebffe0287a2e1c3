//! A small company in a data folder, for tests: all that Stripe has of it was read once, a day before now, and log, memory and book are
//! level. What tests then append or change is theirs.

use std::path::{Path, PathBuf};

use ledger::{Ledger, Log, Source, SqliteLedger, StreamId};
use projector::{Books, OpenBook, Options};
use serde_json::{Value, json};
use simulator::{Config, Recording};
use sync::{API_VERSION, Keeper, Reading};
use tempfile::TempDir;

use crate::causes::{Suspect, finding_of};
use crate::compare::{Difference, compare_objects};
use crate::{Finding, compare::objects::MAPS};

const DAY_S: i64 = 86_400;

pub(crate) struct Sample {
    folder: TempDir,
    pub(crate) stream: StreamId,
    pub(crate) log: SqliteLedger,
    pub(crate) keeper: Keeper,
    /// Everything that Stripe has, and had when it was read.
    pub(crate) objects: Vec<Value>,
    /// Stripe's second at which it was read.
    pub(crate) read_s: i64,
}

impl Sample {
    pub(crate) fn new() -> Self {
        Self::of(&Config {
            customers: 24,
            ..Config::small(3)
        })
    }

    /// A company that has something of every kind.
    pub(crate) fn of_everything() -> Self {
        Self::of(&Config {
            customers: 60,
            days: 365,
            ..Config::small(2)
        })
    }

    fn of(config: &Config) -> Self {
        let recording = simulator::simulate(config);
        let folder = TempDir::new().unwrap();
        let stream = StreamId::new(recording.account(), recording.livemode()).unwrap();
        let mut sample = Self {
            log: SqliteLedger::create(&folder.path().join("ledger.db"), 0).unwrap(),
            keeper: Keeper::open(&folder.path().join("sync.db")).unwrap(),
            stream,
            objects: objects(&recording),
            read_s: recording.end_us() / 1_000_000,
            folder,
        };
        sample.log.open_stream(&sample.stream, 0).unwrap();
        let lines = sample
            .objects
            .iter()
            .map(|object| sample.line(object, sample.read_s));
        let lines: Vec<String> = lines.collect();
        sample.append(Source::Backfill, &lines);
        sample.project();
        sample
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Stripe's second of the reads that show what differs: a day later.
    pub(crate) fn now_s(&self) -> i64 {
        self.read_s + DAY_S
    }

    /// An object of this kind for which `is_it` holds.
    pub(crate) fn find(&self, object: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        let mut objects = self.objects.iter();
        let found = objects.find(|known| known["object"] == object && is_it(known));
        found
            .unwrap_or_else(|| panic!("the company has no such {object}"))
            .clone()
    }

    /// Any living object of this kind.
    pub(crate) fn any(&self, object: &str) -> Value {
        self.find(object, |known| known["deleted"] != true)
    }

    pub(crate) fn line(&self, object: &Value, date_s: i64) -> String {
        self.line_of_version(object, date_s, API_VERSION)
    }

    /// An observation of an object, as an API version rendered it.
    pub(crate) fn line_of_version(&self, object: &Value, date_s: i64, version: &str) -> String {
        let text = |member: &str| object[member].as_str().map(str::to_owned);
        let header = facts::ObservationHeader {
            request: "GET /v1/things".to_owned(),
            request_id: Some("req_1".to_owned()),
            version: Some(version.to_owned()),
            account: Some(self.stream.account().to_owned()),
            livemode: Some(self.stream.livemode()),
            date_s: Some(date_s),
            elapsed_ms: Some(100),
            absent: None,
            object_type: text("object"),
            object_id: text("id").or(text("object")),
        };
        facts::observation_line(&header, &object.to_string())
    }

    /// An event of an object.
    pub(crate) fn event(&self, id: &str, type_: &str, object: &Value, created_s: i64) -> Value {
        json!({
            "id": id, "object": "event", "api_version": API_VERSION, "created": created_s, "type": type_,
            "livemode": self.stream.livemode(), "pending_webhooks": 0, "request": null,
            "data": {"object": object},
        })
    }

    /// Appends bodies; the memory is level afterwards.
    pub(crate) fn append(&mut self, source: Source, bodies: &[String]) {
        let entry = |body: &String| {
            let body = body.clone().into_bytes();
            intake::Door::new(&self.stream, source)
                .asked(body, 0)
                .unwrap()
        };
        let entries: Vec<_> = bodies.iter().map(entry).collect();
        let entries: Vec<_> = entries.iter().map(|entry| entry.as_new_entry()).collect();
        self.log.append(&entries).unwrap();
        self.remember();
    }

    /// Appends what daybook did.
    pub(crate) fn note(&mut self, type_: &str, body: &str) {
        let body = body.to_owned();
        let entry = intake::control(&self.stream, type_, body, Source::Poll, (0, 0));
        self.log.append(&[entry.as_new_entry()]).unwrap();
        self.remember();
    }

    fn remember(&self) {
        let caught = self
            .keeper
            .write(|keeper| keeper.catch_up(&self.log, &self.stream));
        caught.unwrap();
    }

    /// Brings the book up to the log.
    pub(crate) fn project(&self) {
        let books = Books::open(self.path()).unwrap();
        projector::project(&self.log, &books, &Options::default(), &mut |_| {}).unwrap();
    }

    pub(crate) fn book(&self) -> OpenBook {
        projector::open_book_readonly(self.path()).unwrap()
    }

    /// Changes rows of the book behind the fold's back, as a defect of it would.
    pub(crate) fn falsify(&self, sql: &str) {
        let book: PathBuf = self.book().path().clone();
        let rows = rusqlite::Connection::open(book).unwrap().execute(sql, []);
        assert!(rows.unwrap() > 0, "{sql}");
    }

    pub(crate) fn differences(&self, object: &Value) -> Vec<Difference> {
        let objects = std::iter::once(object.clone());
        compare_objects(&self.book(), &self.stream, objects)
            .unwrap()
            .differences
    }

    /// The finding about an object as it is read now; it must differ.
    pub(crate) fn judge(&self, object: &Value) -> Finding {
        let differences = self.differences(object);
        assert!(!differences.is_empty(), "{object} does not differ");
        let text = |member: &str| object[member].as_str().map(str::to_owned);
        let id = text("id").or(text("object")).unwrap();
        self.finding(
            text("object").unwrap(),
            id,
            Some(object.to_string()),
            differences,
        )
    }

    /// The finding about an object that Stripe does not find.
    pub(crate) fn judge_absent(&self, object: &Value) -> Finding {
        let text = |member: &str| object[member].as_str().unwrap().to_owned();
        self.finding(text("object"), text("id"), None, Vec::new())
    }

    fn finding(
        &self,
        object_type: String,
        object_id: String,
        body: Option<String>,
        differences: Vec<Difference>,
    ) -> Finding {
        let reading = Reading {
            request_id: Some("req_2".to_owned()),
            version: Some(API_VERSION.to_owned()),
            date_s: Some(self.now_s()),
            ..Reading::default()
        };
        let suspect = Suspect {
            object_type,
            object_id,
            parent_id: None,
            reading,
            body,
            differences,
        };
        finding_of(
            &self.log,
            &self.keeper,
            &self.book(),
            &self.stream,
            &suspect,
        )
        .unwrap()
    }

    /// What the log's last entry is.
    pub(crate) fn head_seq(&self) -> u64 {
        self.log.head(&self.stream).unwrap().seq
    }
}

fn objects(recording: &Recording) -> Vec<Value> {
    let truth = recording.truth();
    let texts = truth
        .objects()
        .chain(truth.lists())
        .map(|(_, _, text)| text);
    let values = texts.chain([truth.balance()]);
    let values = values.map(|text| serde_json::from_str(&text).unwrap());
    let held = |value: &Value| MAPS.iter().any(|map| value["object"] == map.object);
    values.filter(held).collect()
}
