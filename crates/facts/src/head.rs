//! What an object says that it is: its `object` and `id`, found without reading the rest.
//!
//! The text may be broken after that; whoever reads on finds out.

use std::borrow::Cow;

use crate::scan::Scanner;

/// A member that should be a text.
pub(crate) enum Found<'a> {
    Absent,
    Null,
    Text(Cow<'a, str>),
    Odd,
}

impl<'a> Found<'a> {
    /// The text, if there is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Found::Text(text) => Some(text),
            _ => None,
        }
    }

    fn is_absent(&self) -> bool {
        matches!(self, Found::Absent)
    }

    /// Consumes a value.
    pub(crate) fn read(scan: &mut Scanner<'a>) -> Found<'a> {
        match scan.peek() {
            b'"' => scan.string().decode().map_or(Found::Odd, Found::Text),
            b'n' => {
                scan.skip();
                Found::Null
            }
            _ => {
                scan.skip();
                Found::Odd
            }
        }
    }
}

/// Both members; Stripe writes them first.
pub(crate) struct Head<'a> {
    pub(crate) object: Found<'a>,
    pub(crate) id: Found<'a>,
}

/// The first `object` and `id` of the hash at the start of this text; what follows them is not looked at.
pub(crate) fn head(text: &str) -> Head<'_> {
    let mut head = Head {
        object: Found::Absent,
        id: Found::Absent,
    };
    let mut scan = Scanner::new(text);
    if scan.peek() != b'{' {
        return head;
    }
    scan.enter();
    let mut first = true;
    while let Some(name) = scan.member(&mut first) {
        match name.decode().as_deref() {
            Some("object") if head.object.is_absent() => head.object = Found::read(&mut scan),
            Some("id") if head.id.is_absent() => head.id = Found::read(&mut scan),
            _ => scan.skip(),
        }
        if !head.object.is_absent() && !head.id.is_absent() {
            break;
        }
    }
    head
}
