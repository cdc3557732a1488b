//! Virtual time: with the feature `virtual-time`, the time limits and waits of the functions pass at once, so that tests run
//! with those of a deployment. Without it, time is real, and the waits are so short that a test does not wait.

use std::sync::Mutex;
use std::time::Duration;

use aws_smithy_runtime_api::client::result::ConnectorError;
use store::connection::Backoff;

/// True if the functions run in virtual time.
pub const IS_ENABLED: bool = cfg!(feature = "virtual-time");

/// The waits between two tries: those of a deployment, or so short that a test does not wait.
pub const BACKOFF: Backoff = if IS_ENABLED {
    Backoff::AWS
} else {
    Backoff::from_base(Duration::from_millis(1))
};

/// While time is virtual, the number of exchanges with the backends under way: for those time is real, or time limits would
/// pass while a socket is waited for.
#[derive(Debug, Default)]
pub(super) struct VirtualTime {
    exchanges: Mutex<Option<usize>>,
}

/// While one is there, time is real.
pub(super) struct RealTime<'t>(&'t VirtualTime);

impl VirtualTime {
    pub(super) async fn during<T>(&self, work: impl Future<Output = T>) -> T {
        // Within virtual time: a function is invoked while another one makes a call.
        let is_outer = IS_ENABLED && self.exchanges.lock().unwrap().is_none();
        if is_outer {
            self.change(|exchanges| *exchanges = Some(0));
        }
        let result = work.await;
        if is_outer {
            self.change(|exchanges| *exchanges = None);
        }
        result
    }

    pub(super) fn real(&self) -> RealTime<'_> {
        self.change(|exchanges| *exchanges = exchanges.map(|count| count + 1));
        RealTime(self)
    }

    /// What a call meets that gets no answer: nothing until the time limit of the SDK, or the same error at once.
    pub(super) async fn time_out(&self) -> ConnectorError {
        if self.exchanges.lock().unwrap().is_some() {
            std::future::pending::<()>().await;
        }
        ConnectorError::timeout("there was no answer in time".into())
    }

    fn change(&self, change: impl FnOnce(&mut Option<usize>)) {
        let mut exchanges = self.exchanges.lock().unwrap();
        let was_virtual = *exchanges == Some(0);
        change(&mut exchanges);
        set_virtual(was_virtual, *exchanges == Some(0));
    }
}

impl Drop for RealTime<'_> {
    fn drop(&mut self) {
        self.0
            .change(|exchanges| *exchanges = exchanges.map(|count| count.saturating_sub(1)));
    }
}

#[cfg(feature = "virtual-time")]
fn set_virtual(was: bool, is: bool) {
    match (was, is) {
        (false, true) => tokio::time::pause(),
        (true, false) => tokio::time::resume(),
        _ => {}
    }
}

#[cfg(not(feature = "virtual-time"))]
fn set_virtual(_was: bool, _is: bool) {}
