//! Every AWS call of the service, intercepted at the SDK's HTTP layer: counted, held to AWS's limits, and handled as a test's
//! script says.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use aws_smithy_http_client::Builder;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::limits::broken_limit;
use crate::meter::{self, Finished, Meter};
use crate::queues::UnhandledMessages;

use super::virtual_time::VirtualTime;

/// A call on its way out. A script may change its body.
#[derive(Clone, Debug)]
pub struct Call {
    /// From 0, in the order in which calls are sent.
    pub number: u64,
    /// The API operation, such as `Query`.
    pub operation: String,
    /// The request.
    pub body: Value,
}

/// What becomes of a call.
pub enum Act {
    /// It is sent.
    Forward,
    /// Something else happens first, then it is sent.
    After(std::pin::Pin<Box<dyn Future<Output = ()> + Send>>),
    /// It never arrives.
    LoseRequest,
    /// It takes effect, but the answer does not come back.
    LoseReply,
    /// AWS throttles it.
    Throttle,
    /// AWS refuses it with this code.
    Refuse(&'static str),
    /// There is no answer in time.
    TimeOut,
    /// It is sent, and the answer is changed.
    EditReply(Box<dyn FnOnce(&mut Value) + Send>),
    /// It takes effect, and the function that made it ends before it sees the answer.
    Die,
    /// It waits until this future says what becomes of it.
    Hold(std::pin::Pin<Box<dyn Future<Output = Act> + Send>>),
}

type Script = Box<dyn FnMut(&mut Call) -> Act + Send>;

/// Wraps an HTTP client; clones share the count and the script.
#[derive(Clone)]
pub struct AwsCalls {
    inner: SharedHttpClient,
    shared: Arc<Shared>,
}

struct Shared {
    script: Mutex<Script>,
    calls: AtomicU64,
    ticks: AtomicU64,
    meter: Mutex<Meter>,
    death: Notify,
    unhandled: UnhandledMessages,
    virtual_time: VirtualTime,
    broken_limits: Mutex<Vec<String>>,
}

impl Default for AwsCalls {
    fn default() -> Self {
        let shared = Shared {
            script: Mutex::new(Box::new(|_| Act::Forward)),
            calls: AtomicU64::new(0),
            ticks: AtomicU64::new(0),
            meter: Mutex::default(),
            death: Notify::new(),
            unhandled: UnhandledMessages::default(),
            virtual_time: VirtualTime::default(),
            broken_limits: Mutex::default(),
        };
        Self {
            inner: Builder::new().build_http(),
            shared: Arc::new(shared),
        }
    }
}

impl AwsCalls {
    /// From now on does with every call what `script` says.
    pub fn script(&self, script: impl FnMut(&mut Call) -> Act + Send + 'static) {
        *self.shared.script.lock().unwrap() = Box::new(script);
    }

    /// Does `act` to the call numbered `nth` (from 0) of `operation`, counted from now, and forwards the others.
    pub fn once(&self, operation: &'static str, nth: usize, act: Act) {
        let (mut seen, mut act) = (0, Some(act));
        self.script(move |call| {
            if call.operation != operation {
                return Act::Forward;
            }
            seen += 1;
            if seen == nth + 1 {
                act.take().unwrap_or(Act::Forward)
            } else {
                Act::Forward
            }
        });
    }

    /// Resolves when the script lets a function die. The caller then drops the function.
    pub async fn death(&self) {
        self.shared.death.notified().await;
    }

    /// The messages that the service has sent, as far as they are not handled.
    #[must_use]
    pub fn unhandled_messages(&self) -> UnhandledMessages {
        self.shared.unhandled.clone()
    }

    /// Does `work`, in virtual time if the tests have it: what waits for a time limit or between two tries waits for no time at
    /// all, and calls take no time.
    pub async fn in_virtual_time<T>(&self, work: impl Future<Output = T>) -> T {
        self.shared.virtual_time.during(work).await
    }

    /// How many calls were sent.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.shared.calls.load(Ordering::SeqCst)
    }

    /// Returns what was measured, and starts measuring anew.
    #[must_use]
    pub fn take_meter(&self) -> Meter {
        std::mem::take(&mut *self.shared.meter.lock().unwrap())
    }

    /// The limits of AWS that calls broke. Such a call is refused, as AWS does.
    #[must_use]
    pub fn broken_limits(&self) -> Vec<String> {
        self.shared.broken_limits.lock().unwrap().clone()
    }

    fn tick(&self) -> u64 {
        self.shared.ticks.fetch_add(1, Ordering::SeqCst)
    }

    fn next_call(&self, request: &HttpRequest) -> Call {
        let body = serde_json::from_slice(request.body().bytes().unwrap_or_default());
        Call {
            number: self.shared.calls.fetch_add(1, Ordering::SeqCst),
            operation: operation(request),
            body: body.unwrap_or(Value::Null),
        }
    }

