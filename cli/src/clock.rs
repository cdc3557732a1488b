//! The current time.

use std::time::SystemTime;

use domain::timestamp::Timestamp;

/// The time of this machine's clock.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place of the command line that reads the machine's clock"
)]
pub fn now() -> Timestamp {
    let since_epoch = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_epoch_ms(0).plus(since_epoch)
}
