"""The search for a request that passes.

A request passes where in each group of policies one Allow applies and no Deny does. So the search chooses an
Allow for each group, and for each Deny a condition that is not met (`solver`). It does so for resources
that the statements can tell apart (`resources`).

The request is made where the policies are: in their account, in the Regions they name or in another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sagemaker_netlint.network.iam.conditions import items_of
from sagemaker_netlint.network.iam.matching import text_of
from sagemaker_netlint.network.iam.policies import Condition, Document, Statement, Words
from sagemaker_netlint.network.iam.resources import resources_for
from sagemaker_netlint.network.iam.solver import Alternative, Choice, Solver
from sagemaker_netlint.network.iam.statements import PolicySet, Request, is_about, is_on
from sagemaker_netlint.network.logic import Verdict, every
from sagemaker_netlint.network.values import Unknown

Scopes = tuple[Verdict, ...]
"""Of each statement whether it has its effect on a resource, as long as its conditions are met."""


@dataclass(frozen=True, slots=True)
class Case:
    """A resource, and the scopes of the Allows of each group and of the Denies."""

    resource: str
    allows: tuple[Scopes, ...]
    denies: Scopes

    def unsure(self) -> bool:
        """Say whether one of the scopes is unknown."""
        return any(isinstance(scope, Unknown) for scopes in (*self.allows, self.denies) for scope in scopes)


class Search:
    """A search for requests with one action and fixed values of keys."""

    def __init__(
        self, policies: PolicySet, action: str, fixed: Mapping[str, str | tuple[str, ...] | None]
    ) -> None:
        """Look up which statements may be about the action."""
        self.solver = Solver(action, fixed)
        self._action = action
        self._allows = [_about(group, action, "Allow") for group in policies.groups()]
        self._denies = _about(policies.documents(), action, "Deny")

    def cases(self, resources: Sequence[str] | None) -> Iterator[Case]:
        """Yield the given resources, or such as are worth trying; none where a group has nothing to allow."""
        seen = set()
        if not all(self._allows):
            return
        for resource in self._resources() if resources is None else resources:
            allows = tuple(self._scopes(group, resource) for group in self._allows)
            denies = self._scopes(self._denies, resource)
            if (allows, denies) not in seen:
                seen.add((allows, denies))
                yield Case(resource, allows, denies)

    def _resources(self) -> Iterator[str]:
        lists = [list(_covered(group)) for group in self._allows]
        lists += [[*spared, "*"] for deny in self._denies if (spared := list(_spared([deny])))]
        others = [*_covered(self._denies), *(text for group in self._allows for text in _spared(group))]
        for resource in resources_for(self._action, lists, others):
            if isinstance(resource, Unknown):
                self.solver.beyond = resource
            else:
                yield resource

    def _scopes(self, statements: Iterable[Statement | Unknown], resource: str) -> Scopes:
        return tuple(self._scope(statement, resource) for statement in statements)

    def _scope(self, statement: Statement | Unknown, resource: str) -> Verdict:
        if isinstance(statement, Unknown):
            return statement
        answers: list[Verdict] = [is_about(statement, self._action), is_on(statement, resource)]
        if answers == [True, True]:
            answers += [e for e in (statement.effect, statement.conditions) if isinstance(e, Unknown)]
        return every(answers)

    def request(self, case: Case, *, tolerant: bool) -> Request | None:
        """Return a request for a resource that passes; where `tolerant`, what isn't known is as it suits."""
        choices = [
            *(_granting(*each, tolerant=tolerant) for each in zip(self._allows, case.allows, strict=True)),
            *_evading(self._denies, case.denies, tolerant=tolerant),
        ]
        context = self.solver.context(choices, tolerant=tolerant)
        return None if context is None else Request(self._action, case.resource, context)


def _granting(statements: Iterable[Statement | Unknown], scopes: Scopes, *, tolerant: bool) -> Choice:
    """Return what the Allows of a group ask for, each for itself."""
    return [
        tuple((condition, True) for condition in _conditions(statement))
        for statement, scope in zip(statements, scopes, strict=True)
        if (tolerant if isinstance(scope, Unknown) else scope)
    ]


def _evading(
    statements: Iterable[Statement | Unknown], scopes: Scopes, *, tolerant: bool
) -> Iterator[Choice]:
    """Yield the ways around each Deny: a condition that is not met; without conditions there is none."""
    for statement, scope in zip(statements, scopes, strict=True):
        if not tolerant if isinstance(scope, Unknown) else scope:
            ways: list[Alternative] = [((condition, False),) for condition in _conditions(statement)]
            yield ways


def _about(documents: Iterable[Document], action: str, effect: str) -> list[Statement | Unknown]:
    """Return the statements that may have the effect on the action."""
    return [
        statement
        for document in documents
        for statement in document
        if isinstance(statement, Unknown)
        or (_may_have(statement, effect) and is_about(statement, action) is not False)
    ]


def _may_have(statement: Statement, effect: str) -> bool:
    return isinstance(statement.effect, Unknown) or statement.effect == effect


def _covered(statements: Iterable[Statement | Unknown]) -> Iterator[str]:
    """Yield the resources that statements cover; one that spares some, or isn't known, covers any."""
    for statement in statements:
        if isinstance(statement, Unknown) or statement.resources is None:
            yield "*"
        else:
            yield from _texts(statement.resources)


def _spared(statements: Iterable[Statement | Unknown]) -> Iterator[str]:
    """Yield the resources that statements leave out."""
    for statement in statements:
        if isinstance(statement, Statement) and statement.not_resources is not None:
            yield from _texts(statement.not_resources)


def _texts(words: Words) -> Iterator[str]:
    return map(text_of, items_of(words))


def _conditions(statement: Statement | Unknown) -> tuple[Condition, ...]:
    conditions = statement if isinstance(statement, Unknown) else statement.conditions
    return () if isinstance(conditions, Unknown) else conditions
