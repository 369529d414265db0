"""A resource of tfparse to the attributes of a raw resource, and the way back to the lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from sagemaker_netlint.network.declared import Location
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.build import names_read
from sagemaker_netlint.readers.raw import Data, Path
from sagemaker_netlint.readers.terraform.expressions import Scope, evaluate, pairs_of
from sagemaker_netlint.readers.terraform.partial_values import Unsupported, plain
from sagemaker_netlint.readers.terraform.syntax import Block, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

    from sagemaker_netlint.readers.terraform.program import Program

_META = {"__tfmeta", "id"}
_META_ARGUMENTS = {"count", "for_each", "depends_on", "lifecycle", "provider", "provisioner", "connection"}


class Converter:
    """Converts the blocks of one resource; source and scope are looked at where a value is open."""

    def __init__(self, program: Program, *, dynamic: bool) -> None:
        """Keep the program; `dynamic` says whether the resource's file has dynamic blocks at all."""
        self._program = program
        self._dynamic = dynamic

    def resource(
        self, entry: Mapping[str, Any], block: Callable[[], Block | None], scope: Callable[[], Scope]
    ) -> dict[str, Data]:
        """Return the attributes of a resource."""
        read = names_read(str(entry["__tfmeta"]["label"]))
        body = {
            name: value
            for name, value in entry.items()
            if name not in _META_ARGUMENTS and (read is None or name in read)
        }
        return self._body(body, block, scope)

    def _body(
        self, tree: Mapping[str, Any], block: Callable[[], Block | None], scope: Callable[[], Scope]
    ) -> dict[str, Data]:
        result: dict[str, Data] = {}
        for name, value in tree.items():
            if name in _META:
                continue
            if is_nested(value):
                result[name] = self._nested(name, value, block, scope)
                continue
            settled = self._program.settle(value, partial(_expression, block, name), scope)
            if settled is not None:
                result[name] = plain(settled)
        written = block() if self._dynamic else None
        if written is not None:
            self._add_lost(result, tree, written, scope)
        return result

    def _nested(
        self, name: str, value: Any, block: Callable[[], Block | None], scope: Callable[[], Scope]
    ) -> Data:
        items = value if isinstance(value, list) else [value]
        converted: list[Data] = []
        for position, item in enumerate(items):
            earlier = sum(1 for other in items[:position] if _line(other) == _line(item))

            def inner(item: Any = item) -> Block | None:
                outer = block()
                found = None if outer is None else nested_block(outer, name, item)
                return None if found is None else found.content

            def bound(item: Any = item, earlier: int = earlier) -> Scope:
                outer = block()
                found = None if outer is None else nested_block(outer, name, item)
                return scope() if found is None else dynamic_scope(found, scope(), earlier)

            converted.append(self._body(item, inner, bound))
        return converted if isinstance(value, list) else converted[0]

    def _add_lost(
        self, result: dict[str, Data], tree: Mapping[str, Any], block: Block, scope: Callable[[], Scope]
    ) -> None:
        """Add the items of dynamic blocks that tfparse left out.

        It leaves out those of a dynamic block that it could not decide, and the last item of those
        that a plain block follows.
        """
        for child in block.blocks:
            if child.kind != "dynamic" or "for_each" not in child.attributes:
                continue
            made = sum(_made_by(child, item) for item in _items(tree.get(child.name)))
            lost = _lost(_written_items(child, scope()), made, _precedes_a_plain_block(child, block))
            if lost:
                existing = result.get(child.name, [])
                items = existing if isinstance(existing, list) else [existing]
                result[child.name] = [*items, *lost]


def _lost(items: list[Any], made: int, incomplete: bool) -> list[Any]:  # noqa: FBT001 - private, one caller
    """Return what is to be added to the items that tfparse made of a dynamic block."""
    if items and isinstance(items[0], Unsupported):
        return [Unknown(items[0].reason)] if incomplete else []
    return items if items and isinstance(items[0], Unknown) else items[made:]


