//! Errors of calls to AWS services, as sentences.

use std::error::Error;

/// A sentence for a call that failed.
pub(super) fn sentence(service: &str, error: impl Error + Send + Sync + 'static) -> String {
    let error = anyhow::Error::new(error);
    let causes = format!("{error:#}");
    if causes.contains("dispatch failure") {
        // The outer causes only say where in the HTTP client it happened.
        let cause = error.root_cause();
        return format!(
            "cannot reach {service}: {cause} (is --endpoint-url right, and is {service} running there?)"
        );
    }
    format!("{service}: {causes}")
}
