//! A part of the stack that runs until it is stopped.

use std::time::Duration;

use anyhow::{Context, Error, Result, anyhow};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// The time limit for what is under way when a server is stopped.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// A running server. When it is dropped, it is stopped without waiting for it.
pub struct Server {
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<()>>,
}

/// Resolves when the server must stop.
pub type Stopped = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

impl Server {
    /// Starts a server that runs until the future that it is given resolves.
    pub fn start<F>(serve: impl FnOnce(Stopped) -> F) -> Self
    where
        F: Future<Output = Result<()>> + Send + 'static,
    {
        let (stop, stopped) = oneshot::channel();
        let stopped = Box::pin(async {
            let _ = stopped.await;
        });
        let task = tokio::spawn(serve(stopped));
        Self { stop, task }
    }

    /// Lets what is under way finish, and stops.
    ///
    /// # Errors
    /// The server failed before.
    pub async fn stop(self) -> Result<()> {
        let _ = self.stop.send(());
        match timeout(STOP_TIMEOUT, self.task).await {
            Ok(served) => served.context("a server panicked")?,
            Err(_too_slow) => Ok(()),
        }
    }

    /// Waits for the server to fail.
    pub async fn failed(&mut self) -> Error {
        match (&mut self.task).await {
            Ok(Ok(())) => anyhow!("a server ended"),
            Ok(Err(error)) => error,
            Err(panic) => panic.into(),
        }
    }
}