def _precedes_a_plain_block(child: Block, block: Block) -> bool:
    return any(other.kind != "dynamic" and other.line > child.line for other in block.blocks)


def locate(entry: Mapping[str, Any], block: Block, path: Path, file: str) -> Location | None:
    """Return the lines of what the path names, or of its nearest parent that is written."""
    tree: Any = entry
    best: Location | None = None
    position = 0
    while position < len(path):
        name = path[position]
        position += 1
        if isinstance(name, int):
            continue
        attribute = block.attributes.get(name)
        if attribute is not None:
            return Location(file, attribute.line, attribute.end_line)
        items = _items(tree.get(name) if isinstance(tree, dict) else None)
        index = path[position] if position < len(path) else 0
        tree = items[index] if isinstance(index, int) and index < len(items) else None
        found = nested_block(block, name, tree)
        if found is None:
            return best
        best = Location(file, found.line, found.end_line)
        block = found.content
    return best


def is_nested(value: Any) -> bool:
    """Say whether tfparse's value is a nested block, or a list of them."""
    first = value[0] if isinstance(value, list) and value else value
    return isinstance(first, dict) and "__tfmeta" in first


def nested_block(block: Block, name: str, item: Any) -> Block | None:
    """Return the nested block that made tfparse's item; the first of its name for what tfparse left out."""
    named = [child for child in block.blocks if child.name == name]
    made = (child for child in named if _made_by(child, item))
    undecided = (child for child in named if item is None and child.kind == "dynamic")
    return next(made, None) or next(undecided, None) or (named[0] if named and item is None else None)


def dynamic_scope(block: Block, scope: Scope, position: int) -> Scope:
    """Return the scope inside of a dynamic block's content, for its item at the position."""
    each = block.attributes.get("for_each")
    if block.kind != "dynamic" or each is None:
        return scope
    iterator = block.attributes.get("iterator")
    name = text_of(iterator.expression) if iterator is not None else block.name
    pairs = pairs_of(evaluate(each.expression, scope))
    if isinstance(pairs, Unknown) or position >= len(pairs):
        reason = pairs.reason if isinstance(pairs, Unknown) else "its items could not be counted"
        unknown = Unknown(f"the dynamic block {block.name} could not be decided: {reason}")
        return scope.bind(**{name: {"key": unknown, "value": unknown}})
    key, value = pairs[position]
    return scope.bind(**{name: {"key": key, "value": value}})


def written_data(block: Block, scope: Scope) -> dict[str, Any]:
    """Return a block's attributes by the syntax alone: for resources that tfparse left out."""
    values: dict[str, Any] = {}
    for name, attribute in block.attributes.items():
        value = plain(evaluate(attribute.expression, scope))
        if value is not None and name not in _META_ARGUMENTS:
            values[name] = value
    for child in block.blocks:
        if child.name not in _META_ARGUMENTS:
            values.setdefault(child.name, []).extend(_written_items(child, scope))
    return values


def _written_items(block: Block, scope: Scope) -> list[Any]:
    each = block.attributes.get("for_each")
    if block.kind != "dynamic" or each is None:
        return [written_data(block, scope)]
    pairs = pairs_of(evaluate(each.expression, scope))
    if isinstance(pairs, Unknown):
        reason = f"the dynamic block {block.name} could not be decided: {pairs.reason}"
        return [type(pairs)(reason)]
    scopes = (dynamic_scope(block, scope, position) for position in range(len(pairs)))
    return [written_data(block.content, inner) for inner in scopes]


def _expression(find: Callable[[], Block | None], name: str) -> Node | None:
    block = find()
    attribute = block.attributes.get(name) if block is not None else None
    return attribute.expression if attribute is not None else None


def _items(value: Any) -> list[Any]:
    if not is_nested(value):
        return []
    return value if isinstance(value, list) else [value]


def _made_by(block: Block, item: Any) -> bool:
    return _line(item) == block.content.line


def _line(item: Any) -> int | None:
    return item["__tfmeta"]["line_start"] if isinstance(item, dict) else None
