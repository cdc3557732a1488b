//! The messages of the queue `jobs`.

use domain::ids::{AgentId, JobId};
use domain::jobs::{AcceptedJob, Chunk, JobRef};
use domain::selection::Selection;
use domain::tenant::Tenant;
use domain::timestamp::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

use super::version::{self, MessageError};
use crate::json_object::{self, KeyError};
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
    /// What is wrong, and with which key; never what the body holds.
    pub fn parse(body: &str) -> Result<Self, MessageError> {
        let head: Head = version::read(body)?;
        // Apart from the head, because Serde cannot name the keys of an object whose shape depends on one of them.
        Ok(match head.kind {
            Kind::Plan => {
                let PlanKeys { selection } = json_object::read(body)?;
                let selection = Selection::try_from(selection).map_err(|_| {
                    KeyError::new("selection.ip_ranges", "expected ranges first-last")
                })?;
                Self::Plan(AcceptedJob {
                    job: head.into(),
                    selection,
                })
            }
            Kind::Chunk => {
                let keys: ChunkKeys = json_object::read(body)?;
                Self::Chunk(Chunk {
                    job: head.into(),
                    plan_id: keys.plan_id,
                    number: keys.number,
                    agent_ids: keys.agent_ids,
                })
            }
        })
    }

    /// The body to send.
    #[must_use]
    pub fn to_body(&self) -> String {
        version::write(&WrittenBody::from(self))
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

/// The keys that every message has.
#[derive(Deserialize)]
struct Head {
    #[serde(deserialize_with = "kind")]
    kind: Kind,
    #[serde(deserialize_with = "json_object::tenant")]
    tenant: Tenant,
    job_id: JobId,
    accepted_at_ms: i64,
    expires_at_ms: i64,
}

#[derive(Clone, Copy)]
enum Kind {
    Plan,
    Chunk,
}

fn kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Kind, D::Error> {
    json_object::text(deserializer, "plan or chunk", |name| match name {
        "plan" => Some(Kind::Plan),
        "chunk" => Some(Kind::Chunk),
        _ => None,
    })
}

#[derive(Deserialize)]
struct PlanKeys {
    selection: StoredSelection,
}

#[derive(Deserialize)]
struct ChunkKeys {
    plan_id: String,
    #[serde(rename = "chunk")]
    number: u32,
    agent_ids: Vec<AgentId>,
}

/// A message as this service writes it.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum WrittenBody<'m> {
    Plan {
        #[serde(flatten)]
        job: JobKeys<'m>,
        selection: StoredSelection,
    },
    Chunk {
        #[serde(flatten)]
        job: JobKeys<'m>,
        plan_id: &'m str,
        chunk: u32,
        agent_ids: &'m [AgentId],
    },
}

#[derive(Serialize)]
struct JobKeys<'m> {
    tenant: &'m Tenant,
    job_id: JobId,
    accepted_at_ms: i64,
    expires_at_ms: i64,
}

impl<'m> From<&'m JobMessage> for WrittenBody<'m> {
    fn from(message: &'m JobMessage) -> Self {
        let job = message.job().into();
        match message {
            JobMessage::Plan(accepted) => Self::Plan {
                job,
                selection: (&accepted.selection).into(),
            },
            JobMessage::Chunk(chunk) => Self::Chunk {
                job,
                plan_id: &chunk.plan_id,
                chunk: chunk.number,
                agent_ids: &chunk.agent_ids,
            },
        }
    }
}

impl<'m> From<&'m JobRef> for JobKeys<'m> {
    fn from(job: &'m JobRef) -> Self {
        Self {
            tenant: &job.tenant,
            job_id: job.job_id,
            accepted_at_ms: job.accepted_at.epoch_ms(),
            expires_at_ms: job.expires_at.epoch_ms(),
        }
    }
}

impl From<Head> for JobRef {
    fn from(head: Head) -> Self {
        Self {
            tenant: head.tenant,
            job_id: head.job_id,
            accepted_at: Timestamp::from_epoch_ms(head.accepted_at_ms),
            expires_at: Timestamp::from_epoch_ms(head.expires_at_ms),
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
    fn a_bad_message_is_described_by_its_key_and_without_its_content() {
        let id = "expected an integer from 1 to 9007199254740991";
        let replaced = |from: &str, to: &str| RECORDED_PLAN.replace(from, to);
        for (body, error) in [
            (
                r#"{"v":2,"kind":"plan"}"#.to_owned(),
                "of version 2; only 1 is known",
            ),
            ("secret".to_owned(), "not JSON at line 1 column 1"),
            (String::new(), "not JSON at line 1 column 0"),
            ("{}".to_owned(), "v: missing"),
            (
                r#"{"v":1,"kind":"secret"}"#.to_owned(),
                "kind: expected plan or chunk",
            ),
            (
                replaced("acme", "ac#me"),
                "tenant: expected a subdomain: a-z, 0-9 and inner hyphens",
            ),
            (replaced("105", "0"), &format!("job_id: {id}")),
            (replaced("\"job_id\":105,", ""), "job_id: missing"),
            (
                replaced("[11,12]", "[11,\"secret\"]"),
                &format!("selection.agent_ids[1]: {id}"),
            ),
            (
                replaced("34.211.255", "34.210.255"),
                "selection.ip_ranges: expected ranges first-last",
            ),
            (
                RECORDED_CHUNK.replace("\"chunk\":3", "\"chunk\":-3"),
                "chunk: expected u32",
            ),
            (
                RECORDED_CHUNK.replace("[11,12]", "{\"secret\":1}"),
                "agent_ids: expected a sequence",
            ),
        ] {
            let read = JobMessage::parse(&body).unwrap_err().to_string();
            assert_eq!(read, error, "{body}");
        }
    }
}
