//! What a request did, for the operator: the rows of agents, and sentences about the others.

use std::collections::BTreeSet;

use domain::ids::AgentId;
use wire::http::{AgentRow, SelectorsBody};

use crate::api::logout_answer::EarlierAttempts;
use crate::exit_status::ExitStatus;
use crate::terminal::output::{count, print_notice};
use crate::terminal::table::{Column, table};

/// The maximum number of agents that a sentence names.
const MAX_NAMED_AGENTS: usize = 100;

/// The columns of the table of agents.
const COLUMNS: [Column; 7] = [
    Column::whole("AGENT", 0),
    Column::text("NAME", 1, 8),
    Column::text("EMAIL", 6, 16),
    Column::text("NUMBER", 5, 6),
    Column::text("BEFORE", 3, 8),
    Column::text("NOW", 4, 8),
    Column::text("LOGGED OUT", 2, 10),
];

/// The outcome of each agent, as a table.
pub fn row_table(rows: &[AgentRow]) -> String {
    let cells = |row: &AgentRow| {
        let logged_out = if row.is_deferred() {
            "after call/chat"
        } else {
            "now"
        };
        [
            row.agent_id.to_string(),
            row.name.clone(),
            row.email.clone(),
            row.agent_number.clone(),
            row.previous_status.clone(),
            row.current_status.clone(),
            logged_out.to_owned(),
        ]
    };
    table(COLUMNS, rows.iter().map(cells))
}

/// Prints how many agents are logged out and who is not, and returns the exit status for that.
pub fn print_summary(
    selectors: &SelectorsBody,
    rows: &[AgentRow],
    earlier: EarlierAttempts,
) -> ExitStatus {
    if earlier == EarlierAttempts::MayHaveLoggedOut {
        print_notice(
            "agent-logout: an earlier attempt was answered with 503, and may have logged out other agents",
        );
    }
    let deferred = rows.iter().filter(|row| row.is_deferred()).count();
    let logged_out = count(rows.len() - deferred, "agent");
    if deferred == 0 {
        print_notice(&format!("{logged_out} logged out"));
    } else {
        print_notice(&format!(
            "{logged_out} logged out, {deferred} will be as soon as their call or chat ends"
        ));
    }
    print_skipped(selectors, rows, earlier);
    if deferred == 0 {
        ExitStatus::Done
    } else {
        ExitStatus::LogoutsPending
    }
}

/// Says that no matching agent is online. That is no failure: nobody is left to log out, as it is when a command that was
/// cut off is repeated.
pub fn print_nobody_online(selectors: &SelectorsBody, earlier: EarlierAttempts) -> ExitStatus {
    print_notice(match earlier {
        EarlierAttempts::None => "no matching agent is online, so nobody was logged out",
        EarlierAttempts::MayHaveLoggedOut => {
            "no matching agent is online any more: an earlier attempt was answered with 503, and may have logged them out"
        }
    });
    print_skipped(selectors, &[], earlier);
    ExitStatus::Done
}

/// Says that a job skipped all of its agents.
pub fn print_nobody_touched(earlier: EarlierAttempts) {
    print_nobody_online(&SelectorsBody::default(), earlier);
}

/// Names the agents who were asked for by id, and for whom there is no row. The answer does not say which of the reasons
/// is theirs.
fn print_skipped(selectors: &SelectorsBody, rows: &[AgentRow], earlier: EarlierAttempts) {
    let skipped = skipped(&selectors.agent_ids, rows);
    if skipped.is_empty() {
        return;
    }
    let reasons = match earlier {
        EarlierAttempts::None => "offline or unknown",
        EarlierAttempts::MayHaveLoggedOut => {
            "offline, unknown, or logged out by an earlier attempt"
        }
    };
    print_notice(&format!("not logged out: {} ({reasons})", list(&skipped)));
}

/// The agents without a row, each once, in order.
fn skipped(asked_for: &[AgentId], rows: &[AgentRow]) -> Vec<AgentId> {
    let with_row: BTreeSet<AgentId> = rows.iter().map(|row| row.agent_id).collect();
    let asked_for: BTreeSet<AgentId> = asked_for.iter().copied().collect();
    asked_for.difference(&with_row).copied().collect()
}

/// Agents for a sentence, which names the first of many.
pub fn list(agents: &[AgentId]) -> String {
    let named = agents.iter().take(MAX_NAMED_AGENTS);
    let named: Vec<String> = named.map(ToString::to_string).collect();
    let more = agents.len() - named.len();
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    named.join(", ") + &more
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agents(ids: impl IntoIterator<Item = u64>) -> Vec<AgentId> {
        ids.into_iter()
            .map(|id| AgentId::new(id).unwrap())
            .collect()
    }

    #[test]
    fn agents_without_a_row_are_named_once_and_in_order() {
        assert_eq!(skipped(&agents([999, 14, 999]), &[]), agents([14, 999]));
        assert_eq!(list(&agents([14, 999])), "14, 999");
    }

    #[test]
    fn a_sentence_names_a_limited_number_of_agents() {
        let text = list(&agents(1..=102));
        assert!(text.ends_with("99, 100 and 2 more"), "{text}");
    }
}
