//! Imports that stop half-way or are throttled: faults at the SDK's HTTP layer, by the number of the call.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_smithy_http_client::Builder;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
    http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use domain::agents::{Roster, RosterAgent, Statuses};
use domain::tenant::Tenant;
use domain::timestamp::Timestamp;
use store::Store;
use store::connection::Backoff;
use store::operator::Imported;
use wire::rosters;

use crate::stack::Stack;

/// What happens to a call.
#[derive(Clone, Copy, Debug)]
enum Fault {
    None,
    /// It never arrives and is not retried, as if the program was stopped.
    Stopped,
    Refused(&'static str),
}

type Script = Arc<dyn Fn(usize) -> Fault + Send + Sync>;

/// A connection on which calls, numbered from 0, fail as a script says.
struct Faulty {
    inner: SharedHttpConnector,
    calls: Arc<AtomicUsize>,
    fault: Script,
}

impl std::fmt::Debug for Faulty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Faulty")
    }
}

impl HttpConnector for Faulty {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let number = self.calls.fetch_add(1, Ordering::SeqCst);
        match (self.fault)(number) {
            Fault::None => self.inner.call(request),
            Fault::Stopped => {
                HttpConnectorFuture::ready(Err(ConnectorError::other("stopped".into(), None)))
            }
            Fault::Refused(code) => {
                let body = format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{code}"}}"#);
                let status = 400.try_into().unwrap();
                HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(body))))
            }
        }
    }
}

/// A store whose calls have the faults that `fault` returns for their numbers.
fn faulty_store(stack: &Stack, fault: impl Fn(usize) -> Fault + Send + Sync + 'static) -> Store {
    let fault: Script = Arc::new(fault);
    let calls = Arc::new(AtomicUsize::new(0));
    let client = http_client_fn(
        move |settings: &HttpConnectorSettings, parts: &RuntimeComponents| {
            let inner = Builder::new().build_http().http_connector(settings, parts);
            let (calls, fault) = (calls.clone(), fault.clone());
            SharedHttpConnector::new(Faulty {
                inner,
                calls,
                fault,
            })
        },
    );
    let config =
        local::backends::dynamodb::client_config(stack.dynamodb_address()).http_client(client);
    Store::new(
        config,
        local::backends::dynamodb::table_names(),
        Backoff::AWS,
    )
}

fn agents(ids: impl IntoIterator<Item = usize>, team: u32) -> (Tenant, Vec<RosterAgent>) {
    let mut roster = Roster::new();
    let line = |id| {
        format!(
            r#"{{"tenant":"acme","agent_id":{id},"name":"A","email":"a@x","agent_number":"1","team_ids":[{team}],"status":"Offline"}}
"#
        )
    };
    let text: String = ids.into_iter().map(line).collect();
    let now = Timestamp::from_epoch_ms(0);
    rosters::parse(&mut roster, &text, &Statuses::default(), now).unwrap();
    let (tenant, agents) = roster.pop_first().unwrap();
    (tenant, BTreeMap::into_values(agents).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_stops_at_any_call_leaves_no_wrong_membership_after_the_next_one() {
    let stack = Stack::start().await;
    let store = faulty_store(&stack, |_| Fault::None);
    for calls in 0.. {
        // A new agent for each call to stop at.
        let id = [101 + calls];
        let (tenant, before) = agents(id, 51);
        store.import_agents(&tenant, &before).await.unwrap();
        let stopped = faulty_store(&stack, move |number| {
            if number < calls {
                Fault::None
            } else {
                Fault::Stopped
            }
        });
        let is_stopped = stopped
            .import_agents(&tenant, &agents(id, 52).1)
            .await
            .is_err();
        store
            .import_agents(&tenant, &agents(id, 53).1)
            .await
            .unwrap();
        let id = id[0] as u64;
        for (team, is_in) in [("51", false), ("52", false), ("53", true)] {
            let members = stack.listed(&["--team", team]).await;
            assert_eq!(
                members.contains(&id),
                is_in,
                "team {team} after {calls} calls"
            );
        }
        assert_eq!(
            stack.agent(&id.to_string()).await["team_ids"],
            serde_json::json!([53])
        );
        if !is_stopped {
            assert_eq!(
                calls, 3,
                "read the agent, read the memberships, write them together"
            );
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn throttled_agents_are_written_again_and_counted_once() {
    let stack = Stack::start().await;
    let (tenant, agents) = agents(101..=130, 51);
    let store = faulty_store(&stack, |number| match number {
        10..60 => Fault::Refused("ThrottlingException"),
        _ => Fault::None,
    });
    let imported = store.import_agents(&tenant, &agents).await.unwrap();
    let added = Imported {
        added: 30,
        joined: 30,
        ..Imported::default()
    };
    assert_eq!(imported, added);
    assert_eq!(stack.listed(&["--team", "51"]).await.len(), 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn permanent_errors_are_not_retried() {
    let stack = Stack::start().await;
    for code in ["ResourceNotFoundException", "AccessDeniedException"] {
        // A retry would succeed.
        let store = faulty_store(&stack, move |number| match number {
            1 => Fault::Refused(code),
            _ => Fault::None,
        });
        let (tenant, agents) = agents([101], 51);
        assert!(
            store.import_agents(&tenant, &agents).await.is_err(),
            "{code}"
        );
    }
}
