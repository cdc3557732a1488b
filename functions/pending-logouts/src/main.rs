//! The Lambda function `pending-logouts`.

use aws_lambda_events::dynamodb::Event;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use pending_logouts::PendingLogoutsFunction;
use service::lambda::deadline::invocation_deadline;
use service::lambda::environment::Environment;
use service::lambda::logging;
use service::lambda::stream_settings::AGENTS_STREAM;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logging::init();
    let function = PendingLogoutsFunction::from_environment(&Environment::of_process())?;
    run(service_fn(async |event: LambdaEvent<Event>| {
        let (given_ms, now) = (event.context.deadline, function.clock.now());
        let deadline = invocation_deadline(given_ms, now, AGENTS_STREAM.function_timeout_seconds);
        Ok::<_, Error>(function.handle(event.payload, deadline).await)
    }))
    .await
}
