//! How an agent changes teams: in steps of one transaction each.
//!
//! A step changes the agent's `team_ids` and the memberships of the same teams together, if `team_ids` is as the step expects
//! it. So a membership is only there while the agent names its team, whatever other imports do between the steps, and wherever
//! an import stops.

use std::collections::BTreeSet;

use domain::ids::TeamId;

use crate::calls::MAX_TRANSACTION_WRITES;

/// The teams of an agent.
pub(super) type Teams = BTreeSet<TeamId>;

/// Changes of an agent's teams that are made together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct TeamStep {
    /// The agent's teams before it; otherwise the step is rejected.
    pub(super) before: Teams,
    /// The agent's teams after it.
    pub(super) after: Teams,
    /// The changes of memberships.
    pub(super) changes: Vec<TeamChange>,
}

/// A change of one membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum TeamChange {
    /// It is added.
    Join(TeamId),
    /// It is removed.
    Leave(TeamId),
}

/// The steps from the teams `before` to those `wanted`. Wanted teams whose membership is not among those `found` are joined
/// anew, which restores lost ones. There is always a step, without changes if none is needed.
pub(super) fn team_steps(before: &Teams, found: &Teams, wanted: &Teams) -> Vec<TeamStep> {
    // One write of the transaction is the agent's.
    steps_of(MAX_TRANSACTION_WRITES - 1, before, found, wanted)
}

fn steps_of(max_changes: usize, before: &Teams, found: &Teams, wanted: &Teams) -> Vec<TeamStep> {
    let there = before & found;
    let left = before.difference(wanted).copied().map(TeamChange::Leave);
    let joined = wanted.difference(&there).copied().map(TeamChange::Join);
    let changes: Vec<TeamChange> = left.chain(joined).collect();

    let mut teams = before.clone();
    let mut steps = Vec::new();
    for changes in changes.chunks(max_changes) {
        let before = teams.clone();
        for change in changes {
            match change {
                TeamChange::Join(team_id) => teams.insert(*team_id),
                TeamChange::Leave(team_id) => teams.remove(team_id),
            };
        }
        steps.push(TeamStep {
            before,
            after: teams.clone(),
            changes: changes.to_vec(),
        });
    }
    if steps.is_empty() {
        steps.push(TeamStep {
            before: before.clone(),
            after: teams,
            changes: Vec::new(),
        });
    }
    steps
}

#[cfg(test)]
mod tests;
