"""Reads as much of a Rust file as is needed to know which names it declares, imports and uses.

It does not expand macros and knows no types. Items under `#[cfg(test)]` are left out.
"""

import bisect
import dataclasses
import re

TOKEN = re.compile(
    r"""
      (?P<space>\s+|//[^\n]*)
    | (?P<comment>/\*)
    | (?P<raw>[bc]?r(?P<hashes>\#*)".*?"(?P=hashes))
    | (?P<string>[bc]?"(?:\\.|[^"\\])*")
    | (?P<char>b?'(?:\\(?:x..|u\{[^}]*\}|.)|[^'\\])')
    | (?P<lifetime>'[A-Za-z_]\w*)
    | (?P<name>(?:r\#)?[A-Za-z_]\w*)
    | (?P<number>\d\w*)
    | (?P<symbol>::|.)
    """,
    re.VERBOSE | re.DOTALL,
)
COMMENT_EDGE = re.compile(r"/\*|\*/")
CLOSING = {"(": ")", "[": "]", "{": "}"}
# Each is followed by the name that it declares.
DECLARING = {"const", "enum", "fn", "static", "struct", "trait", "type", "union"}
NO_PATH = {
    "as", "async", "await", "break", "const", "continue", "dyn", "else", "enum", "extern", "false", "fn", "for", "if",
    "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "static", "struct", "trait",
    "true", "type", "union", "unsafe", "use", "where", "while", "Self",
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Token:
    kind: str
    text: str
    line: int


@dataclasses.dataclass(frozen=True)
class Path:
    """`crate::agents::Agent` on a line, by its segments."""

    segments: tuple
    line: int


@dataclasses.dataclass(eq=False)
class Import:
    """A name that a `use` declares, or all names of a module; `pub use` and the like are re-exports."""

    name: str  # "*" for all names, "_" for none
    path: Path
    is_reexport: bool


@dataclasses.dataclass
class Module:
    """What a file, or a `mod` with a body in a file, declares and uses."""

    definitions: set = dataclasses.field(default_factory=set)
    imports: list = dataclasses.field(default_factory=list)
    paths: list = dataclasses.field(default_factory=list)
    variables: set = dataclasses.field(default_factory=set)
    # By name: the file that `#[path]` names, or None.
    files: dict = dataclasses.field(default_factory=dict)
    inline: dict = dataclasses.field(default_factory=dict)


def tokens(text):
    """All tokens of a Rust file but spaces and comments."""
    line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
    found, position = [], 0
    while position < len(text):
        match = TOKEN.match(text, position)
        if match["comment"]:
            position = end_of_comment(text, position)
            continue
        position = match.end()
        if match.lastgroup not in ("space", "hashes") or match["raw"]:
            kind = "string" if match["raw"] else match.lastgroup
            line = bisect.bisect_right(line_starts, match.start())
            found.append(Token(kind, match[0].removeprefix("r#") if kind == "name" else match[0], line))
    return found


def end_of_comment(text, start):
    """Where a block comment ends, which may have others in it."""
    depth = 0
    for edge in COMMENT_EDGE.finditer(text, start):
        depth += 1 if edge[0] == "/*" else -1
        if depth == 0:
            return edge.end()
    return len(text)


def read_module(text):
    reader = Reader(tokens(text))
    module = Module()
    reader.read_items(module)
    return module


class Reader:
    def __init__(self, found):
        # An end that nothing matches, so that looking one token ahead is always possible.
        self.tokens = [*found, Token("end", "", 0), Token("end", "", 0)]
        self.position = 0

    def text(self, ahead=0):
        return self.tokens[self.position + ahead].text

    def kind(self, ahead=0):
        return self.tokens[self.position + ahead].kind

    def read_items(self, module):
        """Reads a module to its end, or to the brace that closes it."""
        depth, is_visible, file = 0, False, None
        while self.kind() != "end":
            text = self.text()
            if text == "#" and self.text(1) in ("[", "!"):
                is_test, path = self.read_attribute(module)
                file = path or file
                if is_test:
                    self.skip_item()
                continue
            if text == "pub":
                is_visible = True
                self.position += 1
                if self.text() == "(" and self.text(1) in ("crate", "super", "self", "in"):
                    self.skip_group()
                continue
            if text == "use" and self.text(1) != "<":
                self.position += 1
                self.read_use(module, (), is_visible)
            elif depth == 0 and text == "mod" and self.kind(1) == "name":
                self.read_mod(module, file)
            elif text == "{":
                depth += 1
                self.position += 1
            elif text == "}":
                self.position += 1
                if depth == 0:
                    return
                depth -= 1
            elif depth == 0 and text == "macro_rules" and self.text(1) == "!":
                module.definitions.add(self.text(2))
                self.position += 3
            else:
                is_pointer = self.position > 0 and self.text(-1) == "*"
                if depth == 0 and text in DECLARING and self.kind(1) == "name" and not is_pointer:
                    module.definitions.add(self.text(1))
                self.read_path(module)
            is_visible, file = False, None

    def read_attribute(self, module):
        """Whether what follows is for tests only, and the file that `#[path]` names."""
        self.position += 2 if self.text(1) == "!" else 1
        start = self.position
        self.skip_group()
        inside = self.tokens[start + 1 : self.position - 1]
        for token in inside:
            # `#[serde(with = "crate::timestamp")]` calls functions of that module.
            if token.kind == "string" and re.fullmatch(r'"\w+(::\w+)+"', token.text):
                segments = token.text.strip('"').split("::")
                module.paths.append(Path((*segments, "serialize"), token.line))
        texts = [token.text for token in inside]
        file = texts[2].strip('"') if texts[:2] == ["path", "="] else None
        return texts == ["cfg", "(", "test", ")"], file

    def skip_group(self):
        """Skips from an opening bracket past its closing one."""
        closing = [CLOSING[self.text()]]
        self.position += 1
        while closing and self.kind() != "end":
            if self.kind() == "symbol" and self.text() in CLOSING:
                closing.append(CLOSING[self.text()])
            elif self.text() == closing[-1]:
                closing.pop()
            self.position += 1

    def skip_item(self):
        """Skips an item with its further attributes: past its body or its semicolon."""
        while self.text() == "#":
            self.position += 1
            self.skip_group()
        is_use = False
        while self.kind() != "end":
            text = self.text()
            is_use = is_use or text == "use"
            if text in CLOSING and self.kind() == "symbol":
                self.skip_group()
                if text == "{" and not is_use:
                    return
            else:
                self.position += 1
                if text == ";":
                    return

    def read_mod(self, module, file):
        name = self.text(1)
        self.position += 3
        if self.text(-1) == ";":
            module.files[name] = file
        else:
            module.inline[name] = Module()
            self.read_items(module.inline[name])

    def read_use(self, module, prefix, is_reexport):
        """Reads a tree of imports, after `use` or within its braces."""
        segments, line = list(prefix), self.tokens[self.position].line
        if self.text() == "::":
            # Another crate, by an absolute path.
            segments.append("")
            self.position += 1
        while self.kind() == "name" or self.text() == "$":
            if self.text() == "$":
                self.position += 1
            segments.append(self.text())
            self.position += 1
            if self.text() != "::":
                break
            self.position += 1
        if self.text() == "{":
            self.position += 1
            while self.text() != "}" and self.kind() != "end":
                self.read_use(module, segments, is_reexport)
                if self.text() == ",":
                    self.position += 1
            self.position += 1
            return
        if self.text() == "*":
            segments.append("*")
            self.position += 1
        if len(segments) > 1 and segments[-1] == "self":
            segments.pop()
        if not segments:
            return
        name = segments[-1]
        if name == "*":
            segments.pop()
        if self.text() == "as":
            name = self.text(1)
            self.position += 2
        module.imports.append(Import(name, Path(tuple(segments), line), is_reexport))

    def read_path(self, module):
        """Reads one token, or a path of several; notes a path that may mean something outside of its function."""
        token = self.tokens[self.position]
        before = self.text(-1) if self.position else ""
        self.position += 1
        if token.kind != "name" or token.text in NO_PATH or before in (".", "::"):
            return
        segments = [token.text]
        while self.text() == "::" and self.kind(1) == "name":
            segments.append(self.text(1))
            self.position += 2
        is_declared = before in ("let", "mut") or self.text() == ":"
        if len(segments) == 1 and is_declared:
            # A variable, a parameter or a field. The same name means a function only where it is called.
            module.variables.add(token.text)
        elif len(segments) > 1 or token.text not in module.variables or self.text() == "(":
            module.paths.append(Path(tuple(segments), token.line))
