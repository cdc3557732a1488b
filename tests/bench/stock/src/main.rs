//! A function that logs one agent out with the calls of `force-logout`, over clients as the SDK's guide sets them up:
//! the token is read, then the agent, then a conditional statement is executed.

use aws_config::BehaviorVersion;
use aws_sdk_dynamodb::types::{AttributeValue, BatchStatementRequest, KeysAndAttributes};
use lambda_http::{Body, Error, Request, Response, run, service_fn};
use serde_json::Value;

const LOG_OUT: &str = "UPDATE \"agents\" SET agent_status = 'Offline' WHERE agent_key = ? \
                       AND attribute_exists(online_since)";

struct Clients {
    dynamodb: aws_sdk_dynamodb::Client,
    sqs: aws_sdk_sqs::Client,
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    lambda_http::tracing::init_default_subscriber();
    let config = aws_config::load_defaults(BehaviorVersion::latest()).await;
    let clients = Clients {
        dynamodb: aws_sdk_dynamodb::Client::new(&config),
        sqs: aws_sdk_sqs::Client::new(&config),
    };
    run(service_fn(async |request| log_out(&clients, request).await)).await
}

async fn log_out(clients: &Clients, request: Request) -> Result<Response<Body>, Error> {
    let body: Value = serde_json::from_slice(request.body())?;
    if let Some(queue) = body["queue"].as_str() {
        let message = clients.sqs.send_message().queue_url(queue);
        message.message_body(body.to_string()).send().await?;
        return Ok(Response::new("sent".into()));
    }
    let dynamodb = &clients.dynamodb;
    let token = dynamodb.get_item().table_name("api-tokens");
    let token = token.key("token_id", text("acme")).send().await?;
    token.item.ok_or("there is no token")?;

    let key = text(&format!("acme#{}", body["agent_ids"][0]));
    let keys = KeysAndAttributes::builder().keys([("agent_key".to_owned(), key.clone())].into());
    let agents = dynamodb
        .batch_get_item()
        .request_items("agents", keys.build()?);
    let agents = agents.send().await?.responses.unwrap_or_default();
    agents
        .get("agents")
        .and_then(|found| found.first())
        .ok_or("there is no agent")?;

    let statement = BatchStatementRequest::builder().statement(LOG_OUT);
    let statement = statement.parameters(key).build()?;
    let written = dynamodb.batch_execute_statement().statements(statement);
    let written = written.send().await?.responses.unwrap_or_default();
    match written.first().and_then(|answer| answer.error.as_ref()) {
        Some(error) => Err(format!("{error:?}").into()),
        None => Ok(Response::new("logged out".into())),
    }
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}
