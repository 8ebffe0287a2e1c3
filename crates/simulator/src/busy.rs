//! Objects that change several times a second, to count how often a reader finds their newest state: several requests a
//! second, one to three changes each, values that return, reads in between, losses. Each load turns one difficulty on.

use crate::calendar::{DAY_S, SECOND_US, second};
use crate::config::Config;
use crate::flows::{billing, payment, signup};
use crate::history::Handle;
use crate::json::Text;
use crate::observation::Read;
use crate::random::Random;
use crate::recording::{Event, Recording};
use crate::request::Request;
use crate::shapes::{Charge, Customer, Invoice, InvoiceStatus, Line, LineParent};
use crate::world::{Bill, World};

/// How hard the objects are to follow; every change has an event, unless it is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Decides everything that is left open.
    pub seed: u64,
    /// How many objects there are.
    pub objects: u32,
    /// Whether events tell what they replaced.
    pub previous_values: bool,
    /// Of 1,000 events, how many never arrive.
    pub lost_per_mille: u32,
    /// Reads of each object at instants inside its busy seconds.
    pub reads: u32,
    /// Of 1,000 such reads, how many show a state up to two seconds older than they say.
    pub stale_per_mille: u32,
    /// Of 1,000 requests, how many have every event show the final state.
    pub late_per_mille: u32,
    /// Whether `created` may be a second or two off the change.
    pub created_drifts: bool,
}

impl Load {
    /// An event with previous values for every change, nothing lost, nothing read, no late snapshots.
    pub fn every_change_told(seed: u64, objects: u32) -> Self {
        Self {
            seed,
            objects,
            previous_values: true,
            lost_per_mille: 0,
            reads: 0,
            stale_per_mille: 0,
            late_per_mille: 0,
            created_drifts: true,
        }
    }

    /// No event tells what it replaced.
    pub fn without_previous_values(seed: u64, objects: u32) -> Self {
        Self {
            previous_values: false,
            ..Self::every_change_told(seed, objects)
        }
    }

    /// Every tenth event is lost.
    pub fn lossy(seed: u64, objects: u32) -> Self {
        Self {
            lost_per_mille: 100,
            ..Self::every_change_told(seed, objects)
        }
    }

    /// Three honest reads of each object while it is busy.
    pub fn read_while_busy(seed: u64, objects: u32) -> Self {
        Self {
            reads: 3,
            ..Self::every_change_told(seed, objects)
        }
    }

    /// Every event of every request shows the state at the request's end.
    pub fn late_snapshots(seed: u64, objects: u32) -> Self {
        Self {
            late_per_mille: 1000,
            ..Self::every_change_told(seed, objects)
        }
    }
}

/// What reaches a reader about one object, and what is true of it at the end.
#[derive(Debug, Clone)]
pub struct BusyObject {
    /// `customer`, `invoice` or `charge`.
    pub object: &'static str,
    /// The object's id.
    pub id: Text,
    /// Events and observations in the order they arose.
    pub lines: Vec<Text>,
    /// Events that never arrived.
    pub lost: u32,
    /// The object as a read at the end would return it.
    pub truth: String,
}

/// Makes the objects of a load live.
pub fn live_busily(load: &Load) -> Vec<BusyObject> {
    let config = Config {
        created_drifts: load.created_drifts,
        ..Config::small(load.seed)
    };
    let mut world = World::empty(config);
    signup::open_catalogue(&mut world, config.start_s * SECOND_US);
    let mut lives = Vec::new();
    for number in 1..=load.objects {
        let from_us = (config.start_s + 60 + i64::from(number) * 7) * SECOND_US;
        lives.push(live(&mut world, load, from_us, number));
    }
    let last_us = lives
        .iter()
        .flat_map(|life| &life.busy)
        .map(|busy| busy.1)
        .max();
    let recording = Recording::new(world, last_us.unwrap_or_default() + DAY_S * SECOND_US);
    Witness::new(load, &recording).report(&lives)
}

/// One object and the stretches of time in which it was busy.
struct Life {
    index: usize,
    busy: Vec<(i64, i64)>,
}

#[derive(Clone, Copy)]
enum Target {
    Customer(Handle<Customer>),
    Invoice(Handle<Invoice>),
    Charge(Handle<Charge>),
}

