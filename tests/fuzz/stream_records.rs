//! Records of the agents table's stream: a record logs out exactly the agents whom it shows online, with a pending logout of
//! their session, and neither on a call nor in a chat; and each of them once.

#![no_main]

use aws_lambda_events::dynamodb::EventRecord;
use domain::agents::{RequestId, Statuses};
use domain::ids::AgentId;
use domain::presence;
use domain::tenant::Tenant;
use domain::text::comparison_key;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use store::StreamedAgent;

fuzz_target!(|record: &[u8]| {
    let (Ok(json), Ok(record)) = (
        serde_json::from_slice::<Value>(record),
        serde_json::from_slice::<EventRecord>(record),
    ) else {
        return;
    };
    let Ok(agent) = StreamedAgent::of_new_image(record.change.new_image, &Statuses::default())
    else {
        return assert!(!shows_an_agent(&json));
    };
    let transition = presence::pending_logout_transition(&agent.seen.presence);
    let logged_out_by = transition.as_ref().and_then(|it| it.logged_out_by.as_ref());
    assert_eq!(logged_out_by.map(RequestId::as_str), due(&json));
    let Some(transition) = transition else {
        return;
    };
    let after = transition.to;
    assert!(after.pending_logout.is_none());
    assert_eq!(after.session, agent.seen.presence.session);
    assert!(transition.logged_out_by.is_none() || after.status.is_offline());
    assert_eq!(presence::pending_logout_transition(&after), None);
});

/// True for a record that names an agent and has a status of theirs.
fn shows_an_agent(record: &Value) -> bool {
    let image = &record["dynamodb"]["NewImage"];
    let key = image["agent_key"]["S"]
        .as_str()
        .and_then(|key| key.split_once('#'));
    key.is_some_and(|(tenant, agent_id)| {
        let id = agent_id.parse().ok().and_then(AgentId::new);
        Tenant::parse(tenant).is_some() && id.is_some() && image["agent_status"]["S"].is_string()
    })
}

/// The request whose pending logout is due by this record, read in another way than the service does.
fn due(record: &Value) -> Option<&str> {
    let image = &record["dynamodb"]["NewImage"];
    let time = |of: &Value| of["online_since"]["N"].as_str()?.parse::<i64>().ok();
    let status = image["agent_status"]["S"].as_str()?;
    let pending_logout = &image["pending_logout"]["M"];
    let is_of_this_session = time(pending_logout).is_some() && time(pending_logout) == time(image);
    let is_idle = !["incall", "inchat", "offline"].contains(&&*comparison_key(status));
    let request = pending_logout["request"]["S"].as_str().unwrap_or_default();
    (is_of_this_session && is_idle).then_some(request)
}
