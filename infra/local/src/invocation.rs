//! Invoking a function as Lambda does.

use std::time::Duration;

use logout::timestamp::{Clock, Timestamp};
use tokio::time::timeout;

/// After a source refused to say what there is to work on, the next request for it waits so long.
pub const AFTER_REFUSAL: Duration = Duration::from_secs(1);

/// Invokes `function` with an event and the time by which it has to be done; `None` if it came to no answer. A panic ends the
/// invocation, and so does its time.
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
