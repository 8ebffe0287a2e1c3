//! Making a draft an open invoice, with its number and the intent that will collect it; it takes no money.

use super::billing;
use crate::calendar::second;
use crate::json::Text;
use crate::request::Request;
use crate::shapes::{InvoicePayment, InvoiceStatus, PaymentIntent, Terms};
use crate::world::{Bill, World};

/// The next invoice number of the account.
pub(crate) fn next_number(world: &mut World) -> Text {
    world.invoice_numbers += 1;
    format!("SYNTH-{:06}", world.invoice_numbers).into()
}

/// Makes the payment intent of a bill and the record that joins both.
pub(crate) fn open_collection(world: &mut World, request: &mut Request, bill: &mut Bill) {
    let created_s = second(request.now_us);
    let invoice = world.histories.newest(bill.invoice).clone();
    let intent = PaymentIntent {
        id: world.mint.payment_intent(&mut world.random, created_s),
        created_s,
        amount_minor: invoice.total_minor(),
        currency: invoice.currency,
        customer: Some(invoice.customer.clone()),
        email: invoice.customer_email.clone(),
        description: billing::charge_description(&invoice),
        secret: world.random.token(25).into(),
        canceled_at: None,
        last_decline: None,
        latest_charge: None,
        payment_method: None,
        succeeded: false,
        attempted: false,
        settles_at_once: !world.random.chance(world.config.async_capture_per_mille),
        invoice: Some(invoice.id.clone()),
        terms: Terms::default(),
    };
    let payment = InvoicePayment {
        id: world.mint.dated(&mut world.random, "inpay", created_s),
        created_s,
        amount_requested_minor: intent.amount_minor,
        currency: intent.currency,
        invoice: invoice.id,
        payment_intent: intent.id.clone(),
        paid_at: None,
        canceled_at: None,
    };
    let intent = world.insert(request, intent);
    bill.collection = Some((intent, world.insert(request, payment)));
}

/// Makes a draft an open invoice.
pub(crate) fn finalize(world: &mut World, request: &mut Request, bill: usize) {
    let mut owned = world.bills[bill];
    open_collection(world, request, &mut owned);
    world.bills[bill] = owned;
    let (intent, _) = owned.collection.expect("it was just opened");
    world.announce(request, "payment_intent.created", intent);
    let number = next_number(world);
    let customer = world
        .histories
        .newest(world.clients[owned.client].customer)
        .clone();
    let now_s = second(request.now_us);
    world.edit(request, owned.invoice, |invoice| {
        invoice.status = InvoiceStatus::Open;
        invoice.number = Some(number);
        invoice.finalized_at = Some(now_s);
        invoice.automatically_finalizes_at = None;
        // Until now the invoice followed its customer; from here on it is a document.
        invoice.customer_email = customer.email;
        invoice.customer_name = customer.name;
        invoice.customer_phone = customer.phone;
    });
    world.announce_change(request, "invoice.updated", owned.invoice);
    world.announce(request, "invoice.finalized", owned.invoice);
}
