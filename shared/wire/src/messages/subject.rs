//! Whom a message is about, for the log line that says why it failed.

use domain::ids::{AgentId, JobId};
use domain::jobs::JobRef;
use domain::tenant::Tenant;
use serde_json::{Map, Value};

use super::envelope;

/// Whom a message is about, as far as its body says although it cannot be read as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// The tenant.
    pub tenant: Option<Tenant>,
    /// The agent of a presence event.
    pub agent_id: Option<AgentId>,
    /// The job of a job message.
    pub job_id: Option<JobId>,
}

impl Subject {
    /// The subject of a body. Keys that are missing or wrong are left out.
    #[must_use]
    pub fn of(body: &str) -> Self {
        let object = envelope::unwrapped(body).ok();
        let object = object.and_then(|body| serde_json::from_str::<Map<String, Value>>(&body).ok());
        let Some(object) = object else {
            return Self::default();
        };
        let number = |key| object.get(key).and_then(Value::as_u64);
        let tenant = object.get("tenant").and_then(Value::as_str);
        Self {
            tenant: tenant.and_then(Tenant::parse),
            agent_id: number("agent_id").and_then(AgentId::new),
            job_id: number("job_id").and_then(JobId::new),
        }
    }
}

impl From<&JobRef> for Subject {
    fn from(job: &JobRef) -> Self {
        Self {
            tenant: Some(job.tenant.clone()),
            job_id: Some(job.job_id),
            agent_id: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_subject_is_read_as_far_as_it_can_be() {
        let agent = r#"{"tenant":"acme","agent_id":7,"at":"secret"}"#;
        let wrapped = serde_json::json!({ "Type": "Notification", "Message": agent }).to_string();
        for (body, expected) in [
            (agent, "acme 7 -"),
            (&wrapped, "acme 7 -"),
            (r#"{"v":2,"tenant":"acme","job_id":9}"#, "acme - 9"),
            (r#"{"tenant":"a secret","agent_id":7}"#, "- 7 -"),
            (r#"{"tenant":"acme","agent_id":"secret"}"#, "acme - -"),
            (r#"{"tenant":"acme","agent_id":0}"#, "acme - -"),
            ("secret", "- - -"),
            ("[]", "- - -"),
            ("", "- - -"),
        ] {
            let subject = Subject::of(body);
            let shown = [
                subject.tenant.map(|it| it.to_string()),
                subject.agent_id.map(|it| it.to_string()),
                subject.job_id.map(|it| it.to_string()),
            ];
            let shown = shown.map(|it| it.unwrap_or("-".to_owned())).join(" ");
            assert_eq!(shown, expected, "{body}");
        }
    }
}
