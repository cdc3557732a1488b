//! Two programs at the same time change one agent's teams: see `tests::interleavings`.

use tests::interleavings::imports::Change::{Import, Remove};
use tests::interleavings::imports::two_changes;

#[tokio::test]
async fn teams_and_memberships_agree_in_every_order_of_two_imports() {
    for (before, imports) in [
        (Import(&[]), [Import(&[1, 2]), Import(&[1])]),
        (Import(&[2, 3]), [Import(&[1, 2]), Import(&[1])]),
        (Import(&[1, 2]), [Import(&[2]), Import(&[2, 3])]),
        (Remove, [Import(&[1, 2]), Import(&[1])]),
    ] {
        let orders = two_changes(before, imports, 0).await;
        assert!(orders >= 6, "{orders} orders");
    }
}

#[tokio::test]
async fn teams_and_memberships_agree_in_every_order_of_an_import_and_a_removal() {
    for changes in [[Import(&[1, 3]), Remove], [Remove, Remove]] {
        let orders = two_changes(Import(&[1, 2]), changes, 0).await;
        assert!(orders >= 6, "{orders} orders");
    }
}

#[tokio::test]
async fn teams_and_memberships_agree_if_a_program_is_stopped_or_loses_an_answer() {
    let orders = two_changes(Remove, [Import(&[1, 2]), Import(&[1])], 1).await;
    assert!(orders >= 100, "{orders} orders");
}
