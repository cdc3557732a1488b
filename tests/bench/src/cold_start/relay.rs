//! Between a function and a backend: notes when it connects, calls and is answered.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::Result;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What was seen, in order of time. Shared by the relays of one function.
#[derive(Clone, Default)]
pub struct Traffic(Arc<Mutex<Vec<(Instant, Seen)>>>);

/// Something seen on the way to a backend and back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// A connection was opened.
    Connection,
    /// Some of a call.
    Call,
    /// Some of an answer.
    Answer,
}

impl Traffic {
    fn note(&self, seen: Seen) {
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        notes.push((Instant::now(), seen));
    }

    /// What was seen since this was asked last.
    pub fn take(&self) -> Vec<(Instant, Seen)> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A port that passes everything on to a backend. Dropped, it takes no more connections.
pub struct Relay {
    /// Where it is.
    pub address: SocketAddr,
    server: JoinHandle<()>,
}

impl Relay {
    /// Relays to `backend`.
    ///
    /// # Errors
    /// There is no port.
    pub async fn start(backend: SocketAddr, traffic: Traffic) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let server = tokio::spawn(async move {
            while let Ok((caller, _)) = listener.accept().await {
                traffic.note(Seen::Connection);
                tokio::spawn(pass_on(caller, backend, traffic.clone()));
            }
        });
        Ok(Self { address, server })
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn pass_on(caller: TcpStream, backend: SocketAddr, traffic: Traffic) -> Result<()> {
    let backend = TcpStream::connect(backend).await?;
    caller.set_nodelay(true)?;
    backend.set_nodelay(true)?;
    let (from_caller, to_caller) = caller.into_split();
    let (from_backend, to_backend) = backend.into_split();
    tokio::try_join!(
        copy(from_caller, to_backend, &traffic, Seen::Call),
        copy(from_backend, to_caller, &traffic, Seen::Answer),
    )?;
    Ok(())
}

async fn copy(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    traffic: &Traffic,
    seen: Seen,
) -> Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let length = from.read(&mut buffer).await?;
        if length == 0 {
            to.shutdown().await?;
            return Ok(());
        }
        traffic.note(seen);
        to.write_all(&buffer[..length]).await?;
    }
}

/// Waits at `listener` for the first bytes of a TLS handshake, the client's greeting; when they came.
///
/// # Errors
/// The connection failed.
pub async fn greeting(listener: &TcpListener) -> Result<Instant> {
    let (mut caller, _) = listener.accept().await?;
    caller.read_u8().await?;
    Ok(Instant::now())
}
