"""Assignments: `a=1`, `a+=(2)`, `a[3]=4`, `local a=5`, `unset a`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.lifecycle_scripts.bash_syntax import text_of
from sagemaker_netlint.readers.lifecycle_scripts.run_state import (
    MAX_ITERATIONS,
    Shell,
    Value,
)
from sagemaker_netlint.readers.lifecycle_scripts.script_texts import EMPTY, NotFollowedError, Text, joined
from sagemaker_netlint.readers.lifecycle_scripts.word_expansion import fields_of, key_of, word_of

if TYPE_CHECKING:
    from tree_sitter import Node

_ELEMENT = re.compile(r"\[['\"]?([^\]'\"]*)['\"]?\]=")


def assign(shell: Shell, node: Node) -> None:
    """Assign what a `variable_assignment` node says."""
    target, operator = node.children[0], node.children[1] if node.child_count > 1 else None
    value = node.children[2] if node.child_count > 2 else None  # noqa: PLR2004 - name, operator, value
    add = operator is not None and operator.type == "+="
    if target.type == "subscript":
        _assign_element(shell, target, EMPTY if value is None else word_of(shell, value), add=add)
        return
    name = text_of(target)
    before = shell.variables.get(name) if add else None
    if value is not None and value.type == "array":
        shell.variables[name] = _array(shell, value, before)
        return
    text = EMPTY if value is None else word_of(shell, value)
    if isinstance(before, dict):
        shell.variables[name] = {**before, "0": joined(before.get("0", EMPTY), text)}
    else:
        shell.variables[name] = joined(before, text) if isinstance(before, tuple) else text


def _assign_element(shell: Shell, target: Node, text: Text, *, add: bool) -> None:
    name, _, index = text_of(target).partition("[")
    key = key_of(shell, index.removesuffix("]"))
    before = shell.variables.get(name, {})
    array = {"0": before} if isinstance(before, tuple) else dict(before)
    if key is None:
        shell.variables[name] = (Unknown(f"which element of `{name}` is set isn't known"),)
        return
    array[key] = joined(array.get(key, EMPTY), text) if add else text
    shell.variables[name] = array


def _array(shell: Shell, node: Node, before: Value | None) -> dict[str, Text]:
    found = dict(before) if isinstance(before, dict) else {"0": before} if isinstance(before, tuple) else {}
    for child in node.named_children:
        element = _ELEMENT.match(text_of(child))
        if child.type == "comment":
            continue
        if element:
            text = word_of(shell, child)
            first = text[0] if text and isinstance(text[0], str) else ""
            found[element[1]] = joined((first.partition("]=")[2],), text[1:])
            continue
        for field in fields_of(shell, child):
            found[str(len(found))] = field
    if len(found) > MAX_ITERATIONS:
        raise NotFollowedError(f"an array has more than {MAX_ITERATIONS:,} elements")
    return found


def declare(shell: Shell, node: Node) -> None:
    """`export`, `readonly`, `declare`, `local`: the last two hide a variable while a function runs."""
    kind = node.children[0].type
    options = "".join(text_of(child) for child in node.children[1:] if text_of(child).startswith("-"))
    local = kind in {"local", "declare", "typeset"} and bool(shell.hidden) and "g" not in options
    for child in node.named_children:
        names = child.named_children if child.type == "variable_assignment" else [child]
        if child.type not in {"variable_assignment", "variable_name"} or not names:
            continue
        name = text_of(names[0]).partition("[")[0]
        if local and name not in shell.hidden[-1]:
            shell.hidden[-1][name] = shell.variables.get(name)
        if child.type == "variable_assignment":
            assign(shell, child)
        elif local:
            shell.variables[name] = EMPTY
        if "n" in options:
            shell.variables[name] = (Unknown(f"`{name}` is another variable's name"),)


def unset(shell: Shell, node: Node) -> None:
    """`unset a b`."""
    for child in node.named_children:
        if child.type in {"variable_name", "word"}:
            shell.variables[text_of(child)] = EMPTY
    if "IFS" in text_of(node).split():
        shell.variables.pop("IFS", None)
