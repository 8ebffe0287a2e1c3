//! Everything that Stripe says instead of what was asked for, in its words.

use crate::json;

/// An error answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) status: u16,
    kind: &'static str,
    code: Option<&'static str>,
    message: String,
    param: Option<String>,
    /// Headers beside those that all answers have.
    pub(crate) headers: Vec<(&'static str, String)>,
}

const INVALID: &str = "invalid_request_error";

impl Problem {
    /// The body; the address of the log is given where the answer has a request id that may be told.
    pub(crate) fn body(&self, log: Option<(&str, i64)>) -> String {
        json::object(|members| {
            members.object("error", |members| {
                if let Some(code) = self.code {
                    let page = code.replace('_', "-");
                    let url = format!("https://stripe.com/docs/error-codes/{page}");
                    members.text("code", code).text("doc_url", &url);
                }
                members.text("message", &self.message);
                if let Some(param) = &self.param {
                    members.text("param", param);
                }
                if let Some((request_id, at_s)) = log.filter(|_| self.status < 500) {
                    let url = format!("https://dashboard.stripe.com/logs/{request_id}?t={at_s}");
                    members.text("request_log_url", &url);
                }
                members.text("type", self.kind);
            });
        })
    }

    /// 400 about a parameter, without a code.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self {
            status: 400,
            kind: INVALID,
            code: None,
            message: message.into(),
            param: None,
            headers: Vec::new(),
        }
    }

    /// 400 about a parameter, with a code.
    pub(crate) fn of_param(
        code: &'static str,
        param: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            code: Some(code),
            param: Some(param.into()),
            ..Self::invalid(message)
        }
    }

    /// 400: parameters that an endpoint doesn't take.
    pub(crate) fn unknown_params(names: &[String]) -> Self {
        let plural = if names.len() > 1 { "s" } else { "" };
        let message = format!("Received unknown parameter{plural}: {}", names.join(", "));
        Self::of_param("parameter_unknown", names[0].clone(), message)
    }

    /// 400: a key of idempotency that was used for something else.
    pub(crate) fn other_parameters(key: &str) -> Self {
        let message = format!(
            "Keys for idempotent requests can only be used with the same parameters they were first used with. Try \
             using a key other than '{key}' if you meant to execute a different request."
        );
        Self {
            kind: "idempotency_error",
            ..Self::invalid(message)
        }
    }

    /// 404: no object of this id.
    pub(crate) fn missing(object: &str, id: &str) -> Self {
        Self {
            status: 404,
            ..Self::of_param("resource_missing", "id", no_such(object, id))
        }
    }

    /// 400: a parameter names no object.
    pub(crate) fn missing_in(param: &str, object: &str, id: &str) -> Self {
        Self::of_param("resource_missing", param, no_such(object, id))
    }

    /// 404: an event that is no longer kept.
    pub(crate) fn aged_out(id: &str) -> Self {
        let message = format!(
            "The event {id} is no longer available because it's aged out of our retention policy."
        );
        Self {
            status: 404,
            ..Self::of_param("resource_missing", "id", message)
        }
    }

    /// 404: no such address.
    pub(crate) fn unrecognized(method: &str, path: &str) -> Self {
        let help =
            "Please see https://stripe.com/docs or we can help at https://support.stripe.com/.";
        let message = format!("Unrecognized request URL ({method}: {path}). {help}");
        Self {
            status: 404,
            ..Self::invalid(message)
        }
    }

    /// 405: an address that is known, but not for this method. Stripe would do what was asked; a simulated company has a
    /// past and a future that no request changes.
    pub(crate) fn read_only(method: &str, path: &str) -> Self {
        let message = format!("The simulated company can only be read ({method}: {path}).");
        Self {
            status: 405,
            ..Self::invalid(message)
        }
    }

    /// 401: no key, or one that is not known.
    pub(crate) fn unauthorized(message: String) -> Self {
        Self {
            status: 401,
            headers: vec![("WWW-Authenticate", "Bearer realm=\"Stripe\"".to_owned())],
            ..Self::invalid(message)
        }
    }

    /// 401: a key that is no longer valid.
    pub(crate) fn expired(masked: &str) -> Self {
        let message = format!("Expired API Key provided: {masked}");
        Self {
            code: Some("api_key_expired"),
            ..Self::unauthorized(message)
        }
    }

    /// 403: a restricted key lacks a permission.
    pub(crate) fn forbidden(masked: &str, account: &str, permission: &str) -> Self {
        let message = format!(
            "The provided key '{masked}' does not have the required permissions for this endpoint on account \
             '{account}'. Having the '{permission}' permission would allow this request to continue."
        );
        Self {
            status: 403,
            ..Self::invalid(message)
        }
    }

    /// 403: an account that the key can't act for.
    pub(crate) fn no_access(masked: &str, account: &str) -> Self {
        let message = format!(
            "The provided key '{masked}' does not have access to account '{account}' (or that account does not \
             exist). Application access may have been revoked."
        );
        Self {
            status: 403,
            code: Some("account_invalid"),
            ..Self::invalid(message)
        }
    }

    /// 429: too many requests, for one of Stripe's reasons.
    pub(crate) fn limited(reason: &'static str, wait_s: Option<i64>) -> Self {
        let message = "Request rate limit exceeded. You can learn more about rate limits here \
                       https://stripe.com/docs/rate-limits.";
        let mut headers = vec![("Stripe-Rate-Limited-Reason", reason.to_owned())];
        headers.extend(wait_s.map(|wait_s| ("Retry-After", wait_s.to_string())));
        Self {
            status: 429,
            code: Some("rate_limit"),
            headers,
            ..Self::invalid(message)
        }
    }

    /// 429: somebody else holds the object.
    pub(crate) fn locked() -> Self {
        let message = "This object cannot be accessed right now because another API request or Stripe process is \
                       currently accessing it. If you see this error intermittently, retry the request. If you see \
                       this error frequently and are making multiple concurrent requests to a single object, make \
                       your requests serially or at a lower rate.";
        Self {
            status: 429,
            code: Some("lock_timeout"),
            ..Self::invalid(message)
        }
    }

    /// 500, with what Stripe advises.
    pub(crate) fn failed(retry: bool) -> Self {
        Self {
            status: 500,
            kind: "api_error",
            headers: vec![("Stripe-Should-Retry", retry.to_string())],
            ..Self::invalid("An unknown error occurred while processing the request.")
        }
    }
}

fn no_such(object: &str, id: &str) -> String {
    let name = match object {
        // What Stripe calls them in its messages differs from `object` here.
        "customer_balance_transaction" | "customer_cash_balance_transaction" => {
            "customer balance transaction"
        }
        "payment_method" => "PaymentMethod",
        "fee_refund" => "fee refund",
        _ => object,
    };
    format!("No such {name}: '{id}'")
}
