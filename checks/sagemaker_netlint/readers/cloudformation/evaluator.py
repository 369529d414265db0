"""Evaluation of a template's expressions, offline: what can't be known is `Unknown` with its reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.cloudformation.assignment import Assignment, Symbol
from sagemaker_netlint.readers.cloudformation.builder import Report
from sagemaker_netlint.readers.cloudformation.functions import FUNCTIONS
from sagemaker_netlint.readers.cloudformation.nodes import Fields, Items, Node, Scalar
from sagemaker_netlint.readers.cloudformation.results import (
    NO_VALUE,
    Absent,
    Value,
    as_text,
    resolved,
    settled,
    split_list,
)
from sagemaker_netlint.readers.cloudformation.stack import Stack
from sagemaker_netlint.readers.cloudformation.template import Parameter
from sagemaker_netlint.readers.raw import Data, Problem, identity_token

# A chain of references is followed by recursion: the bounds protect Python's stack.
_MAX_DEPTH = 100
_MAX_HOPS = 40
# References multiply: a few lines may ask for billions of values. This is seconds of work.
_MAX_STEPS = 2_000_000
_CHARACTERS_PER_STEP = 100
_SSM = re.compile(r"\{\{resolve:ssm:([A-Za-z0-9_.\-/]+)\}\}")
PSEUDO = {
    "AWS::AccountId": "the account is known only at deployment",
    "AWS::NotificationARNs": "the notification topics are known only at deployment",
    "AWS::Partition": "the partition is known only at deployment",
    "AWS::Region": "the region is known only at deployment",
    "AWS::StackId": "the stack's id is known only at deployment",
    "AWS::StackName": "the stack's name is known only at deployment",
    "AWS::URLSuffix": "the domain of AWS is known only at deployment",
}


class _ChainTooLongError(Exception):
    """References lead too far to be followed."""


@dataclass(slots=True)
class Budget:
    """The steps that are left for one reading, over all its variants."""

    left: int = _MAX_STEPS


class Evaluator:
    """Evaluates expressions under one assignment.

    `truths` are the conditions that the variant decides, by path. With `is_open`, a parameter counts as
    known only where it is given or assigned, and the others that were read are gathered in `reads`.
    """

    def __init__(
        self,
        report: Report,
        assignment: Assignment | None = None,
        truths: Mapping[str, bool] | None = None,
        *,
        is_open: bool = False,
        budget: Budget | None = None,
    ) -> None:
        """Start with nothing decided, unless an assignment is given."""
        self.report = report
        self.assignment = assignment or Assignment()
        self.truths = truths or {}
        self.is_open = is_open
        self.budget = budget or Budget()
        self.reads: set[Symbol] = set()
        self.active: set[tuple[str, str, str]] = set()
        self.followed: dict[tuple[str, str, str], Data | Absent] = {}
        self.depth = 0

    def problem(self, stack: Stack, node: Node, message: str) -> None:
        """Report a defect of the template at a node."""
        self.report(Problem(stack.template.location(node.line), message))

    def refuse(self, stack: Stack, node: Node, message: str) -> Unknown:
        """Report a defect and give the unknown value that it leaves."""
        self.problem(stack, node, message)
        return Unknown(message)

    def evaluate(self, node: Node, stack: Stack) -> Value:
        """Evaluate an expression."""
        if isinstance(node, Scalar):
            return self._scalar(node, stack)
        if self.depth >= _MAX_DEPTH and self.active:
            raise _ChainTooLongError
        self.budget.left -= 1
        if self.budget.left < 0:
            return self._exhausted(stack)
        self.depth += 1
        try:
            return self._items(node, stack) if isinstance(node, Items) else self._fields(node, stack)
        finally:
            self.depth -= 1

    def _exhausted(self, stack: Stack) -> Unknown:
        message = f"evaluating the template takes more than {_MAX_STEPS:,} steps; what is left is undecided"
        root = stack.root.template
        self.report(Problem(root.location(1), message))
        return Unknown(message)

    def text(self, node: Node, stack: Stack) -> str | Unknown:
        """Evaluate an expression where a string belongs."""
        return as_text(self.evaluate(node, stack))

    def _scalar(self, node: Scalar, stack: Stack) -> Value:
        value = node.value
        if value is None:
            self.problem(stack, node, "null is no value in a template")
            return NO_VALUE
        return stored(resolved(value), stack) if isinstance(value, str) else value

    def _items(self, node: Items, stack: Stack) -> Value:
        values: list[Data] = []
        for item in node.nodes:
            value = settled(self.evaluate(item, stack))
            if not isinstance(value, Absent):
                values.append(value)
        return values

    def _fields(self, node: Fields, stack: Stack) -> Value:
        name = function_of(node)
        if name is not None:
            return self._call(name, node.nodes[name], stack)
        values: dict[str, Data] = {}
        for key, item in node.nodes.items():
            if key.startswith("Fn::"):
                if key == "Fn::Transform":
                    return Unknown("a transform adds to it at deployment")
                return self.refuse(stack, node, f"`{key}` stands beside other keys")
            value = settled(self.evaluate(item, stack))
            if not isinstance(value, Absent):
                values[key] = value
        return values

    def _call(self, name: str, argument: Node, stack: Stack) -> Value:
        function = FUNCTIONS.get(name)
        if function is None:
            return self.refuse(stack, argument, f"`{name}` is no function that a property may use")
        value = function(self, argument, stack)
        if isinstance(value, str):
            self.budget.left -= len(value) // _CHARACTERS_PER_STEP
        return stored(value, stack)

    # -- what names refer to ---------------------------------------------------------------------

    def follow(self, stack: Stack, kind: str, name: str, node: Node) -> Data | Absent:
        """Evaluate what a name stands for, once; a name that depends on itself is a defect.

        `kind` tells a stack's names apart (a parameter, an attribute, an output).
        """
        step = (stack.prefix, kind, name)
        if step in self.active:
            return self.refuse(stack, node, f"`{name}` depends on itself")
        if step not in self.followed:
            if len(self.active) >= _MAX_HOPS:
                raise _ChainTooLongError
            # a parameter's expression belongs to the stack that passes it
            at = stack.parent if kind == "parameter" and stack.parent is not None else stack
            self.active.add(step)
            try:
                self.followed[step] = self._followed(at, node)
            finally:
                self.active.discard(step)
        return self.followed[step]

    def _followed(self, stack: Stack, node: Node) -> Data | Absent:
        try:
            return settled(self.evaluate(node, stack))
        except _ChainTooLongError:
            if len(self.active) > 1:  # the first link of the chain is what is undecided
                raise
            return self.refuse(stack, node, f"the chain of references is longer than {_MAX_HOPS} steps")

    def reference(self, name: str, stack: Stack, node: Node) -> Value:
        """Return what `Ref` gives for a name."""
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in PSEUDO:
            return self._pseudo(name, stack)
        if name in stack.template.parameters:
            return self.parameter(stack.template.parameters[name], stack)
        if name in stack.resources:
            absent = self.presence(stack, name)
            return identity_token(stack.prefix + name) if absent is None else absent
        return self.undeclared(name, stack, node)

    def undeclared(self, name: str, stack: Stack, node: Node) -> Unknown:
        """Return the value of a name that the template doesn't declare."""
        text = f"${{{name}}}"
        if stack.template.is_rewritten:
            return Unknown(f"`{name}` is not declared here; a transform or a module may add it", text)
        if name in stack.template.resources.nodes:
            return Unknown(f"resource `{name}` could not be read", text)
        message = f"the template declares no parameter or resource `{name}`"
        self.problem(stack, node, message)
        return Unknown(message, text)

    def presence(self, stack: Stack, name: str) -> Unknown | None:
        """Return `None` for a resource that exists in this variant, else the reason why it doesn't."""
        condition = stack.resources[name].condition
        if condition is None or self.truths.get(stack.prefix + condition) is not False:
            return None
        text = f"${{{name}}}"
        return Unknown(f"`{stack.prefix}{name}` is not created when {stack.prefix}{condition} is false", text)

    def _pseudo(self, name: str, stack: Stack) -> Value:
        value = stack.root.given.get(name, self.assignment.equal.get(name))
        if value is not None:
            return value
        self.reads.add(name)
        return Unknown(PSEUDO[name], f"${{{name}}}")

    def parameter(self, parameter: Parameter, stack: Stack) -> Value:
        """Return the value of a parameter: passed, given, assigned or the default."""
        if parameter.is_stored:
            return self._stored(parameter, stack)
        argument = stack.argument(parameter.name)
        if argument is not None and stack.parent is not None:
            value = self.follow(stack, "parameter", parameter.name, argument)
            if not isinstance(value, Absent):
                return coerced(parameter, value)
        return self._own(parameter, stack)

    def _stored(self, parameter: Parameter, stack: Stack) -> Value:
        """Return what SSM Parameter Store holds under the parameter's value, where an inventory tells it."""
        name = parameter.default if stack.parent else stack.given.get(parameter.name, parameter.default)
        if stack.argument(parameter.name) is not None:
            name = None  # the stack above gives another one
        found = stack.root.known.parameters.get(name) if stack.root.known and name else None
        if isinstance(found, str):
            return split_list(found) if parameter.is_stored_list else found
        where = f" (`{name}`)" if name else ""
        reason = f"parameter {parameter.name} is read from SSM Parameter Store{where} at deployment"
        return Unknown(reason if found is None else f"{reason}: {found.reason}", f"${{{parameter.name}}}")

    def _own(self, parameter: Parameter, stack: Stack) -> Value:
        symbol = stack.prefix + parameter.name
        value = self.assignment.equal.get(symbol)
        if stack.parent is None:
            value = stack.given.get(parameter.name, value)
        if value is None and not self.is_open and symbol not in self.assignment.departed:
            excluded = self.assignment.excluded.get(symbol, frozenset())
            value = None if parameter.default in excluded else parameter.default
        if value is not None and not parameter.no_echo:
            return coerced(parameter, value)
        self.reads.add(symbol)
        return Unknown(_why_open(parameter), f"${{{parameter.name}}}")


