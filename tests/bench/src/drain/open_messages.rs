//! What is left of a job.

use std::sync::atomic::{AtomicUsize, Ordering};

use logout::job::CHUNK_AGENTS;
use tokio::sync::Notify;

/// Messages of the job that are not done: its end is seen without asking DynamoDB for it.
pub struct OpenMessages {
    messages: AtomicUsize,
    none: Notify,
}

impl OpenMessages {
    /// Those of a job of so many agents: the plan, and the chunks.
    pub fn of(agents: u32) -> Self {
        Self {
            messages: AtomicUsize::new(1 + (agents as usize).div_ceil(CHUNK_AGENTS)),
            none: Notify::new(),
        }
    }

    /// So many more are done.
    pub fn count(&self, done: usize) {
        if self.messages.fetch_sub(done, Ordering::SeqCst) == done {
            self.none.notify_one();
        }
    }

    /// Returns when all are done.
    pub async fn none_left(&self) {
        self.none.notified().await;
    }
}
