//! Reading a JSON object, with errors that name the key that is wrong and say what was expected there. They never repeat what
//! the text holds, as the words of `serde_json` do.

use std::fmt;

use domain::tenant::Tenant;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, Visitor};
use serde_json::error::Category;
use serde_path_to_error::Path;
use thiserror::Error;

/// Why a text is not the object that was expected.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ObjectError {
    /// Not JSON.
    #[error("not JSON at line {line} column {column}")]
    Syntax {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// An array, a string, a number, …
    #[error("not a JSON object")]
    NotAnObject,
    /// One of its keys.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// What is wrong with one key: `agent_id: missing`, `selection.team_ids[3]: expected an integer …`.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{key}: {reason}")]
pub struct KeyError {
    key: String,
    reason: String,
}

impl KeyError {
    /// The reason must not repeat the value.
    pub(crate) fn new(key: &str, reason: impl fmt::Display) -> Self {
        let key = key.to_owned();
        let reason = reason.to_string();
        Self { key, reason }
    }
}

/// Reads an object. A key whose value is `null` is a missing one.
///
/// # Errors
/// The first thing that is wrong.
pub(crate) fn read<'t, T: Deserialize<'t>>(text: &'t str) -> Result<T, ObjectError> {
    // Serde would take an array for an object whose keys are its places.
    if !text.trim_start().starts_with('{') {
        let json = serde_json::from_str::<IgnoredAny>(text);
        return Err(json.map_or_else(|error| syntax(&error), |_| ObjectError::NotAnObject));
    }
    let mut json = serde_json::Deserializer::from_str(text);
    let object = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let (path, error) = (key_path(error.path()), error.into_inner());
        match error.classify() {
            Category::Data => key_error(&path, &error.to_string()).into(),
            _ => syntax(&error),
        }
    })?;
    json.end().map_err(|error| syntax(&error))?;
    Ok(object)
}

/// Reads a text; any other value, and a text that `read` does not know, is answered by what was expected.
pub(crate) fn text<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    expected: &'static str,
    read: fn(&str) -> Option<T>,
) -> Result<T, D::Error> {
    deserializer.deserialize_str(TextVisitor { expected, read })
}

/// Reads a tenant.
pub(crate) fn tenant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Tenant, D::Error> {
    let expected = "a subdomain: a-z, 0-9 and inner hyphens";
    text(deserializer, expected, Tenant::parse)
}

struct TextVisitor<T> {
    expected: &'static str,
    read: fn(&str) -> Option<T>,
}

impl<T> Visitor<'_> for TextVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.read)(text).ok_or_else(|| E::custom(format_args!("expected {}", self.expected)))
    }
}

fn syntax(error: &serde_json::Error) -> ObjectError {
    ObjectError::Syntax {
        line: error.line(),
        column: error.column(),
    }
}

/// Where the error is; empty for the object itself.
fn key_path(path: &Path) -> String {
    let path = path.to_string();
    if path == "." { String::new() } else { path }
}

/// Takes from Serde's words what does not come from the text: which key it is, and what follows the last `expected`.
fn key_error(path: &str, words: &str) -> KeyError {
    let words = words
        .rsplit_once(" at line ")
        .map_or(words, |(words, _)| words);
    let named = |prefix| words.strip_prefix(prefix)?.split('`').next();
    if let Some(key) = named("missing field `") {
        return KeyError::new(&inside(path, key), "missing");
    }
    if let Some(key) = named("duplicate field `") {
        return KeyError::new(&inside(path, key), "given twice");
    }
    let reason = if words.starts_with("unknown field `") {
        "unknown key"
    } else if words.starts_with("invalid type: null,") {
        "missing"
    } else {
        words
            .rfind("expected ")
            .map_or("not valid", |start| &words[start..])
    };
    KeyError::new(path, reason)
}

fn inside(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

#[cfg(test)]
mod tests {
    use domain::ids::AgentId;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Object {
        #[serde(deserialize_with = "tenant")]
        #[expect(dead_code, reason = "only read")]
        tenant: Tenant,
        #[expect(dead_code, reason = "only read")]
        inner: Option<Inner>,
    }

    #[derive(Debug, Deserialize)]
    struct Inner {
        #[expect(dead_code, reason = "only read")]
        ids: Vec<AgentId>,
    }

    fn error(text: &str) -> String {
        read::<Object>(text).map_or_else(|error| error.to_string(), |_| "accepted".to_owned())
    }

    #[test]
    fn an_object_is_read() {
        for good in [
            r#"{"tenant":"acme"}"#,
            r#" {"tenant":"acme","inner":null} "#,
            r#"{"tenant":"ac\u006de","inner":{"ids":[1],"more":"secret"}}"#,
        ] {
            assert_eq!(error(good), "accepted", "{good}");
        }
    }

    #[test]
    fn an_error_names_the_key_and_what_was_expected() {
        let id = "expected an integer from 1 to 9007199254740991";
        let subdomain = "tenant: expected a subdomain: a-z, 0-9 and inner hyphens";
        for (text, expected) in [
            ("", "not JSON at line 1 column 0"),
            ("secret", "not JSON at line 1 column 1"),
            ("{\n\"tenant\"", "not JSON at line 2 column 8"),
            (
                r#"{"tenant":"acme"} secret"#,
                "not JSON at line 1 column 19",
            ),
            (r#"["secret"]"#, "not a JSON object"),
            (r#""secret""#, "not a JSON object"),
            ("{}", "tenant: missing"),
            (r#"{"tenant":null}"#, "tenant: missing"),
            (r#"{"tenant":7}"#, subdomain),
            (r#"{"tenant":"a secret"}"#, subdomain),
            (r#"{"tenant":["expected secret"]}"#, subdomain),
            (
                r#"{"tenant":"acme","tenant":"secret"}"#,
                "tenant: given twice",
            ),
            (
                r#"{"tenant":"acme","tennant":"secret"}"#,
                "tennant: unknown key",
            ),
            (r#"{"tenant":"acme","inner":{}}"#, "inner.ids: missing"),
            (
                r#"{"tenant":"acme","inner":{"ids":"a, expected secret"}}"#,
                "inner.ids: expected a sequence",
            ),
            (
                r#"{"tenant":"acme","inner":{"ids":[1,"secret, expected at line 1 column 2"]}}"#,
                &format!("inner.ids[1]: {id}"),
            ),
            (
                r#"{"tenant":"acme","inner":{"ids":[9007199254740992]}}"#,
                &format!("inner.ids[0]: {id}"),
            ),
        ] {
            assert_eq!(error(text), expected, "{text}");
        }
    }
}