fn live(world: &mut World, load: &Load, from_us: i64, number: u32) -> Life {
    let client = signup::open_customer(world, from_us, number);
    let customer = world.clients[client].customer;
    let mut now_us = from_us + 3 * SECOND_US;
    let (target, index) = match world.random.below(3) {
        0 => (Target::Customer(customer), customer.index),
        1 => {
            let invoice = open_invoice(world, now_us, client);
            (Target::Invoice(invoice), invoice.index)
        }
        _ => {
            let charge = open_charge(world, now_us, client);
            (Target::Charge(charge), charge.index)
        }
    };
    let mut busy = Vec::new();
    for _ in 0..1 + world.random.below(3) {
        now_us += world
            .random
            .pick(&[SECOND_US / 2, 8 * SECOND_US, DAY_S * SECOND_US]);
        let begun_us = now_us;
        for _ in 0..2 + world.random.below(5) {
            now_us = change(world, load, now_us, target) + world.random.between(5_000, 400_000);
        }
        busy.push((begun_us, now_us));
    }
    Life { index, busy }
}

fn open_invoice(world: &mut World, at_us: i64, client: usize) -> Handle<Invoice> {
    let mut request = world.api_request(at_us);
    let invoice = draft(world, at_us, client);
    let invoice = world.insert(&mut request, invoice);
    world.announce(&mut request, "invoice.created", invoice);
    world.finish(request);
    invoice
}

fn draft(world: &mut World, at_us: i64, client: usize) -> Invoice {
    let created_s = second(at_us);
    let price = world.prices[0].clone();
    let line = Line {
        id: world.mint.dated(&mut world.random, "il", created_s),
        amount_minor: price.unit_amount_minor,
        unit_amount_minor: price.unit_amount_minor,
        quantity: 1,
        description: price.product_name.into(),
        price: price.id,
        product: price.product,
        period_start_s: created_s,
        period_end_s: created_s,
        parent: LineParent::InvoiceItem(world.mint.dated(&mut world.random, "ii", created_s)),
    };
    billing::draft(world, client, created_s, [line].into())
}

fn open_charge(world: &mut World, at_us: i64, client: usize) -> Handle<Charge> {
    let mut request = world.api_request(at_us);
    let invoice = draft(world, at_us, client);
    let invoice = world.insert(&mut request, invoice);
    let mut bill = Bill {
        client,
        plan: None,
        invoice,
        collection: None,
    };
    payment::open_collection(world, &mut request, &mut bill);
    let charge = payment::charge_card(world, &mut request, &bill);
    world.announce(&mut request, "charge.succeeded", charge);
    world.finish(request);
    charge
}

/// One request with one to three changes; the instant of its last one.
fn change(world: &mut World, load: &Load, at_us: i64, target: Target) -> i64 {
    let late = world.random.chance(load.late_per_mille);
    let mut request = if late {
        world.late_request(at_us)
    } else {
        world.api_request(at_us)
    };
    for _ in 0..1 + world.random.below(3) {
        match target {
            Target::Customer(customer) => change_customer(world, &mut request, customer),
            Target::Invoice(invoice) => change_invoice(world, &mut request, invoice),
            Target::Charge(charge) => change_charge(world, &mut request, charge),
        }
    }
    let end_us = request.now_us;
    world.finish(request);
    end_us
}

/// Few values to choose from, so that states return.
fn word(random: &mut Random, now: Option<&str>) -> Text {
    let words = ["first", "second", "third"];
    let other: Vec<&str> = words
        .into_iter()
        .filter(|word| Some(*word) != now)
        .collect();
    random.pick(&other).into()
}

fn change_customer(world: &mut World, request: &mut Request, customer: Handle<Customer>) {
    let (field, now) = (
        world.random.below(3),
        world.histories.newest(customer).clone(),
    );
    let random = &mut world.random;
    let (name, note) = (
        word(random, Some(&now.name)),
        word(random, now.description.as_deref()),
    );
    world.edit(request, customer, |customer| match field {
        0 => customer.name = name,
        1 => customer.description = Some(note),
        _ => match customer.metadata.remove("note") {
            Some(_) => {}
            None => {
                customer.metadata.insert("note".into(), note);
            }
        },
    });
    world.announce_change(request, "customer.updated", customer);
}

fn change_invoice(world: &mut World, request: &mut Request, invoice: Handle<Invoice>) {
    let now = world.histories.newest(invoice).clone();
    if world.random.chance(200) && advance_invoice(world, request, invoice, now.status) {
        return;
    }
    let description = word(&mut world.random, now.description.as_deref());
    let marks = world.random.chance(300);
    world.edit(request, invoice, |invoice| {
        if marks {
            let order = invoice.metadata.get("order").map(|order| &**order);
            let order = if order == Some("PO-1") {
                "PO-2"
            } else {
                "PO-1"
            };
            invoice.metadata.insert("order".into(), order.into());
        } else {
            invoice.description = Some(description);
        }
    });
    world.announce_change(request, "invoice.updated", invoice);
}

