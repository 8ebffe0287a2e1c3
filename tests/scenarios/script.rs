//! The text of a scenario: a title, why it matters, and in turn what was said and what the book says. Reads no table.
//!
//! ```text
//! An invoice is paid by card
//!
//! Why it matters, in a sentence or two.
//!
//! said
//!   2026-01-05 09:00  invoice.finalized       in_1  customer cus_1 · status open · total 50.00 usd
//!                                                   lines  id il_1 · amount 50.00
//!   2026-01-05 09:01  invoice.paid [twice]    in_1  status paid
//!
//! book
//!   invoices: id status total
//!     in_1  paid  50.00 usd
//! ```

/// One scenario.
pub(crate) struct Script {
    /// Everything above the first `said`.
    pub(crate) head: String,
    /// What was said, each with what the book says then.
    pub(crate) acts: Vec<Act>,
}

/// Something said, and what the book says then.
pub(crate) struct Act {
    /// The lines below `said`, as written, without the empty ones at their end.
    pub(crate) said: Vec<String>,
    /// The tables asked for.
    pub(crate) asked: Vec<Asked>,
}

/// One table that a scenario asks for.
pub(crate) struct Asked {
    /// Its name.
    pub(crate) table: String,
    /// The columns, as written: without their units.
    pub(crate) columns: Vec<String>,
}

impl Script {
    /// Reads a scenario; what the book says in it is not read but for what is asked.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut head = Vec::new();
        let mut acts: Vec<Act> = Vec::new();
        let mut in_book = false;
        for line in text.lines() {
            match line {
                "said" => {
                    in_book = false;
                    acts.push(Act {
                        said: Vec::new(),
                        asked: Vec::new(),
                    });
                }
                "book" => in_book = true,
                _ => match acts.last_mut() {
                    None => head.push(line),
                    Some(act) if in_book => act.asked.extend(asked(line)),
                    Some(act) => act.said.push(line.to_owned()),
                },
            }
        }
        for act in &mut acts {
            while act.said.last().is_some_and(|line| line.trim().is_empty()) {
                act.said.pop();
            }
        }
        let script = Self {
            head: head.join("\n").trim_end().to_owned(),
            acts,
        };
        script.check()?;
        Ok(script)
    }

    fn check(&self) -> Result<(), String> {
        if self.head.lines().count() < 3 {
            return Err("a scenario begins with a title, an empty line and a reason".to_owned());
        }
        if self.acts.is_empty() {
            return Err("nothing is said: a line `said` begins what Stripe says".to_owned());
        }
        for act in &self.acts {
            if act.said.is_empty() || act.asked.is_empty() {
                return Err("each `said` has lines, and a `book` that asks for a table".to_owned());
            }
        }
        Ok(())
    }
}

/// `  invoices: id status total` asks for a table; all else is an answer.
fn asked(line: &str) -> Option<Asked> {
    let rest = line
        .strip_prefix("  ")
        .filter(|rest| !rest.starts_with(' '))?;
    let (table, columns) = rest.split_once(':')?;
    Some(Asked {
        table: table.to_owned(),
        columns: columns.split_whitespace().map(str::to_owned).collect(),
    })
}
