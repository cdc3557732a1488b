//! The question before many agents are logged out.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use wire::http::SelectorsBody;

use crate::terminal::output::count;
use crate::terminal::question::{can_ask, is_confirmed};

/// The maximum number of agents who are logged out without a question.
const MAX_UNCONFIRMED_AGENTS: usize = 100;

/// Asks before more than [`MAX_UNCONFIRMED_AGENTS`] agents may be logged out. Scripts, which have no terminal, are not asked.
///
/// # Errors
/// The operator does not confirm.
pub fn ask(selectors: &SelectorsBody) -> Result<()> {
    if let Some(question) = question(selectors)
        && can_ask()
    {
        let confirmed = is_confirmed(&question)?;
        ensure!(confirmed, "not confirmed, so nobody was logged out");
    }
    Ok(())
}

/// The question; `None` if there are few agents. How many agents are in a team or at an address, only the service knows.
fn question(selectors: &SelectorsBody) -> Option<String> {
    let agents: BTreeSet<_> = selectors.agent_ids.iter().collect();
    let (teams, ranges) = (selectors.team_ids.len(), selectors.ip_addrs.len());
    if teams + ranges == 0 {
        let number = agents.len();
        return (number > MAX_UNCONFIRMED_AGENTS)
            .then(|| format!("This logs out up to {number} agents. Continue? [y/N]"));
    }
    let parts = [
        (agents.len(), "agent"),
        (teams, "team"),
        (ranges, "address range"),
    ];
    let parts = parts.into_iter().filter(|(number, _)| *number > 0);
    let parts: Vec<String> = parts.map(|(number, noun)| count(number, noun)).collect();
    Some(format!(
        "This may log out more than {MAX_UNCONFIRMED_AGENTS} agents: {}. Continue? [y/N]",
        parts.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use domain::ids::{AgentId, TeamId};

    use super::*;

    fn agents(number: u64) -> SelectorsBody {
        let ids = (1..=number).filter_map(AgentId::new);
        SelectorsBody {
            agent_ids: ids.clone().chain(ids).collect(), // each twice
            ..SelectorsBody::default()
        }
    }

    #[test]
    fn up_to_100_distinct_agents_need_no_question() {
        assert_eq!(question(&agents(100)), None);
        let asked = question(&agents(101)).unwrap();
        assert_eq!(asked, "This logs out up to 101 agents. Continue? [y/N]");
    }

    #[test]
    fn a_team_or_an_address_may_have_any_number_of_agents() {
        let mut selectors = agents(2);
        selectors.team_ids = vec![TeamId::new(1).unwrap()];
        selectors.ip_addrs = vec!["10.0.0.1".to_owned(), "10.0.0.2".to_owned()];
        assert_eq!(
            question(&selectors).unwrap(),
            "This may log out more than 100 agents: 2 agents, 1 team, 2 address ranges. Continue? [y/N]"
        );
    }
}
