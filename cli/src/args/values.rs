//! What flags and arguments may be.

use std::ffi::OsStr;

use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Arg, Command};
use logout::address_range::AddressRange;
use logout::auth::is_token_id;
use logout::ids::{Id, MAX_ID};
use logout::tenant::Tenant;
use url::Url;

use crate::connection::http_url;

/// A positive integer.
pub(super) fn id<Kind>(text: &str) -> Result<Id<Kind>, String> {
    Id::parse(text).ok_or_else(|| format!("it must be a number from 1 to {MAX_ID}"))
}

/// One address, a CIDR block or a range, as it is written.
pub(super) fn addresses(text: &str) -> Result<String, String> {
    match AddressRange::parse(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(reason) => Err(format!("it {reason}")),
    }
}

/// A subdomain.
pub(super) fn tenant(text: &str) -> Result<Tenant, String> {
    Tenant::parse(text)
        .ok_or_else(|| "it must be a subdomain: a-z, 0-9 and inner hyphens".to_owned())
}

/// The name of a token.
pub(super) fn token_id(text: &str) -> Result<String, String> {
    if text.contains('.') {
        return Err("give the token's id: the part before the first dot".to_owned());
    }
    let id = Some(text).filter(|text| is_token_id(text));
    id.map(str::to_owned)
        .ok_or_else(|| "it must be 1 to 128 letters, digits, - and _".to_owned())
}

/// Where DynamoDB is.
pub(super) fn endpoint_url(text: &str) -> Result<Url, String> {
    http_url(text).map_err(|reason| format!("it {reason}, such as http://127.0.0.1:8000"))
}

/// A parser whose complaints do not repeat what was given, as it may hold a secret; clap's own do.
#[derive(Clone)]
pub(super) struct Unrepeated<T>(pub(super) fn(&str) -> Result<T, String>);

impl<T: Clone + Send + Sync + 'static> TypedValueParser for Unrepeated<T> {
    type Value = T;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<T, clap::Error> {
        let text = value.to_str().ok_or("it is not in UTF-8".to_owned());
        text.and_then(self.0).map_err(|reason| {
            let arg = arg.map(ToString::to_string).unwrap_or_default();
            let told = format!("invalid value for '{arg}': {reason}\n");
            clap::Error::raw(ErrorKind::ValueValidation, told).with_cmd(command)
        })
    }
}
