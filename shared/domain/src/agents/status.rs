//! The status of an agent.

use crate::limits::MAX_STATUS_CHARS;

/// What an agent is doing: the system's `Offline`, `In-call` and `In-chat`, or free text such as `lunch`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentStatus(String);

impl AgentStatus {
    /// The text of [`AgentStatus::offline`].
    pub const OFFLINE: &str = "Offline";
    /// The status of an agent on a call.
    pub const IN_CALL: &str = "In-call";
    /// The status of an agent in a chat.
    pub const IN_CHAT: &str = "In-chat";

    /// The status of that text, or `None` if it is empty or longer than [`MAX_STATUS_CHARS`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = !text.trim().is_empty() && text.chars().count() <= MAX_STATUS_CHARS;
        fits.then(|| Self(text.to_owned()))
    }

    /// The status of an agent without a session.
    #[must_use]
    pub fn offline() -> Self {
        Self(Self::OFFLINE.to_owned())
    }

    /// A status read from the table, which another writer may have set to any text.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// True for [`AgentStatus::OFFLINE`].
    #[must_use]
    pub fn is_offline(&self) -> bool {
        self.0 == Self::OFFLINE
    }

    /// True on a call or chat.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.0 == Self::IN_CALL || self.0 == Self::IN_CHAT
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
