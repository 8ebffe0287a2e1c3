//! The members of one hash by name, strictly typed: what stands on an envelope must be right, or the entry is refused.
//!
//! Members that nobody asked for are only checked to be JSON. Objects are not read here.

use crate::envelope::EnvelopeError;
use crate::scan::{Fault, Scanner, Text};

/// The last second of the year 9999.
const SECOND_MAX: i64 = 253_402_300_799;

/// One member's value.
#[derive(Clone, Copy)]
pub(crate) struct Slot<'a> {
    /// Offset of the value.
    pub(crate) at: usize,
    /// The value as written.
    pub(crate) value: &'a str,
}

/// The named members of one hash, as far as they are there.
pub(crate) struct Members<'a, const N: usize> {
    names: &'static [&'static str; N],
    slots: [Option<Slot<'a>>; N],
}

impl<'a, const N: usize> Members<'a, N> {
    /// Reads a text that is one hash; `each` sees the name and value of every member in order.
    pub(crate) fn read(
        text: &'a str,
        names: &'static [&'static str; N],
        each: &mut dyn FnMut(Text<'a>, &'a str),
    ) -> Result<Self, EnvelopeError> {
        let mut slots = [None; N];
        let mut doubled = None;
        let mut scan = Scanner::new(text);
        let start = scan.offset();
        let is_hash = scan.peek() == b'{';
        if is_hash {
            scan.enter();
        } else {
            scan.skip();
        }
        let mut first = true;
        while is_hash && let Some(name) = scan.member(&mut first) {
            let at = scan.offset();
            let value = scan.value();
            each(name, value);
            let slot = names
                .iter()
                .position(|own| name.decode().as_deref() == Some(own));
            if let Some(slot) = slot
                && slots[slot].replace(Slot { at, value }).is_some()
            {
                let member = names[slot];
                doubled.get_or_insert(EnvelopeError::Doubled { member, at });
            }
        }
        scan.end();
        match (scan.fault(), doubled) {
            (Some(Fault { at, expected }), _) => Err(EnvelopeError::NotJson { at, expected }),
            (None, _) if !is_hash => Err(EnvelopeError::NotAnObject { at: start }),
            (None, Some(doubled)) => Err(doubled),
            (None, None) => Ok(Members { names, slots }),
        }
    }

    /// The member, unless it is absent or null.
    pub(crate) fn get(&self, member: &str) -> Option<Slot<'a>> {
        let slot = self.names.iter().position(|own| *own == member);
        let slot = slot.expect("only names that were asked for are looked up");
        self.slots[slot].filter(|slot| slot.value != "null")
    }

    /// The member as text.
    pub(crate) fn text(&self, member: &'static str) -> Result<Option<Box<str>>, EnvelopeError> {
        let read = |raw: &str| {
            let mut scan = Scanner::new(raw);
            (scan.peek() == b'"').then(|| scan.string().decode().map(Box::from))?
        };
        self.typed(member, "a text", read)
    }

    /// The member as text that must be there and not be empty.
    pub(crate) fn name(&self, member: &'static str) -> Result<Box<str>, EnvelopeError> {
        let text = self.required(member, self.text(member)?)?;
        if text.is_empty() {
            return Err(self.wrong(member, "a text that is not empty"));
        }
        Ok(text)
    }

    /// The member as a whole number.
    pub(crate) fn whole(&self, member: &'static str) -> Result<Option<i64>, EnvelopeError> {
        self.typed(member, "a whole number of 64 bits", |raw| raw.parse().ok())
    }

    /// The member as a second since 1970. A clock that once believed an impossible one would stand there for ever.
    pub(crate) fn second(&self, member: &'static str) -> Result<Option<i64>, EnvelopeError> {
        match self.whole(member)? {
            Some(second) if second > SECOND_MAX => {
                Err(self.wrong(member, "a second before the year 10000"))
            }
            second => Ok(second),
        }
    }

    /// The member as true or false.
    pub(crate) fn flag(&self, member: &'static str) -> Result<Option<bool>, EnvelopeError> {
        self.typed(member, "true or false", |raw| raw.parse().ok())
    }

    /// What must be there.
    pub(crate) fn required<T>(
        &self,
        member: &'static str,
        value: Option<T>,
    ) -> Result<T, EnvelopeError> {
        value.ok_or(EnvelopeError::Missing { member })
    }

    /// The error for a member of another type than this.
    pub(crate) fn wrong(&self, member: &'static str, wanted: &'static str) -> EnvelopeError {
        let at = self.get(member).map_or(0, |slot| slot.at);
        EnvelopeError::WrongType { member, at, wanted }
    }

    fn typed<T>(
        &self,
        member: &'static str,
        wanted: &'static str,
        read: impl Fn(&'a str) -> Option<T>,
    ) -> Result<Option<T>, EnvelopeError> {
        match self.get(member) {
            None => Ok(None),
            Some(slot) => match read(slot.value) {
                Some(value) => Ok(Some(value)),
                None => Err(self.wrong(member, wanted)),
            },
        }
    }
}
