//! The messages that were sent and not handled yet.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The ids of messages that were sent, and that no function has handled with success yet. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct UnhandledMessages(Arc<Mutex<BTreeSet<String>>>);

impl UnhandledMessages {
    /// A queue accepted a message.
    pub fn sent(&self, message_id: &str) {
        self.ids().insert(message_id.to_owned());
    }

    /// A function handled a message, or a test took it out of its queue.
    pub fn handled(&self, message_id: &str) {
        self.ids().remove(message_id);
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.ids().len()
    }

    fn ids(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
