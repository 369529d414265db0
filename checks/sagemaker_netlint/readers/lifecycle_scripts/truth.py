"""Tests of a shell: `[ … ]`, `[[ … ]]` and `test`, as far as their outcome is known."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from sagemaker_netlint.readers.lifecycle_scripts.bash_syntax import text_of
from sagemaker_netlint.readers.lifecycle_scripts.run_state import (
    OPEN,
    OPEN_END,
    ROUTE_TESTED,
    Assumption,
    Outcome,
    Shell,
)
from sagemaker_netlint.readers.lifecycle_scripts.script_texts import Text, found_in, literal, shown
from sagemaker_netlint.readers.lifecycle_scripts.word_expansion import word_of

if TYPE_CHECKING:
    from tree_sitter import Node

_INTERFACE_PATH = re.compile(r"^/sys/class/net/([\w.-]+)/?")
_NUMBERS = {"-eq", "-ne", "-lt", "-le", "-gt", "-ge"}
_LISTINGS = ("ip route", "route", "netstat", "nmcli")


def is_route_listing(text: Text) -> bool:
    """Say whether a text is what a command lists of the routes."""
    found = found_in(text)
    return found is not None and found.how.startswith(_LISTINGS)


def there(interface: str) -> Outcome:
    """Return the outcome of a test whether an interface is there."""
    return Outcome(None, (Assumption("interface", interface),), (OPEN,))


def tested(shell: Shell, node: Node) -> Outcome:
    """Return the outcome of a test command's node."""
    if text_of(node).startswith("(("):
        return OPEN_END
    inside = [child for child in node.children if child.is_named]
    return _expression(shell, inside[0]) if len(inside) == 1 else OPEN_END


def _expression(shell: Shell, node: Node) -> Outcome:
    with shell.run.deeper():
        parts = node.children
        if node.type == "parenthesized_expression" and node.named_child_count == 1:
            return _expression(shell, node.named_children[0])
        if node.type == "negation_expression" or (
            node.type == "unary_expression" and text_of(parts[0]) == "!"
        ):
            return _expression(shell, parts[-1]).negated
        if node.type == "unary_expression" and len(parts) == 2:  # noqa: PLR2004 - operator and operand
            if parts[1].type in {"binary_expression", "unary_expression"}:
                return OPEN_END
            return unary(shell, text_of(parts[0]), word_of(shell, parts[1]))
        if node.type == "binary_expression" and len(parts) == 3:  # noqa: PLR2004 - left, operator, right
            return _binary_node(shell, parts[0], text_of(parts[1]), parts[2])
        return unary(shell, "-n", word_of(shell, node))


def _binary_node(shell: Shell, left: Node, operator: str, right: Node) -> Outcome:
    if operator in {"&&", "||", "-a", "-o"}:
        first, second = _expression(shell, left), _expression(shell, right)
        return both(first, second) if operator in {"&&", "-a"} else either(first, second)
    pattern = right.type in {"extglob_pattern", "regex", "word"}
    return binary(word_of(shell, left), operator, word_of(shell, right), pattern=pattern)


def both(first: Outcome, second: Outcome) -> Outcome:
    """Return the outcome of two tests that must both hold."""
    if first.status is False or second.status is False:
        return Outcome(status=False)
    if first.status is True:
        return second
    if second.status is True:
        return first
    tests = {*first.if_false, *second.if_false}
    return Outcome(None, first.if_true + second.if_true, tuple(tests) if len(tests) == 1 else (OPEN,))


def either(first: Outcome, second: Outcome) -> Outcome:
    """Return the outcome of two tests of which one must hold."""
    return both(first.negated, second.negated).negated


def unary(shell: Shell, operator: str, text: Text) -> Outcome:
    """Return the outcome of `-z word` and its like."""
    known = literal(text)
    if operator in {"-z", "-n"}:
        if is_route_listing(text):
            return ROUTE_TESTED
        if known is None:
            return OPEN_END
        return Outcome(status=(known == "") == (operator == "-z"))
    if operator in {"-d", "-e", "-L", "-h"} and (match := _INTERFACE_PATH.match(known or "")):
        return there(match[1])
    if operator in {"-e", "-f", "-s", "-r"} and shell.run.stored(text) is not None:
        kept = shell.run.stored(text)
        unconditional = kept is not None and set(kept.assumptions) <= set(shell.in_effect)
        return Outcome(status=True) if unconditional and kept and kept.content else OPEN_END
    return OPEN_END


def binary(left: Text, operator: str, right: Text, *, pattern: bool = False) -> Outcome:
    """Return the outcome of a comparison; `pattern` says that the right side may hold wildcards."""
    if is_route_listing(left) or is_route_listing(right):
        return ROUTE_TESTED
    first, second = literal(left), literal(right)
    if first is None or second is None:
        return OPEN_END
    if operator in _NUMBERS:
        return _compared(first, operator, second)
    if operator not in {"=", "==", "!="}:
        return OPEN_END
    if pattern and len(second) > 100:  # noqa: PLR2004 - a pattern that matches in no time
        return OPEN_END
    equal = fnmatchcase(first, second) if pattern else first == second
    return Outcome(status=equal == (operator != "!="))


def _compared(first: str, operator: str, second: str) -> Outcome:
    if not re.fullmatch(r"-?\d{1,15}", first) or not re.fullmatch(r"-?\d{1,15}", second):
        return OPEN_END
    left, right = int(first), int(second)
    found = {
        "-eq": left == right,
        "-ne": left != right,
        "-lt": left < right,
        "-le": left <= right,
        "-gt": left > right,
        "-ge": left >= right,
    }
    return Outcome(status=found[operator])


def tested_words(shell: Shell, words: list[Text]) -> Outcome:
    """Return the outcome of `test` with these words."""
    if words and words[0] == ("!",):
        return tested_words(shell, words[1:]).negated
    if len(words) == 1:
        return unary(shell, "-n", words[0])
    if len(words) == 2:  # noqa: PLR2004 - operator and operand
        return unary(shell, shown(words[0]), words[1])
    if len(words) == 3:  # noqa: PLR2004 - left, operator, right
        return binary(words[0], shown(words[1]), words[2])
    return OPEN_END
