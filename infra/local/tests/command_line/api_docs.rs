//! The API's description and its page, as a browser requests them.

use reqwest::Method;

use super::running::{ANY_PORTS, Running, client};

/// Requests a path; returns status, content type and body. Pages restrict the browser to this host, other answers do not.
async fn request(running: &Running, method: Method, path: &str) -> (u16, String, String) {
    let (_, address) = running.greeting[0].split_once("ready: ").unwrap();
    let request = client().request(method, format!("{address}{path}")).send();
    let answer = request.await.unwrap();
    let header = |name| {
        answer
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap())
    };
    let policy = header("content-security-policy").unwrap_or_default();
    let is_page = answer.status() == 200;
    assert_eq!(policy.starts_with("default-src 'self';"), is_page, "{path}");
    let content_type = header("content-type").unwrap_or_default().to_owned();
    (
        answer.status().as_u16(),
        content_type,
        answer.text().await.unwrap(),
    )
}

#[tokio::test]
async fn the_description_is_served_unchanged() {
    let running = Running::start(&ANY_PORTS);
    let (status, content_type, text) = request(&running, Method::GET, "/openapi.yaml").await;
    assert_eq!((status, content_type.as_str()), (200, "application/yaml"));
    assert_eq!(text, include_str!("../../../openapi.yaml"));
}

#[tokio::test]
async fn the_printed_page_and_every_file_that_it_names_are_served() {
    let running = Running::start(&ANY_PORTS);
    let (_, address) = running.greeting[0].split_once("ready: ").unwrap();
    let printed = format!("API documentation: {address}/docs");
    assert!(
        running.greeting.contains(&printed),
        "{:?}",
        running.greeting
    );

    let (status, content_type, page) = request(&running, Method::GET, "/docs").await;
    assert_eq!((status, content_type.as_str()), (200, "text/html"));
    let named = page.split('"').filter(|text| text.starts_with('/'));
    let named: Vec<_> = named.collect();
    assert_eq!(named.len(), 3);
    for path in named {
        let (status, content_type, text) = request(&running, Method::GET, path).await;
        assert_eq!(status, 200, "{path}");
        assert!(
            ["text/css", "text/javascript"].contains(&content_type.as_str()),
            "{path}"
        );
        assert!(!text.is_empty(), "{path}");
    }
    assert!(!page.contains("http"), "the page names no other host");
}

/// On other paths, the front answers like API Gateway. The viewer brings a page of its own, which would not work here.
#[tokio::test]
async fn other_paths_and_methods_are_a_404() {
    let running = Running::start(&ANY_PORTS);
    for (method, path) in [
        (Method::POST, "/docs"),
        (Method::DELETE, "/openapi.yaml"),
        (Method::GET, "/docs/"),
        (Method::GET, "/docs/no-such-file"),
        (Method::GET, "/docs/viewer"),
        (Method::GET, "/docs/viewer/"),
        (Method::GET, "/docs/viewer/oauth2-redirect.html"),
        (Method::GET, "/"),
    ] {
        let answer = request(&running, method, path).await;
        let expected = (
            404,
            "application/json".to_owned(),
            r#"{"message":"Not Found"}"#.to_owned(),
        );
        assert_eq!(answer, expected, "{path}");
    }
}
