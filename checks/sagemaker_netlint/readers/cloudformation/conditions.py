"""Conditions: their truth under an assignment, or the question that has to be decided first.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.cloudformation.assignment import Assignment, Symbol
from sagemaker_netlint.readers.cloudformation.builder import Report
from sagemaker_netlint.readers.cloudformation.evaluator import PSEUDO, Budget, Evaluator
from sagemaker_netlint.readers.cloudformation.nodes import Fields, Items, Node, Scalar, plain
from sagemaker_netlint.readers.cloudformation.results import Value, as_text, settled
from sagemaker_netlint.readers.cloudformation.stack import Stack

# Conditions are followed by recursion: the bound protects Python's stack.
_MAX_CHAIN = 100


class Fork(Exception):  # noqa: N818 - no error: a question
    """A comparison is open; `choices` are the assignments that decide it, the default's answer first."""

    def __init__(self, choices: list[Assignment]) -> None:
        """Keep the choices."""
        super().__init__("a comparison is open")
        self.choices = choices


@dataclass(frozen=True, slots=True)
class _Open:
    """A side of a comparison that is exactly one parameter, which is open."""

    symbol: Symbol
    default: str | None
    allowed: tuple[str, ...]


class Conditions:
    """Decides conditions under one assignment; an open comparison raises `Fork`."""

    def __init__(self, report: Report, assignment: Assignment, budget: Budget) -> None:
        """Start with the assignment; nothing else is taken for granted."""
        self.report = report
        self.assignment = assignment
        self.open = Evaluator(report, assignment, is_open=True, budget=budget)
        self.closed = Evaluator(lambda _problem: None, assignment, budget=budget)
        self.known: dict[str, bool] = {}
        self.active: list[str] = []
        self.depth = 0

    def truth(self, stack: Stack, name: str, node: Node | None = None) -> bool:
        """Return whether the condition holds.

        Raises:
            Fork: an open comparison decides it.

        """
        path = stack.prefix + name
        if path not in self.known:
            declared = stack.conditions.get(name)
            if declared is None or path in self.active:
                message = f"condition `{name}` depends on itself"
                if declared is None:
                    message = f"the template declares no condition `{name}`"
                if node is not None and not (declared is None and stack.template.is_rewritten):
                    self.open.problem(stack, node, message)
                return self._undecidable(f"condition {path}")
            self.active.append(path)
            try:
                self.known[path] = self.holds(stack, declared)
            finally:
                self.active.remove(path)
        return self.known[path]

    def holds(self, stack: Stack, node: Node) -> bool:
        """Return the truth of a condition's expression."""
        self.depth += 1
        try:
            return self._holds(stack, node)
        finally:
            self.depth -= 1

    def _holds(self, stack: Stack, node: Node) -> bool:
        if self.depth > _MAX_CHAIN:
            self.open.problem(stack, node, f"the chain of conditions is longer than {_MAX_CHAIN} steps")
            return self._undecidable(_key(stack, node))
        if isinstance(node, Scalar) and isinstance(node.value, (bool, str)):
            if str(node.value).lower() in {"true", "false"}:
                return str(node.value).lower() == "true"
        elif isinstance(node, Fields) and len(node.nodes) == 1:
            ((name, argument),) = node.nodes.items()
            operator = _OPERATORS.get(name)
            if operator is not None:
                return operator(self, stack, argument)
        self.open.problem(stack, node, "a condition takes Fn::And, Fn::Or, Fn::Not, Fn::Equals or Condition")
        return self._undecidable(_key(stack, node))

    def named(self, stack: Stack, argument: Node) -> bool:
        """`Condition`: another condition."""
        name = argument.text if isinstance(argument, Scalar) else ""
        return self.truth(stack, name, argument)

    def conjunction(self, stack: Stack, argument: Node) -> bool:
        """`Fn::And`."""
        return all(self.holds(stack, node) for node in self._operands(stack, argument))

    def disjunction(self, stack: Stack, argument: Node) -> bool:
        """`Fn::Or`."""
        return any(self.holds(stack, node) for node in self._operands(stack, argument))

    def negation(self, stack: Stack, argument: Node) -> bool:
        """`Fn::Not`."""
        operands = self._operands(stack, argument)
        return not self.holds(stack, operands[0]) if operands else self._undecidable(_key(stack, argument))

    def _operands(self, stack: Stack, argument: Node) -> list[Node]:
        if isinstance(argument, Items):
            return argument.nodes
        self.open.problem(stack, argument, "a condition's function takes a list")
        return []

    def equals(self, stack: Stack, argument: Node) -> bool:
        """`Fn::Equals`: values, an open parameter and a value, or open expressions."""
        if not isinstance(argument, Items) or len(argument.nodes) != 2:  # noqa: PLR2004 - two sides
            self.open.problem(stack, argument, "`Fn::Equals` takes two values")
            return self._undecidable(_key(stack, argument))
        self.open.reads = set()
        left, right = (self._side(stack, node) for node in argument.nodes)
        if isinstance(right, _Open) and not isinstance(left, _Open):
            left, right = right, left
        if isinstance(left, _Open) and isinstance(right, _Open) and left == right:
            return True
        if isinstance(left, _Open) and isinstance(right, str):
            return self._compare(left, right)
        if isinstance(left, _Open) or isinstance(right, _Open) or _is_open(left) or _is_open(right):
            return self._opaque(stack, argument)
        return left == right

    def _side(self, stack: Stack, node: Node) -> Value | _Open:
        found = _lone_parameter(stack, node)
        if found is not None:
            side = self._parameter(*found)
            if side is not None:
                return side
        value = settled(self.open.evaluate(node, stack))
        return as_text(value) if isinstance(value, (bool, int, float)) else value

    def _parameter(self, stack: Stack, name: str) -> _Open | str | None:
        """Return a parameter's value or the open parameter; `None` where it takes evaluation."""
        if name in PSEUDO:
            known = name in stack.root.given or name in self.assignment.equal
            return None if known else _Open(name, None, ())
        parameter = stack.template.parameters[name]
        symbol = stack.prefix + name
        if parameter.is_list or parameter.is_stored:
            return None
        if stack.parent is None and name in stack.given:
            return stack.given[name]
        if symbol in self.assignment.equal:
            return self.assignment.equal[symbol]
        return _Open(symbol, parameter.default, parameter.allowed)

    def _compare(self, side: _Open, literal: str) -> bool:
        if literal in self.assignment.excluded.get(side.symbol, ()):
            return False
        if side.allowed and literal not in side.allowed:
            return False
        equal = self.assignment.having(side.symbol, literal)
        other = self.assignment.without(side.symbol, literal, side.allowed)
        if other is None:
            raise Fork([equal])
        raise Fork([equal, other] if side.default == literal else [other, equal])

    def _opaque(self, stack: Stack, argument: Items) -> bool:
        """Decide a comparison of expressions: either way, but only one of them goes with the defaults."""
        self.closed.reads = set()
        sides = [settled(self.closed.evaluate(node, stack)) for node in argument.nodes]
        usual = None if any(_is_open(side) for side in sides) else as_text(sides[0]) == as_text(sides[1])
        return self._undecidable(_key(stack, argument), usual=usual, reads=frozenset(self.open.reads))

    def _undecidable(
        self, atom: str, *, usual: bool | None = None, reads: frozenset[Symbol] = frozenset()
    ) -> bool:
        if atom in self.assignment.atoms:
            return self.assignment.atoms[atom]
        choices = []
        for truth in (False, True) if usual is False else (True, False):
            departed = frozenset[Symbol]() if usual in {None, truth} else reads
            choices.append(self.assignment.deciding(atom, truth=truth, departed=departed))
        raise Fork(choices)


