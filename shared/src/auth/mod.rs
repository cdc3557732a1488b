//! Who is calling: HTTP Basic with the tenant as user name and an API token as password.

mod authenticator;
mod credentials;

pub use authenticator::{AuthError, Authenticator, TOKEN_MEMORY};
pub use credentials::{Credentials, is_token_id, secret_digest};
