"""Requests, and whether a statement of a policy applies to one.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from sagemaker_netlint.network.iam.conditions import Value, holds, one_fits
from sagemaker_netlint.network.iam.matching import matches, pieces, resource_pieces
from sagemaker_netlint.network.iam.policies import Condition, Document, Statement, Words
from sagemaker_netlint.network.logic import Verdict, every, inverse
from sagemaker_netlint.network.values import Unknown


@dataclass(frozen=True, slots=True)
class Request:
    """A request as IAM sees it: `sagemaker:CreateTrainingJob`, the ARN it is for, and its context.

    The context holds a string for a key of one value, a tuple for a key that is a list; a key that the
    request has not is not in it. Keys are compared in any case of letters.
    """

    action: str
    resource: str
    context: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    _lowered: dict[str, str | tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Keep the keys in lower case beside those that are shown."""
        object.__setattr__(self, "_lowered", {key.lower(): value for key, value in self.context.items()})

    def value(self, key: str) -> Value:
        """Return what the request holds of a key; `None` where it is absent."""
        return self._lowered.get(key.lower())


@dataclass(frozen=True, slots=True)
class PolicySet:
    """The policies that hold one principal.

    `identity`: of these one must allow. `boundaries`: each must allow, too. `service_control`: each must
    allow, unless it only denies: then the policy that AWS attaches to everything and that allows all stands
    beside it (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html).
    """

    identity: tuple[Document, ...]
    boundaries: tuple[Document, ...] = ()
    service_control: tuple[Document, ...] = ()

    def documents(self) -> tuple[Document, ...]:
        """Return all documents: a Deny in any of them decides."""
        return (*self.identity, *self.boundaries, *self.service_control)

    def groups(self) -> tuple[tuple[Document, ...], ...]:
        """Return the groups of which each must hold an Allow."""
        restricting = (document for document in self.service_control if not _only_denies(document))
        return (self.identity, *((document,) for document in (*self.boundaries, *restricting)))


def _only_denies(document: Document) -> bool:
    return all(isinstance(statement, Statement) and statement.effect == "Deny" for statement in document)


def is_about(statement: Statement, action: str) -> Verdict:
    """Say whether a statement names an action, by Action or by NotAction."""
    if statement.actions is not None:
        return _one_names(statement.actions, action)
    if statement.not_actions is not None:
        return inverse(_one_names(statement.not_actions, action))
    return Unknown("a statement has neither Action nor NotAction")


def is_on(statement: Statement, resource: str) -> Verdict:
    """Say whether a statement covers a resource, by Resource or by NotResource."""
    if statement.resources is not None:
        return _one_includes(statement.resources, resource)
    if statement.not_resources is not None:
        return inverse(_one_includes(statement.not_resources, resource))
    return Unknown("a statement has neither Resource nor NotResource")


# Many principals share statements, and many requests are asked of each: the answers are kept.


@lru_cache(maxsize=16384)
def _one_names(words: Words, action: str) -> Verdict:
    return one_fits(words, lambda pattern: _names(pattern, action))


@lru_cache(maxsize=16384)
def _one_includes(words: Words, resource: str) -> Verdict:
    return one_fits(words, lambda pattern: _includes(pattern, resource))


@lru_cache(maxsize=65536)
def _names(pattern: str, action: str) -> Verdict:
    return matches(pieces(pattern.lower()), pieces(action.lower(), wild=False))


@lru_cache(maxsize=65536)
def _includes(pattern: str, resource: str) -> Verdict:
    return matches(resource_pieces(pattern), pieces(resource, wild=False))


def applies(statement: Statement, request: Request) -> Verdict:
    """Say whether a statement applies to a request: its action, its resource and all its conditions do."""
    return every(_answers(statement, request))


def _answers(statement: Statement, request: Request) -> Iterator[Verdict]:
    yield is_about(statement, request.action)
    yield is_on(statement, request.resource)
    if isinstance(statement.conditions, Unknown):
        yield statement.conditions
        return
    for condition in statement.conditions:
        yield holds(condition, request.value(condition.key))


def why_not(statement: Statement, request: Request) -> str:
    """Say in words what keeps a statement from applying.

    "`ForAnyValue:StringEquals` of sagemaker:VpcSubnets is false where the key is absent".
    Empty where it applies; where that is not known, the reason.
    """
    if is_about(statement, request.action) is False:
        return f"it is not about {request.action}"
    if is_on(statement, request.resource) is False:
        return f"it is not about {request.resource}"
    for condition in _known(statement):
        if holds(condition, request.value(condition.key)) is False:
            return _told(condition, request, answer=False)
    answer = applies(statement, request)
    return answer.reason if isinstance(answer, Unknown) else ""


def why(statement: Statement, request: Request, keys: Iterable[str]) -> str:
    """Say in words how the conditions on some keys come to be met, or that there is none on them.

    "`ForAllValues:StringEquals` of sagemaker:VpcSubnets is true where the key is absent".
    """
    asked = {key.lower(): key for key in keys}
    told = [
        _told(condition, request, answer=True)
        for condition in _known(statement)
        if condition.key.lower() in asked and holds(condition, request.value(condition.key)) is True
    ]
    return " and ".join(told) or f"it has no condition on {' or '.join(asked.values())}"


def _known(statement: Statement) -> tuple[Condition, ...]:
    return () if isinstance(statement.conditions, Unknown) else statement.conditions


def _told(condition: Condition, request: Request, *, answer: bool) -> str:
    value = request.value(condition.key)
    shown = (value,) if isinstance(value, str) else value
    case = "for " + ", ".join(f"`{each}`" for each in shown) if shown else "where the key is absent"
    return f"`{condition.operator}` of {condition.key} is {str(answer).lower()} {case}"
