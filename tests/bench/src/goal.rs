//! Goals, and whether they are met.

use crate::document::Table;

/// A figure beside what it should be.
#[derive(Clone, Debug)]
pub struct Goal {
    what: String,
    bound: Bound,
    found: f64,
}

#[derive(Clone, Copy, Debug)]
enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

impl Goal {
    /// A figure that should be no larger.
    #[must_use]
    pub fn at_most(what: &str, bound: f64, found: f64) -> Self {
        Self {
            what: what.to_owned(),
            bound: Bound::AtMost(bound),
            found,
        }
    }

    /// A figure that should be no smaller.
    #[must_use]
    pub fn at_least(what: &str, bound: f64, found: f64) -> Self {
        Self {
            what: what.to_owned(),
            bound: Bound::AtLeast(bound),
            found,
        }
    }

    /// True if it is as it should be. What could not be measured is not.
    #[must_use]
    pub fn is_met(&self) -> bool {
        match self.bound {
            Bound::AtMost(bound) => self.found <= bound,
            Bound::AtLeast(bound) => self.found >= bound,
        }
    }
}

/// The largest of some figures; of none, not a number, which meets no goal.
pub fn largest(figures: impl Iterator<Item = f64>) -> f64 {
    figures.reduce(f64::max).unwrap_or(f64::NAN)
}

/// The smallest of some figures, likewise.
pub fn smallest(figures: impl Iterator<Item = f64>) -> f64 {
    figures.reduce(f64::min).unwrap_or(f64::NAN)
}

/// A table of goals.
#[must_use]
pub fn goals(goals: &[Goal]) -> Table {
    let mut table = Table::new(["goal", "wanted", "found", ""]);
    for goal in goals {
        let wanted = match goal.bound {
            Bound::AtMost(bound) => format!("≤ {bound}"),
            Bound::AtLeast(bound) => format!("≥ {bound}"),
        };
        let found = format!("{:.3}", goal.found);
        let found = found.trim_end_matches('0').trim_end_matches('.').to_owned();
        let verdict = if goal.is_met() { "met" } else { "**missed**" };
        table.row([goal.what.clone(), wanted, found, verdict.to_owned()]);
    }
    table
}
