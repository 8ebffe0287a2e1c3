//! The one binary: reads its arguments, runs one role, says how it ended. Rules of Stripe or of the books are not here.

mod arguments;
mod backup;
mod commands;
mod compare;
mod currency;
mod demonstration;
mod exit;
mod failure;
mod folder;
mod listing;
mod memory;
mod moment;
mod progress;
mod screen;
mod shell;
mod standing;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::Arguments;
use crate::shell::Shell;

/// Folding is many small texts that live long and go together, which this allocator serves far faster than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let Arguments { global, command } = Arguments::parse();
    let mut shell = Shell::new(global);
    let exit = match command.run(&mut shell).and_then(|exit| shell.finish(exit)) {
        Ok(exit) => exit,
        Err(failure) => {
            failure.tell();
            failure.exit()
        }
    };
    ExitCode::from(exit.code())
}
