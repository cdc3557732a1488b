//! Everything that the services of a test run log.

use std::io;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use tracing::level_filters::LevelFilter;

static LOG: LazyLock<Log> = LazyLock::new(|| {
    let log = Log::default();
    let writer = log.clone();
    let subscriber =
        service::lambda::logging::subscriber(LevelFilter::TRACE, move || writer.clone());
    tracing::subscriber::set_global_default(subscriber).unwrap();
    log
});

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

/// Starts to keep what is logged, at every level.
pub fn capture() {
    LazyLock::force(&LOG);
}

/// Everything that was logged so far.
#[must_use]
pub fn text() -> String {
    let bytes = LOG.0.lock().unwrap_or_else(PoisonError::into_inner);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Fails unless one line of the log contains all of these texts.
pub fn assert_logged(texts: &[&str]) {
    let log = text();
    let has_all = |line: &str| texts.iter().all(|text| line.contains(text));
    assert!(log.lines().any(has_all), "no line of the log has {texts:?}");
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
