//! The environment variables of the functions.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::env::VarError;
use std::rc::Rc;

use force_logout::ForceLogoutFunction;
use job_planner::JobPlannerFunction;
use job_status::JobStatusFunction;
use logout_worker::LogoutWorkerFunction;
use pending_logouts::PendingLogoutsFunction;
use presence::PresenceFunction;
use serde_json::{Value, json};
use service::lambda::environment::{AWS_VARIABLES, Environment, SettingsError, VARIABLES};

use super::{functions, template};

/// The variables that a function reads when it starts, those of AWS excepted.
fn variables_read<F>(
    from_environment: fn(&Environment) -> Result<F, SettingsError>,
) -> BTreeSet<String> {
    let read = Rc::new(RefCell::new(BTreeSet::new()));
    let names = read.clone();
    let environment = Environment::from_fn(move |name| {
        names.borrow_mut().insert(name.to_owned());
        match name {
            name if name.starts_with("AWS_ENDPOINT_URL") => Err(VarError::NotPresent),
            _ => Ok("20".to_owned()),
        }
    });
    assert!(from_environment(&environment).is_ok());
    let mut read = read.take();
    read.retain(|name| !AWS_VARIABLES.contains(&name.as_str()));
    read
}

#[test]
fn every_function_gets_the_variables_that_it_reads_and_no_other() {
    let template = template();
    let functions = functions(&template);
    let read = BTreeMap::from([
        (
            "force-logout",
            variables_read(ForceLogoutFunction::from_environment),
        ),
        (
            "job-status",
            variables_read(JobStatusFunction::from_environment),
        ),
        (
            "job-planner",
            variables_read(JobPlannerFunction::from_environment),
        ),
        (
            "logout-worker",
            variables_read(LogoutWorkerFunction::from_environment),
        ),
        (
            "presence",
            variables_read(PresenceFunction::from_environment),
        ),
        (
            "pending-logouts",
            variables_read(PendingLogoutsFunction::from_environment),
        ),
    ]);
    assert_eq!(functions.len(), read.len());
    let values = BTreeMap::from(VARIABLES.map(|name| (name, variable_value(name))));
    let mut set_somewhere = BTreeSet::new();
    for (binary, (_, function)) in &functions {
        let set = function["Environment"]["Variables"].as_object().unwrap();
        let names: BTreeSet<String> = set.keys().cloned().collect();
        assert_eq!(names, read[binary.as_str()], "{binary}");
        for (name, value) in set {
            assert_eq!(*value, values[name.as_str()], "{binary}: {name}");
        }
        set_somewhere.extend(names);
    }
    assert_eq!(
        set_somewhere,
        VARIABLES.map(str::to_owned).into_iter().collect()
    );
}

/// What the template sets a variable to: `AGENTS_TABLE` to the resource `AgentsTable`, and likewise.
fn variable_value(name: &str) -> Value {
    let name = name.strip_suffix("_URL").unwrap_or(name);
    if name == "BUSY_STATUSES" {
        return json!({ "Join": [",", { "Ref": "BusyStatuses" }] });
    }
    let words = name.split('_').map(|word| {
        let (first, rest) = word.split_at(1);
        format!("{first}{}", rest.to_lowercase())
    });
    json!({ "Ref": words.collect::<String>() })
}