def stored(value: Value, stack: Stack) -> Value:
    """Put what an inventory tells of SSM Parameter Store in the place of dynamic references, where it is all.

    A reference to a version may be to another one than the present.
    """
    known = stack.root.known
    text = value.text if isinstance(value, Unknown) else None
    if known is None or text is None or "{{resolve:ssm:" not in text:
        return value

    def told(match: re.Match[str]) -> str:
        found = known.parameters.get(match[1])
        return found if isinstance(found, str) else match[0]

    filled = _SSM.sub(told, text)
    return value if "{{" in filled or "${" in filled else filled


def function_of(node: Fields) -> str | None:
    """Return the function that a mapping calls, or `None` for plain data."""
    if len(node.nodes) != 1:
        return None
    name = next(iter(node.nodes))
    return name if name == "Ref" or (name.startswith("Fn::") and not name.startswith("Fn::ForEach")) else None


def _why_open(parameter: Parameter) -> str:
    if parameter.no_echo:
        return f"parameter {parameter.name} is a secret (NoEcho)"
    if parameter.default is None:
        return f"parameter {parameter.name} has no default"
    return f"parameter {parameter.name} has a value here that is not its default"


def coerced(parameter: Parameter, value: Data) -> Data:
    """Return a value as references to the parameter give it: a string, or a list of strings."""
    if parameter.is_list:
        if isinstance(value, list):
            return [item if isinstance(item, Unknown) else as_text(item) for item in value]
        return split_list(as_text(value))
    if isinstance(value, list):
        unknown = next((item for item in value if isinstance(item, Unknown)), None)
        return ",".join(str(as_text(item)) for item in value) if unknown is None else unknown
    return as_text(value)
