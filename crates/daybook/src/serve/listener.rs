//! The socket: connections come, are served, wait, and leave. Bounds how many there are and how long each may take for a head. Knows
//! nothing of what is asked.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;

use super::crowd::{Crowd, Guest};
use super::lines::Lines;

/// A head that is longer is answered with 431.
const HEAD_BYTES_MAX: usize = 32 << 10;
/// After an error of the system, which will hardly be gone at once.
const BREATH: Duration = Duration::from_millis(50);
/// What is being answered when it is time to stop has so long.
const PATIENCE: Duration = Duration::from_secs(10);

/// The socket and who is let in.
pub(super) struct Listener {
    pub(super) socket: TcpListener,
    pub(super) router: Router,
    pub(super) crowd: Arc<Crowd>,
    /// For a head, from the end of what came before; so long may a connection idle.
    pub(super) head_timeout: Duration,
    pub(super) lines: Arc<Lines>,
}

impl Listener {
    /// Serves until `stop`, then takes no more and lets those end who are being answered; whether all did in time.
    pub(super) async fn serve(self, stop: impl Future<Output = ()>) -> bool {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(self.head_timeout)
            .max_buf_size(HEAD_BYTES_MAX);
        let graceful = GracefulShutdown::new();
        let mut stop = std::pin::pin!(stop);
        loop {
            let accepted = tokio::select! {
                () = &mut stop => break,
                accepted = self.socket.accept() => accepted,
            };
            match accepted {
                Ok((stream, _)) => self.admit(stream, &http, &graceful),
                Err(error) => self.breathe(&error).await,
            }
        }
        drop(self.socket);
        tokio::time::timeout(PATIENCE, graceful.shutdown())
            .await
            .is_ok()
    }

    fn admit(&self, stream: TcpStream, http: &http1::Builder, graceful: &GracefulShutdown) {
        // Without room, and nobody who could leave: the connection is closed at once.
        let Ok(guest) = self.crowd.enter().map(Arc::new) else {
            return;
        };
        // It only makes small answers leave sooner.
        let _ = stream.set_nodelay(true);
        let service = service_fn({
            let (router, guest) = (self.router.clone(), Arc::clone(&guest));
            move |request| answer(router.clone(), Arc::clone(&guest), request)
        });
        let connection = http.serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            tokio::select! {
                // How a connection ended is the other side's affair: what it asked for was answered or not.
                _ = connection => {}
                () = guest.is_sent_away() => {}
            }
        });
    }

    /// The other side's haste is no error of ours; a lack of descriptors is, and passes when somebody leaves.
    async fn breathe(&self, error: &io::Error) {
        if matches!(
            error.kind(),
            io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
        ) {
            return;
        }
        self.crowd.thin_out();
        let details = [("because", error.to_string().into())];
        self.lines
            .say_seldom("a connection could not be accepted", &details);
        tokio::time::sleep(BREATH).await;
    }
}

async fn answer(
    router: Router,
    guest: Arc<Guest>,
    mut request: hyper::Request<Incoming>,
) -> Result<axum::response::Response, Infallible> {
    request.extensions_mut().insert(Arc::clone(&guest));
    let answer = router.oneshot(request.map(axum::body::Body::new)).await;
    guest.waits();
    answer
}
