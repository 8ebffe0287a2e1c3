//! Making a draft an open invoice, with its number and the intent that will collect it; or a paid one, where the customer's
//! balance, credits or a small total leave nothing to collect. It takes no money.

use super::{billing, credits, customer_balance};
use crate::calendar::second;
use crate::history::Handle;
use crate::json::Text;
use crate::request::Request;
use crate::shapes::{IntentTerms, Invoice, InvoicePayment, InvoiceStatus, PaymentIntent};
use crate::world::{Bill, World};

/// The next invoice number of the account.
pub(crate) fn next_number(world: &mut World) -> Text {
    world.invoice_numbers += 1;
    format!("SYNTH-{:06}", world.invoice_numbers).into()
}

/// Makes the payment intent of a bill and the record that joins both.
pub(crate) fn open_collection(
    world: &mut World,
    request: &mut Request,
    bill: &mut Bill,
    due_minor: i64,
) {
    let invoice = world.histories.newest(bill.invoice).clone();
    bill.collection = Some(new_collection(world, request, &invoice, due_minor, true));
}

/// A payment intent for an invoice, or for a part of it, and the record that joins both.
pub(crate) fn new_collection(
    world: &mut World,
    request: &mut Request,
    invoice: &Invoice,
    amount_minor: i64,
    is_default: bool,
) -> (Handle<PaymentIntent>, Handle<InvoicePayment>) {
    let intent = new_intent(world, request, invoice, amount_minor);
    let created_s = second(request.now_us);
    let payment = InvoicePayment {
        id: world.mint.dated(&mut world.random, "inpay", created_s),
        created_s,
        amount_requested_minor: amount_minor,
        currency: invoice.currency,
        invoice: invoice.id.clone(),
        kind: "payment_intent",
        payment: world.histories.newest(intent).id.clone(),
        is_default,
        paid_at: None,
        canceled_at: None,
    };
    (intent, world.insert(request, payment))
}

/// A payment intent of an invoice's customer that no record joins to the invoice yet.
pub(crate) fn new_intent(
    world: &mut World,
    request: &mut Request,
    invoice: &Invoice,
    amount_minor: i64,
) -> Handle<PaymentIntent> {
    let created_s = second(request.now_us);
    let intent = PaymentIntent {
        id: world.mint.payment_intent(&mut world.random, created_s),
        created_s,
        amount_minor,
        currency: invoice.currency,
        customer: Some(invoice.customer.clone()),
        email: invoice.customer_email.clone(),
        description: billing::charge_description(invoice),
        secret: world.random.token(25).into(),
        canceled_at: None,
        last_decline: None,
        latest_charge: None,
        payment_method: None,
        succeeded: false,
        attempted: false,
        settles_at_once: !world.random.chance(world.config.async_capture_per_mille),
        invoice: Some(invoice.id.clone()),
        terms: IntentTerms::default(),
    };
    world.insert(request, intent)
}

/// Makes a draft an open invoice, or a paid one if nothing is due; whether there is something to collect.
pub(crate) fn finalize(world: &mut World, request: &mut Request, bill: usize) -> bool {
    let mut owned = world.bills[bill];
    let lines = credits::draw(world, request, &owned);
    let customer = world.clients[owned.client].customer;
    let starting_minor = world.histories.newest(customer).balance_minor;
    let future = Invoice {
        lines,
        starting_balance_minor: starting_minor,
        ..world.histories.newest(owned.invoice).clone()
    };
    let due_minor = future.due_minor();
    if due_minor > 0 {
        open_collection(world, request, &mut owned, due_minor);
        world.bills[bill] = owned;
        let (intent, _) = owned.collection.expect("it was just opened");
        world.announce(request, "payment_intent.created", intent);
    }
    customer_balance::apply(world, request, owned.client, &future);
    close_draft(world, request, &owned, &future);
    world.announce_change(request, "invoice.updated", owned.invoice);
    world.announce(request, "invoice.finalized", owned.invoice);
    if due_minor == 0 {
        world.announce(request, "invoice.paid", owned.invoice);
        world.announce(request, "invoice.payment_succeeded", owned.invoice);
    }
    due_minor > 0
}

fn close_draft(world: &mut World, request: &mut Request, bill: &Bill, future: &Invoice) {
    let number = next_number(world);
    let customer = world.clients[bill.client].customer;
    let customer = world.histories.newest(customer).clone();
    let now_s = second(request.now_us);
    let paid = future.due_minor() == 0;
    world.edit(request, bill.invoice, |invoice| {
        invoice.lines = future.lines.clone();
        invoice.starting_balance_minor = future.starting_balance_minor;
        invoice.ending_balance_minor = Some(customer.balance_minor);
        invoice.status = InvoiceStatus::Open;
        invoice.number = Some(number);
        invoice.finalized_at = Some(now_s);
        invoice.automatically_finalizes_at = None;
        // Until now the invoice followed its customer; from here on it is a document.
        invoice.customer_email = customer.email;
        invoice.customer_name = customer.name;
        invoice.customer_phone = customer.phone;
        if paid {
            invoice.status = InvoiceStatus::Paid;
            invoice.attempted = true;
            invoice.auto_advance = false;
            invoice.next_payment_attempt = None;
            invoice.paid_at = Some(now_s);
        }
    });
}
