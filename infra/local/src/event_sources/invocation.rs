//! Invoking a function as Lambda does.

use std::time::Duration;

use domain::timestamp::Timestamp;
use service::clock::Clock;
use tokio::time::timeout;

/// How long to wait after a queue or stream could not be read.
pub const WAIT_AFTER_ERROR: Duration = Duration::from_secs(1);

/// Invokes `function` with an event and a deadline; `None` if it gave no answer, because of a panic or the time limit.
pub async fn invoke<Event, F, Answer>(
    function: &F,
    event: Event,
    clock: &Clock,
    time: Duration,
) -> Option<Answer::Output>
where
    F: Fn(Event, Timestamp) -> Answer,
    Answer: Future<Output: Send> + Send + 'static,
{
    let deadline = clock.now().plus(time);
    let invocation = timeout(time, function(event, deadline));
    tokio::spawn(invocation).await.ok()?.ok()
}
