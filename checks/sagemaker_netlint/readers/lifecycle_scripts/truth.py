"""Tests of a shell: `[ … ]`, `[[ … ]]` and `test`, as far as their outcome is known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
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
# A regular expression of plain characters, which Python reads as bash does, and in no time.
_PLAIN_PATTERN = re.compile(r"\^?[\w#/:@ -]*\$?")
_MAX_PATTERN = 200
_EXPRESSIONS = {
    "binary_expression",
    "unary_expression",
    "parenthesized_expression",
    "negation_expression",
}
_JOINING = {"&&", "||", "-a", "-o", ")"}
_UNARY = {"-z", "-n", "-e", "-f", "-d", "-s", "-r", "-w", "-x", "-L", "-h", "-v"}
_OPERATORS = _JOINING | _UNARY | _NUMBERS | {"!", "(", "=", "==", "!="}
_LISTINGS = ("ip route", "route", "netstat", "nmcli")


@dataclass(frozen=True, slots=True)
class _Operator:
    text: str


@dataclass(frozen=True, slots=True)
class _Word:
    text: Text
    pattern: bool = False


def is_route_listing(text: Text) -> bool:
    """Say whether a text is what a command lists of the routes."""
    found = found_in(text)
    return found is not None and found.how.startswith(_LISTINGS)


def there(interface: str) -> Outcome:
    """Return the outcome of a test whether an interface is there."""
    return Outcome(None, (Assumption("interface", interface),), (OPEN,))


@dataclass(slots=True)
class _Tokens:
    """The operators and words of a test, in their order: the grammar takes some for others' operands."""

    shell: Shell
    rest: list[_Operator | _Word]

    def take(self, *operators: str) -> bool:
        """Take the next token, where it is one of the operators."""
        found = bool(self.rest) and isinstance(self.rest[0], _Operator) and self.rest[0].text in operators
        if found:
            self.rest.pop(0)
        return found

    def any(self) -> Outcome:
        """Read tests of which one must hold."""
        outcome = self.all()
        while self.take("||", "-o"):
            outcome = either(outcome, self.all())
        return outcome

    def all(self) -> Outcome:
        """Read tests that must all hold."""
        outcome = self.one()
        while self.take("&&", "-a"):
            outcome = both(outcome, self.one())
        return outcome

    def one(self) -> Outcome:
        """Read one test, or one in brackets."""
        with self.shell.run.deeper():
            if self.take("!"):
                return self.one().negated
            if self.take("("):
                outcome = self.any()
                return outcome if self.take(")") else OPEN_END
            first = self.rest.pop(0) if self.rest else _Operator("")
            second = self.rest.pop(0) if self.rest and not _ends(self.rest[0], first) else None
            if isinstance(first, _Operator):
                return unary(self.shell, first.text, second.text) if isinstance(second, _Word) else OPEN_END
            if second is None:
                return unary(self.shell, "-n", first.text)
            last = self.rest.pop(0) if self.rest else None
            if not isinstance(second, _Operator) or not isinstance(last, _Word):
                return OPEN_END
            return binary(first.text, second.text, last.text, pattern=last.pattern)


def _ends(token: _Operator | _Word, before: _Operator | _Word) -> bool:
    """Say whether a word stands alone before the token."""
    return isinstance(before, _Word) and isinstance(token, _Operator) and token.text in _JOINING


def tested(shell: Shell, node: Node) -> Outcome:
    """Return the outcome of a test command's node."""
    return _outcome(shell, [token for child in node.children[1:-1] for token in _tokens(shell, child)])


def tested_words(shell: Shell, words: list[Text]) -> Outcome:
    """Return the outcome of `test` with these words."""
    return _outcome(
        shell, [_Operator(shown(word)) if shown(word) in _OPERATORS else _Word(word) for word in words]
    )


def _outcome(shell: Shell, tokens: list[_Operator | _Word]) -> Outcome:
    shell.run.spend(10 * len(tokens))
    if not tokens:
        return Outcome(status=False)
    reader = _Tokens(shell, tokens)
    outcome = reader.any()
    return OPEN_END if reader.rest else outcome


def _tokens(shell: Shell, root: Node) -> Iterator[_Operator | _Word]:
    rest = [root]
    while rest:
        node = rest.pop()
        if node.type in _EXPRESSIONS:
            rest.extend(reversed(node.children))
        elif node.type == "test_operator" or not node.is_named:
            yield _Operator(text_of(node))
        else:
            pattern = node.type in {"extglob_pattern", "regex", "word"}
            yield _Word(word_of(shell, node), pattern=pattern)


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
    if first is None or second is None or len(second) > _MAX_PATTERN:
        return OPEN_END
    if operator in _NUMBERS:
        return _compared(first, operator, second)
    if operator == "=~" and _PLAIN_PATTERN.fullmatch(second):
        return Outcome(status=re.search(second, first) is not None)
    if operator in {"=", "==", "!="}:
        equal = fnmatchcase(first, second) if pattern else first == second
        return Outcome(status=equal == (operator != "!="))
    return OPEN_END


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
