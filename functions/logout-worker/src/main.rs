//! The Lambda function `logout-worker`.

use aws_lambda_events::sqs::SqsEvent;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use logout::app::App;
use logout::batch;
use logout::event_sources::JOBS;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logout::logging::init();
    let app = App::from_env()?;
    run(service_fn(async |event: LambdaEvent<SqsEvent>| {
        let (said_ms, now) = (event.context.deadline, app.clock.now());
        let deadline = batch::deadline(said_ms, now, JOBS.function_timeout_seconds);
        Ok::<_, Error>(logout_worker::handle(&app, event.payload, deadline).await)
    }))
    .await
}
