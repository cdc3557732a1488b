//! Answers of the API.

use aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use aws_lambda_events::encodings::Body as LambdaBody;
use reqwest::{Body, RequestBuilder, Response};
use serde_json::Value;

use super::openapi::{self, AnsweredRequest};

/// An answer of the API.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// By lower-case name, sorted; without `date`.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub text: String,
}

impl Answer {
    /// The answer that a function returned.
    #[must_use]
    pub fn of_function(answer: &ApiGatewayV2httpResponse) -> Self {
        let Some(LambdaBody::Text(text)) = &answer.body else {
            panic!("the body is text")
        };
        let headers = answer.headers.iter();
        let headers =
            headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
        Self {
            status: answer.status_code.try_into().unwrap(),
            headers: headers.collect(),
            text: text.clone(),
        }
    }

    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    /// The text of `{"message": …}`.
    #[must_use]
    pub fn message(&self) -> String {
        self.json()["message"].as_str().unwrap().to_owned()
    }

    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Sends a request, and fails if its answer is not as the API's description says.
pub async fn send(request: RequestBuilder) -> Answer {
    let (caller, request) = request.build_split();
    let request = request.unwrap();
    let (method, path) = (request.method().clone(), request.url().path().to_owned());
    let body = request.body().and_then(Body::as_bytes).map(<[u8]>::to_vec);

    let answer = read(caller.execute(request).await.unwrap()).await;
    let answered = AnsweredRequest {
        method: method.as_str(),
        path: &path,
        body: &body.unwrap_or_default(),
    };
    assert_described(&answered, &answer);
    answer
}

/// Fails if the API's description does not have this answer.
pub fn assert_described(request: &AnsweredRequest, answer: &Answer) {
    if let Err(fault) = openapi::file().check(request, answer) {
        let AnsweredRequest { method, path, .. } = request;
        panic!(
            "infra/openapi.yaml does not describe this answer to {method} {path}: {fault}\n{answer:#?}"
        );
    }
}

async fn read(response: Response) -> Answer {
    let status = response.status().as_u16();
    let headers = response
        .headers()
        .iter()
        .filter(|(name, _)| *name != "date");
    let mut headers: Vec<_> = headers
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    headers.sort();
    Answer {
        status,
        headers,
        text: response.text().await.unwrap(),
    }
}
