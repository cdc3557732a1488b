//! Requests that come from a web page instead of a program of this machine. DynamoDB and SQS on one machine take any
//! credentials, so every page that the machine's user opens could read and change them:
//!
//! - A page of another origin sends an `Origin` header with whatever it may not do unasked. Programs send none.
//! - A page whose host name was made to resolve to this machine after it was loaded (DNS rebinding) is of the same origin for
//!   the browser. But it names its own host in `Host`.

use std::net::{IpAddr, SocketAddr};

use axum::Json;
use axum::extract::{Extension, Request};
use axum::http::header::{HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::connections::LocalAddress;

/// The port of a URL that names none.
const HTTP_PORT: u16 = 80;

/// Answers 403 to a request that a web page can have sent, before anything else looks at it.
pub async fn refuse(
    Extension(LocalAddress(address)): Extension<LocalAddress>,
    request: Request,
    next: Next,
) -> Response {
    if request.headers().contains_key(ORIGIN) {
        return forbidden("requests of web pages are refused: there is an Origin header");
    }
    if !names_this_machine(request.uri(), request.headers(), address) {
        return forbidden("the Host header must be localhost, or the address that is listened on");
    }
    next.run(request).await
}

fn forbidden(message: &str) -> Response {
    let body = Json(json!({ "message": message }));
    (StatusCode::FORBIDDEN, body).into_response()
}

/// Whether everything that names a host names this machine, and something does.
fn names_this_machine(uri: &Uri, headers: &HeaderMap, address: SocketAddr) -> bool {
    let in_uri = uri
        .authority()
        .map(|authority| authority.as_str().as_bytes());
    let in_headers = headers
        .get_all(HOST)
        .iter()
        .map(axum::http::HeaderValue::as_bytes);
    let mut hosts = in_uri.into_iter().chain(in_headers).peekable();
    hosts.peek().is_some() && hosts.all(|host| is_this_machine(host, address))
}

/// Whether a host, with or without a port, is a name or address of the loopback interface, or the address that the request
/// was sent to. No name of anybody else's resolves to one of these: addresses are not resolved, and `localhost` is reserved.
fn is_this_machine(host: &[u8], address: SocketAddr) -> bool {
    let Ok(authority) = Authority::try_from(host) else {
        return false;
    };
    let name = authority.host();
    if name.eq_ignore_ascii_case("localhost") {
        return true;
    }
    let without_brackets = name.trim_start_matches('[').trim_end_matches(']');
    without_brackets.parse::<IpAddr>().is_ok_and(|ip| {
        let port = authority.port_u16().unwrap_or(HTTP_PORT);
        let is_listened_on = ip.to_canonical() == address.ip().to_canonical();
        ip.to_canonical().is_loopback() || (is_listened_on && port == address.port())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_this_machine_are_loopback_or_the_address_listened_on() {
        let address = "192.0.2.7:8000".parse().unwrap();
        for own in [
            "localhost",
            "LocalHost:8000",
            "localhost:80",
            "127.0.0.1:8000",
            "127.1.2.3",
            "[::1]:8000",
            "[::ffff:127.0.0.1]:8000",
            "192.0.2.7:8000",
        ] {
            assert!(is_this_machine(own.as_bytes(), address), "{own}");
        }
        for foreign in [
            "",
            "example.com",
            "example.com:8000",
            "localhost.example.com",
            "localhost@example.com",
            "127.0.0.1.example.com:8000",
            "192.0.2.7",
            "192.0.2.7:9000",
            "192.0.2.8:8000",
            "0.0.0.0:8000",
            "2130706433",
            "a b",
        ] {
            assert!(!is_this_machine(foreign.as_bytes(), address), "{foreign}");
        }
    }

    #[test]
    fn every_host_of_a_request_must_be_this_machine_and_there_must_be_one() {
        let address = "127.0.0.1:8000".parse().unwrap();
        for (uri, hosts, own) in [
            ("/", &["localhost:8000"][..], true),
            ("/", &[], false),
            ("/", &["localhost:8000", "example.com"], false),
            ("http://localhost:8000/", &[], true),
            ("http://example.com/", &["localhost:8000"], false),
        ] {
            let uri = Uri::from_static(uri);
            let mut headers = HeaderMap::new();
            for host in hosts {
                headers.append(HOST, host.parse().unwrap());
            }
            let named = names_this_machine(&uri, &headers, address);
            assert_eq!(named, own, "{uri} {hosts:?}");
        }
    }
}