/// Draft to open, open to paid; whether there was a step to take.
fn advance_invoice(
    world: &mut World,
    request: &mut Request,
    invoice: Handle<Invoice>,
    status: InvoiceStatus,
) -> bool {
    let now_s = second(request.now_us);
    let told: &[&'static str] = match status {
        InvoiceStatus::Draft => {
            let number = payment::next_number(world);
            world.edit(request, invoice, |invoice| {
                invoice.status = InvoiceStatus::Open;
                invoice.number = Some(number);
                invoice.finalized_at = Some(now_s);
            });
            &["invoice.finalized"]
        }
        InvoiceStatus::Open => {
            world.edit(request, invoice, |invoice| {
                invoice.status = InvoiceStatus::Paid;
                invoice.amount_paid_minor = invoice.total_minor();
                invoice.attempted = true;
                invoice.attempt_count += 1;
                invoice.paid_at = Some(now_s);
            });
            &["invoice.paid", "invoice.payment_succeeded"]
        }
        InvoiceStatus::Paid | InvoiceStatus::Uncollectible | InvoiceStatus::Void => return false,
    };
    world.announce_change(request, "invoice.updated", invoice);
    for event_type in told {
        world.announce(request, event_type, invoice);
    }
    true
}

fn change_charge(world: &mut World, request: &mut Request, charge: Handle<Charge>) {
    let now = world.histories.newest(charge).clone();
    let part_minor = now.amount_minor / 4;
    if world.random.chance(250) {
        // A refund, or one that the bank sends back: the refunded amount can fall.
        let falls = now.amount_refunded_minor >= part_minor && world.random.chance(500);
        let full = now.amount_refunded_minor + part_minor > now.amount_minor;
        let difference_minor = if falls || full {
            -part_minor
        } else {
            part_minor
        };
        world.edit(request, charge, |charge| {
            charge.amount_refunded_minor += difference_minor
        });
        if difference_minor > 0 {
            world.announce_change(request, "charge.refunded", charge);
        }
        if difference_minor < 0 || world.random.chance(500) {
            world.announce_change(request, "charge.updated", charge);
        }
        return;
    }
    let description = word(&mut world.random, Some(&now.description));
    world.edit(request, charge, |charge| charge.description = description);
    world.announce_change(request, "charge.updated", charge);
}

/// Sees what the load lets through.
struct Witness<'a> {
    load: &'a Load,
    recording: &'a Recording,
    random: Random,
    events: std::collections::BTreeMap<&'a str, Vec<&'a Event>>,
}

impl<'a> Witness<'a> {
    fn new(load: &'a Load, recording: &'a Recording) -> Self {
        let mut events = std::collections::BTreeMap::<_, Vec<_>>::new();
        for event in recording.events() {
            events.entry(&*event.object_id).or_default().push(event);
        }
        Self {
            load,
            recording,
            random: Random::new(load.seed, "witness"),
            events,
        }
    }

    fn report(mut self, lives: &[Life]) -> Vec<BusyObject> {
        lives.iter().map(|life| self.witness(life)).collect()
    }

    fn witness(&mut self, life: &Life) -> BusyObject {
        let history = &self.recording.histories.all[life.index];
        let mut dated = Vec::new();
        let mut lost = 0;
        for event in self.events.get(&*history.id).into_iter().flatten() {
            if self.random.chance(self.load.lost_per_mille) {
                lost += 1;
            } else if self.load.previous_values {
                dated.push((event.emitted_us, event.body.clone()));
            } else {
                dated.push((event.emitted_us, event.without_previous_values()));
            }
        }
        for _ in 0..self.load.reads {
            dated.extend(self.read(life));
        }
        dated.sort_by_key(|line| line.0);
        BusyObject {
            object: history.object,
            id: history.id.clone(),
            lines: dated.into_iter().map(|line| line.1).collect(),
            lost,
            truth: history.last().state.render(self.recording.end_us()),
        }
    }

    fn read(&mut self, life: &Life) -> Option<(i64, Text)> {
        let history = &self.recording.histories.all[life.index];
        let (begun_us, ended_us) = life.busy[self.random.index(life.busy.len())];
        let at_us = self.random.between(begun_us, ended_us);
        let stale = self.random.chance(self.load.stale_per_mille);
        let lag_us = if stale {
            self.random.between(100_000, 2 * SECOND_US)
        } else {
            0
        };
        let read = Read {
            at_us,
            elapsed_ms: self.random.between(30, 400),
            lag_us,
        };
        let line = self
            .recording
            .observe_lagging(history.object, &history.id, read)?;
        Some((at_us, line.into()))
    }
}
