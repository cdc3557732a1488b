//! The messages of the queue `jobs`.

use domain::ids::{AgentId, JobId};
use domain::jobs::{AcceptedJob, Chunk, JobRef};
use domain::selection::{AddressRangeError, Selection};
use domain::tenant::Tenant;
use domain::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

use super::version::{self, MessageError};
use crate::stored::StoredSelection;

/// One step of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobMessage {
    /// Find the selected agents, and cut them into chunks. Holds the whole request: once it is sent, the job is accepted,
    /// whatever else fails.
    Plan(AcceptedJob),
    /// Log out the agents of one chunk.
    Chunk(Chunk),
}

impl JobMessage {
    /// Reads the body of a message.
    ///
    /// # Errors
    /// See [`MessageError`].
    pub fn parse(body: &str) -> Result<Self, MessageError> {
        let body: Body = version::read(body)?;
        body.try_into().map_err(|_| MessageError::Shape)
    }

    /// The body to send.
    #[must_use]
    pub fn to_body(&self) -> String {
        version::write(&Body::from(self))
    }

    /// The job that it belongs to.
    #[must_use]
    pub fn job(&self) -> &JobRef {
        match self {
            Self::Plan(accepted) => &accepted.job,
            Self::Chunk(chunk) => &chunk.job,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Body {
    Plan {
        #[serde(flatten)]
        job: JobKeys,
        selection: StoredSelection,
    },
    Chunk {
        #[serde(flatten)]
        job: JobKeys,
        plan_id: String,
        #[serde(rename = "chunk")]
        number: u32,
        agent_ids: Vec<AgentId>,
    },
}

#[derive(Serialize, Deserialize)]
struct JobKeys {
    tenant: Tenant,
    job_id: JobId,
    accepted_at_ms: i64,
    expires_at_ms: i64,
}

impl From<&JobMessage> for Body {
    fn from(message: &JobMessage) -> Self {
        let job = message.job().into();
        match message {
            JobMessage::Plan(accepted) => Self::Plan {
                job,
                selection: (&accepted.selection).into(),
            },
            JobMessage::Chunk(chunk) => Self::Chunk {
                job,
                plan_id: chunk.plan_id.clone(),
                number: chunk.number,
                agent_ids: chunk.agent_ids.clone(),
            },
        }
    }
}

impl TryFrom<Body> for JobMessage {
    type Error = AddressRangeError;

    fn try_from(body: Body) -> Result<Self, AddressRangeError> {
        Ok(match body {
            Body::Plan { job, selection } => Self::Plan(AcceptedJob {
                job: job.into(),
                selection: Selection::try_from(selection)?,
            }),
            Body::Chunk {
                job,
                plan_id,
                number,
                agent_ids,
            } => Self::Chunk(Chunk {
                job: job.into(),
                plan_id,
                number,
                agent_ids,
            }),
        })
    }
}

impl From<&JobRef> for JobKeys {
    fn from(job: &JobRef) -> Self {
        Self {
            tenant: job.tenant.clone(),
            job_id: job.job_id,
            accepted_at_ms: job.accepted_at.epoch_ms(),
            expires_at_ms: job.expires_at.epoch_ms(),
        }
    }
}

impl From<JobKeys> for JobRef {
    fn from(keys: JobKeys) -> Self {
        Self {
            tenant: keys.tenant,
            job_id: keys.job_id,
            accepted_at: Timestamp::from_epoch_ms(keys.accepted_at_ms),
            expires_at: Timestamp::from_epoch_ms(keys.expires_at_ms),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Recorded with version 0.2.0. Queues and dead-letter queues hold such messages: they must stay readable.
    const RECORDED_PLAN: &str = r#"{"v":1,"kind":"plan","tenant":"acme","job_id":105,"accepted_at_ms":1795334400000,"expires_at_ms":1797926400000,"selection":{"agent_ids":[11,12],"team_ids":[1],"ip_ranges":["34.211.0.0-34.211.255.255"]}}"#;
    const RECORDED_CHUNK: &str = r#"{"v":1,"kind":"chunk","tenant":"acme","job_id":105,"accepted_at_ms":1795334400000,"expires_at_ms":1797926400000,"plan_id":"f1442ebc-67ae-4bcd-b354-ca77dbf7fd00","chunk":3,"agent_ids":[11,12]}"#;

    #[test]
    fn recorded_messages_are_read_for_ever() {
        for recorded in [RECORDED_PLAN, RECORDED_CHUNK] {
            let message = JobMessage::parse(recorded).unwrap();
            assert_eq!(message.job().tenant.as_str(), "acme");
            assert_eq!(message.job().job_id.get(), 105);
            assert_eq!(message.to_body(), recorded);
        }
    }

    #[test]
    fn a_bad_message_is_described_without_its_content() {
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
            (
                &RECORDED_PLAN.replace("34.211.255", "34.210.255"),
                no_message,
            ),
        ] {
            assert_eq!(
                JobMessage::parse(body).unwrap_err().to_string(),
                error,
                "{body}"
            );
        }
    }
}
