//! Credit notes: on what is still to be paid, on what was paid (refunded, credited, given back past Stripe), on both; some
//! are voided. A note takes whole quarters of one or two of its invoice's lines, taxes with them.

use super::customer_balance::{BalanceMove, move_balance};
use super::{ending, parts, refunds};
use crate::calendar::{DAY_S, HOUR_S, second};
use crate::history::Handle;
use crate::json::Text;
use crate::request::Request;
use crate::shapes::{
    Charge, CreditNote, Invoice, InvoiceStatus, Line, NoteLine, share, tax_rerated,
};
use crate::world::World;

/// Some paid invoices are credited later.
pub(crate) fn plan_after_payment(
    world: &mut World,
    at_us: i64,
    bill: usize,
    charge: Handle<Charge>,
) {
    if world.random.chance(world.config.billing.credit_notes) {
        let at_us = world.later(at_us, HOUR_S, 25 * DAY_S);
        world.plan_step(at_us, move |world, at_us| {
            credit_paid(world, at_us, bill, charge)
        });
    }
}

/// Some invoices are credited before they are paid.
pub(crate) fn plan_before_payment(world: &mut World, at_us: i64, bill: usize) {
    if world.random.chance(4 * world.config.billing.credit_notes) {
        let at_us = world.later(at_us, HOUR_S, 20 * DAY_S);
        world.plan_step(at_us, move |world, at_us| credit_open(world, at_us, bill));
    }
}

fn credit_open(world: &mut World, at_us: i64, bill: usize) {
    let invoice = world.histories.newest(world.bills[bill].invoice).clone();
    if !ending::is_open(world, bill) {
        return;
    }
    let remaining_minor = invoice.remaining_minor();
    let given_back_minor = invoice.amount_paid_minor - invoice.post_notes_minor;
    let customer = world.clients[world.bills[bill].client].customer;
    let lives = !world.histories.newest(customer).deleted;
    // What was paid can be given back by the same note.
    let most_minor = remaining_minor + if lives { given_back_minor } else { 0 };
    let mut note = draw_note(world, &invoice, second(at_us));
    let total_minor = note.total_minor();
    let rest_minor = remaining_minor - total_minor;
    // What would remain must be nothing or enough to charge.
    let too_little = rest_minor > 0 && rest_minor < invoice.currency.least_charge_minor();
    if total_minor <= 0 || total_minor > most_minor || too_little {
        return;
    }
    note.pre_payment_minor = total_minor.min(remaining_minor);
    let mut request = world.api_request(at_us);
    if note.post_payment_minor() > 0 {
        let credit_minor = note.post_payment_minor();
        credit_customer(world, &mut request, bill, &mut note, credit_minor);
    }
    let voidable = note.post_payment_minor() == 0 && rest_minor > 0;
    let note = issue(world, &mut request, bill, note);
    world.finish(request);
    if voidable && world.random.chance(300) {
        let at_us = world.later(at_us, HOUR_S, 6 * DAY_S);
        world.plan_step(at_us, move |world, at_us| void(world, at_us, bill, note));
    }
}

fn credit_paid(world: &mut World, at_us: i64, bill: usize, charge: Handle<Charge>) {
    let invoice = world.histories.newest(world.bills[bill].invoice).clone();
    let customer = world.clients[world.bills[bill].client].customer;
    let lives = !world.histories.newest(customer).deleted;
    let mut note = draw_note(world, &invoice, second(at_us));
    let total_minor = note.total_minor();
    let left_minor = invoice.amount_paid_minor - invoice.post_notes_minor;
    let paid = invoice.status == InvoiceStatus::Paid;
    if !paid || !lives || total_minor <= 0 || total_minor > left_minor {
        return;
    }
    let state = world.histories.newest(charge);
    let refundable_minor = state.amount_minor - state.amount_refunded_minor;
    let (back_minor, out_minor) = match world.random.below(100) {
        0..45 => (total_minor, 0),
        45..70 => (0, 0),
        70..85 => (0, total_minor),
        _ => (total_minor / 2, total_minor / 4),
    };
    let back_minor = back_minor.min(refundable_minor);
    let mut request = world.api_request(at_us);
    if back_minor > 0 {
        let refund = refunds::make(world, &mut request, charge, back_minor);
        let id = world.histories.newest(refund).id.clone();
        note.refunds = [(back_minor, id)].into();
        let end_us = request.now_us;
        refunds::plan_follow_ups(world, end_us, refund, charge);
    }
    note.out_of_band_minor = out_minor;
    let credit_minor = total_minor - back_minor - out_minor;
    if credit_minor > 0 {
        credit_customer(world, &mut request, bill, &mut note, credit_minor);
    }
    let note = issue(world, &mut request, bill, note);
    world.finish(request);
    if world.random.chance(250) {
        let at_us = world.later(at_us, HOUR_S, 6 * DAY_S);
        world.plan_step(at_us, move |world, at_us| annotate(world, at_us, note));
    }
}

