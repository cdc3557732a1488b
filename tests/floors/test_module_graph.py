"""Unit tests of the search for cycles among modules: python3 -m unittest discover tests/floors"""

import pathlib
import tempfile
import unittest

import module_graph
import rust_source


class Crate:
    """A crate, by the text of each file."""

    def __init__(self, files):
        with tempfile.TemporaryDirectory() as folder:
            self.folder = pathlib.Path(folder)
            for name, text in files.items():
                file = self.folder / "src" / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
            self.graph = module_graph.uses(module_graph.read_crate(self.folder / "src/lib.rs"))

    def uses(self):
        def name(file):
            return str(file.relative_to(self.folder / "src"))

        return {name(file): {name(it) for it in used} for file, used in self.graph.items() if used}

    def cycles(self):
        return [
            module_graph.describe(cycle, self.graph, self.folder)
            for cycle in module_graph.shortest_cycles(self.graph)
        ]


class Cycles(unittest.TestCase):
    def assert_cycles(self, files, expected):
        self.assertEqual(Crate(files).cycles(), expected)

    def assert_uses(self, files, expected):
        self.assertEqual(Crate(files).uses(), expected)

    def test_two_modules_that_use_each_other_are_a_cycle(self):
        files = {
            "lib.rs": "pub mod a;\npub mod b;\n",
            "a.rs": "use crate::b::B;\npub struct A(B);\n",
            "b.rs": "pub struct B;\n\nfn f(_: super::a::A) {}\n",
        }
        cycle = "src/a.rs:1 uses `crate::b::B` of src/b.rs\nsrc/b.rs:3 uses `super::a::A` of src/a.rs"
        self.assert_cycles(files, [cycle])

    def test_a_cycle_of_three_is_found_through_re_exports(self):
        files = {
            "lib.rs": "mod a;\nmod b;\nmod c;\npub use a::A;\npub use b::B;\npub use c::*;\n",
            "a.rs": "use crate::B;\npub struct A(B);\n",
            "b.rs": "use crate::C;\npub struct B(C);\n",
            "c.rs": "use crate::A;\npub struct C(Box<A>);\n",
        }
        [cycle] = Crate(files).cycles()
        self.assertEqual(len(cycle.splitlines()), 3)

    def test_two_folders_that_use_each_other_are_a_cycle_even_if_no_files_do(self):
        files = {
            "lib.rs": "pub mod a;\npub mod b;\n",
            "a/mod.rs": "pub mod upper;\npub mod lower;\n",
            "a/upper.rs": "use crate::b::middle::B;\npub struct A(B);\n",
            "a/lower.rs": "pub struct L;\n",
            "b/mod.rs": "pub mod middle;\n",
            "b/middle.rs": "use crate::a::lower::L;\npub struct B(L);\n",
        }
        self.assert_cycles(files, [])
        crate = Crate(files)
        folded = module_graph.by_top_level(crate.graph, crate.folder / "src/lib.rs")
        [cycle] = module_graph.shortest_cycles(folded)
        self.assertEqual({folder.name for folder in cycle}, {"a", "b"})

    def test_modules_that_use_each_other_one_way_are_no_cycle(self):
        files = {
            "lib.rs": "mod a;\nmod b;\nmod c;\n",
            "a.rs": "use crate::{b::B, c::{self, C}};\nfn f(_: B, _: C) { c::g() }\n",
            "b.rs": "use super::c::C;\npub struct B(C);\n",
            "c.rs": "pub struct C;\npub fn g() {}\n",
        }
        self.assert_cycles(files, [])
        self.assert_uses(files, {"a.rs": {"b.rs", "c.rs"}, "b.rs": {"c.rs"}})

    def test_a_parent_that_only_re_exports_uses_none_of_its_children(self):
        files = {
            "lib.rs": "pub mod jobs;\n",
            "jobs/mod.rs": "mod job;\nmod plan;\npub(crate) use job::Job;\npub use self::plan::*;\n",
            "jobs/job.rs": "use super::Plan;\npub struct Job(Plan);\n",
            "jobs/plan.rs": "pub struct Plan;\n",
        }
        self.assert_uses(files, {"jobs/job.rs": {"jobs/plan.rs"}})

    def test_a_child_that_uses_an_item_of_its_parent_is_a_cycle_if_the_parent_uses_the_child(self):
        child = "use super::Limit;\npub fn f(_: Limit) {}\n"
        declaring = "mod child;\npub struct Limit;\n"
        self.assert_cycles({"lib.rs": declaring, "child.rs": child}, [])
        for use in [
            "fn g() { child::f(Limit) }\n",
            "use child::f;\nfn g() { f(Limit) }\n",
            "pub use child::f;\nfn g() { f(Limit) }\n",
            "fn g() { crate::child::f(Limit) }\n",
        ]:
            with self.subTest(use):
                self.assertEqual(len(Crate({"lib.rs": declaring + use, "child.rs": child}).cycles()), 1)

    def test_a_re_export_of_another_branch_is_a_use(self):
        files = {
            "lib.rs": "mod a;\nmod b;\n",
            "a.rs": "pub use crate::b::B;\npub struct A;\n",
            "b.rs": "use crate::a::A;\npub struct B(A);\n",
        }
        self.assertEqual(len(Crate(files).cycles()), 1)

    def test_modules_with_a_body_belong_to_their_file(self):
        files = {
            "lib.rs": "mod a;\nmod inner {\n    use super::a::A;\n    pub struct I(A);\n}\n",
            "a.rs": "use crate::inner::I;\npub struct A;\n",
        }
        self.assertEqual(len(Crate(files).cycles()), 1)

    def test_tests_may_use_anything(self):
        files = {
            "lib.rs": "mod a;\nmod b;\n",
            "a.rs": "pub struct A;\n#[cfg(test)]\n#[path = \"a_tests.rs\"]\nmod tests;\n"
            "#[cfg(test)]\nuse crate::{b::B};\n#[cfg(test)]\nfn f(_: [u8; 2]) { crate::b::g() }\n",
            "b.rs": "use crate::a::A;\npub struct B(A);\npub fn g() {}\n",
        }
        self.assert_uses(files, {"b.rs": {"a.rs"}})

    def test_an_import_for_its_methods_is_a_use(self):
        files = {
            "lib.rs": "mod a;\nmod b;\n",
            "a.rs": "use crate::b::Methods as _;\n",
            "b.rs": "pub trait Methods {}\n",
        }
        self.assert_uses(files, {"a.rs": {"b.rs"}})

    def test_paths_in_attributes_and_macros_are_uses(self):
        files = {
            "lib.rs": "mod a;\nmod b;\nmod c;\n",
            "a.rs": '#[serde(with = "crate::b::rfc3339")]\nstruct A;\nfn f() { debug!("{}", crate::c::g()) }\n',
            "b.rs": "pub mod rfc3339 { pub fn serialize() {} }\n",
            "c.rs": "pub fn g() {}\n",
        }
        self.assert_uses(files, {"a.rs": {"b.rs", "c.rs"}})

    def test_names_of_other_crates_are_no_uses(self):
        files = {
            "lib.rs": "mod serde;\nmod a;\n",
            "a.rs": "use ::serde::Serialize;\nuse std::fmt::{self, Display};\nfn f() { fmt::g(); tokio::spawn() }\n",
            "serde.rs": "pub struct Serialize;\n",
        }
        self.assert_uses(files, {})

    def test_comments_strings_and_fields_are_no_uses(self):
        files = {
            "lib.rs": "mod a;\npub use a::status;\nfn f(it: It) { let x = It { status: 1 }; it.status; }\n",
            "a.rs": '/// [`crate::f`] /* */\n/* /* crate::f */ crate::f */\npub fn status<\'a>() { r#"crate::f"#; "\\"crate::f"; \'"\'; }\n',
        }
        self.assert_uses(files, {})

    def test_a_variable_is_not_the_function_of_that_name(self):
        child = "pub fn usage() -> u8 { crate::LIMIT }\n"
        parent = "mod child;\npub use child::usage;\npub const LIMIT: u8 = 0;\n"
        shown = "fn f() { let usage = 1; show(usage) }\n"
        self.assert_uses({"lib.rs": parent + shown, "child.rs": child}, {"child.rs": {"lib.rs"}})
        called = "fn f() { let usage = usage(); show(usage) }\n"
        self.assertEqual(len(Crate({"lib.rs": parent + called, "child.rs": child}).cycles()), 1)
        passed = "fn f() { all.map(usage) }\n"
        self.assertEqual(len(Crate({"lib.rs": parent + passed, "child.rs": child}).cycles()), 1)

    def test_a_missing_file_is_reported(self):
        with self.assertRaisesRegex(FileNotFoundError, "mod missing"):
            Crate({"lib.rs": "mod missing;\n"})


