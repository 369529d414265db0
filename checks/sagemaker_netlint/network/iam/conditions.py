"""The conditions of IAM policies: every operator and modifier, over values that may be known in part.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cache, lru_cache, partial
from typing import Any, Union

from sagemaker_netlint.network.iam import condition_values as iam_values
from sagemaker_netlint.network.iam.matching import (
    ARN_FIELDS,
    Wild,
    arn_fields,
    has_gap,
    matches,
    matches_arn,
    pieces,
    text_of,
)
from sagemaker_netlint.network.iam.policies import Condition, Words
from sagemaker_netlint.network.logic import Verdict, either, every, inverse
from sagemaker_netlint.network.values import Unknown

Value = Union[str, tuple[str, ...], None]
"""What a request holds of a key: one value, the values of a list, or nothing."""

OTHERS = ("<another value>", "~")
"""Values of a request that are chosen to be none of those that a policy names, also none that isn't known."""

Test = Callable[[str, str], Verdict]
"""Compares a value of the policy with one of the request."""


class Kind(Enum):
    """What an operator compares."""

    STRING = "strings"
    PATTERN = "patterns"
    ARN = "ARNs"
    NUMBER = "a number"
    DATE = "a date"
    BOOL = "true or false"
    BINARY = "base64"
    ADDRESS = "a range of addresses"
    NULL = "the presence of the key"


@dataclass(frozen=True, slots=True)
class Operator:
    """A condition operator with its modifiers; `quantifier` is "", "forallvalues" or "foranyvalue"."""

    kind: Kind
    test: Test
    negated: bool = False
    quantifier: str = ""
    if_exists: bool = False


def _equals(wanted: str, given: str) -> Verdict:
    if wanted == given or ("{" not in wanted and "{" not in given):
        return wanted == given
    return False if given in OTHERS else matches(pieces(wanted, wild=False), pieces(given, wild=False))


def _equals_in_any_case(wanted: str, given: str) -> Verdict:
    return _equals(wanted.lower(), given.lower())


@lru_cache(maxsize=16384)
def _like(wanted: str, given: str) -> Verdict:
    return matches(pieces(wanted), pieces(given, wild=False))


@lru_cache(maxsize=16384)
def _arn_like(wanted: str, given: str) -> Verdict:
    """Compare with an ARN; one that is chosen to be another fits only what fits any."""
    fields = arn_fields(wanted)
    if given in OTHERS and (len(fields) == ARN_FIELDS or has_gap(fields[0])):
        return all(field == (Wild.MANY,) for field in fields[1:]) and not has_gap(fields[0])
    return matches_arn(wanted, f"arn:{given}::::" if given in OTHERS else given)


def _typed(
    kind: Kind, read: Callable[[str], Any], compare: Callable[[Any, Any], bool], wanted: str, given: str
) -> Verdict:
    """Compare values of a type; a value of the request that is none of the type fits nothing."""
    bound, value = read(wanted), read(given)
    if bound is None:
        gap = has_gap(pieces(wanted, wild=False))
        return Unknown(f"`{wanted}` is known in part" if gap else f"`{wanted}` is not {kind.value}")
    if value is None:
        gap = has_gap(pieces(given, wild=False))
        return Unknown(f"`{given}` is known in part") if gap else False
    return compare(value, bound)


def _within(value: iam_values.Network, bound: iam_values.Network) -> bool:
    return value.version == bound.version and value.subnet_of(bound)  # type: ignore[arg-type]  # same version


def _never(_wanted: str, _given: str) -> Verdict:
    raise AssertionError("Null compares no values")


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "equals": operator.eq,
    "lessthan": operator.lt,
    "lessthanequals": operator.le,
    "greaterthan": operator.gt,
    "greaterthanequals": operator.ge,
}


def _of_type(kind: Kind, read: Callable[[str], Any], compare: Callable[[Any, Any], bool]) -> Operator:
    return Operator(kind, partial(_typed, kind, read, compare))


