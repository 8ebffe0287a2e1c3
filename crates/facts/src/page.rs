//! Answers of the API as they are saved to files: list pages, arrays of objects, bare objects, cut into exact slices.
//!
//! Nothing here reads what the objects say.

use crate::head::head;
use crate::members::Members;
use crate::scan::Scanner;

/// The rows of a list or an array, one after the other, so that a page of many costs no more than one of few.
pub struct Items<'a> {
    scan: Scanner<'a>,
    first: bool,
    is_over: bool,
}

/// The exact slices of the rows of a list page (`"object":"list"` with `data`) or of a bare array; none if it is neither.
#[must_use]
pub fn items(body: &str) -> Option<Items<'_>> {
    let mut scan = Scanner::new(body);
    let array = match scan.peek() {
        b'[' => scan.value(),
        b'{' if head(body).object.text() == Some("list") => data(&mut scan)?,
        _ => return None,
    };
    scan.end().then(|| Items::of(array))
}

impl<'a> Items<'a> {
    /// Those of an array that is known to be JSON.
    fn of(array: &'a str) -> Self {
        let mut scan = Scanner::new(array);
        scan.enter();
        Self {
            scan,
            first: true,
            is_over: false,
        }
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        self.is_over = self.is_over || !self.scan.row(&mut self.first);
        (!self.is_over).then(|| self.scan.value())
    }
}

/// The kind of a bare object and its id, if it has one; none if it doesn't say what it is.
#[must_use]
pub fn bare(body: &str) -> Option<(Box<str>, Option<Box<str>>)> {
    let mut scan = Scanner::new(body);
    scan.skip();
    let head = head(body);
    let object = head.object.text().filter(|_| scan.end())?;
    Some((object.into(), head.id.text().map(Box::from)))
}

/// Whether a bare object is about live money, if it says so.
#[must_use]
pub fn livemode(body: &str) -> Option<bool> {
    let members = Members::read(body, &["livemode"], &mut |_, _| {}).ok()?;
    members.flag("livemode").ok()?
}

/// The array of a list object's rows; none if it has no `data`, or two.
fn data<'a>(scan: &mut Scanner<'a>) -> Option<&'a str> {
    let mut array = None;
    let mut doubled = false;
    let mut first = true;
    scan.enter();
    while let Some(name) = scan.member(&mut first) {
        if name.decode().as_deref() == Some("data") && scan.peek() == b'[' {
            doubled |= array.replace(scan.value()).is_some();
        } else {
            scan.skip();
        }
    }
    array.filter(|_| !doubled)
}
