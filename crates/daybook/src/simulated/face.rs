//! The HTTP face of a served simulation: requests go to the simulated Stripe as they came, and its answers go out with the
//! slowness and the accidents that it gives them. What is answered is not decided here.

use std::convert::Infallible;
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use http::{Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, Limited, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use simulator::{ApiAnswer, ApiRequest, Fate};
use tokio::net::{TcpListener, TcpStream};

use super::control;
use super::served::Served;

/// What a request may carry: Stripe is only read here.
const BODY_BYTES_MAX: usize = 1 << 16;
/// Between what is still sent and the end of the connection, so that it arrives.
const BEFORE_RESET: Duration = Duration::from_millis(20);

/// What goes out.
pub(super) type Body = UnsyncBoxBody<Bytes, io::Error>;

/// Answers whoever comes, for ever.
pub(super) async fn answer_all(listener: TcpListener, served: Arc<Served>) {
    loop {
        // What fails is one caller's connection, or for a moment the number of open files.
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(connection(stream, Arc::clone(&served)))),
            Err(_) => tokio::task::yield_now().await,
        }
    }
}

async fn connection(stream: TcpStream, served: Arc<Served>) {
    // Small answers are not to wait for one another.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| answer(Arc::clone(&served), request));
    let mut server = http1::Builder::new();
    // Stripe's Date is virtual, and it gives it by itself.
    let server = server.auto_date_header(false).timer(TokioTimer::new());
    let connection = server.serve_connection(TokioIo::new(stream), service);
    // A connection that was made to break says so; its caller is told by the break.
    let _ = connection.await;
}

async fn answer(served: Arc<Served>, request: Request<Incoming>) -> io::Result<Response<Body>> {
    let (parts, body) = request.into_parts();
    let body = Limited::new(body, BODY_BYTES_MAX).collect().await;
    let body = body.map_err(io::Error::other)?.to_bytes();
    if let Some(path) = parts.uri.path().strip_prefix(control::PREFIX) {
        return Ok(control::answer(&served, &parts.method, path, &body).await);
    }
    let headers: Vec<(&str, String)> = parts
        .headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str(), value)
        })
        .collect();
    let headers: Vec<(&str, &str)> = headers
        .iter()
        .map(|(name, value)| (*name, &**value))
        .collect();
    let target = parts
        .uri
        .path_and_query()
        .map_or("/", |target| target.as_str());
    let request = ApiRequest {
        method: parts.method.as_str(),
        target,
        headers: &headers,
        body: &body,
    };
    let answer = served.answer(&request);
    if !served.is_prompt() {
        let took_us = u64::try_from(answer.took_us).unwrap_or(0);
        tokio::time::sleep(Duration::from_micros(took_us)).await;
    }
    meet(answer).await
}

/// The answer as its fate has it.
async fn meet(answer: ApiAnswer) -> io::Result<Response<Body>> {
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    let body = Bytes::from(answer.body);
    let body = match answer.fate {
        Fate::Whole => whole(body),
        Fate::Reset { after_bytes } => {
            // The length that is promised is that of the whole.
            response = response.header(http::header::CONTENT_LENGTH, body.len());
            broken(body.slice(..after_bytes.min(body.len())))
        }
        Fate::Refused => return Err(ErrorKind::ConnectionReset.into()),
        Fate::Stalled => std::future::pending().await,
    };
    response.body(body).map_err(io::Error::other)
}

/// A body that arrives.
pub(super) fn whole(body: impl Into<Bytes>) -> Body {
    let body = Full::new(body.into());
    body.map_err(|never: Infallible| match never {})
        .boxed_unsync()
}

/// A body of which this much arrives before the connection dies.
fn broken(beginning: Bytes) -> Body {
    let beginning = stream::once(async { Ok(Frame::data(beginning)) });
    let end = stream::once(async {
        tokio::time::sleep(BEFORE_RESET).await;
        Err(ErrorKind::ConnectionReset.into())
    });
    StreamBody::new(beginning.chain(end)).boxed_unsync()
}
