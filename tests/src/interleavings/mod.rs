//! Interleavings: several programs run at the same time, each of their AWS calls is held, and one at a time is let through.
//! A scenario is repeated until every order has been seen, and, where faults are asked for, every order with one fault at
//! every call. The scenario must end well in all of them.

pub mod imports;

use std::pin::Pin;

use tokio::sync::{mpsc, oneshot};

use crate::aws_calls::{Act, AwsCalls};

/// The choices of one run: which was made at each point, and out of how many.
#[derive(Debug, Default)]
pub struct Choices {
    made: Vec<(usize, usize)>,
    next: usize,
}

impl Choices {
    /// Chooses as in the run before until the point where this run differs, and then the first of the rest.
    fn choose(&mut self, options: usize) -> usize {
        if self.next == self.made.len() {
            self.made.push((0, options));
        }
        let (choice, of) = self.made[self.next];
        assert_eq!(
            of, options,
            "the same choices lead to another point: {self:?}"
        );
        self.next += 1;
        choice
    }

    /// Goes on to the next run; false after the last one.
    fn advance(&mut self) -> bool {
        self.next = 0;
        while let Some((choice, options)) = self.made.pop() {
            if choice + 1 < options {
                self.made.push((choice + 1, options));
                return true;
            }
        }
        false
    }
}

/// What may happen to a held call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Move {
    /// It takes effect and is answered.
    LetThrough,
    /// It takes effect, and its answer is lost, so the SDK makes it again.
    LoseReply,
    /// It takes effect, and the program is stopped before it sees the answer.
    StopAfter,
    /// The program is stopped before it is sent.
    StopBefore,
}

const FAULTS: [Move; 3] = [Move::LoseReply, Move::StopAfter, Move::StopBefore];

/// A call that waits; it is told what becomes of it.
type HeldCall = oneshot::Sender<Act>;

/// A program that runs beside others. It makes one call at a time.
pub struct Program {
    aws_calls: AwsCalls,
    held: mpsc::UnboundedReceiver<HeldCall>,
    /// `None` once it has ended or is stopped.
    running: Option<Pin<Box<dyn Future<Output = ()>>>>,
}

impl Program {
    /// Starts a program, whose calls `aws_calls` intercepts.
    pub fn start(aws_calls: AwsCalls, program: impl Future<Output = ()> + 'static) -> Self {
        let (hold, calls) = mpsc::unbounded_channel();
        aws_calls.script(move |_| {
            let (decide, decision) = oneshot::channel();
            hold.send(decide).unwrap();
            Act::Hold(Box::pin(async { decision.await.unwrap() }))
        });
        Self {
            aws_calls,
            held: calls,
            running: Some(Box::pin(program)),
        }
    }

    /// Runs on to the next call, which is held; `None` once the program has ended.
    async fn next_call(&mut self) -> Option<HeldCall> {
        tokio::select! {
            biased;
            Some(call) = self.held.recv() => return Some(call),
            () = self.running.as_mut()? => {}
        }
        self.running = None;
        None
    }

    /// Does a move with its call, and runs on to the next one.
    async fn go_on(&mut self, call: HeldCall, what: Move) -> Option<HeldCall> {
        let act = match what {
            Move::LetThrough => Act::Forward,
            Move::LoseReply => Act::LoseReply,
            Move::StopAfter => Act::Die,
            Move::StopBefore => {
                self.running = None;
                return None;
            }
        };
        assert!(call.send(act).is_ok(), "the call is held");
        if what == Move::StopAfter {
            tokio::select! {
                () = self.aws_calls.death() => {}
                () = self.running.as_mut()? => {}
            }
            self.running = None;
            return None;
        }
        self.next_call().await
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Every program came to its end; none was stopped.
    pub all: bool,
}

/// Runs programs to their ends in the order of `choices`, with at most this number of faults, and calls `check` after each
/// call.
pub async fn interleave(
    choices: &mut Choices,
    mut faults: usize,
    mut programs: Vec<Program>,
    check: impl AsyncFn(),
) -> Ended {
    let mut ended = Ended { all: true };
    let mut calls = Vec::new();
    for program in &mut programs {
        calls.push(program.next_call().await);
    }
    loop {
        let open = (0..calls.len()).filter(|program| calls[*program].is_some());
        let moves = [Move::LetThrough].into_iter().chain(FAULTS);
        let moves = moves.take(if faults > 0 { 1 + FAULTS.len() } else { 1 });
        let options: Vec<(usize, Move)> = open
            .flat_map(|program| moves.clone().map(move |what| (program, what)))
            .collect();
        if options.is_empty() {
            return ended;
        }
        let (program, what) = options[choices.choose(options.len())];
        faults -= usize::from(what != Move::LetThrough);
        ended.all &= matches!(what, Move::LetThrough | Move::LoseReply);
        let call = calls[program].take().unwrap();
        calls[program] = programs[program].go_on(call, what).await;
        check().await;
    }
}

/// Repeats a scenario until [`interleave`] has gone through every order; returns how many there are. A scenario starts its
/// programs anew and calls [`interleave`] once.
pub async fn every_interleaving(scenario: impl AsyncFn(&mut Choices)) -> usize {
    let mut choices = Choices::default();
    let mut runs = 0;
    loop {
        scenario(&mut choices).await;
        runs += 1;
        if !choices.advance() {
            return runs;
        }
    }
}