_OPERATORS: dict[str, Callable[[Conditions, Stack, Node], bool]] = {
    "Condition": Conditions.named,
    "Fn::And": Conditions.conjunction,
    "Fn::Or": Conditions.disjunction,
    "Fn::Not": Conditions.negation,
    "Fn::Equals": Conditions.equals,
}


def _lone_parameter(stack: Stack, node: Node) -> tuple[Stack, str] | None:
    """Return the parameter that the expression refers to, where it does nothing else."""
    if not isinstance(node, Fields) or len(node.nodes) != 1:
        return None
    ((function, argument),) = node.nodes.items()
    if not isinstance(argument, Scalar):
        return None
    name = argument.text
    if function == "Fn::Sub" and name.startswith("${") and name.endswith("}"):
        name, function = name[2:-1].strip(), "Ref"
    if function != "Ref" or not (name in PSEUDO or name in stack.template.parameters):
        return None
    passed = stack.argument(name)
    if passed is None or stack.parent is None:
        return stack, name
    return _lone_parameter(stack.parent, passed)


def _is_open(value: object) -> bool:
    if isinstance(value, list):
        return any(_is_open(item) for item in value)
    return isinstance(value, Unknown)


def _key(stack: Stack, node: Node) -> str:
    return stack.prefix + json.dumps(plain(node), sort_keys=True, default=str)
