use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::rc::Rc;

use super::*;

/// Every variable set to its own name, except `changed`.
fn environment(changed: &'static str, value: &Result<&str, VarError>) -> Environment {
    let value = value.clone().map(str::to_owned);
    Environment::from_fn(move |name| match name {
        name if name == changed => value.clone(),
        "SYNC_LIMIT" => Ok("7".to_owned()),
        "JOB_RETENTION_DAYS" => Ok("20".to_owned()),
        "BUSY_STATUSES" => Ok("In-call,On hold".to_owned()),
        name => Ok(name.to_owned()),
    })
}

#[test]
fn every_variable_that_is_read_is_listed() {
    let read = Rc::new(RefCell::new(BTreeSet::new()));
    let names = read.clone();
    let environment = Environment::from_fn(move |name| {
        names.borrow_mut().insert(name.to_owned());
        match name {
            name if name.starts_with("AWS_ENDPOINT_URL") => Err(VarError::NotPresent),
            _ => Ok("20".to_owned()),
        }
    });
    let limit = RetryLimit::UntilDeadline;
    assert!(environment.store(limit).is_ok());
    assert!(environment.plans_queue(limit).is_ok() && environment.jobs_queue(limit).is_ok());
    assert!(environment.domain_name().is_ok() && environment.sync_limit().is_ok());
    assert!(environment.job_retention().is_ok());
    let listed = VARIABLES.into_iter().chain(AWS_VARIABLES);
    assert_eq!(*read.borrow(), listed.map(str::to_owned).collect());
}

#[test]
fn set_variables_are_read() {
    let environment = environment("", &Ok(""));
    let tables = environment.tables().unwrap();
    assert_eq!(tables.agents, "AGENTS_TABLE");
    let domain_name = environment.domain_name().unwrap();
    assert_eq!(domain_name.as_deref(), Some("DOMAIN_NAME"));
    assert_eq!(environment.sync_limit(), Ok(7));
    let statuses = environment.statuses().unwrap();
    assert_eq!(statuses.busy().collect::<Vec<_>>(), ["In-call", "On hold"]);
    let twenty_days = Duration::from_hours(20 * 24);
    assert_eq!(environment.job_retention(), Ok(twenty_days));
    let AwsSettings {
        region,
        credentials,
        ..
    } = environment.aws().unwrap();
    assert_eq!(region, "AWS_REGION");
    assert_eq!(credentials.access_key_id(), "AWS_ACCESS_KEY_ID");
    assert_eq!(credentials.secret_access_key(), "AWS_SECRET_ACCESS_KEY");
    assert_eq!(credentials.session_token(), Some("AWS_SESSION_TOKEN"));
}

#[test]
fn the_endpoint_of_a_service_takes_precedence() {
    let unset = Err(VarError::NotPresent);
    let aws = environment("AWS_ENDPOINT_URL_SQS", &unset).aws().unwrap();
    let expected = ["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"];
    assert_eq!([aws.dynamodb_url.unwrap(), aws.sqs_url.unwrap()], expected);
    let none = Environment::from_fn(|name| match name {
        name if name.starts_with("AWS_ENDPOINT_URL") => Err(VarError::NotPresent),
        _ => Ok("20".to_owned()),
    });
    let aws = none.aws().unwrap();
    assert_eq!((aws.dynamodb_url, aws.sqs_url), (None, None));
}

#[test]
fn a_variable_that_is_missing_or_empty_has_a_default_or_is_named() {
    for unset in [Err(VarError::NotPresent), Ok("")] {
        let limit = environment("SYNC_LIMIT", &unset).sync_limit();
        assert_eq!(limit, Ok(DEFAULT_SYNC_LIMIT));
        assert_eq!(environment("DOMAIN_NAME", &unset).domain_name(), Ok(None));
        let missing = environment("AGENTS_TABLE", &unset).tables().unwrap_err();
        assert_eq!(missing, SettingsError::Missing("AGENTS_TABLE"));
    }
}

#[test]
fn invalid_settings_are_refused() {
    for limit in ["0", "101", "-1", "ten", "1.5"] {
        let error = environment("SYNC_LIMIT", &Ok(limit)).sync_limit();
        let text = "the environment variable SYNC_LIMIT is not a number from 1 to 100";
        assert_eq!(error.unwrap_err().to_string(), text, "{limit}");
    }
    let error = environment("JOB_RETENTION_DAYS", &Ok("13")).job_retention();
    let error = error.unwrap_err().to_string();
    assert!(error.contains("from 14 to 3650"), "{error}");
    // If it counted as not set, the host would not be checked.
    let not_utf8 = Err(VarError::NotUnicode(OsString::new()));
    let error = environment("DOMAIN_NAME", &not_utf8).domain_name();
    assert_eq!(error, Err(SettingsError::NotUtf8("DOMAIN_NAME")));
}