fn credit_customer(
    world: &mut World,
    request: &mut Request,
    bill: usize,
    note: &mut CreditNote,
    credit_minor: i64,
) {
    let movement = BalanceMove {
        amount_minor: -credit_minor,
        kind: "credit_note",
        invoice: Some(note.invoice.clone()),
        credit_note: Some(note.id.clone()),
    };
    let client = world.bills[bill].client;
    let id = move_balance(world, request, client, movement);
    note.customer_balance_transaction = Some(id);
}

/// Makes the note and what it does to its invoice, which is paid where nothing remains.
fn issue(
    world: &mut World,
    request: &mut Request,
    bill: usize,
    note: CreditNote,
) -> Handle<CreditNote> {
    let owned = world.bills[bill];
    let (pre_minor, post_minor) = (note.pre_payment_minor, note.post_payment_minor());
    let note = world.insert(request, note);
    world.announce(request, "credit_note.created", note);
    let now_s = second(request.now_us);
    let was_open = ending::is_open(world, bill);
    world.edit(request, owned.invoice, |invoice| {
        invoice.pre_notes_minor += pre_minor;
        invoice.post_notes_minor += post_minor;
        if was_open && invoice.remaining_minor() == 0 {
            invoice.status = InvoiceStatus::Paid;
            invoice.auto_advance = false;
            invoice.next_payment_attempt = None;
            invoice.paid_at = Some(now_s);
        }
    });
    world.announce_change(request, "invoice.updated", owned.invoice);
    if was_open {
        if ending::is_open(world, bill) {
            parts::lower_collection(world, request, bill);
        } else {
            world.announce(request, "invoice.paid", owned.invoice);
            ending::cancel_collection(world, request, &owned);
        }
    }
    note
}

/// Voids a note on an invoice that is still open: the invoice is due again in full.
fn void(world: &mut World, at_us: i64, bill: usize, note: Handle<CreditNote>) {
    if !ending::is_open(world, bill) {
        return;
    }
    let mut request = world.api_request(at_us);
    let invoice = world.bills[bill].invoice;
    world.edit(&mut request, note, |note| {
        note.voided_at = Some(second(at_us))
    });
    world.announce(&mut request, "credit_note.voided", note);
    let freed_minor = world.histories.newest(note).pre_payment_minor;
    world.edit(&mut request, invoice, |invoice| {
        invoice.pre_notes_minor -= freed_minor;
    });
    world.announce_change(&mut request, "invoice.updated", invoice);
    parts::lower_collection(world, &mut request, bill);
    world.finish(request);
}

fn annotate(world: &mut World, at_us: i64, note: Handle<CreditNote>) {
    let mut request = world.change_request(at_us);
    world.edit(&mut request, note, |note| {
        note.memo = Some("Agreed with the customer".into());
    });
    world.announce_change(&mut request, "credit_note.updated", note);
    world.finish(request);
}

/// A note on one or two lines of an invoice, nothing of it given anywhere yet.
fn draw_note(world: &mut World, invoice: &Invoice, created_s: i64) -> CreditNote {
    let creditable = |line: &&Line| line.net_minor() > 0 && line.credits.is_empty();
    let lines: Vec<&Line> = invoice.lines.iter().filter(creditable).take(2).collect();
    let count = lines.len().min(1 + world.random.index(2));
    let lines: Vec<NoteLine> = lines[..count]
        .iter()
        .map(|line| draw_line(world, invoice, line, created_s))
        .collect();
    let number = invoice.number.as_deref().unwrap_or_default();
    let place = world.random.below(100_000);
    CreditNote {
        id: world.mint.dated(&mut world.random, "cn", created_s),
        created_s,
        number: format!("{number}-CN-{place:05}").into(),
        customer: invoice.customer.clone(),
        invoice: invoice.id.clone(),
        currency: invoice.currency,
        lines: lines.into(),
        pre_payment_minor: 0,
        refunds: [].into(),
        customer_balance_transaction: None,
        out_of_band_minor: 0,
        reason: world
            .random
            .pick(&[None, Some("order_change"), Some("product_unsatisfactory")]),
        memo: None,
        voided_at: None,
        pdf: world.random.token(40).into(),
    }
}

fn draw_line(world: &mut World, invoice: &Invoice, line: &Line, created_s: i64) -> NoteLine {
    let quarters = world.random.between(1, 4);
    let amount_minor = share(line.amount_minor, quarters, 4);
    let discounts: Vec<(Text, i64)> = line
        .discounts
        .iter()
        .map(|(id, off_minor)| (id.clone(), share(*off_minor, quarters, 4)))
        .collect();
    let net_minor = amount_minor - discounts.iter().map(|one| one.1).sum::<i64>();
    let taxes = line.taxes.iter().map(|tax| tax_rerated(tax, net_minor));
    NoteLine {
        id: world.mint.dated(&mut world.random, "cnli", created_s),
        invoice_line: line.id.clone(),
        description: line.description.clone(),
        amount_minor,
        discounts: discounts.into(),
        taxes: taxes.collect(),
        tax_rates_json: invoice.tax_rates_json.clone(),
    }
}
