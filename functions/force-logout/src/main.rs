//! The Lambda function `force-logout`.

use force_logout::ForceLogoutFunction;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use service::lambda::environment::Environment;
use service::lambda::http::RawValue;
use service::lambda::logging;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logging::init();
    let function = ForceLogoutFunction::from_environment(&Environment::of_process())?;
    run(service_fn(async |event: LambdaEvent<Box<RawValue>>| {
        Ok::<_, Error>(function.handle(&event.payload).await)
    }))
    .await
}
