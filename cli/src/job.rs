//! `job`: how far a background job is.

use anyhow::Result;

use crate::args::JobArgs;
use crate::connection::Connection;
use crate::force_logout_api::Service;
use crate::output::print_json;
use crate::{Ending, follow};

/// Follows a job, or looks at it once.
pub async fn run(args: &JobArgs) -> Result<Ending> {
    let service = Service::new(Connection::of(&args.service)?)?;
    let (mut job, mut body) = service.job(args.job).await?;
    if !args.no_wait && !follow::has_ended(&job) {
        (job, body) = follow::to_its_end(&service, args.job).await?;
    }
    if args.json {
        print_json(&body)?;
    } else {
        follow::print_counts(&job)?;
    }
    follow::ending(&job)
}
