use serde_json::{Value, json};

use super::*;

fn event(host: &str) -> Value {
    json!({
        "version": "2.0",
        "rawPath": "/jobs/1",
        "rawQueryString": "",
        "headers": { "Host": host },
        "requestContext": { "domainName": "gateway.example.com", "http": { "method": "GET" } },
        "isBase64Encoded": false,
    })
}

fn read(event: &str) -> Result<Request, String> {
    // As the runtime reads what a function is invoked with.
    let mut json = serde_json::Deserializer::from_slice(event.as_bytes());
    let event: Box<RawValue> = serde_path_to_error::deserialize(&mut json).unwrap();
    Request::of_event(&event).map_err(|error| error.to_string())
}

#[test]
fn what_an_http_api_sends_is_read() {
    let request = read(&event("acme.example.com").to_string()).unwrap();
    assert_eq!((&*request.method, &*request.path), ("GET", "/jobs/1"));
    assert_eq!(request.host, "acme.example.com");
    assert_eq!(request.header("host"), Some("acme.example.com"));
}

#[test]
fn a_host_is_one_that_a_url_can_have() {
    for (host, good) in [
        ("acme.example.com", true),
        ("ACME.example.com:8443", true),
        ("127.0.0.1:9000", true),
        ("[::1]:9000", true),
        ("localhost", true),
        ("xn--mnchen-3ya.example.com", true),
        ("xn--a.example.com", false),
        ("acme.example.com:99999", false),
        ("1.2.3.4.5", false),
        ("[::1", false),
        ("", false),
        (":80", false),
        ("a b", false),
        ("a/b", false),
        ("user@acme.example.com", false),
        ("acme.example.com?x", false),
        ("acme.example.com\r\nset-cookie: a", false),
        ("\u{430}cme.example.com", false),
    ] {
        let read = read(&event(host).to_string());
        assert_eq!(read.is_ok(), good, "{host:?}");
        if let Err(message) = read {
            assert_eq!(message, "the host is malformed");
        }
    }
}

#[test]
fn without_a_host_header_the_host_is_the_gateways() {
    let mut event = event("");
    event["headers"] = Value::Null;
    let request = read(&event.to_string()).unwrap();
    assert_eq!(request.host, "gateway.example.com");
    event["requestContext"]["domainName"] = Value::Null;
    assert!(read(&event.to_string()).is_err());
}

/// Each key of the event, down to the method, missing, null, or of another type.
#[test]
fn an_event_of_any_shape_is_read_or_refused() {
    let whole = event("acme.example.com");
    let paths = [
        "/rawPath",
        "/rawQueryString",
        "/headers",
        "/headers/Host",
        "/requestContext",
        "/requestContext/domainName",
        "/requestContext/http",
        "/requestContext/http/method",
        "/isBase64Encoded",
    ];
    for path in paths {
        let (parent, key) = path.rsplit_once('/').unwrap();
        let mut without = whole.clone();
        let parent = without.pointer_mut(parent).unwrap();
        parent.as_object_mut().unwrap().remove(key);
        let _ = read(&without.to_string());
        for other in [json!(null), json!(7), json!(["x"]), json!({}), json!("x")] {
            let mut changed = whole.clone();
            *changed.pointer_mut(path).unwrap() = other;
            let _ = read(&changed.to_string());
        }
    }
}

#[test]
fn events_of_other_kinds_are_refused() {
    for event in [
        "null",
        "{}",
        "[]",
        "7",
        r#""text""#,
        r#"{"Records":[{"eventSource":"aws:sqs"}]}"#,
        r#"{"version":"1.0","path":"/","httpMethod":"GET","requestContext":{}}"#,
        r#"{"rawPath":"\ud800","requestContext":{"http":{"method":"GET"}}}"#,
        r#"{"rawPath":"/","rawPath":"/","requestContext":{"http":{"method":"GET"}}}"#,
        &format!("{}{}", "[".repeat(5_000), "]".repeat(5_000)),
    ] {
        let refused = read(event).unwrap_err();
        assert_eq!(refused, "the request cannot be read", "{event:.100}");
    }
    let ignored = r#"{"rawPath":"/","requestContext":{"domainName":"a","http":{"method":"GET"}},"stageVariables":1e999}"#;
    assert!(read(ignored).is_ok());
}
