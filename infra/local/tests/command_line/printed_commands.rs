//! The commands that are printed at the start, and how the program stops.

use super::running::{ANY_PORTS, Running};

#[tokio::test]
async fn the_printed_commands_work_as_printed() {
    let running = Running::start(&ANY_PORTS);
    assert!(
        running.greeting[0].starts_with("ready: http://127.0.0.1:"),
        "{:?}",
        running.greeting
    );
    assert_eq!(running.commands().len(), 3);
    for nth in 0..3 {
        let (status, rows) = running.paste(nth).await;
        assert_eq!(status, 200, "{rows}");
        assert!(
            rows.as_array()
                .unwrap()
                .iter()
                .any(|row| row["current_status"] == "Offline")
        );
    }
    let (status, again) = running.paste(0).await;
    assert_eq!(
        (status, &again["message"]),
        (400, &"cannot find any agent by input params".into())
    );
}

#[test]
fn a_signal_stops_the_program_cleanly() {
    for signal in ["INT", "TERM"] {
        let (printed, success) = Running::start(&ANY_PORTS).signal(signal);
        assert_eq!((printed.as_str(), success), ("stopped\n", true), "{signal}");
    }
}
