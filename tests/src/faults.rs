//! Faults of AWS calls, by number.

use serde_json::Value;

use crate::tap::{Act, Call};

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It never arrives.
    RequestLost,
    /// It takes effect, but the answer does not come back.
    ReplyLost,
    /// AWS is too busy for it.
    Throttled,
    /// It is the last thing its function does.
    DiesAfter,
}

/// A fault of the call of that number.
#[derive(Clone, Copy, Debug)]
pub struct FaultAt {
    /// The call.
    pub call: u64,
    /// What becomes of it.
    pub fault: Fault,
    /// The SDK's retries of the call meet the same fault, so that it comes through to the service. Means nothing for a
    /// function that dies: three faults that each fail one delivery keep a message out of the dead-letter queue.
    pub outlasts_retries: bool,
}

/// Every fault.
pub const FAULTS: [Fault; 4] = [
    Fault::RequestLost,
    Fault::ReplyLost,
    Fault::Throttled,
    Fault::DiesAfter,
];

/// The SDK tries a call that often.
const TRIES: usize = 3;

/// A script for the tap that makes these faults happen, with calls counted from `base` on.
pub fn script(base: u64, faults: Vec<FaultAt>) -> impl FnMut(&mut Call) -> Act + Send + 'static {
    let mut struck: Vec<(Value, FaultAt, usize)> = Vec::new();
    move |call| {
        let number = call.number - base;
        let retried = struck.iter_mut().find(|(body, fault, tries)| {
            fault.outlasts_retries
                && fault.fault != Fault::DiesAfter
                && *tries < TRIES
                && *body == call.body
        });
        let fault = if let Some((_, fault, tries)) = retried {
            *tries += 1;
            fault.fault
        } else if let Some(fault) = faults.iter().find(|fault| fault.call == number) {
            struck.push((call.body.clone(), *fault, 1));
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
