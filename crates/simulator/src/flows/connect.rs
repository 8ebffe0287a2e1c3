//! Money between the company and accounts connected to it: what a charge passes on, transfers without a charge, fees, and
//! all of it taken back. Both sides are booked: what leaves one account arrives on the other.

use super::charging::{self, Payer};
use super::{refunds, settlement};
use crate::calendar::{DAY_S, second};
use crate::history::Handle;
use crate::json::Text;
use crate::purse::{COMPANY, SELLERS};
use crate::request::Request;
use crate::shapes::{
    ApplicationFee, Card, Charge, Currency, Fee, FeeRefund, Metadata, Method, Transfer,
    TransferReversal,
};
use crate::world::{Movement, World};

/// What a charge moved between the company and a connected account.
#[derive(Clone, Copy)]
pub(crate) struct Passing {
    /// The connected account, by its place.
    pub(crate) purse: usize,
    /// The transfer, with the payment that it made there; none where the charge was made there.
    pub(crate) transfer: Option<(Handle<Transfer>, Handle<Charge>)>,
    pub(crate) fee: Option<Handle<ApplicationFee>>,
}

/// A sum on its way to a connected account.
struct Parcel {
    purse: usize,
    amount_minor: i64,
    currency: Currency,
    charge: Option<Charge>,
    group: Option<Text>,
}

/// Passes on what a charge of the company was made for, keeps the fee, and tells of both.
pub(crate) fn pass_on(world: &mut World, request: &mut Request, charge: Handle<Charge>) {
    let state = world.histories.newest(charge).clone();
    let Some((account, part_minor)) = state.connection.destination.clone() else {
        return;
    };
    let place = world
        .purses
        .iter()
        .position(|purse| purse.account.as_ref() == Some(&account));
    let purse = place.expect("money is passed on to a known account");
    let parcel = Parcel {
        purse,
        amount_minor: part_minor.unwrap_or(state.amount_minor),
        currency: state.currency,
        group: state.connection.transfer_group.clone(),
        charge: Some(state.clone()),
    };
    let (transfer, payment) = send(world, request, parcel);
    let fee_minor = state.connection.application_fee_minor;
    let fee = fee_minor.map(|minor| {
        let source = world.histories.newest(payment).id.clone();
        keep_fee(world, request, purse, minor, &state, source)
    });
    let transfer_id = world.histories.newest(transfer).id.clone();
    let fee_id = fee.map(|fee| world.histories.newest(fee).id.clone());
    world.edit(request, charge, |charge| {
        charge.connection.transfer = Some(transfer_id);
        charge.connection.application_fee = fee_id;
    });
    world.announce(request, "transfer.created", transfer);
    if let Some(fee) = fee {
        world.announce(request, "application_fee.created", fee);
    }
    let passing = Passing {
        purse,
        transfer: Some((transfer, payment)),
        fee,
    };
    world.passings.insert(state.id, passing);
}

/// Moves money from the company's balance to a connected account, where it arrives as a payment.
fn send(
    world: &mut World,
    request: &mut Request,
    parcel: Parcel,
) -> (Handle<Transfer>, Handle<Charge>) {
    let id = world.mint_id(request, "tr");
    let (amount_minor, currency) = (parcel.amount_minor, parcel.currency);
    let movement = Movement {
        description: Some(format!("Transfer {id}").into()),
        ..Movement::of(&id, "transfer", "transfer", -amount_minor, currency)
    };
    let booked = world.move_money(request, movement);
    let payment = receive(world, request, &parcel, &id);
    let transfer = Transfer {
        id,
        created_s: second(request.now_us),
        amount_minor,
        currency,
        balance_transaction: booked,
        description: None,
        destination: world.purses[parcel.purse].mint.account.clone(),
        destination_payment: world.histories.newest(payment).id.clone(),
        reversals: Vec::new(),
        source_transaction: parcel.charge.map(|charge| charge.id),
        transfer_group: parcel.group,
        metadata: Metadata::new(),
    };
    (world.insert(request, transfer), payment)
}

/// The connected account's side of a transfer: a payment, less the company's fee.
fn receive(
    world: &mut World,
    request: &mut Request,
    parcel: &Parcel,
    transfer: &Text,
) -> Handle<Charge> {
    request.account = world.purses[parcel.purse].account.clone();
    let (amount_minor, currency) = (parcel.amount_minor, parcel.currency);
    let settled = settlement::exchange(world, request, amount_minor, currency);
    let mut payment = new_payment(world, request, parcel, transfer);
    let fee_minor = parcel.charge.as_ref();
    let fee_minor = fee_minor.and_then(|charge| charge.connection.application_fee_minor);
    let application = world.purses[parcel.purse].application.clone();
    let fees = fee_minor.map(|minor| Fee {
        amount_minor: settlement::exchange(world, request, minor, currency).amount_minor,
        kind: "application_fee",
        description: "Synthetic Company application fee",
        application: Some(application),
    });
    let movement = Movement {
        fees: fees.into_iter().collect(),
        rate: settled.rate,
        delay_days: if parcel.charge.is_some() { 2 } else { 0 },
        ..Movement::of(
            &payment.id,
            "payment",
            "charge",
            settled.amount_minor,
            settled.currency,
        )
    };
    payment.balance_transaction = Some(world.move_money(request, movement));
    let payment = world.insert(request, payment);
    request.account = None;
    payment
}

