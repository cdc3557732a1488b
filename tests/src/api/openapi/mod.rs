//! The API as `infra/openapi.yaml` describes it.

mod conformance;
mod schema;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::Value;

pub use conformance::AnsweredRequest;

use crate::yaml;

/// The file, read once.
#[must_use]
pub fn file() -> &'static OpenApi {
    static FILE: LazyLock<OpenApi> = LazyLock::new(OpenApi::load);
    &FILE
}

/// The description.
pub struct OpenApi {
    /// The whole file, with every reference resolved.
    pub document: Value,
    /// Its operations.
    pub operations: Vec<Operation>,
    /// The answer to every other method and path.
    elsewhere: DescribedAnswer,
}

/// A method on a path.
pub struct Operation {
    /// In upper case.
    pub method: String,
    /// The path, with `{id}` for the part that varies.
    pub path: String,
    /// What a body must be, where there is one.
    pub request: Option<Validator>,
    answers: BTreeMap<u16, DescribedAnswer>,
}

/// What an answer of one status must be.
struct DescribedAnswer {
    headers: Vec<DescribedHeader>,
    content_type: String,
    body: Validator,
}

struct DescribedHeader {
    /// In lower case.
    name: String,
    required: bool,
    value: Validator,
}

impl OpenApi {
    fn load() -> Self {
        let file = yaml::load("infra/openapi.yaml");
        let document = schema::resolved(&file, &file);
        let paths = document["paths"].as_object().unwrap();
        let operations = paths.iter().flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap();
            methods
                .iter()
                .map(|(method, operation)| Operation::read(method, path, operation))
        });
        Self {
            operations: operations.collect(),
            elsewhere: DescribedAnswer::read(&document["components"]["responses"]["NotFound"]),
            document,
        }
    }

    /// The operation behind a request.
    #[must_use]
    pub fn operation(&self, method: &str, path: &str) -> Option<&Operation> {
        let mut operations = self.operations.iter();
        operations.find(|operation| operation.method == method && is_on(&operation.path, path))
    }
}

impl Operation {
    fn read(method: &str, path: &str, operation: &Value) -> Self {
        let request = &operation["requestBody"]["content"]["application/json"]["schema"];
        let answers = operation["responses"].as_object().unwrap().iter();
        Self {
            method: method.to_uppercase(),
            path: path.to_owned(),
            request: (!request.is_null()).then(|| schema::validator(request)),
            answers: answers
                .map(|(status, answer)| (status.parse().unwrap(), DescribedAnswer::read(answer)))
                .collect(),
        }
    }
}

impl DescribedAnswer {
    fn read(answer: &Value) -> Self {
        let headers = answer["headers"].as_object().into_iter().flatten();
        let mut content = answer["content"].as_object().unwrap().iter();
        let (content_type, media_type) = content.next().unwrap();
        assert!(content.next().is_none(), "an answer has one content type");
        Self {
            headers: headers
                .map(|(name, header)| DescribedHeader {
                    name: name.to_lowercase(),
                    required: header["required"] == true,
                    value: schema::validator(&header["schema"]),
                })
                .collect(),
            content_type: content_type.clone(),
            body: schema::validator(&schema::closed(&media_type["schema"])),
        }
    }
}

/// True if a path fits a template with `{…}`.
fn is_on(template: &str, path: &str) -> bool {
    let varies = |part: &str| part.starts_with('{');
    template.split('/').count() == path.split('/').count()
        && template
            .split('/')
            .zip(path.split('/'))
            .all(|(expected, part)| expected == part || varies(expected) && !part.is_empty())
}