    async fn send(
        self,
        inner: SharedHttpConnector,
        mut request: HttpRequest,
    ) -> Result<HttpResponse, ConnectorError> {
        let mut call = self.next_call(&request);
        let started = self.tick();
        let act = (self.shared.script.lock().unwrap())(&mut call);
        if let Some(limit) = broken_limit(&call.operation, &call.body) {
            self.shared.broken_limits.lock().unwrap().push(limit);
            return Ok(response(400, &over_a_limit()));
        }
        // Parallel calls have all started before the first of them ends.
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
        if is_dynamodb(&request) {
            call.body["ReturnConsumedCapacity"] = json!("INDEXES");
        }
        replace_body(&mut request, &call.body);

        let act = match act {
            Act::Hold(decision) => decision.await,
            act => act,
        };
        let act = match act {
            Act::After(first) => {
                first.await;
                Act::Forward
            }
            other => other,
        };
        let (status, mut reply) = match act {
            Act::LoseRequest => return Err(ConnectorError::io("the request was lost".into())),
            Act::Throttle => refused("ThrottlingException"),
            Act::Refuse(code) => refused(code),
            Act::TimeOut => return Err(self.shared.virtual_time.time_out().await),
            _ => {
                let _real_time = self.shared.virtual_time.real();
                exchange(&inner, request).await?
            }
        };
        self.note_sent_messages(&reply);
        self.shared.meter.lock().unwrap().calls.push(Finished {
            operation: call.operation,
            started,
            ended: self.tick(),
            consumed_capacity: meter::consumed_capacity(&reply),
        });
        match act {
            Act::LoseReply => return Err(ConnectorError::io("the reply was lost".into())),
            Act::EditReply(edit) => edit(&mut reply),
            Act::Die => {
                self.shared.death.notify_one();
                std::future::pending::<()>().await;
            }
            _ => {}
        }
        Ok(response(status, &reply))
    }

    /// Of an answer to `SendMessageBatch`, the messages that the queue accepted.
    fn note_sent_messages(&self, reply: &Value) {
        let accepted = reply["Successful"].as_array().into_iter().flatten();
        for message_id in accepted.filter_map(|entry| entry["MessageId"].as_str()) {
            self.shared.unhandled.sent(message_id);
        }
    }
}

/// `X-Amz-Target: DynamoDB_20120810.Query` names the operation; `AmazonSQS.SendMessageBatch` too.
fn operation(request: &HttpRequest) -> String {
    let target = request.headers().get("x-amz-target").unwrap_or_default();
    target.rsplit('.').next().unwrap_or_default().to_owned()
}

fn is_dynamodb(request: &HttpRequest) -> bool {
    let target = request.headers().get("x-amz-target").unwrap_or_default();
    target.starts_with("DynamoDB")
}

fn replace_body(request: &mut HttpRequest, body: &Value) {
    let text = body.to_string();
    request
        .headers_mut()
        .insert("content-length", text.len().to_string());
    *request.body_mut() = SdkBody::from(text);
}

async fn exchange(
    inner: &SharedHttpConnector,
    request: HttpRequest,
) -> Result<(u16, Value), ConnectorError> {
    let response = inner.call(request).await?;
    let status = response.status().as_u16();
    let body = response
        .into_body()
        .collect()
        .await
        .map_err(ConnectorError::io)?
        .to_bytes();
    Ok((status, serde_json::from_slice(&body).unwrap()))
}

/// As AWS writes it; faults of its own have another status.
fn refused(code: &str) -> (u16, Value) {
    let is_fault = code.starts_with("Internal") || code == "ServiceUnavailable";
    let kind = format!("com.amazonaws.dynamodb.v20120810#{code}");
    let status = if is_fault { 500 } else { 400 };
    (status, json!({ "__type": kind, "message": "refused" }))
}

fn over_a_limit() -> Value {
    json!({ "__type": "com.amazonaws#ValidationException", "message": "the call breaks a limit" })
}

fn response(status: u16, body: &Value) -> HttpResponse {
    let mut response =
        HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body.to_string()));
    response
        .headers_mut()
        .insert("content-type", "application/x-amz-json-1.0");
    response
}

impl fmt::Debug for AwsCalls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AwsCalls")
    }
}

impl HttpClient for AwsCalls {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Intercepted {
            aws_calls: self.clone(),
            inner,
        })
    }
}

#[derive(Debug)]
struct Intercepted {
    aws_calls: AwsCalls,
    inner: SharedHttpConnector,
}

impl HttpConnector for Intercepted {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.aws_calls.clone().send(self.inner.clone(), request))
    }
}
