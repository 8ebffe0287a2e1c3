//! The lines of invoices: what was asked, how it was paid, credited, given up or undone. Nothing here looks beyond one invoice.

use std::collections::BTreeMap;

use super::documents::{Documents, Invoice, Movement, Note, Payment};
use super::{Kind, Line};

/// The lines of all invoices, with their payments and credit notes.
pub(super) fn lines(documents: &Documents) -> Vec<Line> {
    let mut notes = grouped(&documents.notes, |note| note.invoice_id.as_deref());
    let payments = grouped(&documents.payments, |payment| Some(&payment.invoice_id));
    let movements = grouped(&documents.movements, |movement| {
        movement.invoice_id.as_deref()
    });
    let mut lines = Vec::new();
    for invoice in &documents.invoices {
        let id = Some(&*invoice.id);
        let file = File {
            invoice,
            payments: payments.get(&id).cloned().unwrap_or_default(),
            notes: notes.remove(&id).unwrap_or_default(),
            movements: movements.get(&id).cloned().unwrap_or_default(),
        };
        lines.extend(file.lines());
    }
    // Of an invoice that is not held.
    let orphans = notes.into_values().flatten();
    lines.extend(orphans.flat_map(|note| of_note(note, "an invoice", 0)));
    lines
}

fn grouped<'d, T>(
    rows: &'d [T],
    key: impl Fn(&'d T) -> Option<&'d str>,
) -> BTreeMap<Option<&'d str>, Vec<&'d T>> {
    let mut groups: BTreeMap<_, Vec<&T>> = BTreeMap::new();
    for row in rows {
        groups.entry(key(row)).or_default().push(row);
    }
    groups
}

/// An invoice with what belongs to it.
struct File<'d> {
    invoice: &'d Invoice,
    payments: Vec<&'d Payment>,
    notes: Vec<&'d Note>,
    movements: Vec<&'d Movement>,
}

