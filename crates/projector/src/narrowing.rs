//! A book narrowed to one stream and to reading, for SQL that people write. Answers nothing itself.

use ledger::StreamId;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

use crate::{OpenBook, ProjectorError, explanations};

/// What can be asked of SQLite about the book itself.
const PRAGMAS: [&str; 3] = ["table_info", "table_list", "table_xinfo"];

impl OpenBook {
    /// The same book where every table and view shows this stream's rows alone, unless `main.` stands before its name, and
    /// where nothing but reading it is allowed: no other file, no setting, no change.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn narrowed_to(mut self, stream: &StreamId) -> Result<Self, ProjectorError> {
        let quoted = stream.as_str().replace('\'', "''");
        let views: String = explanations()
            .iter()
            .map(|explained| {
                let name = &explained.name;
                format!("CREATE TEMP VIEW {name} AS SELECT * FROM main.{name} WHERE stream = '{quoted}';")
            })
            .collect();
        // A name without a schema is looked for among the temporary ones first; the book's own views see only the book.
        self.file.run(
            "narrow",
            &format!("PRAGMA query_only = OFF; {views} PRAGMA query_only = ON"),
        )?;
        self.file
            .connection
            .authorizer(Some(authorize))
            .map_err(self.file.failed_to("narrow"))?;
        Ok(self)
    }
}

fn authorize(context: AuthContext<'_>) -> Authorization {
    let is_allowed = match context.action {
        AuthAction::Select | AuthAction::Read { .. } | AuthAction::Recursive => true,
        AuthAction::Function { function_name } => {
            !function_name.eq_ignore_ascii_case("load_extension")
        }
        AuthAction::Pragma { pragma_name, .. } => PRAGMAS
            .iter()
            .any(|name| name.eq_ignore_ascii_case(pragma_name)),
        _ => false,
    };
    if is_allowed {
        Authorization::Allow
    } else {
        Authorization::Deny
    }
}
