//! `completions SHELL`: what a shell needs to complete daybook's command line. Touches no data folder.

use clap::{Args, CommandFactory};
use clap_complete::Shell as Dialect;
use serde_json::json;

use crate::arguments::Arguments;
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::shell::Shell;

/// Print the script with which a shell completes commands, flags and their values
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    dialect: Dialect,
}

impl Completions {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let mut script = Vec::new();
        let mut command = Arguments::command();
        let name = command.get_name().to_owned();
        clap_complete::generate(self.dialect, &mut command, name, &mut script);
        if shell.is_json() {
            let script = String::from_utf8_lossy(&script);
            shell
                .screen
                .json(&json!({"shell": self.dialect.to_string(), "script": script}))?;
        } else {
            shell.screen.bytes(&script)?;
        }
        Ok(Exit::AllTrue)
    }
}
