//! What the server says of accounts, and of its own endpoints for deliveries: objects that no flow makes.

use super::terms::Endpoint;
use crate::calendar::{DAY_S, second};
use crate::json;
use crate::random::Random;
use crate::shapes::API_VERSION;

/// An account as Stripe shows it to itself, or to the platform that it is connected to.
pub(crate) fn account(id: &str, connected: bool, opened_s: i64) -> String {
    json::object(|members| {
        members
            .text("id", id)
            .text("object", "account")
            .object("business_profile", |members| {
                members
                    .null("mcc")
                    .text("name", "Synthetic Company")
                    .nulls(&["product_description", "support_address", "support_email"])
                    .nulls(&["support_phone", "support_url", "url"]);
            })
            .text("business_type", "company")
            .raw(
                "capabilities",
                r#"{"card_payments":"active","transfers":"active"}"#,
            )
            .flag("charges_enabled", true)
            .object("controller", |members| {
                if connected {
                    members.flag("is_controller", true);
                }
                members.text("type", if connected { "application" } else { "account" });
            })
            .text("country", "US")
            .int("created", opened_s - 400 * DAY_S)
            .text("default_currency", "usd")
            .flag("details_submitted", true)
            .text("email", "accounts@example.com")
            .raw("metadata", "{}")
            .flag("payouts_enabled", true)
            .object("settings", |members| {
                members.object("dashboard", |members| {
                    members
                        .text("display_name", "Synthetic Company")
                        .text("timezone", "Etc/UTC");
                });
            })
            .text("type", "standard");
    })
}

/// The endpoints, newest first.
pub(crate) fn endpoints(seed: u64, endpoints: &[Endpoint], opened_s: i64) -> Vec<String> {
    let all = endpoints.iter().enumerate().rev();
    let made_s = |endpoint: &Endpoint| second(endpoint.from_us).max(opened_s);
    all.map(|(place, one)| endpoint(seed, place, one, made_s(one)))
        .collect()
}

/// The endpoint of a place, made at a second.
pub(crate) fn endpoint(seed: u64, place: usize, endpoint: &Endpoint, made_s: i64) -> String {
    let number = u64::try_from(place).expect("a place fits 64 bits");
    let id = format!("we_1{}", Random::new(seed ^ number, "endpoint").token(23));
    let types: Vec<json::Text> = match endpoint.types.is_empty() {
        true => vec!["*".into()],
        false => endpoint
            .types
            .iter()
            .map(|one| one.as_str().into())
            .collect(),
    };
    json::object(|members| {
        members
            .text("id", &id)
            .text("object", "webhook_endpoint")
            .text("api_version", API_VERSION)
            .null("application")
            .int("created", made_s)
            .null("description")
            .texts("enabled_events", &types)
            .flag("livemode", true)
            .raw("metadata", "{}")
            .text("status", "enabled")
            .text("url", &endpoint.url);
    })
}