fn new_payment(world: &mut World, request: &Request, parcel: &Parcel, transfer: &Text) -> Charge {
    let id = world.mint_id(request, "py");
    let payer = company(world);
    let mut payment = Charge {
        id,
        purse: parcel.purse,
        created_s: second(request.now_us),
        amount_minor: parcel.amount_minor,
        amount_captured_minor: parcel.amount_minor,
        currency: parcel.currency,
        description: "Transfer from Synthetic Company".into(),
        method: Method::StripeAccount,
        ..charging::bare_charge(&mut world.random, &payer)
    };
    payment.connection.source_transfer = Some(transfer.clone());
    payment.connection.application_fee_minor = parcel
        .charge
        .as_ref()
        .and_then(|charge| charge.connection.application_fee_minor);
    payment
}

/// The company itself, as the payer of its transfers.
fn company(world: &mut World) -> Payer {
    let fingerprint = world.random.token(16).into();
    Payer {
        customer: None,
        number: 0,
        email: "company@example.com".into(),
        name: "Synthetic Company".into(),
        card: Card {
            brand: "visa",
            funding: "credit",
            last4: "0000".into(),
            fingerprint,
            exp_month: 1,
            exp_year: 2030,
        },
        payment_method: None,
    }
}

/// Books what the company keeps of a payment that a connected account has; `charge` is that account's.
pub(crate) fn keep_fee(
    world: &mut World,
    request: &mut Request,
    purse: usize,
    amount_minor: i64,
    origin: &Charge,
    charge: Text,
) -> Handle<ApplicationFee> {
    request.account = None;
    let id = world.mint_id(request, "fee");
    let settled = settlement::exchange(world, request, amount_minor, origin.currency);
    let movement = Movement {
        rate: settled.rate,
        description: Some(format!("Application fee for {charge}").into()),
        delay_days: 2,
        ..Movement::of(
            &id,
            "application_fee",
            "platform_earning",
            settled.amount_minor,
            settled.currency,
        )
    };
    let booked = world.move_money(request, movement);
    let fee = ApplicationFee {
        id,
        created_s: second(request.now_us),
        account: world.purses[purse].mint.account.clone(),
        amount_minor,
        currency: origin.currency,
        application: world.purses[purse].application.clone(),
        balance_transaction: booked,
        originating: (origin.purse == COMPANY).then(|| origin.id.clone()),
        charge,
        refunds: Vec::new(),
    };
    world.insert(request, fee)
}

/// Takes back the part of what a refunded charge passed on, and gives back that part of the fee; the reversal's id.
pub(crate) fn take_back(
    world: &mut World,
    request: &mut Request,
    charge: &Charge,
    refund: &Text,
    amount_minor: i64,
) -> Option<Text> {
    let passing = *world.passings.get(&charge.id)?;
    let part = |whole_minor: i64| whole_minor * amount_minor / charge.amount_minor;
    request.account = None;
    if let Some(fee) = passing.fee {
        let whole_minor = world.histories.newest(fee).amount_minor;
        give_back(world, request, passing.purse, fee, part(whole_minor));
    }
    let reversal = passing.transfer.and_then(|(transfer, payment)| {
        let whole_minor = world.histories.newest(transfer).amount_minor;
        let source = Some(refund.clone());
        let pair = (transfer, payment);
        reverse(
            world,
            request,
            passing.purse,
            pair,
            part(whole_minor),
            source,
        )
    });
    request.account = world.purses[charge.purse].account.clone();
    reversal
}

/// Moves a part of a transfer back, or what is left of it; the reversal's id.
fn reverse(
    world: &mut World,
    request: &mut Request,
    purse: usize,
    (transfer, payment): (Handle<Transfer>, Handle<Charge>),
    amount_minor: i64,
    source_refund: Option<Text>,
) -> Option<Text> {
    let state = world.histories.newest(transfer).clone();
    let amount_minor = amount_minor.min(state.amount_minor - state.reversed_minor());
    if amount_minor <= 0 {
        return None;
    }
    let id = world.mint_id(request, "trr");
    let movement = Movement {
        description: Some(format!("Reversal of {}", state.id).into()),
        ..Movement::of(
            &id,
            "transfer_refund",
            "transfer_reversal",
            amount_minor,
            state.currency,
        )
    };
    let booked = world.move_money(request, movement);
    let returned = send_back(world, request, purse, payment, amount_minor, &id);
    let reversal = TransferReversal {
        id: id.clone(),
        created_s: second(request.now_us),
        amount_minor,
        currency: state.currency,
        balance_transaction: booked,
        destination_payment_refund: returned,
        source_refund,
        transfer: state.id,
    };
    world.insert(request, reversal.clone());
    world.edit(request, transfer, |transfer| {
        transfer.reversals.insert(0, reversal);
    });
    world.announce(request, "transfer.reversed", transfer);
    Some(id)
}

