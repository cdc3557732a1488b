//! What the ledger counted, by agent and by event.

use ledger::{Case, Cost, Entry, Event, Selector};

/// The largest jobs of the ledger of which every selector has one, and the largest of all.
const LARGE: u32 = 10_000;
const LARGEST: u32 = 100_000;

/// The ledger's figures for idle agents.
pub struct Counted<'a> {
    ledger: &'a [Entry],
}

impl<'a> Counted<'a> {
    pub fn of(ledger: &'a [Entry]) -> Self {
        Self { ledger }
    }

    fn entry(&self, case: Case) -> Entry {
        let entry = self.ledger.iter().find(|entry| entry.case == case);
        entry.expect("the ledger has every case").clone()
    }

    /// Of logging agents out, with the job if it became one.
    pub fn log_out(&self, by: Selector, agents: u32) -> Cost {
        let busy = 0;
        self.entry(Case::LogOut { by, agents, busy }).whole()
    }

    /// Of one presence event.
    pub fn event(&self, event: Event) -> Cost {
        let case = Case::Events(event);
        let cost = self.entry(case).whole();
        let events = f64::from(case.agents());
        Cost {
            table_writes: cost.table_writes / events,
            index_writes: cost.index_writes / events,
            ..cost
        }
    }

    /// What each further agent adds to a large job by team.
    pub fn per_agent(&self, figure: impl Fn(&Cost) -> f64) -> f64 {
        let of_job = |agents| figure(&self.log_out(Selector::Team, agents));
        (of_job(LARGEST) - of_job(LARGE)) / f64::from(LARGEST - LARGE)
    }

    /// A job by team of any size: the largest counted, and what each further agent adds.
    pub fn job(&self, agents: u32, figure: impl Fn(&Cost) -> f64) -> f64 {
        let further = f64::from(agents) - f64::from(LARGEST);
        figure(&self.log_out(Selector::Team, LARGEST)) + further * self.per_agent(figure)
    }

    /// Read units to find an agent by team or address: what a job by id does not need.
    pub fn look_up_reads_per_agent(&self, by: Selector) -> f64 {
        let by_id = self.log_out(Selector::Id, LARGE).reads;
        (self.log_out(by, LARGE).reads - by_id) / f64::from(LARGE)
    }
}
