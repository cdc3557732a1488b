//! Two programs at the same time change one agent's teams, and one of them has a fault: see `tests::interleavings`.

use tests::interleavings::imports::Change::{Import, Remove};
use tests::interleavings::imports::two_changes;

#[tokio::test]
async fn teams_and_memberships_agree_if_one_of_two_imports_is_stopped_or_loses_an_answer() {
    let imports = [Import(&[1, 2]), Import(&[1])];
    let orders = two_changes(Import(&[2, 3]), imports, 1).await;
    assert!(orders >= 500, "{orders} orders");
}

#[tokio::test]
async fn teams_and_memberships_agree_if_an_import_or_a_removal_is_stopped_or_loses_an_answer() {
    let orders = two_changes(Import(&[1, 2]), [Import(&[1, 3]), Remove], 1).await;
    assert!(orders >= 200, "{orders} orders");
}
