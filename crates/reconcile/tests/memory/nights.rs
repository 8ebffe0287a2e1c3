//! A log in memory into which nights write their records, and findings to write. Asserts nothing.

use ledger::{Ledger, Log, MemoryLedger, Source, StreamId};
use reconcile::{
    Acceptance, Amount, Cause, Class, FieldDifference, Finding, Found, Memory, Outcome, Repair,
    Report, Run, State, Tracked, accepted_note, finding_id, findings_notes, run_note,
};
use sync::Note;

/// A second between two nights.
const DAY_S: i64 = 86_400;

pub(crate) fn stream() -> StreamId {
    StreamId::new("acct_1", false).unwrap()
}

/// A charge of this number that differs by so much.
pub(crate) fn finding(number: u8, minor: i64) -> Finding {
    let object_id = format!("ch_{number}");
    Finding {
        parent_id: None,
        id: finding_id(Class::ObjectDiffers, None, "charge", &object_id),
        class: Class::ObjectDiffers,
        code: None,
        object_type: "charge".to_owned(),
        object_id,
        fields: vec![FieldDifference {
            field: "amount".to_owned(),
            ours: "100".to_owned(),
            theirs: (100 + minor).to_string(),
            amount: Some(Amount::new(minor, "usd")),
        }],
        at_stake: vec![Amount::new(minor, "usd")],
        cause: Cause::EditedWithoutEvent,
        evidence: vec![7],
        request_id: None,
        repair: Repair::Append,
    }
}

pub(crate) fn is_still(number: u8) -> Found {
    (finding(number, 5), false, None)
}

pub(crate) fn is_repaired(number: u8) -> Found {
    (finding(number, 5), true, None)
}

/// The log, and a memory that is level with it after each night.
pub(crate) struct Nights {
    pub(crate) log: MemoryLedger,
    pub(crate) memory: Memory,
    night: i64,
}

impl Nights {
    pub(crate) fn new() -> Self {
        let mut log = MemoryLedger::new();
        log.open_stream(&stream(), 0).unwrap();
        Self {
            log,
            memory: Memory::volatile().unwrap(),
            night: 0,
        }
    }

    /// The name of the run that is on.
    pub(crate) fn name(&self) -> String {
        format!("run {}", self.night)
    }

    /// The next run begins.
    pub(crate) fn fall(&mut self) {
        self.night += 1;
    }

    pub(crate) fn append(&mut self, note: Note, about_s: i64) {
        let entry = intake::control(&stream(), note.type_, note.body, Source::Sync, (about_s, 0));
        self.log.append(&[entry.as_new_entry()]).unwrap();
    }

    /// How what this run found stands; `covered` says which charges it looked at.
    pub(crate) fn judge(&self, found: &[Found], covered: &dyn Fn(u8) -> bool) -> Vec<Outcome> {
        let number = |finding: &Finding| finding.object_id["ch_".len()..].parse().unwrap();
        let is_covered = |finding: &Finding| covered(number(finding));
        self.memory
            .judge(&stream(), &self.name(), found.to_vec(), &is_covered)
            .unwrap()
    }

    pub(crate) fn leave_findings(&mut self, outcomes: &[Outcome]) {
        for note in findings_notes(&self.name(), outcomes) {
            self.append(note, self.night * DAY_S);
        }
    }

    pub(crate) fn leave_record(&mut self, finished: bool) {
        let run = Run {
            run: self.name(),
            command: "nightly".to_owned(),
            began_s: self.night * DAY_S,
            ended_s: self.night * DAY_S + 60,
            finished,
            ..Run::default()
        };
        self.append(run_note(&run), run.began_s);
        self.catch_up();
    }

    pub(crate) fn catch_up(&mut self) {
        self.memory.catch_up(&self.log, &stream()).unwrap();
    }

    /// A whole run that finds this, having looked at everything; how it left each, by the charge's number.
    pub(crate) fn night(&mut self, found: &[Found]) -> Vec<(u8, State)> {
        self.fall();
        let outcomes = self.judge(found, &|_| true);
        self.leave_findings(&outcomes);
        self.leave_record(true);
        let mut states: Vec<(u8, State)> = outcomes.iter().map(state_of).collect();
        states.sort();
        states
    }

    pub(crate) fn accept(&mut self, what: &Finding, of: String) {
        let acceptance = Acceptance {
            finding: what.id.clone(),
            by: "someone".to_owned(),
            why: "it is known".to_owned(),
            at_s: self.night * DAY_S + 3_600,
            of,
        };
        self.append(accepted_note(&acceptance), acceptance.at_s);
        self.catch_up();
    }

    pub(crate) fn tracked(&self, number: u8) -> Tracked {
        let id = finding(number, 5).id;
        let mut found = self.memory.finding(&stream(), &id).unwrap();
        assert_eq!(found.len(), 1);
        found.remove(0)
    }

    pub(crate) fn report(&self, run: &str) -> Option<Report> {
        self.memory.report(&stream(), run).unwrap()
    }

    pub(crate) fn entries(&self) -> u64 {
        self.log.head(&stream()).unwrap().seq
    }
}

pub(crate) fn state_of(outcome: &Outcome) -> (u8, State) {
    let number = outcome.finding.object_id["ch_".len()..].parse().unwrap();
    (number, outcome.state)
}

/// All that a memory says of the stream.
pub(crate) fn all_of(memory: &Memory) -> impl PartialEq + std::fmt::Debug + use<> {
    let stream = stream();
    let runs = memory.runs(&stream).unwrap();
    let reports: Vec<Option<Report>> = runs
        .iter()
        .map(|run| memory.report(&stream, &run.run).unwrap())
        .collect();
    let findings = memory.findings(&stream).unwrap();
    let lives: Vec<_> = findings
        .iter()
        .map(|tracked| {
            let id = &tracked.outcome.finding.id;
            let history = memory.history(&stream, id).unwrap();
            (history, memory.acceptance(&stream, id).unwrap())
        })
        .collect();
    let standing = memory.standing(&stream).unwrap();
    let last = memory.last_finished(&stream).unwrap();
    (runs, reports, findings, lives, standing, last)
}
