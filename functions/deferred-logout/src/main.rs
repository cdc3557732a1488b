//! The Lambda function `deferred-logout`.

use aws_lambda_events::dynamodb::Event;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use logout::app::App;
use logout::batch;
use logout::event_sources::AGENTS_STREAM;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logout::logging::init();
    let app = App::from_env()?;
    run(service_fn(async |event: LambdaEvent<Event>| {
        let (said_ms, now) = (event.context.deadline, app.clock.now());
        let deadline = batch::deadline(said_ms, now, AGENTS_STREAM.function_timeout_seconds);
        Ok::<_, Error>(deferred_logout::handle(&app, event.payload, deadline).await)
    }))
    .await
}
