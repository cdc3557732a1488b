//! Every interleaving of two or three programs that change the teams of one agent, and stop anywhere, on a model of the tables.

use std::collections::HashSet;

use super::*;

/// Few, so that most changes need several steps.
const MAX_CHANGES: usize = 2;

/// The agent and the memberships in the tables.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Tables {
    /// `None` if the agent is not in the table.
    named: Option<Teams>,
    memberships: Teams,
}

/// Where a program is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum At {
    Start,
    /// It has read the agent.
    AgentRead(Option<Teams>),
    /// These steps are left, the next one last. Each expects that the agent is in the table, or is not.
    Steps {
        steps: Vec<TeamStep>,
        exists: bool,
    },
    End,
}

/// What a program makes of the agent's teams; `None` removes the agent.
type Wanted = Option<Teams>;

fn teams(ids: &[u64]) -> Teams {
    ids.iter().map(|id| TeamId::new(*id).unwrap()).collect()
}

/// The next thing that a program does.
fn run(tables: &mut Tables, at: &At, wanted: &Wanted) -> At {
    match at {
        At::Start => At::AgentRead(tables.named.clone()),
        At::AgentRead(None) if wanted.is_none() => At::End,
        At::AgentRead(named) => {
            let before = named.clone().unwrap_or_default();
            let mut steps = steps_of(
                MAX_CHANGES,
                &before,
                &tables.memberships,
                &wanted.clone().unwrap_or_default(),
            );
            steps.reverse();
            let exists = named.is_some();
            At::Steps { steps, exists }
        }
        At::Steps { steps, exists } => {
            let (step, left) = steps.split_last().unwrap();
            if tables.named.as_ref() != exists.then_some(&step.before) {
                return At::Start;
            }
            let is_removed = left.is_empty() && wanted.is_none();
            tables.named = (!is_removed).then(|| step.after.clone());
            for change in &step.changes {
                match change {
                    TeamChange::Join(team_id) => tables.memberships.insert(*team_id),
                    TeamChange::Leave(team_id) => tables.memberships.remove(team_id),
                };
            }
            if left.is_empty() {
                At::End
            } else {
                At::Steps {
                    steps: left.to_vec(),
                    exists: true,
                }
            }
        }
        At::End => At::End,
    }
}

/// Every state that the programs can reach, wherever any of them stops: stopping is to do nothing more, so each state is also
/// one after a stop.
fn search(tables: Tables, wanted: &[Wanted]) -> Vec<(Tables, Vec<At>)> {
    let start = (tables, vec![At::Start; wanted.len()]);
    let mut seen = HashSet::from([start.clone()]);
    let mut open = vec![start];
    let mut all = Vec::new();
    while let Some((tables, programs)) = open.pop() {
        for (program, wanted) in wanted.iter().enumerate() {
            let mut next = (tables.clone(), programs.clone());
            next.1[program] = run(&mut next.0, &programs[program], wanted);
            if seen.insert(next.clone()) {
                open.push(next);
            }
        }
        all.push((tables, programs));
    }
    all
}

fn assert_all_agree(tables: &Tables, wanted: &[Wanted]) {
    let mut ends = 0;
    for (tables, programs) in search(tables.clone(), wanted) {
        let named = tables.named.clone().unwrap_or_default();
        assert!(
            tables.memberships.is_subset(&named),
            "{tables:?} {programs:?}"
        );
        if programs.iter().all(|at| *at == At::End) {
            ends += 1;
            assert_eq!(tables.memberships, named, "{wanted:?}");
            assert!(wanted.contains(&tables.named), "{tables:?} {wanted:?}");
        }
    }
    assert!(ends > 0, "the programs end");
}

#[test]
fn teams_and_memberships_agree_after_every_interleaving() {
    let all = [1, 2, 3, 4, 5];
    let starts = [None, Some(teams(&[])), Some(teams(&[1, 2, 3]))];
    let ends = [
        None,
        Some(teams(&[1])),
        Some(teams(&[2, 3, 4])),
        Some(teams(&all)),
    ];
    for named in &starts {
        let tables = Tables {
            named: named.clone(),
            memberships: named.clone().unwrap_or_default(),
        };
        for first in &ends {
            for second in &ends {
                assert_all_agree(&tables, &[first.clone(), second.clone()]);
            }
        }
        assert_all_agree(
            &tables,
            &[ends[1].clone(), ends[2].clone(), ends[0].clone()],
        );
        assert_all_agree(
            &tables,
            &[ends[1].clone(), ends[3].clone(), ends[2].clone()],
        );
    }
}

#[test]
fn a_lost_membership_is_restored() {
    let tables = Tables {
        named: Some(teams(&[1, 2, 3])),
        memberships: teams(&[2]),
    };
    for wanted in [&[1, 2, 3][..], &[1, 2], &[1, 4]] {
        assert_all_agree(&tables, &[Some(teams(wanted))]);
        assert_all_agree(&tables, &[Some(teams(wanted)), Some(teams(&[3, 4]))]);
    }
}

#[test]
fn a_step_is_one_transaction() {
    let many: Vec<u64> = (1..=250).collect();
    let steps = team_steps(&teams(&[]), &teams(&[]), &teams(&many));
    let sizes: Vec<usize> = steps.iter().map(|step| step.changes.len()).collect();
    assert_eq!(sizes, [99, 99, 52]);
    assert_eq!(steps[2].after, teams(&many));
}

#[test]
fn nothing_is_changed_for_teams_that_are_right() {
    let right = teams(&[1, 2]);
    let steps = team_steps(&right, &right, &right);
    let unchanged = TeamStep {
        before: right.clone(),
        after: right,
        changes: Vec::new(),
    };
    assert_eq!(steps, [unchanged]);
}
