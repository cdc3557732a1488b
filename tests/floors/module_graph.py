"""Which file of a Rust crate uses which, and cycles among them.

A file uses another one when it names an item that is defined there, however often that was re-exported in between. So a
`mod.rs` that only declares and re-exports its children uses none of them; it does when its own code names one of their
items. A child uses its parent when it names an item that the parent's file defines.
"""

import dataclasses
import pathlib

from rust_source import read_module

EXTERNAL = object()


@dataclasses.dataclass(eq=False)
class Scope:
    """A module in its place in the crate."""

    file: pathlib.Path
    parent: "Scope | None"
    source: object
    children: dict = dataclasses.field(default_factory=dict)

    @property
    def root(self):
        return self.parent.root if self.parent else self

    def is_within(self, other):
        return self is other or (self.parent is not None and self.parent.is_within(other))


@dataclasses.dataclass(frozen=True)
class Item:
    """An item, by the module whose source defines it."""

    scope: Scope


@dataclasses.dataclass(frozen=True)
class Use:
    """A line that uses another file."""

    line: int
    path: str


def read_crate(root):
    """All modules of a crate, from its lib.rs or main.rs on."""
    scope = Scope(root, None, read_module(root.read_text()))
    add_children(scope, root.parent, root.parent)
    return scope


def add_children(scope, folder, path_folder):
    """Adds what a module declares: files in its folder, and modules with a body in its file."""
    for name, path in scope.source.files.items():
        candidates = [path_folder / path] if path else [folder / f"{name}.rs", folder / name / "mod.rs"]
        file = next((it for it in candidates if it.exists()), None)
        if file is None:
            raise FileNotFoundError(f"{scope.file}: there is no file for `mod {name};`")
        child = Scope(file, scope, read_module(file.read_text()))
        scope.children[name] = child
        is_folder_root = path is not None or file.name == "mod.rs"
        add_children(child, file.parent if is_folder_root else folder / name, file.parent)
    for name, source in scope.source.inline.items():
        child = Scope(scope.file, scope, source)
        scope.children[name] = child
        add_children(child, folder / name, folder / name)


def scopes(scope):
    yield scope
    for child in scope.children.values():
        yield from scopes(child)


def resolve(scope, segments, open_imports=()):
    """What a path means in a module: an `Item`, a `Scope` if it is a module, EXTERNAL, or None if that is not known."""
    first, rest = segments[0], list(segments[1:])
    if first == "crate":
        return look_up(scope.root, rest, open_imports) or Item(scope.root)
    if first not in ("self", "super"):
        return look_up(scope, segments, open_imports)
    start = scope if first == "self" else scope.parent
    while rest and rest[0] == "super" and start:
        start, rest = start.parent, rest[1:]
    if start is None:
        return None
    return look_up(start, rest, open_imports) or Item(start)


def look_up(scope, segments, open_imports):
    """What a path means that begins with a name of this module."""
    if not segments:
        return scope
    name, rest = segments[0], segments[1:]
    if name in scope.children:
        child = scope.children[name]
        # What a macro defines is not known here.
        return look_up(child, rest, open_imports) or Item(child)
    if name in scope.source.definitions:
        return Item(scope)
    for it in scope.source.imports:
        if it.name == name and it not in open_imports:
            found = resolve(scope, it.path.segments, (*open_imports, it))
            if isinstance(found, Scope):
                return look_up(found, rest, open_imports) or Item(found)
            return found or EXTERNAL
    for it in scope.source.imports:
        if it.name == "*" and it not in open_imports:
            module = resolve(scope, it.path.segments, (*open_imports, it))
            if isinstance(module, Scope) and (found := look_up(module, segments, (*open_imports, it))):
                return found
    return None


def uses(root):
    """For each file of a crate, the files that it uses, each with the first line that does."""
    graph = {scope.file: {} for scope in scopes(root)}
    for scope in scopes(root):
        for path in used_paths(scope):
            found = resolve(scope, path.segments)
            if isinstance(found, Item) and found.scope.file != scope.file:
                use = Use(path.line, "::".join(path.segments))
                graph[scope.file].setdefault(found.scope.file, use)
    return graph


def by_top_level(graph, root):
    """The same graph with all files of a folder beside the crate's root taken together, without the root itself."""

    def top_level(file):
        return root.parent / file.relative_to(root.parent).parts[0]

    folded = {top_level(file): {} for file in graph if file != root}
    for file, used in graph.items():
        for other, use in used.items():
            if root not in (file, other) and top_level(file) != top_level(other):
                folded[top_level(file)].setdefault(top_level(other), use)
    return folded


def used_paths(scope):
    """The paths that a module imports, and those in its code; not what it only re-exports from its children."""
    for it in scope.source.imports:
        found = resolve(scope, it.path.segments)
        is_child = isinstance(found, Item) and found.scope.is_within(scope)
        if it.name != "*" and not (it.is_reexport and is_child):
            yield it.path
    yield from scope.source.paths


def shortest_cycles(graph):
    """One shortest cycle through each file that is in one, without files that an earlier cycle has."""
    found, seen = [], set()
    for start in graph:
        if start in seen:
            continue
        if cycle := shortest_way(graph, start):
            found.append(cycle)
            seen.update(cycle)
    return found


def shortest_way(graph, start):
    """The files of a shortest way from a file back to itself, if there is one."""
    ways, seen = [[start]], set()
    while ways:
        longer = []
        for way in ways:
            for following in graph[way[-1]]:
                if following == start:
                    return way
                if following not in seen:
                    seen.add(following)
                    longer.append([*way, following])
        ways = longer
    return None


def describe(cycle, graph, folder):
    """A cycle as lines that say where each file uses the next one."""
    lines = []
    for file, following in zip(cycle, [*cycle[1:], cycle[0]]):
        use = graph[file][following]
        lines.append(f"{file.relative_to(folder)}:{use.line} uses `{use.path}` of {following.relative_to(folder)}")
    return "\n".join(lines)
