//! The least that anybody could do and still keep its word: axum, the HMAC over the raw body, and a commit shared by all who wait. No
//! envelope, no chain, no index on ids, no compression, no book.

use std::error::Error;
use std::path::Path;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use hmac::{Hmac, KeyInit, Mac};
use rusqlite::Connection;
use sha2::Sha256;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// Those of the ledger.
const SETTINGS: &str = "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
    PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4096; PRAGMA temp_store = MEMORY; \
    CREATE TABLE webhooks (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;";

type Parcel = (Bytes, oneshot::Sender<()>);

#[derive(Clone)]
struct Endpoint {
    key: Hmac<Sha256>,
    writer: Sender<Parcel>,
}

/// Serves until it is killed.
pub(crate) fn serve(path: &Path, secret: &str) -> Result<(), Box<dyn Error>> {
    let connection = Connection::open(path)?;
    connection.execute_batch(SETTINGS)?;
    let (writer, parcels) = mpsc::channel();
    thread::spawn(move || write(&connection, &parcels).expect("the disk takes it"));
    let endpoint = Endpoint {
        key: Hmac::new_from_slice(secret.as_bytes())?,
        writer,
    };
    let router = Router::new()
        .route("/webhooks/stripe", post(take))
        .with_state(endpoint);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        eprintln!("listening address={}", listener.local_addr()?);
        Ok(axum::serve(listener, router).await?)
    })
}

async fn take(State(endpoint): State<Endpoint>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = headers
        .get("stripe-signature")
        .and_then(|header| header.to_str().ok());
    let parts = header.and_then(|header| header.strip_prefix("t=")?.split_once(",v1="));
    let Some((at, code)) = parts else {
        return StatusCode::BAD_REQUEST;
    };
    let mut key = endpoint.key.clone();
    key.update(at.as_bytes());
    key.update(b".");
    key.update(&body);
    let given: Option<Vec<u8>> = (0..code.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(code.get(at..at + 2)?, 16).ok())
        .collect();
    if given.is_none_or(|given| key.verify_slice(&given).is_err()) {
        return StatusCode::BAD_REQUEST;
    }
    let (done, is_done) = oneshot::channel();
    let sent = endpoint.writer.send((body, done));
    match (sent, is_done.await) {
        (Ok(()), Ok(())) => StatusCode::OK,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Commits all that waits, then tells all.
fn write(connection: &Connection, parcels: &Receiver<Parcel>) -> rusqlite::Result<()> {
    while let Ok(first) = parcels.recv() {
        let group: Vec<Parcel> = std::iter::once(first).chain(parcels.try_iter()).collect();
        connection.execute_batch("BEGIN IMMEDIATE")?;
        let mut insert = connection.prepare_cached("INSERT INTO webhooks (body) VALUES (?1)")?;
        for (body, _) in &group {
            insert.execute([&body[..]])?;
        }
        connection.execute_batch("COMMIT")?;
        for (_, done) in group {
            // Whoever hung up hears nothing.
            let _ = done.send(());
        }
    }
    Ok(())
}
