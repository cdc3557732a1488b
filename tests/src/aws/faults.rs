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
    /// AWS refuses it for a passing reason, by one of [`PASSING_CODES`], in turn.
    Refused,
    /// There is no answer in time.
    TimedOut,
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
    /// How many tries of the call have that fault; after [`SDK_TRIES`] the service sees it. A function dies once: at most three
    /// faults fail at most three deliveries, which keeps a message out of the dead-letter queue.
    pub tries: usize,
}

/// Every fault.
pub const FAULTS: [Fault; 5] = [
    Fault::RequestLost,
    Fault::ReplyLost,
    Fault::Refused,
    Fault::TimedOut,
    Fault::DiesAfter,
];

/// Codes with which AWS refuses a call that may succeed a little later.
pub const PASSING_CODES: [&str; 7] = [
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "RequestLimitExceeded",
    "InternalServerError",
    "RequestThrottled",
    "ServiceUnavailable",
    "KmsThrottled",
];

/// How often the SDK tries a call.
pub const SDK_TRIES: usize = 3;

/// A script for [`AwsCalls`](crate::AwsCalls) that makes these faults happen, with calls counted from `base`.
/// The codes of refusals begin with another one for each first fault.
pub fn script(base: u64, faults: Vec<FaultAt>) -> impl FnMut(&mut Call) -> Act + Send + 'static {
    let mut hit: Vec<(Value, FaultAt, usize)> = Vec::new();
    let first = faults.first().map_or(0, |fault| fault.call);
    let first = usize::try_from(first).unwrap() % PASSING_CODES.len();
    let mut codes = PASSING_CODES.iter().cycle().skip(first);
    move |call| {
        let number = call.number - base;
        let retried = hit.iter_mut().find(|(body, fault, tries)| {
            fault.fault != Fault::DiesAfter && *tries < fault.tries && *body == call.body
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
            Fault::Refused => codes.next().map_or(Act::Throttle, |code| Act::Refuse(code)),
            Fault::TimedOut => Act::TimeOut,
            Fault::DiesAfter => Act::Die,
        }
    }
}
