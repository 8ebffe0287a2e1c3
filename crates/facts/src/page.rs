//! Answers of the API as they are saved to files: list pages, arrays of objects, bare objects, cut into exact slices.
//!
//! Nothing here reads what the objects say.

use crate::head::head;
use crate::members::Members;
use crate::scan::Scanner;

/// The exact slices of the rows of a list page (`"object":"list"` with `data`) or of a bare array; none if it is neither.
#[must_use]
pub fn items(body: &str) -> Option<Vec<&str>> {
    let mut scan = Scanner::new(body);
    let items = match scan.peek() {
        b'[' => array(&mut scan),
        b'{' if head(body).object.text() == Some("list") => data(&mut scan)?,
        _ => return None,
    };
    scan.end().then_some(items)
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

fn array<'a>(scan: &mut Scanner<'a>) -> Vec<&'a str> {
    let mut items = Vec::new();
    let mut first = true;
    scan.enter();
    while scan.row(&mut first) {
        items.push(scan.value());
    }
    items
}

/// The rows of a list object; none if it has no `data`, or two.
fn data<'a>(scan: &mut Scanner<'a>) -> Option<Vec<&'a str>> {
    let mut items = None;
    let mut doubled = false;
    let mut first = true;
    scan.enter();
    while let Some(name) = scan.member(&mut first) {
        if name.decode().as_deref() == Some("data") && scan.peek() == b'[' {
            doubled |= items.replace(array(scan)).is_some();
        } else {
            scan.skip();
        }
    }
    items.filter(|_| !doubled)
}
