//! The HTTP API of the embedded DynamoDB. The emulator's own server answers every web page's preflight with `*`, and cannot
//! be put behind anything else.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, DATE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use dynoxide::auth_material::{self, AuthMaterial};
use dynoxide::errors::DynoxideError;
use dynoxide::{Database, errors};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::serving::{foreign_requests, request_body};

/// The maximum size of a request: 16 MB (Amazon DynamoDB, `BatchWriteItem`), more in JSON.
const MAX_REQUEST_BYTES: usize = 24 * 1024 * 1024;
/// What an operation's name follows in the header `x-amz-target`.
const TARGETS: [&str; 2] = ["DynamoDB_20120810.", "DynamoDBStreams_20120810."];
const UNKNOWN_OPERATION: &str =
    r#"{"__type":"com.amazon.coral.service#UnknownOperationException"}"#;

/// The API over `database`, for programs of this machine.
pub fn router(database: Database) -> Router {
    Router::new()
        .fallback(respond)
        .layer(from_fn(foreign_requests::refuse))
        .with_state(database)
}

async fn respond(State(database): State<Database>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Some(operation) = operation(&parts) else {
        return json(StatusCode::BAD_REQUEST, UNKNOWN_OPERATION.to_owned());
    };
    if let Some(refusal) = missing_credentials(&parts) {
        return json(StatusCode::BAD_REQUEST, refusal);
    }
    let body = match request_body::read(body, MAX_REQUEST_BYTES).await {
        Ok(body) => body,
        Err(status) => return status.into_response(),
    };
    match call(&database, operation, &body) {
        Some(Ok(answer)) => json(StatusCode::OK, answer),
        Some(Err(error)) => {
            let status = StatusCode::from_u16(error.status_code());
            json(status.unwrap_or(StatusCode::BAD_REQUEST), error.to_json())
        }
        None => json(StatusCode::BAD_REQUEST, UNKNOWN_OPERATION.to_owned()),
    }
}

/// The operation that a request names.
fn operation(parts: &Parts) -> Option<&str> {
    if parts.method != Method::POST {
        return None;
    }
    let target = text(&parts.headers, "x-amz-target")?;
    TARGETS
        .iter()
        .find_map(|prefix| target.strip_prefix(prefix))
}

/// Any credentials will do, but there must be some, as with DynamoDB.
fn missing_credentials(parts: &Parts) -> Option<String> {
    let headers = &parts.headers;
    auth_material::validate(AuthMaterial {
        authorization: text(headers, AUTHORIZATION.as_str()),
        query: parts.uri.query().unwrap_or_default(),
        has_date_header: headers.contains_key("x-amz-date") || headers.contains_key(DATE),
    })
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn json(status: StatusCode, body: String) -> Response {
    let headers = [
        (CONTENT_TYPE.as_str(), "application/x-amz-json-1.0"),
        ("x-amzn-requestid", &Uuid::new_v4().to_string()),
    ];
    (status, headers, body).into_response()
}

/// Calls an operation; `None` if no operation has that name.
fn call(database: &Database, operation: &str, body: &Bytes) -> Option<errors::Result<String>> {
    let db = database;
    Some(match operation {
        "BatchExecuteStatement" => run(body, |input| db.batch_execute_statement(input)),
        "BatchGetItem" => run(body, |input| db.batch_get_item(input)),
        "BatchWriteItem" => run(body, |input| db.batch_write_item(input)),
        "CreateTable" => run(body, |input| db.create_table(input)),
        "DeleteItem" => run(body, |input| db.delete_item(input)),
        "DeleteTable" => run(body, |input| db.delete_table(input)),
        "DescribeStream" => run(body, |input| db.describe_stream(input)),
        "DescribeTable" => run(body, |input| db.describe_table(input)),
        "DescribeTimeToLive" => run(body, |input| db.describe_time_to_live(input)),
        "ExecuteStatement" => run(body, |input| db.execute_statement(input)),
        "ExecuteTransaction" => run(body, |input| db.execute_transaction(input)),
        "GetItem" => run(body, |input| db.get_item(input)),
        "GetRecords" => run(body, |input| db.get_records(input)),
        "GetShardIterator" => run(body, |input| db.get_shard_iterator(input)),
        "ListStreams" => run(body, |input| db.list_streams(input)),
        "ListTables" => run(body, |input| db.list_tables(input)),
        "ListTagsOfResource" => run(body, |input| db.list_tags_of_resource(input)),
        "PutItem" => run(body, |input| db.put_item(input)),
        "Query" => run(body, |input| db.query(input)),
        "Scan" => run(body, |input| db.scan(input)),
        "TagResource" => run(body, |input| db.tag_resource(input)),
        "TransactGetItems" => run(body, |input| db.transact_get_items(input)),
        "TransactWriteItems" => run(body, |input| db.transact_write_items(input)),
        "UntagResource" => run(body, |input| db.untag_resource(input)),
        "UpdateItem" => run(body, |input| db.update_item(input)),
        "UpdateTable" => run(body, |input| db.update_table(input)),
        "UpdateTimeToLive" => run(body, |input| db.update_time_to_live(input)),
        _ => return None,
    })
}

fn run<Input: DeserializeOwned, Output: Serialize>(
    body: &Bytes,
    operation: impl FnOnce(Input) -> errors::Result<Output>,
) -> errors::Result<String> {
    let input = serde_json::from_slice(body).map_err(|error| malformed(&error))?;
    let output = operation(input)?;
    serde_json::to_string(&output)
        .map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}

/// The emulator's types mark the kind of an error in its text.
fn malformed(error: &serde_json::Error) -> DynoxideError {
    let text = error.to_string();
    if let Some(text) = text.strip_prefix("SERIALIZATION:") {
        return DynoxideError::SerializationException(text.to_owned());
    }
    let marks = ["VALIDATION:", "VALIDATION_REQUEST:"];
    let unmarked = marks.iter().find_map(|mark| text.strip_prefix(mark));
    DynoxideError::ValidationException(unmarked.unwrap_or(&text).to_owned())
}
