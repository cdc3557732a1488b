//! The commands that are printed at the start.

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