/// What lowers an invoice, with its second and how much: in minor units.
enum Lowering<'d> {
    Payment(&'d Payment),
    Otherwise(i64),
    Note(&'d Note),
}

impl<'d> File<'d> {
    fn lines(&self) -> Vec<Line> {
        let invoice = self.invoice;
        let issued = self.line(Kind::Invoice, invoice.date_s, "invoice".to_owned());
        let mut lines = vec![issued.moving(invoice.total_minor)];
        let written_off_s = self.written_off_s();
        let mut written_off_minor = self.written_off_minor();
        if let Some(at_s) = written_off_s {
            let what = "given up as uncollectible".to_owned();
            lines.push(
                self.line(Kind::WriteOff, at_s, what)
                    .moving(written_off_minor.saturating_neg()),
            );
        }
        for (at_s, lowering) in self.lowerings() {
            let mut recovered_minor = 0;
            if written_off_s.is_some_and(|written_off_s| at_s >= written_off_s) {
                recovered_minor = lowering.minor().min(written_off_minor).max(0);
                written_off_minor = written_off_minor.saturating_sub(recovered_minor);
            }
            lines.extend(self.of_lowering(at_s, &lowering, recovered_minor));
        }
        lines.extend(self.overpaid());
        if invoice.status == "void" {
            lines.push(self.void(written_off_minor));
        }
        lines
    }

    fn line(&self, kind: Kind, date_s: i64, what: String) -> Line {
        Line {
            date_s,
            kind,
            id: self.invoice.id.clone(),
            document: self.invoice.name().to_owned(),
            what,
            currency: self.invoice.currency.clone(),
            debit_minor: 0,
            credit_minor: 0,
            is_known: self.invoice.is_known,
        }
    }

    /// Everything that lowers it, in the order of time.
    fn lowerings(&self) -> Vec<(i64, Lowering<'d>)> {
        let invoice = self.invoice;
        let ended_s = invoice.paid_s.unwrap_or(invoice.date_s);
        let paid_s = |payment: &Payment| payment.paid_s.unwrap_or(ended_s);
        let payments = self.payments.iter();
        let mut all: Vec<_> = payments
            .map(|&payment| (paid_s(payment), Lowering::Payment(payment)))
            .collect();
        let otherwise_minor = self.paid_otherwise_minor();
        if otherwise_minor > 0 {
            all.push((ended_s, Lowering::Otherwise(otherwise_minor)));
        }
        let notes = self.notes.iter();
        all.extend(notes.map(|&note| (note.date_s, Lowering::Note(note))));
        all.sort_by_key(|(at_s, _)| *at_s);
        all
    }

    fn of_lowering(&self, at_s: i64, lowering: &Lowering<'_>, recovered_minor: i64) -> Vec<Line> {
        let name = self.invoice.name();
        let though = match recovered_minor {
            0 => "",
            _ => ", which had been given up",
        };
        match lowering {
            Lowering::Payment(payment) => vec![self.of_payment(at_s, payment, recovered_minor)],
            Lowering::Otherwise(minor) => {
                let what = format!("paid with no payment to show for it, or past Stripe{though}");
                let line = self.line(Kind::PaidOtherwise, at_s, what);
                vec![line.sides(recovered_minor, *minor)]
            }
            Lowering::Note(note) => of_note(note, name, recovered_minor),
        }
    }

    fn of_payment(&self, at_s: i64, payment: &Payment, recovered_minor: i64) -> Line {
        let name = self.invoice.name();
        let by = [
            &payment.charge_id,
            &payment.payment_intent_id,
            &payment.payment_record_id,
        ];
        let by = by.into_iter().flatten().next().unwrap_or(&payment.id);
        let mut what = match &*payment.kind {
            "payment_record" => format!("payment of {name}, past Stripe"),
            _ => format!("payment of {name}"),
        };
        if recovered_minor > 0 {
            what.push_str(", which had been given up");
        }
        let line = self.line(Kind::Payment, at_s, what);
        Line {
            id: payment.id.clone(),
            document: by.clone(),
            debit_minor: recovered_minor,
            credit_minor: payment.paid_minor,
            is_known: payment.is_known,
            ..line
        }
    }

    /// What was overpaid beyond what its payments hold: Stripe doesn't say whether they do.
    fn overpaid(&self) -> Option<Line> {
        let moved = self.movements.iter();
        let credited_minor = moved
            .filter(|movement| movement.kind == "invoice_overpaid")
            .fold(0_i64, |sum, one| sum.saturating_sub(one.amount_minor));
        let paid_minor = self.paid_by_payments_minor();
        let held_minor = paid_minor.saturating_sub(self.invoice.paid_minor);
        let rest_minor =
            (self.invoice.overpaid_minor.max(credited_minor)).saturating_sub(held_minor.max(0));
        let at_s = self.invoice.paid_s.unwrap_or(self.invoice.date_s);
        (rest_minor > 0).then(|| {
            self.line(Kind::PaidOtherwise, at_s, "overpaid".to_owned())
                .moving(-rest_minor)
        })
    }

    fn void(&self, written_off_minor: i64) -> Line {
        let invoice = self.invoice;
        let at_s = invoice.voided_s.unwrap_or(invoice.date_s);
        let undone_minor = self.noted_minor().saturating_add(written_off_minor);
        let what = match undone_minor {
            0 => "declared void",
            _ => "declared void, with what had been credited or given up of it",
        };
        self.line(Kind::Void, at_s, what.to_owned())
            .moving(invoice.total_minor.saturating_neg())
            .moving(undone_minor)
    }

    fn paid_by_payments_minor(&self) -> i64 {
        let payments = self.payments.iter();
        payments.fold(0, |sum, payment| sum.saturating_add(payment.paid_minor))
    }

    /// What credit notes that stand took off before payment.
    fn noted_minor(&self) -> i64 {
        let standing = self.notes.iter().filter(|note| note.status == "issued");
        standing.fold(0, |sum, note| sum.saturating_add(note.before_minor))
    }

    /// What was paid without a payment that could be shown: out of band, mostly. Until 2025-03-31.basil the amount paid did not
    /// count that, so of a paid invoice the amount due is asked.
    fn paid_otherwise_minor(&self) -> i64 {
        let invoice = self.invoice;
        let said_minor = match &*invoice.status {
            "paid" => invoice.due_minor,
            "void" => return 0,
            _ => invoice.paid_minor,
        };
        said_minor
            .saturating_sub(self.paid_by_payments_minor())
            .max(0)
    }

    fn written_off_s(&self) -> Option<i64> {
        let may = matches!(&*self.invoice.status, "uncollectible" | "paid" | "void");
        self.invoice.marked_uncollectible_s.filter(|_| may)
    }

    /// What it still had to be paid when it was given up; the amount due is net of all credit notes that stand.
    fn written_off_minor(&self) -> i64 {
        let Some(written_off_s) = self.written_off_s() else {
            return 0;
        };
        let before = self.lowerings().into_iter();
        let before = before.filter(|(at_s, _)| *at_s < written_off_s);
        let lowered_minor = before.fold(0_i64, |sum, (_, one)| sum.saturating_add(one.minor()));
        let asked_minor = self.invoice.due_minor.saturating_add(self.noted_minor());
        asked_minor.saturating_sub(lowered_minor).max(0)
    }
}

impl Lowering<'_> {
    /// By how much it lowers what an invoice has to be paid.
    fn minor(&self) -> i64 {
        match self {
            Self::Payment(payment) => payment.paid_minor,
            Self::Otherwise(minor) => *minor,
            Self::Note(note) if note.status == "issued" => note.before_minor,
            Self::Note(_) => 0,
        }
    }
}

/// A credit note, and its end where it is void; `recovered_minor` is what the invoice needed no longer to be given up.
fn of_note(note: &Note, invoice: &str, recovered_minor: i64) -> Vec<Line> {
    let paid_back = match note.out_of_band_minor {
        0 => "",
        _ => ", paid back in part or whole past Stripe",
    };
    let issued = Line {
        date_s: note.date_s,
        kind: Kind::CreditNote,
        id: note.id.clone(),
        document: note.number.clone().unwrap_or_else(|| note.id.clone()),
        what: format!("credit note on {invoice}{paid_back}"),
        currency: note.currency.clone(),
        debit_minor: recovered_minor.saturating_add(note.out_of_band_minor),
        credit_minor: note.total_minor,
        is_known: note.is_known,
    };
    if note.status != "void" {
        return vec![issued];
    }
    let void = Line {
        date_s: note.voided_s.unwrap_or(note.date_s),
        kind: Kind::CreditNoteVoid,
        what: format!("credit note on {invoice} declared void"),
        debit_minor: issued.credit_minor,
        credit_minor: issued.debit_minor,
        ..issued.clone()
    };
    vec![issued, void]
}
