//! Who calls: [`Credentials`], and the [`Token`] that they are compared with.

mod credentials;
mod token;

pub use credentials::Credentials;
pub use token::{SecretDigest, Token, is_token_id, secret_digest};
