//! What travels through the queue of jobs: a tagged, versioned enum, in JSON.

use serde::{Deserialize, Serialize};

use crate::job::{AcceptedJob, Chunk, JobRef};
use crate::versioned::{self, BodyError};

/// Work on a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Message {
    /// Find out who is meant, and cut them into chunks. Holds the whole request: once it is sent, the job is accepted,
    /// whatever else fails.
    Plan(AcceptedJob),
    /// Log out the agents of one chunk.
    Chunk(Chunk),
}

impl Message {
    /// The message of a queue body.
    ///
    /// # Errors
    /// See [`BodyError`].
    pub fn parse(body: &str) -> Result<Self, BodyError> {
        versioned::read(body)
    }

    /// The body to send.
    #[must_use]
    pub fn to_body(&self) -> String {
        versioned::write(self)
    }

    /// Whose work it is.
    #[must_use]
    pub fn job(&self) -> &JobRef {
        match self {
            Self::Plan(accepted) => &accepted.job,
            Self::Chunk(chunk) => &chunk.job,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Recorded for the first release. Queues and dead-letter queues hold such messages: they must stay readable.
    const RECORDED_PLAN: &str = r#"{"v":1,"kind":"plan","tenant":"acme","job_id":105,"accepted_at_ms":1795334400000,"expires_at_ms":1797926400000,"selectors":{"agent_ids":[11,12],"team_ids":[1],"ip_addrs":["34.211.0.0-34.211.255.255"]}}"#;
    const RECORDED_CHUNK: &str = r#"{"v":1,"kind":"chunk","tenant":"acme","job_id":105,"accepted_at_ms":1795334400000,"expires_at_ms":1797926400000,"plan_id":"f1442ebc-67ae-4bcd-b354-ca77dbf7fd00","chunk":3,"agent_ids":[11,12]}"#;

    #[test]
    fn recorded_messages_are_read_for_ever() {
        for recorded in [RECORDED_PLAN, RECORDED_CHUNK] {
            let message = Message::parse(recorded).unwrap();
            assert_eq!(message.job().tenant.as_str(), "acme");
            assert_eq!(message.job().job_id.get(), 105);
            assert_eq!(message.to_body(), recorded);
        }
    }

    #[test]
    fn what_is_no_message_is_told_apart_without_its_content() {
        let no_message = "JSON, but not what version 1 holds";
        for (body, error) in [
            (r#"{"v":2,"kind":"plan"}"#, "of version 2; only 1 is known"),
            ("secret", "not JSON at line 1 column 1"),
            ("", "not JSON at line 1 column 0"),
            ("{}", no_message),
            (r#"{"v":1,"kind":"secret"}"#, no_message),
            (&RECORDED_PLAN.replace("acme", "ac#me"), no_message),
            (&RECORDED_PLAN.replace("105", "0"), no_message),
            (&RECORDED_CHUNK.replace(":3", ":-3"), no_message),
        ] {
            assert_eq!(
                Message::parse(body).unwrap_err().to_string(),
                error,
                "{body}"
            );
        }
    }
}
