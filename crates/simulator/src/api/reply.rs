//! Puts head and body around what is answered: the headers that Stripe's answers have, and those that it lacks where
//! somebody before it answers.

use super::caller::{header, version};
use super::luck::{Luck, Mishap};
use super::scan::{Empty, pretty};
use super::{ApiAnswer, ApiRequest, Fate};
use crate::calendar::{http_date, second};
use crate::shapes::API_VERSION;

/// One answer in the making.
pub(crate) struct Reply<'a> {
    pub(crate) request: &'a ApiRequest<'a>,
    pub(crate) luck: &'a Luck,
    /// When the request arrived.
    pub(crate) at_us: i64,
    /// Whether bodies are written over lines.
    pub(crate) pretty: bool,
}

impl Reply<'_> {
    /// What keeps Stripe from answering, if anything does.
    pub(crate) fn instead(&self) -> Option<ApiAnswer> {
        match self.luck.mishap? {
            Mishap::Refused => Some(self.nothing(Fate::Refused)),
            Mishap::Stalled => Some(self.nothing(Fate::Stalled)),
            Mishap::BadGateway => Some(self.page_of_html(502, "Bad Gateway")),
            Mishap::Unavailable => Some(self.page_of_html(503, "Service Temporarily Unavailable")),
            _ => None,
        }
    }

    /// Stripe's answer, with what befalls it on its way.
    pub(crate) fn json(
        &self,
        status: u16,
        json: &str,
        more: Vec<(&'static str, String)>,
    ) -> ApiAnswer {
        let mut headers = self.head("application/json");
        if status != 401 {
            headers.extend(self.of_stripe());
        }
        headers.extend(more);
        let mut body = match self.pretty {
            true => pretty(json, Empty::Short),
            false => json.as_bytes().to_vec(),
        };
        let part = body.len() * self.luck.part / 1_000;
        let mut fate = Fate::Whole;
        match self.luck.mishap {
            Some(Mishap::Reset) => fate = Fate::Reset { after_bytes: part },
            Some(Mishap::Garbage) if status == 200 => {
                body.truncate(part);
                body.extend_from_slice(b"\xFF<!-- -->");
            }
            _ => {}
        }
        ApiAnswer {
            status,
            headers,
            body,
            took_us: self.luck.took_us,
            fate,
        }
    }

    fn nothing(&self, fate: Fate) -> ApiAnswer {
        ApiAnswer {
            status: 0,
            headers: Vec::new(),
            body: Vec::new(),
            took_us: self.luck.took_us,
            fate,
        }
    }

    fn page_of_html(&self, status: u16, title: &str) -> ApiAnswer {
        let body = format!(
            "<html>\r\n<head><title>{status} {title}</title></head>\r\n<body>\r\n<center><h1>{status} {title}</h1>\
             </center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
        );
        ApiAnswer {
            status,
            headers: self.head("text/html"),
            body: body.into_bytes(),
            ..self.nothing(Fate::Whole)
        }
    }

    /// The headers that all answers have. `Date` is the second of the answer's head, by a clock that may be off.
    fn head(&self, content_type: &str) -> Vec<(&'static str, String)> {
        let left_s = second(self.at_us + self.luck.took_us) + self.luck.skew_s;
        vec![
            ("Server", "nginx".to_owned()),
            ("Date", http_date(left_s)),
            ("Content-Type", content_type.to_owned()),
        ]
    }

    fn of_stripe(&self) -> Vec<(&'static str, String)> {
        let account = header(self.request, "stripe-account");
        let always = [
            ("Cache-Control", "no-cache, no-store"),
            ("Request-Id", &self.luck.request_id),
            (
                "Stripe-Version",
                version(self.request).unwrap_or(API_VERSION),
            ),
            ("Vary", "Origin"),
            (
                "Strict-Transport-Security",
                "max-age=63072000; includeSubDomains; preload",
            ),
        ];
        let all = always
            .into_iter()
            .chain(account.map(|account| ("Stripe-Account", account)));
        all.map(|(name, value)| (name, value.to_owned())).collect()
    }
}
