//! The Lambda function `job-planner`.

use aws_lambda_events::sqs::SqsEvent;
use job_planner::JobPlannerFunction;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use service::lambda::deadline::invocation_deadline;
use service::lambda::environment::Environment;
use service::lambda::logging;
use service::lambda::queue_settings::PLANS_QUEUE;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logging::init();
    let function = JobPlannerFunction::from_environment(&Environment::of_process())?;
    run(service_fn(async |event: LambdaEvent<SqsEvent>| {
        let (given_ms, now) = (event.context.deadline, function.clock.now());
        let deadline = invocation_deadline(given_ms, now, PLANS_QUEUE.function_timeout_seconds);
        Ok::<_, Error>(function.handle(event.payload, deadline).await)
    }))
    .await
}
