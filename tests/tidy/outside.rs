//! Rules on what the project may name outside itself: hosts from a short list, and no path of the machine it was written on.

use crate::complaint::Complaint;

/// Hosts that may be named, each with all below it: the service that daybook speaks with, the authors of the
/// standards it rests on, and the names that are reserved for examples.
const HOSTS: [&str; 7] = [
    "stripe.com",
    "apache.org",
    "rust-lang.org",
    "sqlite.org",
    "example.com",
    "example.org",
    "localhost",
];

/// Endings that make a bare word a host. `net`, `rs` and `dev` are missing: they are fields, files and profiles.
const ENDINGS: [&str; 4] = ["com", "org", "io", "ai"];

/// Folders at a machine's root in which someone works.
const FOLDERS: [&str; 8] = ["home", "root", "Users", "tmp", "work", "mnt", "opt", "srv"];

/// Only known hosts are named: everyone else's, and the sources of packages, are none of the project's business.
pub(crate) fn names_known_hosts(path: &str, text: &str) -> Vec<Complaint> {
    let lines = text.lines().enumerate();
    let named = lines.flat_map(|(index, line)| {
        url_hosts(line)
            .chain(bare_hosts(line))
            .map(move |host| (index, host))
    });
    named
        .filter(|(_, host)| !is_known(host))
        .map(|(index, host)| {
            Complaint::at(
                path,
                index + 1,
                format!("leave `{host}` out: only the hosts in HOSTS are named"),
            )
        })
        .collect()
}

/// Nothing points at a folder of one machine.
pub(crate) fn names_no_machine_path(path: &str, text: &str) -> Vec<Complaint> {
    let lines = text.lines().enumerate();
    lines
        .filter(|(_, line)| FOLDERS.iter().any(|name| points_at(line, name)))
        .map(|(index, _)| {
            Complaint::at(
                path,
                index + 1,
                "name no folder of this machine: use a path inside the repository",
            )
        })
        .collect()
}

fn points_at(line: &str, name: &str) -> bool {
    let folder = format!("/{name}/");
    line.match_indices(&folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before
            .is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '}' | '*'))
    })
}

fn url_hosts(line: &str) -> impl Iterator<Item = &str> {
    let rests = line
        .match_indices("://")
        .map(move |(at, mark)| &line[at + mark.len()..]);
    let hosts = rests.map(|rest| {
        let host = &rest[..rest
            .find(|c: char| !is_host(c) && c != '@')
            .unwrap_or(rest.len())];
        host.rsplit('@').next().unwrap_or(host)
    });
    hosts.filter(|host| !host.is_empty())
}

fn bare_hosts(line: &str) -> impl Iterator<Item = &str> {
    let tokens = line
        .split(|c| !is_host(c))
        .map(|token| token.trim_matches('.'));
    tokens.filter(|token| {
        token
            .rsplit_once('.')
            .is_some_and(|(name, ending)| !name.is_empty() && ENDINGS.contains(&ending))
    })
}

fn is_host(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '.' || c == '-'
}

fn is_known(host: &str) -> bool {
    let host = host.trim_matches('.');
    let below = |known: &&str| {
        host.strip_suffix(*known)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    host.starts_with("127.") || host.ends_with(".example") || HOSTS.iter().any(below)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::complaint::check;

    /// Put together here, so that this file itself names no unknown host.
    fn host(ending: &str) -> String {
        ["elsewhere", ending].join(".")
    }

    #[test]
    fn an_unknown_host_is_refused() {
        let scheme = "https:/";
        let broken = [
            format!("see {scheme}/{}/x", host("net")),
            format!("see {}.", host("io")),
            format!("mail a@{}", host("com")),
            format!("{scheme}/not{}", host("org")),
            format!("{scheme}/notstripe{}com", '.'),
        ];
        let sound = [
            "https://docs.stripe.com/api",
            "customer-0042@example.com",
            "http://127.0.0.1:{port}",
            "totals.net + std::io",
            "http://{address}/",
            "shop-0042.example",
        ];
        check(
            names_known_hosts,
            "docs/a.md",
            &broken.each_ref().map(String::as_str),
            &sound,
        );
    }

    #[test]
    fn a_path_of_one_machine_is_refused() {
        let broken = FOLDERS.map(|name| format!("see (/{name}/a)"));
        let sound = [
            "target/tmp/a",
            "./work/a",
            "GET /v1/charges",
            "crates/home/a",
        ];
        check(
            names_no_machine_path,
            "docs/a.md",
            &broken.each_ref().map(String::as_str),
            &sound,
        );
    }
}
