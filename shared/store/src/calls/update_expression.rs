//! The expression of a conditional update, built attribute by attribute.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, Delete, TransactWriteItem, Update};

use crate::items::attributes::Item;

/// What an update sets and removes, and its conditions. Attribute names are not reserved words of DynamoDB, so they need no
/// placeholders.
#[derive(Debug, Default)]
pub(crate) struct UpdateExpression {
    sets: Vec<String>,
    removes: Vec<&'static str>,
    conditions: Vec<String>,
    values: Item,
}

impl UpdateExpression {
    /// Sets an attribute.
    pub(crate) fn set(mut self, name: &'static str, value: AttributeValue) -> Self {
        self.sets.push(format!("{name} = :to_{name}"));
        self.value(format!(":to_{name}"), value)
    }

    /// Removes an attribute.
    pub(crate) fn remove(mut self, name: &'static str) -> Self {
        self.removes.push(name);
        self
    }

    /// Adds a condition.
    pub(crate) fn only_if(mut self, condition: impl Into<String>) -> Self {
        self.conditions.push(condition.into());
        self
    }

    /// Adds the condition that an attribute has the value that was seen.
    pub(crate) fn only_if_still(self, name: &'static str, seen: Option<&AttributeValue>) -> Self {
        match seen {
            None => self.only_if(format!("attribute_not_exists({name})")),
            Some(value) => self
                .only_if(format!("{name} = :seen_{name}"))
                .value(format!(":seen_{name}"), value.clone()),
        }
    }

    /// Adds a value that a condition names.
    pub(crate) fn value(mut self, placeholder: impl Into<String>, value: AttributeValue) -> Self {
        self.values.insert(placeholder.into(), value);
        self
    }

    /// Sets the expressions of a call.
    pub(crate) fn fill(self, call: UpdateItemFluentBuilder) -> UpdateItemFluentBuilder {
        call.update_expression(self.changes())
            .condition_expression(self.conditions.join(" AND "))
            .set_expression_attribute_values(Some(self.values))
    }

    /// The update of an item, as a part of a transaction.
    pub(crate) fn update(self, table: &str, key: Item) -> TransactWriteItem {
        let update = Update::builder()
            .table_name(table)
            .set_key(Some(key))
            .update_expression(self.changes())
            .condition_expression(self.conditions.join(" AND "))
            .set_expression_attribute_values(Some(self.values).filter(|values| !values.is_empty()))
            .build();
        let update = update.expect("table, key and expression are set");
        TransactWriteItem::builder().update(update).build()
    }

    /// The deletion of an item under these conditions, as a part of a transaction.
    pub(crate) fn deletion(self, table: &str, key: Item) -> TransactWriteItem {
        let delete = Delete::builder()
            .table_name(table)
            .set_key(Some(key))
            .condition_expression(self.conditions.join(" AND "))
            .set_expression_attribute_values(Some(self.values).filter(|values| !values.is_empty()))
            .build();
        let delete = delete.expect("table and key are set");
        TransactWriteItem::builder().delete(delete).build()
    }

    fn changes(&self) -> String {
        let clause = |word: &str, parts: String| match parts.as_str() {
            "" => String::new(),
            parts => format!("{word} {parts} "),
        };
        let sets = clause("SET", self.sets.join(", "));
        let removes = clause("REMOVE", self.removes.join(", "));
        sets + &removes
    }
}