@cache
def _operators() -> dict[str, Operator]:
    """Return the operators by their lower-case names, without modifiers."""
    named: dict[str, Operator] = {
        "bool": _of_type(Kind.BOOL, iam_values.truth, operator.eq),
        "binaryequals": _of_type(Kind.BINARY, iam_values.content, operator.eq),
        "ipaddress": _of_type(Kind.ADDRESS, iam_values.network, _within),
        "null": Operator(Kind.NULL, _never),
        "stringequals": Operator(Kind.STRING, _equals),
        "stringequalsignorecase": Operator(Kind.STRING, _equals_in_any_case),
        "stringlike": Operator(Kind.PATTERN, _like),
        "arnequals": Operator(Kind.ARN, _arn_like),
        "arnlike": Operator(Kind.ARN, _arn_like),
    }
    for name, compare in _COMPARISONS.items():
        named[f"numeric{name}"] = _of_type(Kind.NUMBER, iam_values.number, compare)
        named[f"date{name}"] = _of_type(Kind.DATE, iam_values.moment, compare)
    for name, found in tuple(named.items()):
        if (contrary := _negated_name(name)) is not None:
            named[contrary] = Operator(found.kind, found.test, negated=True)
    return named


def _negated_name(name: str) -> str | None:
    """Return the name of the contrary: `stringnotlike`; `None` where there is none."""
    if name == "ipaddress":
        return "notipaddress"
    for family in ("string", "arn", "numeric", "date"):
        rest = name.removeprefix(family)
        if rest != name and rest in ("equals", "equalsignorecase", "like"):
            return f"{family}not{rest}"
    return None


@lru_cache(maxsize=1024)
def operator_of(name: str) -> Operator | None:
    """Return the operator that a name with its modifiers stands for; `None` where there is none.

    Null takes no modifiers.
    """
    quantifier, colon, rest = name.lower().rpartition(":")
    if colon and quantifier not in ("forallvalues", "foranyvalue"):
        return None
    base = rest.removesuffix("ifexists")
    found = _operators().get(base)
    if found is None or (found.kind is Kind.NULL and (colon or base != rest)):
        return None
    return Operator(found.kind, found.test, found.negated, quantifier, if_exists=base != rest)


def items_of(words: Words) -> tuple[str | Unknown, ...]:
    """Return the items of a list of a policy; a list that is not known is one item that is not known."""
    return (words,) if isinstance(words, Unknown) else words


def one_fits(words: Words, test: Callable[[str], Verdict]) -> Verdict:
    """Say whether one item of a list of a policy fits; an item that isn't known says why by itself."""
    unknown: Unknown | None = None
    for item in items_of(words):
        answer = test(text_of(item))
        if answer is True:
            return True
        if unknown is None and isinstance(answer, Unknown):
            unknown = Unknown(item.reason) if isinstance(item, Unknown) else answer
    return False if unknown is None else unknown


def holds(condition: Condition, value: Value) -> Verdict:
    """Say whether a condition is met by what the request holds of its key.

    A key without values counts as absent. Without a quantifier an operator compares one value; what it makes
    of a list is documented nowhere.
    """
    found = operator_of(condition.operator)
    if found is None:
        return Unknown(f"there is no condition operator `{condition.operator}`")
    if found.kind is Kind.NULL:
        return one_fits(condition.values, partial(_null, present=bool(value)))
    if value is None or value == ():
        return _holds_without(found)
    if found.quantifier == "" and not isinstance(value, str):
        return Unknown(
            f"what `{condition.operator}` makes of the list {condition.key} is not documented: "
            "it takes ForAllValues or ForAnyValue"
        )
    answers = (_fits(found, condition, each) for each in ((value,) if isinstance(value, str) else value))
    return either(answers) if found.quantifier == "foranyvalue" else every(answers)


def _null(text: str, *, present: bool) -> Verdict:
    wanted = iam_values.truth(text)
    return Unknown(f"`{text}` is neither true nor false") if wanted is None else wanted is not present


def _holds_without(found: Operator) -> bool:
    """Say whether a condition is met where the key is absent; a quantifier decides before IfExists."""
    if found.quantifier:
        return found.quantifier == "forallvalues"
    return found.if_exists or found.negated


def _fits(found: Operator, condition: Condition, given: str) -> Verdict:
    """Say whether a value of the request is one of the policy's, or none of them where negated."""
    answer = one_fits(condition.values, lambda wanted: found.test(wanted, given))
    return inverse(answer) if found.negated else answer
