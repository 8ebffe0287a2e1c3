//! How much memory a book may be made in, as it is said on the command line. Measures nothing.

use clap::Args;
use projector::Options;

const MIB: usize = 1 << 20;
const GIB: usize = 1 << 30;

/// What a book that is made anew may take of the machine's memory.
#[derive(Debug, Args)]
pub(crate) struct Memory {
    /// What making a book anew may hold of the log, as 512MiB or 2GiB; the rest waits in files beside the book
    #[arg(
        long,
        env = "DAYBOOK_REBUILD_MEMORY",
        value_name = "SIZE",
        default_value = "256MiB",
        value_parser = parse
    )]
    memory: usize,
}

impl Memory {
    /// The projector's options with this much memory.
    pub(crate) fn options(&self) -> Options {
        Options {
            memory_bytes: self.memory,
            ..Options::default()
        }
    }
}

fn parse(text: &str) -> Result<usize, String> {
    let (number, unit) = match (text.strip_suffix("MiB"), text.strip_suffix("GiB")) {
        (Some(number), _) => (number, MIB),
        (_, Some(number)) => (number, GIB),
        (None, None) => return Err("write it as 512MiB or 2GiB".to_owned()),
    };
    let number = number.parse::<usize>().ok().filter(|number| *number > 0);
    number
        .and_then(|number| number.checked_mul(unit))
        .ok_or_else(|| "give a whole number of MiB or GiB, at least 1".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_whole_numbers_of_binary_units() {
        assert_eq!(parse("1MiB"), Ok(1_048_576));
        assert_eq!(parse("2GiB"), Ok(2_147_483_648));
        let senseless = [
            "",
            "MiB",
            "0MiB",
            "-1MiB",
            "1.5GiB",
            "256",
            "256MB",
            "1 MiB",
            "99999999999999GiB",
        ];
        for text in senseless {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_default_said_is_the_projectors() {
        assert_eq!(parse("256MiB"), Ok(Options::default().memory_bytes));
    }
}