class Source(unittest.TestCase):
    def test_definitions_are_those_of_the_module_itself(self):
        module = rust_source.read_module(
            "pub(crate) const A: *const u8 = 0;\nstruct B { b: u8 }\nimpl B { fn c() { fn d() {} } }\n"
            "pub async fn e() {}\nmacro_rules! f { () => {} }\nmod g { struct H; }\ntype I = B;"
        )
        self.assertEqual(module.definitions, {"A", "B", "e", "f", "I"})
        self.assertEqual(module.inline["g"].definitions, {"H"})

    def test_imports_are_read_from_nested_groups(self):
        module = rust_source.read_module("pub use crate::{a::{self, B as C}, d::*};\nuse super::super::E;")
        found = [(it.name, "::".join(it.path.segments), it.is_reexport) for it in module.imports]
        self.assertEqual(
            found,
            [
                ("a", "crate::a", True),
                ("C", "crate::a::B", True),
                ("*", "crate::d", True),
                ("E", "super::super::E", False),
            ],
        )

    def test_a_captured_lifetime_is_no_import(self):
        module = rust_source.read_module("fn f<'a>(_: &'a u8) -> impl Sized + use<'a> {}\nstruct A;")
        self.assertEqual((module.imports, module.definitions), ([], {"f", "A"}))


if __name__ == "__main__":
    unittest.main()
