"""Defaults inside of variable types: `object({ a = optional(string, "x") })`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sagemaker_netlint.readers.terraform.expressions import Scope, evaluate, node_expressions
from sagemaker_netlint.readers.terraform.functions import as_set
from sagemaker_netlint.readers.terraform.syntax import text_of

if TYPE_CHECKING:
    from tree_sitter import Node


def with_defaults(value: Any, declared: Node, scope: Scope) -> Any:
    """Return the value of a variable with the optional attributes of its type filled in."""
    name, arguments = _constructor(declared)
    if name == "object" and isinstance(value, Mapping) and arguments:
        return _object(value, arguments[0], scope)
    if name in {"list", "set"} and isinstance(value, list) and arguments:
        items = [with_defaults(item, arguments[0], scope) for item in value]
        return as_set(items) if name == "set" else items
    if name == "map" and isinstance(value, Mapping) and arguments:
        return {key: with_defaults(item, arguments[0], scope) for key, item in value.items()}
    return value


def _object(value: Mapping[str, Any], attributes: Node, scope: Scope) -> Any:
    filled = dict(value)
    for name, declared in _attributes(attributes):
        constructor, arguments = _constructor(declared)
        inner = arguments[0] if constructor == "optional" and arguments else declared
        if filled.get(name) is None:
            filled[name] = (
                evaluate(arguments[1], scope) if constructor == "optional" and arguments[1:] else None
            )
        filled[name] = with_defaults(filled[name], inner, scope)
    return filled


def _constructor(node: Node) -> tuple[str, list[Node]]:
    """Return the name and the arguments of a type constructor; a plain type has no arguments."""
    inner = node.named_children[0] if node.type == "expression" and node.named_children else node
    if inner.type != "function_call":
        return text_of(inner), []
    holder = next((child for child in inner.named_children if child.type == "function_arguments"), None)
    return text_of(inner.named_children[0]), node_expressions(holder) if holder is not None else []


def _attributes(node: Node) -> list[tuple[str, Node]]:
    while node.type in {"expression", "collection_value"} and node.named_children:
        node = node.named_children[0]
    pairs = [node_expressions(element) for element in node.named_children if element.type == "object_elem"]
    return [(text_of(pair[0]).strip('"'), pair[1]) for pair in pairs if len(pair) > 1]
