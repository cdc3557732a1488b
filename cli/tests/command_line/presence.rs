//! `presence send`.

use std::io::ErrorKind;
use std::net::TcpListener;

use serde_json::{Value, json};

use crate::fake_service::{FakeService, answer};
use crate::stack::{Stack, ended, program};

const SIGNED_OUT: [&str; 5] = ["presence", "send", "signed-out", "--agent", "11"];

/// `presence send signed-out` of agent 11 of the tenant `acme`, with more flags.
fn signed_out<'a>(flags: &[&'a str]) -> Vec<&'a str> {
    [&SIGNED_OUT[..], &["--tenant", "acme"], flags].concat()
}

/// The time at the end of a printed line.
fn printed_time(line: &str) -> &str {
    line.trim_end().rsplit(' ').next().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_call_logs_out_an_agent_with_a_pending_logout() {
    let stack = Stack::start().await;
    assert_eq!(stack.run(&["logout", "--agent", "16"]).await.code, 3);
    assert!(stack.agent("16").await["pending_logout"].is_object());
    let status = ["presence", "send", "status", "--agent", "16"];
    let available = [&status[..], &["--status", "Available"]].concat();
    let sent = stack.results(&available).await;
    assert!(
        sent.starts_with("sent: agent 16 is Available since 20"),
        "{sent}"
    );
    let agent = stack.agent_with_status("16", "Offline").await;
    assert!(agent["pending_logout"].is_null(), "{agent}");
    assert!(agent["last_logout"].is_object(), "{agent}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_event_is_applied() {
    let stack = Stack::start().await;
    let sent = stack.results(&SIGNED_OUT).await;
    assert!(
        sent.starts_with("sent: agent 11 is signed out since 20"),
        "{sent}"
    );
    stack.agent_with_status("11", "Offline").await;

    let signed_in = ["presence", "send", "signed-in", "--agent", "11"];
    let signed_in = [&signed_in[..], &["--ip", "2001:db8::11"]].concat();
    let sent = stack.results(&signed_in).await;
    let expected = "sent: agent 11 is signed in from 2001:db8::11, Available since 20";
    assert!(sent.starts_with(expected), "{sent}");
    let agent = stack.agent_with_status("11", "Available").await;
    assert_eq!(agent["ip"], "2001:db8::11");
    assert_eq!(agent["online_since"], printed_time(&sent));

    let status = ["presence", "send", "status", "--agent", "11", "--status"];
    stack.results(&[&status[..], &["In-call"]].concat()).await;
    stack.agent_with_status("11", "In-call").await;
    let sent = stack.results(&[&status[..], &["Offline"]].concat()).await;
    assert!(
        sent.starts_with("sent: agent 11 is signed out since 20"),
        "{sent}"
    );
    stack.agent_with_status("11", "Offline").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn json_output_has_the_event_and_the_id_of_the_message() {
    let stack = Stack::start().await;
    let signed_in = ["presence", "send", "signed-in", "--agent", "11", "--json"];
    let flags = ["--ip", "::ffff:10.1.2.3", "--status", "Break"];
    let more = ["--tenant", "globex", "--at", "2026-01-05T09:00:00.5+01:00"];
    let printed = stack
        .results(&[&signed_in[..], &flags, &more].concat())
        .await;
    let printed: Value = serde_json::from_str(&printed).unwrap();
    let event = json!({"v": 1, "tenant": "globex", "agent_id": 11, "at": "2026-01-05T08:00:00.500Z",
        "event": "signed_in", "ip": "10.1.2.3", "status": "Break"});
    assert_eq!(printed["event"], event);
    assert!(
        printed["message_id"]
            .as_str()
            .is_some_and(|id| !id.is_empty()),
        "{printed}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_event_is_refused_before_anything_is_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let long = "x".repeat(65);
    let agent = ["--agent", "11"];
    let missing = "required arguments were not provided";
    for (kind, flags, expected) in [
        ("signed-in", &["--ip", "10.0.0.1"][..], missing),
        ("status", &agent, missing),
        ("signed-out", &[], missing),
        (
            "signed-out",
            &["--agent", "11", "--ip", "10.0.0.1"],
            "unexpected argument '--ip'",
        ),
        (
            "signed-out",
            &["--agent", "11", "--status", "Break"],
            "unexpected argument '--status'",
        ),
        (
            "status",
            &["--agent", "11", "--status", "Break", "--ip", "10.0.0.1"],
            "unexpected argument '--ip'",
        ),
        (
            "signed-out",
            &["--agent", "0"],
            "it must be a number from 1 to",
        ),
        (
            "signed-in",
            &["--agent", "11", "--ip", "10.0.0"],
            "it must be an IP address",
        ),
        (
            "signed-in",
            &["--agent", "11", "--ip", "10.0.0.1", "--status", "Offline"],
            "status: must not be Offline in a sign-in",
        ),
        ("status", &["--agent", "11", "--status", " "], "it is empty"),
        (
            "status",
            &["--agent", "11", "--status", &long],
            "it has more than 64 characters",
        ),
        (
            "signed-out",
            &["--agent", "11", "--at", "yesterday"],
            "it must be an RFC 3339 time",
        ),
        (
            "signed-out",
            &["--agent", "11", "--at", "9000-01-01T00:00:00Z"],
            "at: more than 2 minutes in the future",
        ),
        ("signed-up", &agent, "unrecognized subcommand 'signed-up'"),
    ] {
        let command = ["presence", "send", kind];
        let mut program = program(&[&command[..], flags].concat());
        program
            .env("AGENT_LOGOUT_TENANT", "acme")
            .env("AWS_ENDPOINT_URL_SQS", &url);
        let ended = ended(program).await;
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{ended:?}");
        assert!(ended.stderr.contains(expected), "{ended:?}");
    }
    let connection = listener.accept().map_err(|error| error.kind());
    assert_eq!(connection.unwrap_err(), ErrorKind::WouldBlock);
}

#[tokio::test(flavor = "multi_thread")]
async fn endpoint_and_queue_can_come_from_the_environment() {
    let stack = Stack::start().await;
    let url = stack.sqs_url();
    let queue = format!("{url}/123456789012/presence");
    let no_server = "http://127.0.0.1:1";
    for variables in [
        &[("AWS_ENDPOINT_URL_SQS", &*url)][..],
        &[("AWS_ENDPOINT_URL", &url)],
        &[
            ("AWS_ENDPOINT_URL", no_server),
            ("AWS_ENDPOINT_URL_SQS", &url),
        ],
        &[("AWS_ENDPOINT_URL", &url), ("PRESENCE_QUEUE_URL", &queue)],
    ] {
        let mut program = program(&signed_out(&[]));
        program.envs(variables.iter().copied());
        let ended = ended(program).await;
        assert_eq!(ended.code, 0, "{ended:?}");
    }
    let mut program = program(&signed_out(&[]));
    program.env("AWS_ENDPOINT_URL", "localhost:s3cret@x");
    let refused = ended(program).await;
    assert_eq!(refused.code, 2, "{refused:?}");
    let expected = "invalid value for AWS_ENDPOINT_URL: it must begin with https:// or http://";
    assert!(refused.stderr.contains(expected), "{refused:?}");
    assert!(!refused.stderr.contains("s3cret"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_queue_is_reported() {
    let stack = Stack::start().await;
    let queue = format!("{}/123456789012/nowhere", stack.sqs_url());
    let wrong = stack
        .run(&[&SIGNED_OUT[..], &["--queue-url", &queue]].concat())
        .await;
    assert_eq!(wrong.code, 1, "{wrong:?}");
    assert_eq!(
        wrong.stderr,
        format!("agent-logout: SQS: there is no queue {queue} in this account and region\n")
    );

    let body = r#"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"no"}"#;
    let refusal = answer("400 Bad Request", body).replace(
        "Connection",
        "x-amzn-query-error: AWS.SimpleQueueService.NonExistentQueue;Sender\r\nConnection",
    );
    let service = FakeService::start(vec![refusal]);
    let missing = ended(program(&signed_out(&["--endpoint-url", &service.url]))).await;
    assert_eq!(service.stop(), 1);
    assert_eq!(missing.code, 1, "{missing:?}");
    let expected = "agent-logout: SQS: there is no queue named presence in this account and region";
    assert!(missing.stderr.starts_with(expected), "{missing:?}");
    assert!(missing.stderr.contains("--queue-url"), "{missing:?}");
    assert_eq!(missing.stderr.lines().count(), 1, "{missing:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_cannot_be_reached_is_reported() {
    // A port that was free a moment ago.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let failed = ended(program(&signed_out(&["--endpoint-url", &url]))).await;
    assert_eq!(failed.code, 1);
    for expected in ["Connection refused", "is --endpoint-url right"] {
        assert!(failed.stderr.contains(expected), "{failed:?}");
    }
    assert_eq!(failed.stderr.lines().count(), 1, "{failed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_tenant_region_or_credentials_are_reported() {
    let region = ["--region", "eu-central-1"];
    for (args, expected) in [
        (SIGNED_OUT.to_vec(), "there is no tenant: use --tenant"),
        (signed_out(&[]), "there is no AWS region: set AWS_REGION"),
        (
            signed_out(&region),
            "there are no AWS credentials: set AWS_PROFILE",
        ),
    ] {
        let failed = ended(program(&args)).await;
        assert_eq!((failed.code, failed.stdout.as_str()), (1, ""));
        assert!(failed.stderr.contains(expected), "{failed:?}");
        assert_eq!(failed.stderr.lines().count(), 1, "{failed:?}");
    }
}
