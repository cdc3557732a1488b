//! Faults of AWS calls, by number.

use serde_json::Value;

use crate::aws_calls::{Act, Call};

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
const FAULTS: [Fault; 4] = [
    Fault::RequestLost,
    Fault::ReplyLost,
    Fault::Throttled,
    Fault::DiesAfter,
];

/// The SDK tries a call that often.
const TRIES: usize = 3;

/// A script for [`AwsCalls`](crate::AwsCalls) that makes these faults happen, with calls counted from `base` on.
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

/// Runs a scenario for each of its calls, which meets the fault. `run` is given the faults and what to say if it goes wrong,
/// and answers how many calls there were.
pub async fn every_call_meets(
    fault: Fault,
    outlasts_retries: bool,
    run: impl AsyncFn(Vec<FaultAt>, String) -> u64,
) {
    let calls = run(Vec::new(), "undisturbed".to_owned()).await;
    assert!(calls > 10, "{calls}");
    for call in 0..calls {
        let fault = FaultAt {
            call,
            fault,
            outlasts_retries,
        };
        run(vec![fault], format!("{fault:?}")).await;
    }
}

/// Runs a scenario with pairs and triples of faults, drawn anew each time. A failure prints what was drawn; given as `seed`,
/// it is drawn again.
pub async fn faults_come_together(
    seed: Option<u64>,
    run: impl AsyncFn(Vec<FaultAt>, String) -> u64,
) {
    const RUNS: usize = 60;
    let seed = seed.unwrap_or_else(|| fastrand::u64(..));
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let calls = run(Vec::new(), "undisturbed".to_owned()).await;
    for _ in 0..RUNS {
        let count = random.usize(2..=3);
        let faults: Vec<FaultAt> = (0..count)
            .map(|_| FaultAt {
                call: random.u64(0..calls + 10),
                fault: FAULTS[random.usize(..FAULTS.len())],
                outlasts_retries: random.bool(),
            })
            .collect();
        run(faults.clone(), format!("seed {seed}: {faults:?}")).await;
    }
}
