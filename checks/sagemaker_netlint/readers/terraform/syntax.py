"""The syntax view of Terraform files: what is written where, and as which expression.

Evaluation hides whether an attribute was written, on which line, and as what. This view answers that from
the text, by tree-sitter. Files are parsed when they are first asked about, and once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sagemaker_netlint.readers.files import UnreadableError, read_text

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

SUFFIXES = (".tf", ".tofu")


@dataclass(frozen=True)
class Attribute:
    """An argument as it is written."""

    name: str
    expression: Node
    line: int
    end_line: int


class Block:
    """A block as it is written: `resource "aws_vpc" "main" { … }`, `dynamic "ingress" { … }`."""

    def __init__(self, node: Node) -> None:
        """Keep the node; the body is looked at when asked for."""
        self._node = node
        self.line = node.start_point[0] + 1
        self.end_line = node.end_point[0] + 1
        heads = [child for child in node.named_children if child.type in {"identifier", "string_lit"}]
        words = [text_of(head).strip('"') for head in heads]
        self.kind = words[0] if words else ""
        self.labels = tuple(words[1:])

    @cached_property
    def attributes(self) -> dict[str, Attribute]:
        """Return the arguments of the block itself, by name."""
        found: dict[str, Attribute] = {}
        for node in self._members("attribute"):
            parts = node.named_children
            if len(parts) > 1:
                name = text_of(parts[0])
                found[name] = Attribute(name, parts[-1], node.start_point[0] + 1, node.end_point[0] + 1)
        return found

    @cached_property
    def blocks(self) -> list[Block]:
        """Return the nested blocks, in the order of the text; dynamic ones too."""
        return [Block(node) for node in self._members("block")]

    @property
    def name(self) -> str:
        """Return the name under which the nested block's values stand: the label of a dynamic block."""
        return self.labels[0] if self.kind == "dynamic" and self.labels else self.kind

    @property
    def content(self) -> Block:
        """Return the block that holds the arguments: a dynamic block's content, else the block itself."""
        if self.kind == "dynamic":
            return next((block for block in self.blocks if block.kind == "content"), self)
        return self

    def _members(self, kind: str) -> Iterator[Node]:
        for child in self._node.named_children:
            if child.type == "body":
                yield from (node for node in child.named_children if node.type == kind)


class SourceFile:
    """One file: its text, and its top-level blocks by their first line."""

    def __init__(self, path: Path) -> None:
        """Read the file; one that cannot be read is empty here (the reader reports it)."""
        try:
            self.text = read_text(path)
        except UnreadableError:
            self.text = ""
        self.path = path

    @cached_property
    def has_dynamic(self) -> bool:
        """Say whether there may be dynamic blocks; cheap."""
        return "dynamic" in self.text

    @cached_property
    def lines(self) -> list[str]:
        """Return the lines of the text."""
        return self.text.split("\n")

    @cached_property
    def root(self) -> Node:
        """Return the syntax tree."""
        return root_of(self.text)

    @cached_property
    def blocks(self) -> list[Block]:
        """Return the top-level blocks, in the order of the text."""
        if self.path.suffix == ".json":
            return []
        return [Block(node) for node in _body(self.root) if node.type == "block"]

    @cached_property
    def attributes(self) -> dict[str, Attribute]:
        """Return the top-level arguments: those of a `.tfvars` file."""
        found = {}
        for node in _body(self.root):
            if node.type == "attribute" and len(node.named_children) > 1:
                name = text_of(node.named_children[0])
                lines = node.start_point[0] + 1, node.end_point[0] + 1
                found[name] = Attribute(name, node.named_children[-1], *lines)
        return found

    @cached_property
    def first_error(self) -> int | None:
        """Return the line of the first syntax error; `None` where there is none."""
        return _first_error(self.root)

    def block_at(self, line: int) -> Block | None:
        """Return the top-level block that starts on the line."""
        return self._by_line.get(line)

    @cached_property
    def _by_line(self) -> dict[int, Block]:
        return {block.line: block for block in self.blocks}


class SourceTree:
    """The files of a root and of its modules, each parsed once."""

    def __init__(self) -> None:
        """Start with nothing parsed."""
        self._files: dict[Path, SourceFile] = {}
        self._folders: dict[Path, list[SourceFile]] = {}

    def file(self, path: Path) -> SourceFile:
        """Return the view of a file."""
        if path not in self._files:
            self._files[path] = SourceFile(path)
        return self._files[path]

    def define(self, folder: Path, files: Iterable[Path]) -> None:
        """Say which files a module has that lies in no folder of its own."""
        if folder not in self._folders:
            self._folders[folder] = [self.file(path) for path in files]

    def folder(self, path: Path) -> list[SourceFile]:
        """Return the views of a module's files (those in HCL's own syntax), sorted by name."""
        if path not in self._folders:
            try:
                names = sorted(
                    p for p in path.iterdir() if p.suffix in SUFFIXES and not p.name.startswith(".")
                )
            except OSError:
                names = []
            self._folders[path] = [self.file(name) for name in names]
        return self._folders[path]


def root_of(text: str) -> Node:
    """Return the syntax tree of a text."""
    return _parser().parse(text.encode()).root_node


def text_of(node: Node) -> str:
    """Return the source text of a node."""
    return (node.text or b"").decode()


def _body(root: Node) -> list[Node]:
    return [node for body in root.named_children if body.type == "body" for node in body.named_children]


def _first_error(root: Node) -> int | None:
    """Walk down the leftmost erroneous children; without recursion, the text may nest deeply."""
    node = root
    if not node.has_error:
        return None
    while True:
        if node.is_error or node.is_missing:
            return node.start_point[0] + 1
        broken = next((c for c in node.children if c.has_error or c.is_error or c.is_missing), None)
        if broken is None:
            return node.start_point[0] + 1
        node = broken


@cache
def _parser() -> Parser:
    import tree_sitter_hcl  # noqa: PLC0415 - only where the text matters: start-up time
    from tree_sitter import Language, Parser  # noqa: PLC0415 - the same

    return Parser(Language(tree_sitter_hcl.language()))


def parse_expression(source: str) -> Node | None:
    """Return the expression of the first argument in a text."""
    for node in _body(root_of(source)):
        if node.type == "attribute" and len(node.named_children) > 1 and not node.has_error:
            return node.named_children[-1]
    return None
