//! The Lambda function `presence`.

use aws_lambda_events::sqs::SqsEvent;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use logout::app::App;
use logout::timestamp::Timestamp;

#[tokio::main]
async fn main() -> Result<(), Error> {
    logout::logging::init();
    let app = App::from_env().await?;
    run(service_fn(async |event: LambdaEvent<SqsEvent>| {
        let deadline = Timestamp::from_epoch_ms(event.context.deadline.try_into()?);
        Ok::<_, Error>(presence::handle(&app, event.payload, deadline).await)
    }))
    .await
}
