//! The values of flags and arguments: what is accepted, and what the error says otherwise.

use std::ffi::OsStr;
use std::net::IpAddr;

use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Arg, Command};
use domain::agents::{self, AgentStatus, Statuses};
use domain::callers::is_token_id;
use domain::ids::{Id, MAX_ID};
use domain::selection::AddressRange;
use domain::tenant::Tenant;
use domain::timestamp::Timestamp;
use url::Url;

use crate::http_url;

/// The id of an agent, a team or a job; spaces around it are allowed, as in `11, 12`.
pub(super) fn id<Kind>(text: &str) -> Result<Id<Kind>, String> {
    Id::parse(text.trim()).ok_or_else(|| format!("it must be a number from 1 to {MAX_ID}"))
}

/// An address, a CIDR block or a range, as the caller wrote it.
pub(super) fn addresses(text: &str) -> Result<String, String> {
    match AddressRange::parse(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(reason) => Err(format!("it {reason}")),
    }
}

/// One address.
pub(super) fn ip_address(text: &str) -> Result<IpAddr, String> {
    agents::ip_address::parse(text)
        .ok_or_else(|| "it must be an IP address, such as 34.211.11.7 or 2001:db8::7".to_owned())
}

/// A status.
pub(super) fn status(text: &str) -> Result<AgentStatus, String> {
    let status = Statuses::default().parse(text);
    status.map_err(|reason| format!("it {reason}"))
}

/// A status to filter by; spaces around it are allowed, as in `In-call, In-chat`.
pub(super) fn status_filter(text: &str) -> Result<String, String> {
    let status = Some(text.trim().to_owned()).filter(|status| !status.is_empty());
    status.ok_or_else(|| "it must not be empty".to_owned())
}

/// A point in time.
pub(super) fn time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse_rfc3339(text)
        .ok_or_else(|| "it must be an RFC 3339 time, such as 2026-01-05T08:00:00Z".to_owned())
}

/// A tenant.
pub(super) fn tenant(text: &str) -> Result<Tenant, String> {
    Tenant::parse(text)
        .ok_or_else(|| "it must be a subdomain: a-z, 0-9 and inner hyphens".to_owned())
}

/// The id of a token.
pub(super) fn token_id(text: &str) -> Result<String, String> {
    if text.contains('.') {
        return Err("give the token's id: the part before the first dot".to_owned());
    }
    let id = Some(text).filter(|text| is_token_id(text));
    id.map(str::to_owned)
        .ok_or_else(|| "it must be 1 to 128 letters, digits, - and _".to_owned())
}

/// The endpoint of DynamoDB.
pub(super) fn dynamodb_endpoint_url(text: &str) -> Result<Url, String> {
    http_url::parse(text).map_err(|reason| format!("it {reason}, such as http://127.0.0.1:8000"))
}

/// The endpoint of SQS.
pub(super) fn sqs_endpoint_url(text: &str) -> Result<Url, String> {
    http_url::parse(text).map_err(|reason| format!("it {reason}, such as http://127.0.0.1:9324"))
}

/// The URL of a queue.
pub(super) fn queue_url(text: &str) -> Result<String, String> {
    match http_url::parse(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(reason) => Err(format!("it {reason}")),
    }
}

/// A parser for values that may hold a secret: unlike clap's own errors, its errors do not quote the value.
#[derive(Clone)]
pub(super) struct Unquoted<T>(pub(super) fn(&str) -> Result<T, String>);

impl<T: Clone + Send + Sync + 'static> TypedValueParser for Unquoted<T> {
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
            let message = format!("invalid value for '{arg}': {reason}\n");
            clap::Error::raw(ErrorKind::ValueValidation, message).with_cmd(command)
        })
    }
}
