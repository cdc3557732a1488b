//! Connections, and how much of the machine those can hold that are idle or slow.

use std::convert::Infallible;
use std::future::pending;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::serve::Listener;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::{sleep, timeout};

/// The time limit for a request that is under way when its connection is to be closed: as long as API Gateway waits for an
/// answer (quotas of HTTP APIs).
const CLOSE_TIMEOUT: Duration = Duration::from_secs(30);
/// The maximum number of requests at once on a connection of HTTP/2.
const MAX_STREAMS: u32 = 32;

/// What a caller can hold of one port.
#[derive(Clone, Copy, Debug)]
pub struct ConnectionLimits {
    /// The maximum number of connections at once.
    pub max_connections: u32,
    /// The time limit for the headers of a request, and for an idle connection.
    pub header_timeout: Duration,
}

impl ConnectionLimits {
    /// Far more connections than the clients of a port keep, and on all ports together fewer than the 1,024 open files that
    /// many systems allow a process.
    pub const DEFAULT: Self = Self {
        max_connections: 256,
        header_timeout: Duration::from_secs(20),
    };
}

/// The address of this machine that a request was sent to; an extension of each request.
#[derive(Clone, Copy, Debug)]
pub struct LocalAddress(pub SocketAddr);

/// When it is dropped, its connection is closed once the requests that are under way are answered.
type KeepOpen = oneshot::Sender<Infallible>;

/// Serves HTTP/1.1 and HTTP/2 (with prior knowledge) on `listener` until `stopped` resolves, then finishes what is under way.
///
/// When all connections are taken and another caller comes, those that are idle are closed.
pub async fn serve(
    mut listener: TcpListener,
    router: Router,
    limits: ConnectionLimits,
    stopped: impl Future<Output = ()> + Send + 'static,
) {
    let slots = Arc::new(Semaphore::new(limits.max_connections as usize));
    let mut stopped = pin!(stopped);
    let mut open: Vec<KeepOpen> = Vec::new();
    loop {
        let next = accept(&mut listener, &slots, &mut open);
        let (stream, slot) = tokio::select! {
            () = &mut stopped => break,
            accepted = next => accepted,
        };
        open.retain(|connection| !connection.is_closed());
        let (keep_open, closing) = oneshot::channel();
        open.push(keep_open);
        let router = router.clone();
        tokio::spawn(async move {
            serve_connection(stream, router, limits, closing).await;
            drop(slot);
        });
    }
    drop((listener, open));
    // All are free once every connection is closed.
    let _ = slots.acquire_many(limits.max_connections).await;
}

/// Accepts a connection, and waits for a free slot.
async fn accept(
    listener: &mut TcpListener,
    slots: &Arc<Semaphore>,
    open: &mut Vec<KeepOpen>,
) -> (TcpStream, OwnedSemaphorePermit) {
    let (stream, _) = Listener::accept(listener).await;
    if slots.available_permits() == 0 {
        open.clear();
    }
    match slots.clone().acquire_owned().await {
        Ok(slot) => (stream, slot),
        Err(_never_closed) => pending().await,
    }
}

async fn serve_connection(
    stream: TcpStream,
    router: Router,
    limits: ConnectionLimits,
    closing: oneshot::Receiver<Infallible>,
) {
    let Ok(address) = stream.local_addr() else {
        return; // It is closed already.
    };
    let has_request = Arc::new(AtomicBool::new(false));
    let seen = has_request.clone();
    let router = router.layer(from_fn(move |mut request: Request, next: Next| {
        seen.store(true, Ordering::Relaxed);
        request.extensions_mut().insert(LocalAddress(address));
        next.run(request)
    }));

    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(limits.header_timeout)
        .keep_alive_timeout(limits.header_timeout)
        .max_concurrent_streams(MAX_STREAMS);
    let service = TowerToHyperService::new(router);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));

    // The time limit of headers begins when the version of HTTP is known; until then it is this one.
    let without_request = async {
        sleep(limits.header_timeout).await;
        if has_request.load(Ordering::Relaxed) {
            pending::<()>().await;
        }
    };
    tokio::select! {
        _ = connection.as_mut() => return,
        () = without_request => return,
        _ = closing => connection.as_mut().graceful_shutdown(),
    }
    let _ = timeout(CLOSE_TIMEOUT, connection).await;
}
