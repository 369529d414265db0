"""What the policies of one subject say of bad requests: which pass for certain, and which may pass.

What is out of sight may still deny, so then nothing is certain. What is out of sight and may allow is not
spoken of: it may be anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Union

from sagemaker_netlint.network.iam.conditions import items_of
from sagemaker_netlint.network.iam.guardrails import PolicySet, Request, passing
from sagemaker_netlint.network.iam.matching import text_of
from sagemaker_netlint.network.iam.permissions import Permissions
from sagemaker_netlint.network.iam.policies import Condition, Document, Statement
from sagemaker_netlint.network.iam.questions import Question
from sagemaker_netlint.network.values import Unknown

Context = Mapping[str, Union[str, None]]
"""Keys of a request with their values; `None` where it doesn't have the key."""

_ABOUT_THE_CALLER = (
    "aws:principal",
    "aws:userid",
    "aws:username",
    "aws:sourceidentity",
    "aws:federatedprovider",
)
_SERVICES = frozenset({"aws:viaawsservice", "aws:calledvia", "aws:calledviafirst", "aws:calledvialast"})


@dataclass(frozen=True, slots=True)
class Answers:
    """The actions with a bad request that passes (`open`), and those with one that may, with the reason."""

    open: Mapping[str, Request]
    unsettled: Mapping[str, Unknown]


def answers_to(permissions: Permissions, question: Question) -> Answers:
    """Ask which bad requests pass."""
    return answers_about(
        permissions,
        question.actions,
        question.fixed,
        lambda action: question.absent if question.may_hang_on_absence(action) else None,
    )


def answers_about(
    permissions: Permissions,
    actions: Iterable[str],
    bad: Context,
    perhaps: Callable[[str], Context | None] = lambda _action: None,
) -> Answers:
    """Ask which requests with the values of `bad` pass; if none, whether one with those of `perhaps` does."""
    open_: dict[str, Request] = {}
    unsettled: dict[str, Unknown] = {}
    for action in actions:
        found = _found(permissions, action, bad)
        context = perhaps(action)
        if found is None and context is not None:
            found = _found(permissions, action, context)
            if isinstance(found, Request):
                found = Unknown(
                    f"whether {action} holds {' and '.join(context)} where it is left out is not documented"
                )
        if isinstance(found, Request):
            open_[action] = found
        elif found is not None:
            unsettled[action] = found
    return Answers(open_, unsettled)


def _found(permissions: Permissions, action: str, context: Context) -> Request | Unknown | None:
    """Return a request that passes; unknown where something in sight allows it and it may be denied."""
    policies = permissions.policies
    found = passing_with(policies, action, context)
    if isinstance(found, Unknown):
        return None if passing_with(_named(policies), action, context) is None else found
    if found is None:
        return None
    if passing_with(without_exemptions(policies), action, context) is None:
        return Unknown(
            "a Deny stops it, and whether the exception that it makes is for this caller is not known"
        )
    doubt = next(iter((*permissions.doubts, *permissions.limits)), None)
    if doubt is None:
        doubt = under_controls(permissions, action, context)
    return found if doubt is None else doubt


def under_controls(permissions: Permissions, action: str, context: Context) -> Unknown | None:
    """Return the doubt that a service control policy in sight leaves which may deny it.

    Whether an exception that it makes is for this caller is as open as whether it applies. The one that stops
    the request alone is named, where there is one.
    """
    documents = [control.document for control in permissions.controls]
    if not documents or not _stopped_by(documents, permissions, action, context):
        return None
    alone = (c for c in permissions.controls if _stopped_by([c.document], permissions, action, context))
    return next(alone, permissions.controls[0]).doubt


def _stopped_by(
    documents: Sequence[Document], permissions: Permissions, action: str, context: Context
) -> bool:
    narrowed = replace(permissions.policies, service_control=tuple(documents))
    return not isinstance(passing_with(without_exemptions(narrowed), action, context), Request)


def passing_with(policies: PolicySet, action: str, context: Context) -> Request | Unknown | None:
    """Return a request for the action that passes with the values."""
    return _passing(_ours(policies), f"sagemaker:{action}", tuple(context.items()))


@lru_cache(maxsize=1024)
def _ours(policies: PolicySet) -> PolicySet:
    """Return the policies without what they grant of other services: so that more of them are alike."""
    kept = tuple(tuple(item for item in document if _is_ours(item)) for document in policies.identity)
    return PolicySet(kept, policies.boundaries, policies.service_control)


def _is_ours(item: Statement | Unknown) -> bool:
    if isinstance(item, Unknown) or item.actions is None:
        return True
    return any(_may_be_ours(text_of(each)) for each in items_of(item.actions))


def _may_be_ours(pattern: str) -> bool:
    service = pattern.lower().partition(":")[0]
    return service == "sagemaker" or bool(set("*?${") & set(service))


@lru_cache(maxsize=4096)  # principals often share policies, and rules ask the same
def _passing(
    policies: PolicySet, action: str, context: tuple[tuple[str, str | None], ...]
) -> Request | Unknown | None:
    return passing(policies, action, dict(context))


def rewritten(policies: PolicySet, change: Callable[[Statement], Statement]) -> PolicySet:
    """Return the policies with each statement that is known changed."""

    def document(old: Document) -> Document:
        return tuple(change(item) if isinstance(item, Statement) else item for item in old)

    return PolicySet(
        tuple(map(document, policies.identity)),
        tuple(map(document, policies.boundaries)),
        tuple(map(document, policies.service_control)),
    )


@lru_cache(maxsize=1024)
def without_exemptions(policies: PolicySet) -> PolicySet:
    """Return the policies as they are for a caller of whom no Deny makes an exception."""
    return rewritten(policies, _for_all_callers)


def _for_all_callers(statement: Statement) -> Statement:
    if statement.effect != "Deny" or isinstance(statement.conditions, Unknown):
        return statement
    kept = tuple(each for each in statement.conditions if not _is_about_the_caller(each))
    return replace(statement, conditions=kept)


def _is_about_the_caller(condition: Condition) -> bool:
    key = condition.key.lower()
    return key.startswith(_ABOUT_THE_CALLER) or key in _SERVICES


@lru_cache(maxsize=1024)
def _named(policies: PolicySet) -> PolicySet:
    """Return the policies without what is unread as a whole: whether that allows anything nobody knows."""
    kept = tuple(tuple(item for item in document if _names_something(item)) for document in policies.identity)
    return PolicySet(kept, policies.boundaries, policies.service_control)


def _names_something(item: Statement | Unknown) -> bool:
    if isinstance(item, Unknown) or isinstance(item.effect, Unknown):
        return False
    if item.effect == "Deny" or item.actions is None:
        return True
    return any(
        isinstance(each, str) or ":" in text_of(each).partition("${")[0] for each in items_of(item.actions)
    )
