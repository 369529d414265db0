"""Guards: statements that are there to stop bad requests, and the policies in which they are asked.

A guard is a Deny that speaks of a key of the network so that bad requests should meet it, or an Allow with a
condition on one. A Deny is asked for its conditions on keys of the network alone, whatever callers and
resources it is for; an Allow for what it allows itself. `guard_gaps` asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache

from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.iam.actions import type_of
from sagemaker_netlint.network.iam.answers import rewritten
from sagemaker_netlint.network.iam.conditions import Kind, items_of, operator_of
from sagemaker_netlint.network.iam.guardrails import PolicySet
from sagemaker_netlint.network.iam.identities import Principal
from sagemaker_netlint.network.iam.permissions import Permissions
from sagemaker_netlint.network.iam.policies import Condition, Document, Statement, statements
from sagemaker_netlint.network.iam.questions import Question, questions
from sagemaker_netlint.network.iam.statements import is_about
from sagemaker_netlint.network.values import Unknown

ALLOW_ALL: Document = (Statement(effect="Allow", actions=("*",), resources=("*",)),)
"""Stands for the policies that a guard is laid over, where they are not in sight."""

_LIKE_ENOUGH = 0.8  # VpcSubnet, VpcSubnetIds, VpcSecurityGroups, AppNetworkAccess


@dataclass(frozen=True, slots=True)
class Guard:
    """A statement that means to stop the bad requests of a question.

    `holder` has the document at its `field`. `keys` are those of the question that the statement speaks of,
    as they are written there.
    """

    permissions: Permissions
    holder: Declared
    field: str
    document: Document
    statement: Statement
    question: Question
    keys: tuple[str, ...]

    @property
    def denies(self) -> bool:
        """Whether it is a Deny."""
        return self.statement.effect == "Deny"

    @property
    def misspelt(self) -> tuple[str, ...]:
        """The keys that there are not."""
        return tuple(key for key in self.keys if type_of(key) is None)

    @property
    def tests(self) -> tuple[Condition, ...]:
        """The conditions on the keys."""
        return tuple(each for each in conditions_of(self.statement) if each.key in self.keys)

    def names(self, action: str) -> bool:
        """Say whether the statement writes the action out."""
        words = () if self.statement.actions is None else items_of(self.statement.actions)
        return any(isinstance(each, str) and each.lower() == f"sagemaker:{action}".lower() for each in words)


def guards_of(permissions: Permissions) -> Iterator[Guard]:
    """Yield the guards in a subject's documents; of one statement, those about a value before a VPC's."""
    ordered = sorted(questions().values(), key=lambda question: question.bad is None)
    for holder, field, document in permissions.sources:
        for statement in statements(document):
            for question in ordered:
                keys = _guarded_keys(statement, question)
                if keys:
                    yield Guard(permissions, holder, field, document, statement, question, keys)


def _guarded_keys(statement: Statement, question: Question) -> tuple[str, ...]:
    """Return the keys of the question by which a statement means to hold requests, as it writes them."""
    if statement.effect not in ("Allow", "Deny"):
        return ()
    asked = [each for each in conditions_of(statement) if meant(each.key) in question.keys]
    if statement.effect == "Deny" and not _means_to_stop(asked, question):
        return ()
    return tuple(dict.fromkeys(each.key for each in asked))


def _means_to_stop(asked: Iterable[Condition], question: Question) -> bool:
    """Say whether a Deny is against bad requests.

    One that rules some subnets out is not, nor one that says "if there are subnets, then these".
    """
    tests = [(each.key.lower(), operator_of(each.operator), each) for each in asked]
    if question.bad is not None:
        return bool(tests)
    nulls = {key: each for key, found, each in tests if found and found.kind is Kind.NULL}
    negated = {key for key, found, _ in tests if found and found.negated}
    if_present = {key for key, each in nulls.items() if key in negated and _says(each, "false")}
    return bool((negated | set(nulls)) - if_present)


def _says(condition: Condition, text: str) -> bool:
    return any(isinstance(each, str) and each.lower() == text for each in items_of(condition.values))


@cache
def meant(key: str) -> str:
    """Return the condition key of the network that a key is, or is a misspelling of; else the key itself."""
    known = _network_keys()
    if key.lower() in known or type_of(key) is not None or not key.lower().startswith("sagemaker:"):
        return known.get(key.lower(), key)
    like = get_close_matches(key.lower().replace(":enable", ":"), known, 1, _LIKE_ENOUGH)
    return known[like[0]] if like else key


@cache
def _network_keys() -> dict[str, str]:
    return {key.lower(): key for question in questions().values() for key in question.keys}


def conditions_of(statement: Statement) -> tuple[Condition, ...]:
    """Return the conditions of a statement as far as they are known."""
    return () if isinstance(statement.conditions, Unknown) else statement.conditions


# -- the policies that a guard is asked in -------------------------------------------------------------


def policies_behind(guard: Guard, action: str) -> PolicySet:
    """Return the policies that let a request pass if the guard does: for an Allow, it has to be this one."""
    whole = policies_around(guard, action)
    if guard.denies:
        return whole
    alone = tuple(item for item in guard.document if item is guard.statement or not _allows(item))
    if guard.document in guard.permissions.policies.identity:
        return replace(whole, identity=(*map(_without_allows, whole.identity), alone))
    if whole.service_control:
        return replace(whole, service_control=(alone,))
    return replace(whole, boundaries=(alone,))


def policies_around(guard: Guard, action: str) -> PolicySet:
    """Return all policies that hold the subject, with its guards for everybody and everything.

    A boundary and a service control policy are asked for themselves, over what allows all. So is what only
    denies, where what it is laid over is not in sight.
    """
    own = guard.permissions.policies
    policies = rewritten(own, widened)
    document = tuple(widened(item) if isinstance(item, Statement) else item for item in guard.document)
    if guard.document in own.identity:
        beside = (ALLOW_ALL,) if _is_laid_over(guard.permissions, action) else ()
        return replace(policies, identity=(*policies.identity, *beside))
    if guard.document in own.boundaries:
        return PolicySet((*map(_without_allows, policies.identity), ALLOW_ALL), (document,))
    return PolicySet((ALLOW_ALL,), (), (document,))


def widened(statement: Statement) -> Statement:
    """Return a Deny with keys of the network for these alone; all other statements as they are."""
    if statement.effect != "Deny":
        return statement
    kept = tuple(each for each in conditions_of(statement) if meant(each.key).lower() in _network_keys())
    return replace(statement, conditions=kept, resources=("*",), not_resources=None) if kept else statement


def _is_laid_over(permissions: Permissions, action: str) -> bool:
    """Say whether what allows the action is elsewhere: those in sight only deny, or more are attached."""
    found = [each for document in permissions.policies.identity for each in statements(document)]
    allows = [each for each in found if each.effect == "Allow"]
    if any(is_about(each, f"sagemaker:{action}") is not False for each in allows):
        return False
    return not allows or bool(permissions.doubts) or not isinstance(permissions.subject, Principal)


def _allows(item: Statement | Unknown) -> bool:
    return isinstance(item, Statement) and item.effect == "Allow"


def _without_allows(document: Document) -> Document:
    return tuple(item for item in document if not _allows(item))
