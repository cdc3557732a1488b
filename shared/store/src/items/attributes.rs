//! Attribute values, to and from the types of the domain.

use std::collections::HashMap;
use std::fmt::Display;

use aws_sdk_dynamodb::types::AttributeValue;

use domain::timestamp::Timestamp;

/// What DynamoDB holds under one key.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// A string.
pub(crate) fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

/// A number.
pub(crate) fn number(number: impl Display + Copy) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// A time, as epoch milliseconds.
pub(crate) fn epoch_ms(at: Timestamp) -> AttributeValue {
    number(at.epoch_ms())
}

/// The string of that name.
pub(crate) fn read_text<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

/// The number of that name.
pub(crate) fn read_number(item: &Item, name: &str) -> Option<u64> {
    item.get(name)?.as_n().ok()?.parse().ok()
}

/// The time of that name, held as epoch milliseconds.
pub(crate) fn read_time(item: &Item, name: &str) -> Option<Timestamp> {
    let epoch_ms = item.get(name)?.as_n().ok()?.parse().ok()?;
    Some(Timestamp::from_epoch_ms(epoch_ms))
}
