//! A conditional update of one item, put together attribute by attribute.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;

use super::item::Item;

/// What an update sets, removes, and asks for. The names of attributes are no reserved words, so they stand in it as they
/// are.
#[derive(Debug, Default)]
pub(super) struct Update {
    sets: Vec<String>,
    removes: Vec<&'static str>,
    conditions: Vec<String>,
    values: Item,
}

impl Update {
    /// Sets an attribute.
    pub(super) fn set(mut self, name: &'static str, value: AttributeValue) -> Self {
        self.sets.push(format!("{name} = :to_{name}"));
        self.value(format!(":to_{name}"), value)
    }

    /// Removes an attribute.
    pub(super) fn remove(mut self, name: &'static str) -> Self {
        self.removes.push(name);
        self
    }

    /// Asks for a condition, beside the others.
    pub(super) fn only_if(mut self, condition: impl Into<String>) -> Self {
        self.conditions.push(condition.into());
        self
    }

    /// Asks that an attribute is as it was seen.
    pub(super) fn only_if_still(self, name: &'static str, seen: Option<&AttributeValue>) -> Self {
        match seen {
            None => self.only_if(format!("attribute_not_exists({name})")),
            Some(value) => self
                .only_if(format!("{name} = :seen_{name}"))
                .value(format!(":seen_{name}"), value.clone()),
        }
    }

    /// A value that a condition names.
    pub(super) fn value(mut self, placeholder: impl Into<String>, value: AttributeValue) -> Self {
        self.values.insert(placeholder.into(), value);
        self
    }

    /// Puts it into a call.
    pub(super) fn fill(self, call: UpdateItemFluentBuilder) -> UpdateItemFluentBuilder {
        let clause = |word: &str, parts: String| match parts.as_str() {
            "" => String::new(),
            parts => format!("{word} {parts} "),
        };
        let sets = clause("SET", self.sets.join(", "));
        let removes = clause("REMOVE", self.removes.join(", "));
        call.update_expression(sets + &removes)
            .condition_expression(self.conditions.join(" AND "))
            .set_expression_attribute_values(Some(self.values))
    }
}
