//! The Lambda function `force-logout`.

use lambda_http::{Error, run, service_fn};
use logout::app::App;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logout::logging::init();
    let app = App::from_env()?;
    run(service_fn(async |request| {
        Ok::<_, Error>(force_logout::handle(&app, request).await)
    }))
    .await
}
