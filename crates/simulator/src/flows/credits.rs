//! Billing credits: granted to a customer, used by the invoices of its subscription when they are finalised, given back
//! when one is voided, and in the end used up, expired or voided.

use std::sync::Arc;

use super::terms::{self, Grant};
use crate::calendar::{DAY_S, second};
use crate::history::Handle;
use crate::json::Text;
use crate::request::Request;
use crate::shapes::{CreditBalanceTransaction, CreditGrant, CreditMovement, Line};
use crate::world::{Bill, World};

/// Some customers are granted credits some days after they signed up.
pub(crate) fn plan_grants(world: &mut World, at_us: i64, client: usize) {
    if world.random.chance(world.config.billing.credit_grants) {
        let at_us = world.later(at_us, DAY_S, 25 * DAY_S);
        world.plan_step(at_us, move |world, at_us| grant(world, at_us, client));
    }
}

fn grant(world: &mut World, at_us: i64, client: usize) {
    let customer = world.histories.newest(world.clients[client].customer);
    if customer.deleted {
        return;
    }
    let customer = customer.id.clone();
    let created_s = second(at_us);
    let category = world.random.pick(&["paid", "promotional"]);
    let expires = world.random.chance(500);
    let expires_at = expires.then(|| created_s + world.random.between(20, 60) * DAY_S);
    let amount_minor = world.random.between(500, 12_000);
    let mut request = world.api_request(at_us);
    let state = CreditGrant {
        id: world.mint.dated(&mut world.random, "credgr", created_s),
        created_s,
        updated_s: created_s,
        amount_minor,
        currency: world.clients[client].currency,
        category,
        customer,
        name: "Credits by agreement".into(),
        expires_at,
        voided_at: None,
    };
    let grant = world.insert(&mut request, state);
    world.announce(&mut request, "billing.credit_grant.created", grant);
    book(
        world,
        &mut request,
        grant,
        amount_minor,
        CreditMovement::Granted,
    );
    world.finish(request);
    world.clients[client].terms.grants.push(Grant {
        grant,
        left_minor: amount_minor,
    });
    let place = world.clients[client].terms.grants.len() - 1;
    if let Some(expires_s) = expires_at {
        let end_us = world.later(expires_s * crate::calendar::SECOND_US, 1, 300);
        world.plan_step(end_us, move |world, at_us| {
            end(world, at_us, client, place, false)
        });
    } else if world.random.chance(500) {
        let end_us = world.later(at_us, 10 * DAY_S, 50 * DAY_S);
        world.plan_step(end_us, move |world, at_us| {
            end(world, at_us, client, place, true)
        });
    }
}

fn book(
    world: &mut World,
    request: &mut Request,
    grant: Handle<CreditGrant>,
    amount_minor: i64,
    movement: CreditMovement,
) -> Text {
    let state = world.histories.newest(grant).clone();
    let created_s = second(request.now_us);
    let id = world.mint.dated(&mut world.random, "cbtxn", created_s);
    let transaction = CreditBalanceTransaction {
        id: id.clone(),
        created_s,
        amount_minor,
        currency: state.currency,
        grant: state.id,
        movement,
    };
    let transaction = world.insert(request, transaction);
    let event_type = "billing.credit_balance_transaction.created";
    world.announce(request, event_type, transaction);
    id
}

/// Ends a grant: by its time, or by hand.
fn end(world: &mut World, at_us: i64, client: usize, place: usize, by_hand: bool) {
    let Grant { grant, left_minor } = world.clients[client].terms.grants[place];
    let mut request = if by_hand {
        world.api_request(at_us)
    } else {
        world.automatic_step(at_us)
    };
    if by_hand {
        world.edit(&mut request, grant, |grant| {
            grant.voided_at = Some(second(at_us));
            grant.updated_s = second(at_us);
        });
        world.announce_change(&mut request, "billing.credit_grant.updated", grant);
    }
    if left_minor > 0 {
        let movement = if by_hand {
            CreditMovement::Voided
        } else {
            CreditMovement::Expired
        };
        book(world, &mut request, grant, left_minor, movement);
    }
    world.clients[client].terms.grants[place].left_minor = 0;
    world.finish(request);
}

/// Uses a customer's credits on the lines of an invoice of its subscription; the lines as they then are.
pub(crate) fn draw(world: &mut World, request: &mut Request, bill: &Bill) -> Arc<[Line]> {
    let invoice = world.histories.newest(bill.invoice).clone();
    let granted = world.clients[bill.client].terms.grants.len();
    if bill.plan.is_none() || granted == 0 {
        return invoice.lines;
    }
    let mut lines = invoice.lines.to_vec();
    for place in 0..granted {
        for line in &mut lines {
            let Grant { grant, left_minor } = world.clients[bill.client].terms.grants[place];
            let used_minor = left_minor.min(line.net_minor());
            let state = world.histories.newest(grant);
            let now_s = second(request.now_us);
            let ended = state
                .voided_at
                .or(state.expires_at.filter(|&end_s| end_s <= now_s));
            if used_minor <= 0 || line.proration || ended.is_some() {
                continue;
            }
            let movement = CreditMovement::Applied {
                invoice: invoice.id.clone(),
                line: line.id.clone(),
            };
            let id = book(world, request, grant, used_minor, movement);
            world.clients[bill.client].terms.grants[place].left_minor -= used_minor;
            world.clients[bill.client]
                .terms
                .drawn
                .insert(id.clone(), place);
            let used = std::iter::once((id, used_minor));
            line.credits = line.credits.iter().cloned().chain(used).collect();
            terms::tax(world, bill.client, line);
        }
    }
    lines.into()
}

/// Gives back the credits that a voided invoice had used; what an ended grant gets back is gone with it.
pub(crate) fn give_back(world: &mut World, request: &mut Request, bill: &Bill) {
    let invoice = world.histories.newest(bill.invoice).clone();
    for line in invoice.lines.iter() {
        for (transaction, amount_minor) in line.credits.iter() {
            let place = world.clients[bill.client].terms.drawn[transaction];
            let grant = world.clients[bill.client].terms.grants[place].grant;
            let movement = CreditMovement::InvoiceVoided {
                invoice: invoice.id.clone(),
                line: line.id.clone(),
            };
            book(world, request, grant, *amount_minor, movement);
            world.clients[bill.client].terms.grants[place].left_minor += amount_minor;
        }
    }
}
