//! The command as its users meet it: sessions of the real binary, with its output, exits and files. Looks at nothing inside.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on fails, in its helpers too"
)]

mod answers;
mod backups;
mod colours;
mod completions;
mod desk;
mod dictionaries;
mod exits;
mod honest;
mod ledgers;
mod memory;
mod nights;
mod objects;
mod queries;
mod readers;
mod rejects;
mod restored;
mod screens;
mod sessions;
mod sheets;
mod shop;
mod statements;
mod together;
mod users;
