//! Which endpoint an address is. It knows no parameters and no company.

use super::kinds::{KINDS, Kind, UNDER, Under, kind_of};

/// What is asked for.
#[derive(Clone)]
pub(crate) enum Route {
    /// All objects of a type.
    List(&'static Kind),
    /// One object.
    One(&'static Kind, String),
    /// The list under an object of this id.
    Under(&'static Under, String),
    /// One object of the list under an object: the parent's id, then its own.
    OneUnder(&'static Under, String, String),
    Events,
    Event(String),
    Balance,
    /// An account; the caller's own where no id is given.
    Account(Option<String>),
    Accounts,
    Endpoints,
    Endpoint(String),
}

impl Route {
    /// The endpoint of a path's segments, and how it is called without ids: `/v1/invoices/:id/lines`.
    pub(crate) fn of(segments: &[String]) -> Option<(Self, String)> {
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let (&first, rest) = segments.split_first()?;
        if first != "v1" || rest.contains(&"") {
            return None;
        }
        let named = |route, name: &str| Some((route, format!("/v1/{name}")));
        match *rest {
            ["events"] => named(Self::Events, "events"),
            ["events", id] => named(Self::Event(id.to_owned()), "events/:id"),
            ["balance"] => named(Self::Balance, "balance"),
            ["account"] => named(Self::Account(None), "account"),
            ["accounts"] => named(Self::Accounts, "accounts"),
            ["accounts", id] => named(Self::Account(Some(id.to_owned())), "accounts/:id"),
            ["webhook_endpoints"] => named(Self::Endpoints, "webhook_endpoints"),
            ["webhook_endpoints", id] => {
                named(Self::Endpoint(id.to_owned()), "webhook_endpoints/:id")
            }
            _ => Self::of_kind(rest),
        }
    }

    fn of_kind(segments: &[&str]) -> Option<(Self, String)> {
        let (kind, rest) = KINDS.iter().find_map(|kind| {
            let depth = kind.path.split('/').count();
            let (head, rest) = segments.split_at_checked(depth)?;
            (!kind.path.is_empty() && head.join("/") == kind.path).then_some((kind, rest))
        })?;
        let under = |name: &str| {
            let mut all = UNDER.iter();
            all.find(|under| under.parent == kind.object && under.name == name)
        };
        let path = kind.path;
        match *rest {
            [] => Some((Self::List(kind), format!("/v1/{path}"))),
            [id] => Some((Self::One(kind, id.to_owned()), format!("/v1/{path}/:id"))),
            [id, name] => Some((
                Self::Under(under(name)?, id.to_owned()),
                format!("/v1/{path}/:id/{name}"),
            )),
            [id, name, item] => {
                let under = under(name).filter(|under| !under.member.is_empty())?;
                Some((
                    Self::OneUnder(under, id.to_owned(), item.to_owned()),
                    format!("/v1/{path}/:id/{name}/:id"),
                ))
            }
            _ => None,
        }
    }

    /// What a restricted key needs.
    pub(crate) fn permission(&self) -> &'static str {
        match self {
            Self::List(kind) | Self::One(kind, _) => kind.permission,
            Self::Under(under, _) | Self::OneUnder(under, ..) => {
                kind_of(under.object).map_or("rak_unknown_read", |kind| kind.permission)
            }
            Self::Events | Self::Event(_) => "rak_event_read",
            Self::Balance => "rak_balance_read",
            Self::Account(_) | Self::Accounts => "rak_accounts_kyc_basic_read",
            Self::Endpoints | Self::Endpoint(_) => "rak_webhook_read",
        }
    }

    /// Whether its answers are lists.
    pub(crate) fn is_list(&self) -> bool {
        matches!(
            self,
            Self::List(_) | Self::Under(..) | Self::Events | Self::Accounts | Self::Endpoints
        )
    }
}