/// The connected account's side of a reversal: a refund of the payment that the transfer made; its id.
fn send_back(
    world: &mut World,
    request: &mut Request,
    purse: usize,
    payment: Handle<Charge>,
    amount_minor: i64,
    reversal: &Text,
) -> Text {
    request.account = world.purses[purse].account.clone();
    let state = world.histories.newest(payment).clone();
    let id = world.mint_id(request, "pyr");
    let settled = settlement::exchange(world, request, -amount_minor, state.currency);
    let movement = Movement {
        rate: settled.rate,
        ..Movement::of(
            &id,
            "payment_refund",
            "refund",
            settled.amount_minor,
            settled.currency,
        )
    };
    let booked = world.move_money(request, movement);
    let refund = refunds::bare_refund(id.clone(), request, &state, amount_minor);
    world.insert(
        request,
        crate::shapes::Refund {
            balance_transaction: Some(booked),
            status: "succeeded",
            source_reversal: Some(reversal.clone()),
            ..refund
        },
    );
    world.edit(request, payment, |payment| {
        payment.amount_refunded_minor += amount_minor;
    });
    request.account = None;
    id
}

/// Gives a part of a fee back to the account that it was taken from.
fn give_back(
    world: &mut World,
    request: &mut Request,
    purse: usize,
    fee: Handle<ApplicationFee>,
    amount_minor: i64,
) {
    let state = world.histories.newest(fee).clone();
    let amount_minor = amount_minor.min(state.amount_minor - state.refunded_minor());
    if amount_minor <= 0 {
        return;
    }
    let id = world.mint_id(request, "fr");
    let currency = state.currency;
    let settled = settlement::exchange(world, request, -amount_minor, currency);
    let movement = Movement {
        rate: settled.rate,
        ..Movement::of(
            &id,
            "application_fee_refund",
            "platform_earning_refund",
            settled.amount_minor,
            settled.currency,
        )
    };
    let booked = world.move_money(request, movement);
    let refund = FeeRefund {
        id: id.clone(),
        created_s: second(request.now_us),
        amount_minor,
        currency,
        balance_transaction: booked,
        fee: state.id,
    };
    world.insert(request, refund.clone());
    world.edit(request, fee, |fee| fee.refunds.insert(0, refund));
    world.announce(request, "application_fee.refunded", fee);
    request.account = world.purses[purse].account.clone();
    let settled = settlement::exchange(world, request, amount_minor, currency);
    let (amount_minor, currency) = (settled.amount_minor, settled.currency);
    let movement = Movement {
        rate: settled.rate,
        description: Some("Application fee given back".into()),
        ..Movement::of(&id, "adjustment", "fee", amount_minor, currency)
    };
    world.move_money(request, movement);
    request.account = None;
}

/// A transfer that no charge made, some of which come back.
pub(crate) fn transfer(world: &mut World, at_us: i64) {
    let purse = world.random.pick(&SELLERS);
    let available_minor = world.balance_at(None, at_us).available_minor(Currency::Usd);
    let amount_minor = world.random.between(900, 30_000).min(available_minor / 2);
    if amount_minor < 900 {
        return;
    }
    let mut request = world.api_request(at_us);
    let group = format!("ORDER-{:05}", world.random.below(100_000));
    let parcel = Parcel {
        purse,
        amount_minor,
        currency: Currency::Usd,
        charge: None,
        group: Some(group.into()),
    };
    let pair = send(world, &mut request, parcel);
    world.announce(&mut request, "transfer.created", pair.0);
    world.finish(request);
    if world.random.chance(300) {
        let noted_us = world.later(at_us, 60, DAY_S);
        world.plan_step(noted_us, move |world, at_us| note(world, at_us, pair.0));
    }
    let mut next_us = at_us;
    for _ in 0..world.random.below(3) {
        next_us = world.later(next_us, DAY_S, 9 * DAY_S);
        let part_minor = world.random.between(amount_minor / 4, amount_minor);
        world.plan_step(next_us, move |world, at_us| {
            let mut request = world.api_request(at_us);
            reverse(world, &mut request, purse, pair, part_minor, None);
            world.finish(request);
        });
    }
}

fn note(world: &mut World, at_us: i64, transfer: Handle<Transfer>) {
    let mut request = world.api_request(at_us);
    let order = format!("R-{:05}", world.random.below(100_000));
    world.edit(&mut request, transfer, |transfer| {
        transfer.metadata.insert("order".into(), order.into());
    });
    world.announce_change(&mut request, "transfer.updated", transfer);
    world.finish(request);
}
