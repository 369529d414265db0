"""Nodes: a template's text as a tree whose mapping keys and list items know their lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Union

from sagemaker_netlint.network.values import Unknown


@dataclass(slots=True, eq=False)
class Scalar:
    """A leaf: its value as CloudFormation sees it, and its text as it was written."""

    value: str | bool | int | float | Unknown | None
    text: str
    line: int
    end_line: int
    size: int = 1
    depth: int = 1


@dataclass(slots=True, eq=False)
class Items:
    """A list."""

    line: int
    end_line: int
    nodes: list[Node] = field(default_factory=list)
    size: int = 1
    depth: int = 1


@dataclass(slots=True, eq=False)
class Fields:
    """A mapping; `lines` are the lines of its keys."""

    line: int
    end_line: int
    nodes: dict[str, Node] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    size: int = 1
    depth: int = 1


Node = Union[Scalar, Items, Fields]

# A number with a leading zero, an underscore or a colon is an account id, a time or the like.
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"-?[0-9]{1,15}\.[0-9]{1,15}")


def plain(node: Node) -> Any:
    """Return a node as plain data, functions left as they are (for Metadata, and as a key of texts)."""
    if isinstance(node, Scalar):
        return node.text if isinstance(node.value, Unknown) else node.value
    if isinstance(node, Items):
        return [plain(item) for item in node.nodes]
    return {key: plain(item) for key, item in node.nodes.items()}


def strings(node: Node) -> Iterator[str]:
    """Yield the texts of all leaves below a node."""
    if isinstance(node, Scalar):
        yield node.text
    else:
        for child in node.nodes if isinstance(node, Items) else node.nodes.values():
            yield from strings(child)


def number(text: str) -> int | float | str:
    """Return the number that a text is written for; the text itself where digits would get lost."""
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and repr(float(text)) == text:
        return float(text)
    return text
