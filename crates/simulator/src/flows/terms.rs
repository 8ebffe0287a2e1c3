//! What a customer buys under: tax rates, discounts, waiting items, credits; and how lines are dressed with discounts and
//! taxes. It makes no objects.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::history::Handle;
use crate::json::Text;
use crate::shapes::{
    Coupon, CreditGrant, Discount, InvoiceItem, Line, Shape, TaxRate, share, tax_on,
};
use crate::world::{Bill, World};

/// What a customer buys under.
#[derive(Default)]
pub(crate) struct Terms {
    pub(crate) rates: Vec<Handle<TaxRate>>,
    pub(crate) reductions: Vec<Reduction>,
    /// Items that the next invoice of the subscription takes in.
    pub(crate) pending: Vec<Handle<InvoiceItem>>,
    pub(crate) grants: Vec<Grant>,
    /// The place in `grants` that each movement drew on.
    pub(crate) drawn: BTreeMap<Text, usize>,
    /// The customer's subscription, as its place among the plans.
    pub(crate) plan: Option<usize>,
    /// The places of the customer's bills.
    pub(crate) bills: Vec<usize>,
    /// Cash sent ahead and not yet used.
    pub(crate) cash_minor: i64,
}

/// A coupon's use.
#[derive(Clone, Copy)]
pub(crate) struct Reduction {
    pub(crate) discount: Handle<Discount>,
    pub(crate) coupon: Handle<Coupon>,
}

/// A grant of credits and what is left of it.
#[derive(Clone, Copy)]
pub(crate) struct Grant {
    pub(crate) grant: Handle<CreditGrant>,
    pub(crate) left_minor: i64,
}

impl World {
    /// Keeps a bill, also under its customer; its place.
    pub(crate) fn add_bill(&mut self, bill: Bill) -> usize {
        let place = self.bills.len();
        self.bills.push(bill);
        self.clients[bill.client].terms.bills.push(place);
        place
    }
}

/// Gives lines their discounts and taxes; the ids of the discounts on the whole.
pub(crate) fn dress(
    world: &World,
    client: usize,
    at_s: i64,
    of_plan: bool,
    lines: &mut [Line],
) -> Arc<[Text]> {
    let mut ids = Vec::new();
    for line in lines.iter_mut() {
        line.discounts = [].into();
    }
    for reduction in &world.clients[client].terms.reductions {
        let discount = world.histories.newest(reduction.discount);
        let over = discount.deleted || discount.end_s.is_some_and(|end_s| end_s <= at_s);
        if over || (discount.subscription.is_some() && !of_plan) {
            continue;
        }
        reduce(
            lines,
            &discount.id,
            world.histories.newest(reduction.coupon),
        );
        ids.push(discount.id.clone());
    }
    for line in lines {
        tax(world, client, line);
    }
    ids.into()
}

/// Reckons a line's taxes anew.
pub(crate) fn tax(world: &World, client: usize, line: &mut Line) {
    let rates = world.clients[client].terms.rates.iter();
    let net_minor = line.net_minor();
    line.taxes = rates
        .map(|&rate| tax_on(net_minor, world.histories.newest(rate)))
        .collect();
}

fn reduce(lines: &mut [Line], discount: &Text, coupon: &Coupon) {
    let discountable = |line: &Line| !line.proration && line.net_minor() > 0;
    let whole_minor: i64 = lines
        .iter()
        .filter(|line| discountable(line))
        .map(Line::net_minor)
        .sum();
    let mut left_minor = coupon.amount_off.map_or(0, |off| off.0.min(whole_minor));
    let off_minor = left_minor;
    for line in lines.iter_mut().filter(|line| discountable(line)) {
        let net_minor = line.net_minor();
        let taken_minor = match coupon.per_mille {
            Some(per_mille) => share(net_minor, per_mille, 1000),
            None => share(off_minor, net_minor, whole_minor).min(left_minor),
        };
        left_minor -= taken_minor;
        let taken = std::iter::once((discount.clone(), taken_minor));
        line.discounts = line.discounts.iter().cloned().chain(taken).collect();
    }
    // What rounding left of an amount goes to the first line that can bear it.
    if coupon.per_mille.is_none() && left_minor > 0 {
        let bears = |line: &&mut Line| discountable(line) && line.net_minor() >= left_minor;
        if let Some(line) = lines.iter_mut().find(bears) {
            let mut discounts = line.discounts.to_vec();
            let last = discounts.last_mut().expect("it was just reduced");
            last.1 += left_minor;
            line.discounts = discounts.into();
        }
    }
}

/// The rates of a customer as a JSON array of objects.
pub(crate) fn rates_json(world: &World, client: usize) -> Text {
    let rates = world.clients[client].terms.rates.iter();
    let objects: Vec<String> = rates
        .map(|&rate| world.histories.newest(rate).render(0))
        .collect();
    format!("[{}]", objects.join(",")).into()
}
