"""Variants: every consistent combination of the conditions that matter, within a bound."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from sagemaker_netlint.readers.cloudformation.assignment import Assignment, Symbol, merged
from sagemaker_netlint.readers.cloudformation.builder import Report
from sagemaker_netlint.readers.cloudformation.conditions import Conditions, Fork
from sagemaker_netlint.readers.cloudformation.evaluator import Budget
from sagemaker_netlint.readers.cloudformation.relevance import Relevance, relevance_of
from sagemaker_netlint.readers.cloudformation.stack import Stack
from sagemaker_netlint.readers.raw import Problem

MAX_VARIANTS = 64
# Choices that decide all conditions alike are one variant: more of them may be tried than kept.
_MAX_CHOICES = 1024


@dataclass(frozen=True, slots=True)
class Variant:
    """A combination: the truth of each condition, what it takes for granted, and its clauses for people."""

    truths: Mapping[str, bool]
    assignment: Assignment
    conditions: tuple[str, ...] = ()


@dataclass(slots=True)
class _Search:
    """Variants found so far, by the truths that tell them apart."""

    found: dict[tuple[bool, ...], list[Assignment]] = field(default_factory=dict)
    is_complete: bool = True


def variants_of(root: Stack, report: Report, budget: Budget) -> list[Variant]:
    """Return the variants of a stack, the one that goes with the defaults first.

    Where there are too many, what only holds addresses in subnets, or acts, makes none: it may exist or not.
    """
    relevance = relevance_of(root)
    search = _search(relevance, report, budget)
    if not search.is_complete:
        relevance = relevance_of(root, others=False)
        search = _search(relevance, report, budget)
    if not search.is_complete:
        report(_too_many(root, relevance))
        return [Variant(_settled(relevance), Assignment())]
    defaults = _defaults(root)
    decided = [
        (dict(zip(relevance.conditions, truths, strict=True)), merged(choices, defaults))
        for truths, choices in search.found.items()
    ]
    spread = _enumerated(root, relevance)
    for symbol, values in spread.items():
        if len(decided) * len(values) <= MAX_VARIANTS:
            decided = [
                (truths, choice.having(symbol, value))
                for truths, choice in decided
                for value in ([choice.equal[symbol]] if symbol in choice.equal else values)
                if value not in choice.excluded.get(symbol, ())
            ]
    return _named(decided, set(spread))


def _search(relevance: Relevance, report: Report, budget: Budget) -> _Search:
    search = _Search()
    pending = [Assignment()]
    tried = 0
    while pending:
        choice = pending.pop()
        tried += 1
        if tried > _MAX_CHOICES or len(search.found) > MAX_VARIANTS:
            search.is_complete = False
            break
        conditions = Conditions(report, choice, budget)
        try:
            truths = tuple(conditions.truth(*use) for use in relevance.conditions.values())
        except Fork as fork:
            pending += reversed(fork.choices)
        else:
            search.found.setdefault(truths, []).append(choice)
    return search


def _settled(relevance: Relevance) -> dict[str, bool]:
    """Return the conditions that need no choice."""
    conditions = Conditions(lambda _problem: None, Assignment(), Budget())
    truths = {}
    for path, use in relevance.conditions.items():
        with suppress(Fork):
            truths[path] = conditions.truth(*use)
    return truths


def _too_many(root: Stack, relevance: Relevance) -> Problem:
    names = ", ".join(relevance.conditions)
    return Problem(
        root.template.location(root.template.root.lines.get("Conditions", 1)),
        f"the conditions {names} have over {MAX_VARIANTS} combinations: what depends on them is undecided",
        "give the parameters that they compare",
    )


def _defaults(root: Stack) -> dict[Symbol, str | None]:
    return {
        stack.prefix + name: parameter.default
        for stack in root.walk()
        for name, parameter in stack.template.parameters.items()
    }


def _enumerated(root: Stack, relevance: Relevance) -> dict[Symbol, tuple[str, ...]]:
    """Return the parameters without a value that are read, and of which the allowed values are listed."""
    return {
        symbol: parameter.allowed
        for symbol, parameter in relevance.parameters.items()
        if parameter.default is None
        and parameter.allowed
        and not (parameter.is_list or parameter.is_stored or parameter.no_echo)
        and symbol not in root.given
    }


def _named(decided: list[tuple[dict[str, bool], Assignment]], spread: set[Symbol]) -> list[Variant]:
    """Name each variant by what differs between them."""
    free = [path for path in decided[0][0] if len({truths[path] for truths, _ in decided}) > 1]
    varied = [s for s in sorted(spread) if len({choice.equal.get(s) for _, choice in decided}) > 1]
    return [
        Variant(
            truths,
            choice,
            (
                *(f"{path} is {'true' if truths[path] else 'false'}" for path in free),
                *(f"{symbol} is {choice.equal[symbol]}" for symbol in varied if symbol in choice.equal),
            ),
        )
        for truths, choice in decided
    ]
