//! The API's description, and a page to read it and to send requests from. Only `local` serves them; the deployed API does
//! not have these paths.

use axum::Router;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::{MethodRouter, get, get_service};
use swagger_ui_dist::{ApiDefinition, OpenApiSource, generate_routes};

/// Where the page is.
pub const PAGE_PATH: &str = "/docs";
/// Where the description is.
const DESCRIPTION_PATH: &str = "/openapi.yaml";
/// Where the viewer's files are.
const VIEWER_PATH: &str = "/docs/viewer";
/// The files that the page uses. No other file of the viewer is served: its own page has an inline script, which the policy
/// forbids.
const VIEWER_FILES: [&str; 2] = ["swagger-ui.css", "swagger-ui-bundle.js"];

/// The browser loads nothing from another host. The viewer's pictures are in its style sheet, and it sets inline styles.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
);

/// The paths of the description and the page.
pub fn routes() -> Router {
    let description = include_str!("../../../../openapi.yaml");
    let script = include_str!("page.js");
    let viewer = generate_routes(ApiDefinition {
        uri_prefix: VIEWER_PATH,
        api_definition: OpenApiSource::Uri(DESCRIPTION_PATH),
        title: None,
    });
    let mut routes = Router::new()
        .route(PAGE_PATH, text("text/html", include_str!("page.html")))
        .route("/docs/page.js", text("text/javascript", script))
        .route(DESCRIPTION_PATH, text("application/yaml", description));
    for file in VIEWER_FILES {
        let path = format!("{VIEWER_PATH}/{file}");
        routes = routes.route(&path, get_service(viewer.clone()));
    }
    routes.layer(map_response(with_policy))
}

fn text(content_type: &'static str, text: &'static str) -> MethodRouter {
    let headers: [(HeaderName, &str); 1] = [(CONTENT_TYPE, content_type)];
    get(async move || (headers, text))
}

async fn with_policy(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, POLICY);
    response
}
