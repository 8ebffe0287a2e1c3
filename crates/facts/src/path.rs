//! Where a reader stands in a body, for notices and for the ids of embedded claims.
//!
//! A path is a chain on the stack: it costs nothing until there is something to say.

/// Where the reader stands in the entry's body; rendered only when there is something to say.
#[derive(Clone, Copy)]
pub(crate) struct Path<'p> {
    above: Option<&'p Path<'p>>,
    step: Step<'p>,
}

/// One step of a path.
#[derive(Clone, Copy)]
enum Step<'p> {
    Member(&'p str),
    Row(usize),
}

impl<'p> Path<'p> {
    /// A path of one step.
    pub(crate) fn root(member: &'p str) -> Path<'p> {
        Path {
            above: None,
            step: Step::Member(member),
        }
    }

    /// The path of a member below.
    pub(crate) fn member(&'p self, name: &'p str) -> Path<'p> {
        Path {
            above: Some(self),
            step: Step::Member(name),
        }
    }

    /// The path of a row below, counted from 0.
    pub(crate) fn row(&'p self, row: usize) -> Path<'p> {
        Path {
            above: Some(self),
            step: Step::Row(row),
        }
    }

    /// The steps joined with `.`.
    pub(crate) fn render(&self) -> String {
        let mut text = self.above.map(Path::render).unwrap_or_default();
        if !text.is_empty() {
            text.push('.');
        }
        match self.step {
            Step::Member(name) => text.push_str(name),
            Step::Row(row) => text.push_str(&row.to_string()),
        }
        text
    }
}
