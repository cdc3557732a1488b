//! Waiting before the parts of a batch that were throttled are tried again; the SDK's retry sees whole calls only.

use std::time::Duration;

/// Exponential backoff with full jitter: a wait is drawn evenly from zero to `base × 2^attempt`, but at most to a
/// second (AWS Architecture Blog, "Exponential Backoff And Jitter").
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    base: Duration,
}

impl Backoff {
    /// What the SDKs begin with for DynamoDB (AWS SDKs and Tools Reference Guide, "Retry behavior").
    pub const AWS: Self = Self::from_base(Duration::from_millis(50));
    /// The longest wait there is.
    const MAX: Duration = Duration::from_secs(1);

    /// Waits that start at up to `base`.
    #[must_use]
    pub const fn from_base(base: Duration) -> Self {
        Self { base }
    }

    /// The bound of the first wait.
    #[must_use]
    pub fn base(self) -> Duration {
        self.base
    }

    /// Waits after failed try number `attempt`, counted from 0.
    pub async fn pause(self, attempt: u32) {
        let bound = self
            .base
            .saturating_mul(2_u32.saturating_pow(attempt))
            .min(Self::MAX);
        tokio::time::sleep(bound.mul_f64(fastrand::f64())).await;
    }
}
