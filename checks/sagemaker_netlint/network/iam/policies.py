"""IAM policies: documents and their statements, as values that may be known in part.

The grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Union

from sagemaker_netlint.network.values import Maybe, Unknown

Words = Union[tuple[Union[str, Unknown], ...], Unknown]
"""A list of strings of a statement (a single one is a list of one); single items may be unknown."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One test of a statement: an operator as it is written, a key, and the values of which one must fit.

    `ForAnyValue:StringNotEqualsIfExists` is one operator. All conditions of a statement must be met.
    """

    operator: str
    key: str
    values: Words


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of a policy. An element that is not written is `None`.

    `principals` says whether it has a Principal or NotPrincipal, so that it belongs to no identity policy.
    `position` is its index in the document.
    """

    effect: Union[str, Unknown]
    actions: Union[Words, None] = None
    not_actions: Union[Words, None] = None
    resources: Union[Words, None] = None
    not_resources: Union[Words, None] = None
    conditions: Union[tuple[Condition, ...], Unknown] = ()
    sid: str = ""
    position: int = 0
    principals: bool = False


Document = tuple[Union[Statement, Unknown], ...]
"""The statements of a policy, in their order; one that is not known at all is `Unknown`."""


def document_of(policy: Maybe[Any]) -> Document:
    """Return the statements of a policy document that was parsed from its JSON or written as a mapping.

    What is not known, or has not the form of a policy, becomes one unknown statement; `None` is no statement.
    """
    if policy is None:
        return ()
    if isinstance(policy, Unknown):
        return (policy,)
    statements = policy.get("Statement") if isinstance(policy, dict) else None
    if statements is None:
        return (Unknown("it is no policy document: it has no Statement"),)
    items = statements if isinstance(statements, list) else [statements]
    return tuple(_statement(item, position) for position, item in enumerate(items))


def _statement(item: Any, position: int) -> Statement | Unknown:
    if not isinstance(item, dict):
        return item if isinstance(item, Unknown) else Unknown("a statement is no mapping")
    effect = item.get("Effect")
    return Statement(
        effect=effect if isinstance(effect, (str, Unknown)) else Unknown("a statement has no Effect"),
        actions=_words(item.get("Action")),
        not_actions=_words(item.get("NotAction")),
        resources=_words(item.get("Resource")),
        not_resources=_words(item.get("NotResource")),
        conditions=_conditions(item.get("Condition")),
        sid=sid if isinstance(sid := item.get("Sid"), str) else "",
        position=position,
        principals="Principal" in item or "NotPrincipal" in item,
    )


def _words(value: Any) -> Words | None:
    if value is None or isinstance(value, Unknown):
        return value
    return tuple(_word(item) for item in (value if isinstance(value, list) else [value]))


def _word(value: Any) -> str | Unknown:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, Unknown)):
        return value
    return str(value) if isinstance(value, (int, float)) else Unknown("a string belongs there")


def _conditions(block: Any) -> tuple[Condition, ...] | Unknown:
    if block is None or isinstance(block, Unknown):
        return () if block is None else block
    if not isinstance(block, dict):
        return Unknown("a Condition is no mapping")
    found: list[Condition] = []
    for operator, tests in block.items():
        if isinstance(tests, Unknown):
            return tests
        if not isinstance(tests, dict):
            return Unknown(f"the condition {operator} is no mapping")
        if not all(isinstance(name, str) for name in (operator, *tests)):
            return Unknown("the name of a condition is no string: in YAML, Null takes quotes")
        for key, values in tests.items():
            words = _words(values)
            found.append(Condition(operator, key, () if words is None else words))
    return tuple(found)


def statements(document: Document) -> Iterator[Statement]:
    """Yield the statements that are known, at least in part."""
    for statement in document:
        if isinstance(statement, Statement):
            yield statement
