//! Faults of AWS calls, by the number of the call.

use serde_json::Value;

use crate::aws_calls::{Act, Call};

/// What happens to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It never arrives.
    RequestLost,
    /// It takes effect, but the answer does not come back.
    ReplyLost,
    /// AWS throttles it.
    Throttled,
    /// It takes effect, and its function dies.
    DiesAfter,
}

/// A fault of the call of that number.
#[derive(Clone, Copy, Debug)]
pub struct FaultAt {
    /// The call.
    pub call: u64,
    /// What happens to it.
    pub fault: Fault,
    /// The SDK's retries of the call have the same fault, so that the service sees it. Without effect if the function dies:
    /// at most three faults fail at most three deliveries, which keeps a message out of the dead-letter queue.
    pub outlasts_retries: bool,
}

/// Every fault.
pub const FAULTS: [Fault; 4] = [
    Fault::RequestLost,
    Fault::ReplyLost,
    Fault::Throttled,
    Fault::DiesAfter,
];

/// How often the SDK tries a call.
const TRIES: usize = 3;

/// A script for [`AwsCalls`](crate::AwsCalls) that makes these faults happen, with calls counted from `base`.
pub fn script(base: u64, faults: Vec<FaultAt>) -> impl FnMut(&mut Call) -> Act + Send + 'static {
    let mut hit: Vec<(Value, FaultAt, usize)> = Vec::new();
    move |call| {
        let number = call.number - base;
        let retried = hit.iter_mut().find(|(body, fault, tries)| {
            fault.outlasts_retries
                && fault.fault != Fault::DiesAfter
                && *tries < TRIES
                && *body == call.body
        });
        let fault = if let Some((_, fault, tries)) = retried {
            *tries += 1;
            fault.fault
        } else if let Some(fault) = faults.iter().find(|fault| fault.call == number) {
            hit.push((call.body.clone(), *fault, 1));
            fault.fault
        } else {
            return Act::Forward;
        };
        match fault {
            Fault::RequestLost => Act::LoseRequest,
            Fault::ReplyLost => Act::LoseReply,
            Fault::Throttled => Act::Throttle,
            Fault::DiesAfter => Act::Die,
        }
    }
}
