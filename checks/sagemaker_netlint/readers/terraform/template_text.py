"""The parts of a template, in the order in which they are written out: texts, interpolations, directives.

https://developer.hashicorp.com/terraform/language/expressions/strings#string-templates
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.terraform.syntax import text_of

if TYPE_CHECKING:
    from tree_sitter import Node

_BRANCHES = {"template_directive", "template_for", "template_if"}
_LEAVES = {
    "template_interpolation",
    "template_for_start",
    "template_for_end",
    "template_if_intro",
    "template_else_intro",
    "template_if_end",
}
_BLANK = " \t\r\n"

Part = tuple[Any, str]
"""A value with its source; that of a text is empty."""


@dataclass(frozen=True, slots=True)
class Template:
    """A template's literal texts, by the offset of what follows each; the last one is `tail`."""

    before: Mapping[int, str]
    tail: str

    def parts(self, node: Node, scope: Any, tools: Tools) -> Iterator[Part]:
        """Yield the parts below a node of the template."""
        for child in node.named_children:
            yield from self._part(child, scope, tools)

    def _part(self, node: Node, scope: Any, tools: Tools) -> Iterator[Part]:
        if node.type in _LEAVES:
            yield self.before[node.start_byte], ""
        if node.type == "template_interpolation":
            inner = _expressions(node)
            source = text_of(node)
            value = tools.evaluate(inner[0], scope) if inner else Unknown(f"`{source}` is empty")
            yield value, source
        elif node.type == "template_directive":
            yield from self.parts(node, scope, tools)
        elif node.type == "template_for":
            yield from self._loop(node, scope, tools)
        elif node.type == "template_if":
            yield from self._choice(node, scope, tools)

    def _loop(self, node: Node, scope: Any, tools: Tools) -> Iterator[Part]:
        start, *body = node.named_children
        yield self.before[start.start_byte], ""
        names = [text_of(child) for child in start.named_children if child.type == "identifier"]
        pairs = tools.pairs(tools.evaluate(_expressions(start)[0], scope))
        if isinstance(pairs, Unknown):
            yield pairs, _as_gap(start)
            return
        for key, value in pairs:
            inner = scope.bind(**dict(zip(names, (key, value) if names[1:] else (value,), strict=True)))
            for child in body:
                yield from self._part(child, inner, tools)

    def _choice(self, node: Node, scope: Any, tools: Tools) -> Iterator[Part]:
        start, *body = node.named_children
        yield self.before[start.start_byte], ""
        decided = tools.evaluate(_expressions(start)[0], scope)
        if not isinstance(decided, bool):
            unknown = decided if isinstance(decided, Unknown) else Unknown("its condition is no boolean")
            yield unknown, _as_gap(start)
            return
        middle = next((i for i, child in enumerate(body) if child.type == "template_else_intro"), None)
        if middle is None:
            chosen = body if decided else []
        else:
            # the text before `else` belongs to the first branch, that before `endif` to the second
            chosen = body[: middle + 1] if decided else body[middle + 1 :]
        for child in chosen:
            yield from self._part(child, scope, tools)


@dataclass(frozen=True, slots=True)
class Tools:
    """How expressions are evaluated, and how collections are gone through."""

    evaluate: Callable[[Node, Any], Any]
    pairs: Callable[[Any], list[tuple[Any, Any]] | Unknown]


def template_of(
    node: Node, start: int, end: int, unescape: Callable[[str], str], *, indented: bool = False
) -> Template:
    """Return the literal texts of a template that stands between two offsets.

    `indented` says whether the common indentation of the lines is taken off (`<<-`).
    """
    leaves = list(_leaves(node))
    bounds = [start, *(at for leaf in leaves for at in (leaf.start_byte, leaf.end_byte)), end]
    source = node.text or b""
    cut = [source[a - node.start_byte : b - node.start_byte].decode() for a, b in list(pairwise(bounds))[::2]]
    for index, leaf in enumerate(leaves):
        markers = [child.type == "strip_marker" for child in leaf.children]
        if markers[1]:
            cut[index] = _stripped(cut[index], -1)
        if markers[-2]:
            cut[index + 1] = _stripped(cut[index + 1], 0)
    texts = [unescape(text) for text in (_dedented(cut) if indented else cut)]
    return Template({leaf.start_byte: text for leaf, text in zip(leaves, texts, strict=False)}, texts[-1])


def _stripped(text: str, at: int) -> str:
    """Return a text without the blanks of its first or last line: Terraform strips no further."""
    lines = re.findall(r"[^\n]*\n|[^\n]+", text) or [""]
    lines[at] = lines[at].lstrip(_BLANK) if at == 0 else lines[at].rstrip(_BLANK)
    return "".join(lines)


def _leaves(node: Node) -> Iterator[Node]:
    for child in node.named_children:
        if child.type in _LEAVES:
            yield child
        elif child.type in _BRANCHES:
            yield from _leaves(child)


def _dedented(texts: list[str]) -> list[str]:
    lines = "$".join(texts).split("\n")  # the sign stands for what lies between
    indent = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
    if not indent:
        return texts
    first, *others = (re.sub(rf"(?<=\n) {{1,{indent}}}", "", text) for text in texts)
    return [re.sub(rf"^ {{1,{indent}}}", "", first), *others]


def _expressions(node: Node) -> list[Node]:
    return [child for child in node.named_children if child.type == "expression"]


def _as_gap(node: Node) -> str:
    """Return the source of a directive's start as that of an interpolation: `${for s in var.subnets}`."""
    return "${" + text_of(node)[2:-1].strip("~ ") + "}"
