//! Whatever DynamoDB does, functions end within their time: in virtual time, with the waits and limits of a deployment. Run by
//! `tests/long/run`.

use std::time::Duration;

use serde_json::json;
use service::lambda::queue_settings::{JOBS_QUEUE, PLANS_QUEUE, PRESENCE_QUEUE};
use service::lambda::stream_settings::AGENTS_STREAM;
use tests::captured_log::assert_logged;
use tests::presence_messages::status_changed;
use tests::test_queue::message;
use tests::{Act, TestStack, agent, gateway_event};
use tokio::time::{Instant, sleep};

/// Two tries of each first call get no answer, and the third one's takes as long as a try may take; later calls get none.
fn answer_late(stack: &TestStack) {
    let mut tries = 0;
    stack.aws_calls.script(move |_| {
        tries += 1;
        if tries == 3 {
            Act::After(Box::pin(sleep(Duration::from_millis(1_900))))
        } else {
            Act::TimeOut
        }
    });
}

/// The status of the answer to the example request of a function, and how long it took.
async fn answer(stack: &TestStack, function: &str) -> (i64, Duration) {
    let request = gateway_event::changed(function, |_| {});
    let answering = async {
        let started = Instant::now();
        let answer = match function {
            "force-logout" => stack.functions.force_logout.handle(&request).await,
            _ => stack.functions.job_status.handle(&request).await,
        };
        (answer.status_code, started.elapsed())
    };
    stack.aws_calls.in_virtual_time(answering).await
}

#[tokio::test]
async fn callers_get_a_503_within_the_functions_time() {
    for (function, seconds) in [("force-logout", 29), ("job-status", 10)] {
        let stack = TestStack::start().await;
        answer_late(&stack);
        let (status, took) = answer(&stack, function).await;
        assert_eq!(status, 503, "{function}");
        assert!(took > Duration::from_secs(6), "{function}: {took:?}");
        let limit = Duration::from_secs(seconds);
        assert!(took < limit, "{function}: {took:?}");
    }
}

#[tokio::test]
async fn callers_wait_about_a_second_while_calls_are_throttled() {
    for function in ["force-logout", "job-status"] {
        let stack = TestStack::start().await;
        stack.aws_calls.script(|_| Act::Throttle);
        let (status, took) = answer(&stack, function).await;
        assert_eq!(status, 503, "{function}");
        assert!(took < Duration::from_secs(4), "{function}: {took:?}");
    }
}

/// A service with a plan, a chunk, an event and a record to work on.
#[tokio::test]
async fn what_is_throttled_until_the_deadline_is_reported_within_the_functions_time() {
    let stack = TestStack::start_with_jobs_only().await;
    let agents = [agent(1, "In-call", &[]), agent(2, "lunch", &[])];
    stack.add("acme", &agents).await;
    let body = json!({ "agent_ids": [1, 2] });
    stack.post_force_logout("acme", &body).await;
    stack.deliver_plans().await;
    let chunks = stack.jobs.receive_all().await;
    stack.post_force_logout("acme", &body).await;
    let plans = stack.plans.receive_all().await;
    stack.log_out_as("request", "acme", 1).await;
    stack.set_status("acme", 1, "Break").await;
    let records = stack.records();
    let events = vec![message("event", &status_changed("07:30:00", "lunch"))];

    stack.aws_calls.script(|_| Act::Throttle);
    let invoke = &stack.invoke;
    for (function, seconds) in [
        ("job-planner", PLANS_QUEUE.function_timeout_seconds),
        ("logout-worker", JOBS_QUEUE.function_timeout_seconds),
        ("presence", PRESENCE_QUEUE.function_timeout_seconds),
        ("pending-logouts", AGENTS_STREAM.function_timeout_seconds),
    ] {
        let before = invoke.failed_deliveries();
        let invoking = async {
            let started = Instant::now();
            match function {
                "job-planner" => drop(invoke.job_planner(plans.clone()).await),
                "logout-worker" => drop(invoke.logout_worker(chunks.clone()).await),
                "presence" => drop(invoke.presence(events.clone()).await),
                _ => drop(invoke.pending_logouts(records.clone()).await),
            }
            started.elapsed()
        };
        let took = stack.aws_calls.in_virtual_time(invoking).await;
        assert_eq!(invoke.failed_deliveries(), before + 1, "{function}");
        let limit = Duration::from_secs(seconds.into());
        assert!(took < limit, "{function}: {took:?}");
        // Two seconds are left to report it; all the others were used.
        assert!(
            took + Duration::from_secs(3) > limit,
            "{function}: {took:?}"
        );
    }
    assert_logged(&["still failing for a passing reason", "ThrottlingException"]);
    stack.leaves_messages();
}
