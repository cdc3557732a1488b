//! What a function's answer to a batch of a stream's records means, as Lambda reads it (AWS Lambda Developer Guide, "Configuring
//! partial batch response with DynamoDB and Lambda").

use serde_json::Value;

/// What is invoked next with the records of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextBatch {
    /// Nothing: all records succeeded.
    Nothing,
    /// The records from this position on, after a wait; those before succeeded.
    From(usize),
    /// The records before this position, and then those from it on.
    Halves(usize),
}

/// What follows on an answer, `None` if the invocation failed, to records of these sequence numbers.
///
/// The guide does not say what a sequence number means that is not in the batch. Here it fails the whole batch, as any other
/// report that cannot be read does.
#[must_use]
pub fn next_batch(answer: Option<&Value>, sequence_numbers: &[&str], bisects: bool) -> NextBatch {
    let Some(answer) = answer else {
        let count = sequence_numbers.len();
        let can_be_split = bisects && count > 1;
        return if can_be_split {
            NextBatch::Halves(count / 2)
        } else {
            NextBatch::From(0)
        };
    };
    let failures = match answer {
        Value::Null => return NextBatch::Nothing,
        Value::Object(answer) => answer.get("batchItemFailures"),
        _ => return NextBatch::From(0),
    };
    let failures = match failures {
        None | Some(Value::Null) => return NextBatch::Nothing,
        Some(Value::Array(failures)) => failures,
        Some(_) => return NextBatch::From(0),
    };
    let position = |failure: &Value| {
        let reported = failure.get("itemIdentifier")?.as_str()?;
        sequence_numbers
            .iter()
            .position(|number| *number == reported)
    };
    let positions: Option<Vec<usize>> = failures.iter().map(position).collect();
    match positions.map(|positions| positions.into_iter().min()) {
        Some(Some(lowest)) => NextBatch::From(lowest),
        Some(None) => NextBatch::Nothing,
        None => NextBatch::From(0),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The guide's conditions of success and failure, and its rules for checkpoints and splitting.
    #[test]
    fn every_answer_leads_to_the_batch_that_the_guide_says() {
        use NextBatch::{From, Halves, Nothing};
        let report = |failures: Value| Some(json!({ "batchItemFailures": failures }));
        let failed = |number: &str| json!({ "itemIdentifier": number });
        for (answer, split, unsplit) in [
            // Complete success.
            (report(json!([])), Nothing, Nothing),
            (report(Value::Null), Nothing, Nothing),
            (Some(json!({})), Nothing, Nothing),
            (Some(Value::Null), Nothing, Nothing),
            // Partial success: the lowest sequence number is the checkpoint.
            (report(json!([failed("11")])), From(0), From(0)),
            (report(json!([failed("12")])), From(1), From(1)),
            (
                report(json!([failed("14"), failed("13")])),
                From(2),
                From(2),
            ),
            // Complete failure: an identifier that is empty, null or under a bad key.
            (report(json!([failed("")])), From(0), From(0)),
            (
                report(json!([{ "itemIdentifier": null }])),
                From(0),
                From(0),
            ),
            (report(json!([{ "itemId": "12" }])), From(0), From(0)),
            (report(json!([failed("12"), failed("")])), From(0), From(0)),
            (report(json!([failed("99")])), From(0), From(0)),
            // All other results are complete failures.
            (report(json!("12")), From(0), From(0)),
            (Some(json!("done")), From(0), From(0)),
            // A failed invocation is split, whatever may be reported.
            (None, Halves(2), From(0)),
        ] {
            let numbers = ["11", "12", "13", "14"];
            let next = |bisects| next_batch(answer.as_ref(), &numbers, bisects);
            assert_eq!((next(true), next(false)), (split, unsplit), "{answer:?}");
        }
    }

    #[test]
    fn a_single_record_is_not_split() {
        assert_eq!(next_batch(None, &["11"], true), NextBatch::From(0));
        assert_eq!(
            next_batch(None, &["11", "12", "13"], true),
            NextBatch::Halves(1)
        );
    }
}
