//! `docs/security.md`: the tests that it names exist.

/// A test is named as `folder/file::test`, the path as in `tests/integration`, or by its path from the root if it is elsewhere.
#[test]
fn every_test_that_the_document_names_exists() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let read = |path: &str| std::fs::read_to_string(format!("{root}/{path}"));
    let document = read("docs/security.md").unwrap();
    let in_code = document.split('`').skip(1).step_by(2);
    let mut count = 0;
    for (file, test) in in_code.filter_map(|text| text.split_once("::")) {
        let source = if file.contains('.') {
            read(file)
        } else {
            let folder = "tests/integration";
            read(&format!("{folder}/{file}.rs"))
                .or_else(|_| read(&format!("{folder}/{file}/mod.rs")))
        };
        let exists = source.is_ok_and(|source| source.contains(&format!("fn {test}(")));
        assert!(exists, "{file}::{test}");
        count += 1;
    }
    assert!(count > 30, "{count}");
}
