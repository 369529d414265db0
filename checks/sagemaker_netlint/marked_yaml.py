"""Small YAML (or JSON) files of the user, with the line of every key: policies and parameter files."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import SafeConstructor

from sagemaker_netlint.readers.files import UnreadableError, read_text

KeyPath = tuple[str | int, ...]
"""The way to a value: keys and list indexes."""

_MAX_BYTES = 1024 * 1024
_MAX_DEPTH = 50
_MAX_NODES = 50_000
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class MarkedFileError(Exception):
    """A policy or parameter file that is not valid: where, and why."""

    def __init__(self, file: str, line: int, message: str, key_path: KeyPath = ()) -> None:
        """Keep the place; the text is `file:line: key.path: message`. Line 0 is the file as a whole."""
        self.file, self.line, self.message = file, line, message
        self.key_path = ".".join(map(str, key_path))
        place = f"{file}:{line}" if line else file
        super().__init__(f"{place}: {self.key_path + ': ' if key_path else ''}{message}")


@dataclass(slots=True)
class Marked:
    """A file's content, and the line on which every key or item stands."""

    file: str
    data: Any
    lines: dict[KeyPath, int] = field(default_factory=dict)

    def line(self, path: KeyPath) -> int:
        """Return the line of a key, or of the nearest one around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def error(self, message: str, path: KeyPath = ()) -> MarkedFileError:
        """Make the error for a place in the file."""
        return MarkedFileError(self.file, self.line(path), message, path)


def load_marked(path: Path, *, text_below: str | None = None) -> Marked:
    """Read a file; an empty one gives `None`.

    Scalars below the key `text_below` (everywhere, where it is "") stay the text that is written, since
    YAML 1.1 takes `0123` for an octal number and `12:30` for a base-60 one.

    Raises:
        MarkedFileError: the file can't be read, is no YAML, or is out of proportion.

    """
    return parse_marked(text_of(path), str(path), text_below=text_below)


def text_of(path: Path, max_bytes: int = _MAX_BYTES) -> str:
    """Read the text of a file.

    Raises:
        MarkedFileError: the file can't be read, or is out of proportion.

    """
    try:
        return read_text(path, max_bytes)
    except UnreadableError as error:
        told = "; ".join(filter(None, (error.problem.message, error.problem.fix)))
        raise MarkedFileError(str(path), error.problem.location.line, told) from None


def parse_marked(
    text: str, file: str, *, text_below: str | None = None, max_nodes: int = _MAX_NODES
) -> Marked:
    """Parse a file's text, as `load_marked` does.

    Raises:
        MarkedFileError: the text is no YAML, or is out of proportion.

    """
    marked = Marked(file, None)
    try:
        _check_depth(text, marked)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise MarkedFileError(file, line, f"not valid YAML: {error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise MarkedFileError(file, 1, f"not valid YAML: {error}") from None
    if node is not None:
        marked.data = _Plain(marked, text_below, max_nodes).value(node, ())
    return marked


def _check_depth(text: str, marked: Marked) -> None:
    """Refuse deep nesting before the composer, which recurses in C, meets it."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent))
        depth -= isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent))
        if depth > _MAX_DEPTH:
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise MarkedFileError(marked.file, line, f"nested deeper than {_MAX_DEPTH} levels")


class _Plain:
    """Turns nodes into plain values, with the lines noted and aliases counted as what they expand to."""

    def __init__(self, marked: Marked, text_below: str | None, max_nodes: int) -> None:
        self.marked = marked
        self.text_below = text_below
        self.max_nodes = max_nodes
        self.scalars = SafeConstructor()
        self.nodes = 0

    def value(self, node: yaml.Node, path: KeyPath) -> Any:
        self.marked.lines.setdefault(path, node.start_mark.line + 1)
        self.nodes += 1
        if self.nodes > self.max_nodes:
            raise self.marked.error(f"more than {self.max_nodes:,} values once aliases are expanded")
        if len(path) > _MAX_DEPTH:  # an alias may even stand for what it lies in
            reason = f"nested deeper than {_MAX_DEPTH} levels once aliases are expanded"
            raise MarkedFileError(self.marked.file, node.start_mark.line + 1, reason)
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        return self.scalar(node, path)

    def mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise MarkedFileError(self.marked.file, line, "a key must be plain text", path)
            here = (*path, str(key_node.value))
            if key_node.value in values:
                raise MarkedFileError(self.marked.file, line, "the key is written twice", here)
            self.marked.lines[here] = line
            values[key_node.value] = self.value(value_node, here)
        return values

    def scalar(self, node: yaml.Node, path: KeyPath) -> Any:
        as_text = self.text_below is not None and (not self.text_below or path[:1] == (self.text_below,))
        if node.tag == "tag:yaml.org,2002:timestamp" or (as_text and node.tag != "tag:yaml.org,2002:null"):
            return node.value
        try:
            return self.scalars.construct_object(node)
        except (yaml.constructor.ConstructorError, ValueError) as error:
            reason = getattr(error, "problem", None) or str(error)
            raise self.marked.error(f"not valid YAML: {reason}", path) from None
