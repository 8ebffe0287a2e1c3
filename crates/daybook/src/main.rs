//! The one binary: reads its arguments, runs one role, says how it ended. Rules of Stripe or of the books are not here.

mod access;
mod arguments;
mod aside;
mod backup;
mod columns;
mod commands;
mod compare;
mod currency;
mod demonstration;
mod doctor;
mod dossier;
mod ending;
mod exit;
mod failure;
mod folder;
#[cfg(test)]
#[expect(
    dead_code,
    reason = "less of it is needed here than by the tests that it was made for"
)]
#[path = "../../sync/tests/sync/in_process.rs"]
mod in_process;
mod ledger_failure;
mod listing;
mod memory;
mod moment;
mod night;
mod paint;
mod past;
mod progress;
mod report;
mod screen;
mod serve;
mod sheet;
mod shell;
mod simulated;
mod standing;
mod statement;
mod stripe_failure;
mod timeline;
#[cfg(test)]
#[path = "../../sync/tests/sync/virtual_time.rs"]
mod virtual_time;

use std::process::ExitCode;

use crate::arguments::Arguments;
use crate::shell::Shell;

/// Folding is many small texts that live long and go together, which this allocator serves far faster than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let Arguments { global, command } = match Arguments::read() {
        Ok(arguments) => arguments,
        Err(error) => return ExitCode::from(arguments::refuse(&error).code()),
    };
    let mut shell = Shell::new(global);
    let run = |shell: &mut Shell| {
        shell.check_tables(command.tables())?;
        let exit = command.run(shell)?;
        shell.finish(exit)
    };
    let exit = match run(&mut shell) {
        Ok(exit) => exit,
        Err(failure) => {
            failure.tell(shell.is_json());
            failure.exit()
        }
    };
    ExitCode::from(exit.code())
}
