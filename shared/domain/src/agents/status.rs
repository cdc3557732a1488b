//! The status of an agent.

use std::collections::BTreeSet;
use std::sync::Arc;

use thiserror::Error;

use crate::limits::{MAX_BUSY_STATUSES, MAX_STATUS_CHARS};
use crate::text::{TextError, check_filled_line, comparison_key};

/// What an agent is doing: the system's `Offline`, a busy status such as `In-call`, or free text such as `lunch`. Made by
/// [`Statuses`], which knows the busy ones. Two are equal if their text is, whatever the table has.
#[derive(Clone, Debug)]
pub struct AgentStatus {
    /// As it is written: the deployment's text of a status that means something, and any other text as it came.
    text: String,
    meaning: Meaning,
    /// The text that was read, if it is another.
    read_as: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    Offline,
    Busy,
    Other,
}

impl AgentStatus {
    /// The text of [`AgentStatus::offline`].
    pub const OFFLINE: &str = "Offline";
    /// The status of an agent on a call.
    pub const IN_CALL: &str = "In-call";
    /// The status of an agent in a chat.
    pub const IN_CHAT: &str = "In-chat";
    /// The status of an agent who signed in, if nothing else is reported.
    pub const AVAILABLE: &str = "Available";

    /// The status of an agent without a session.
    #[must_use]
    pub fn offline() -> Self {
        Self {
            text: Self::OFFLINE.to_owned(),
            meaning: Meaning::Offline,
            read_as: None,
        }
    }

    /// The status of an agent who signed in, if nothing else is reported.
    #[must_use]
    pub fn available() -> Self {
        Self {
            text: Self::AVAILABLE.to_owned(),
            meaning: Meaning::Other,
            read_as: None,
        }
    }

    /// True if the agent is not signed in.
    #[must_use]
    pub fn is_offline(&self) -> bool {
        self.meaning == Meaning::Offline
    }

    /// True on a call or chat.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.meaning == Meaning::Busy
    }

    /// The text, as it is written and shown.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text that it was read from, which a condition on the table must name.
    #[must_use]
    pub fn as_read(&self) -> &str {
        self.read_as.as_deref().unwrap_or(&self.text)
    }
}

impl PartialEq for AgentStatus {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for AgentStatus {}

/// The statuses that mean something to the service: `Offline`, and the busy ones of a deployment. A text that differs from one
/// of these only in case, or in spaces, underscores and dashes of any kind, is that status.
#[derive(Clone, Debug)]
pub struct Statuses {
    /// The busy statuses, each with its comparison key.
    busy: Arc<[(String, String)]>,
    offline_key: Arc<str>,
}

/// Why the busy statuses of a deployment are refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BusyStatusesError {
    /// None at all, or too many.
    #[error("1 to {MAX_BUSY_STATUSES} busy statuses are needed")]
    Number,
    /// One is not a text that a status may have.
    #[error("the busy status number {number} {reason}")]
    Text {
        /// Its position, from 1.
        number: usize,
        /// What is wrong with it.
        reason: TextError,
    },
    /// One means `Offline`.
    #[error("{} cannot be a busy status", AgentStatus::OFFLINE)]
    Offline,
    /// Two are the same status.
    #[error("a busy status is named twice")]
    Twice,
}

impl Statuses {
    /// The statuses of a deployment with these busy ones.
    ///
    /// # Errors
    /// See [`BusyStatusesError`].
    pub fn with_busy<'t>(
        busy: impl IntoIterator<Item = &'t str>,
    ) -> Result<Self, BusyStatusesError> {
        let offline_key = comparison_key(AgentStatus::OFFLINE);
        let mut keys = BTreeSet::new();
        let mut all = Vec::new();
        for (number, text) in (1..).zip(busy) {
            let text = text.trim();
            check_filled_line(text, MAX_STATUS_CHARS)
                .map_err(|reason| BusyStatusesError::Text { number, reason })?;
            let key = comparison_key(text);
            if key.is_empty() {
                let reason = TextError::Empty;
                return Err(BusyStatusesError::Text { number, reason });
            }
            if key == offline_key {
                return Err(BusyStatusesError::Offline);
            }
            if !keys.insert(key.clone()) {
                return Err(BusyStatusesError::Twice);
            }
            all.push((text.to_owned(), key));
        }
        if all.is_empty() || all.len() > MAX_BUSY_STATUSES {
            return Err(BusyStatusesError::Number);
        }
        Ok(Self {
            busy: all.into(),
            offline_key: offline_key.into(),
        })
    }

    /// The texts of the busy statuses.
    pub fn busy(&self) -> impl Iterator<Item = &str> {
        self.busy.iter().map(|(text, _)| text.as_str())
    }

    /// The status of a text that comes in.
    ///
    /// # Errors
    /// It is empty, longer than [`MAX_STATUS_CHARS`], or has a character that no text may have.
    pub fn parse(&self, text: &str) -> Result<AgentStatus, TextError> {
        check_filled_line(text, MAX_STATUS_CHARS)?;
        Ok(AgentStatus {
            read_as: None,
            ..self.recognize(text)
        })
    }

    /// The status of a text in the table, where another writer may have written anything.
    #[must_use]
    pub fn recognize(&self, text: &str) -> AgentStatus {
        let key = comparison_key(text);
        let known = self.busy.iter().find(|(_, busy_key)| *busy_key == key);
        let (canonical, meaning) = match known {
            Some((busy, _)) => (busy.as_str(), Meaning::Busy),
            None if *key == *self.offline_key => (AgentStatus::OFFLINE, Meaning::Offline),
            None => (text, Meaning::Other),
        };
        AgentStatus {
            text: canonical.to_owned(),
            meaning,
            read_as: (canonical != text).then(|| text.to_owned()),
        }
    }
}

impl Default for Statuses {
    /// `In-call` and `In-chat` are busy (the HTTP contract).
    fn default() -> Self {
        Self::with_busy([AgentStatus::IN_CALL, AgentStatus::IN_CHAT])
            .expect("a test makes the same call")
    }
}

#[cfg(test)]
mod tests;
