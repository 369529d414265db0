"""Guards that don't guard: the bad requests that slip through them, why, and what to type.

What operators make of absent keys is what lets most of them through:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from sagemaker_netlint.network.iam.actions import actions, lacks_key, unguardable
from sagemaker_netlint.network.iam.answers import Context, passing_with, under_controls
from sagemaker_netlint.network.iam.conditions import Kind, holds, operator_of
from sagemaker_netlint.network.iam.guardrails import PolicySet, Request, why, why_not
from sagemaker_netlint.network.iam.guards import (
    Guard,
    conditions_of,
    guards_of,
    meant,
    policies_around,
    policies_behind,
    widened,
)
from sagemaker_netlint.network.iam.identities import Principal
from sagemaker_netlint.network.iam.permissions import Permissions
from sagemaker_netlint.network.iam.questions import Topic
from sagemaker_netlint.network.iam.statements import is_about
from sagemaker_netlint.network.values import Unknown

_STARTS_A_JOB = re.compile(r"Create\w*Job(V2)?")
_UNDOCUMENTED = Unknown("whether such a request has the key is not documented")

Fix = Callable[[tuple[str, ...]], str]
"""What to type for some actions."""


@dataclass(frozen=True, slots=True)
class Gap:
    """The bad requests that slip through a guard for one reason.

    `request` says what they ask for, after the names of the `actions`; `reason` why the guard doesn't stop
    them; `fix` what to type; `doubt` why it is not certain that they pass.
    """

    guard: Guard
    actions: tuple[str, ...]
    request: str
    reason: str
    fix: str
    doubt: Unknown | None = None


@dataclass(frozen=True, slots=True)
class _Slip:
    """A gap by one action; `fix` makes the text for all that are alike."""

    action: str
    reason: str
    fix: Fix
    doubt: Unknown | None
    omits: bool
    keyless: bool = False

    def is_like(self, other: _Slip) -> bool:
        return replace(self, action="", fix=_nothing) == replace(other, action="", fix=_nothing)


def _nothing(_actions: tuple[str, ...]) -> str:
    return ""


def gaps_of(permissions: Permissions) -> tuple[Gap, ...]:
    """Return what slips through the guards in a subject's documents, in their order."""
    return tuple(gap for guard in guards_of(permissions) for gap in _merged(guard, _slips(guard)))


def _merged(guard: Guard, slips: Iterable[_Slip]) -> Iterator[Gap]:
    groups: list[list[_Slip]] = []
    for slip in slips:
        group = next((group for group in groups if group[0].is_like(slip)), None)
        if group is None:
            groups.append([slip])
        else:
            group.append(slip)
    for group in groups:
        named = tuple(slip.action for slip in group)
        first = group[0]
        yield Gap(guard, named, _request(guard, first, named), first.reason, first.fix(named), first.doubt)


def _request(guard: Guard, slip: _Slip, named: tuple[str, ...]) -> str:
    if slip.keyless:
        return "with any settings"
    if slip.omits:
        return f"without {guard.question.key.partition(':')[2]}"
    return guard.question.phrase(named)


# -- what passes ---------------------------------------------------------------------------------------


def _slips(guard: Guard) -> Iterator[_Slip]:
    held: list[str] = []
    for action in guard.question.actions:
        if is_about(guard.statement, f"sagemaker:{action}") is not True:
            continue
        slip = _slip(guard, action, policies_behind(guard, action), partial(_broken, guard))
        if slip is None:
            held.append(action)
        else:
            yield slip
    for action in held:
        yield from _forgotten(guard, action)
    if guard.denies:
        yield from _without_key(guard)


def _slip(
    guard: Guard, action: str, policies: PolicySet, told: Callable[[Request], tuple[str, Fix]]
) -> _Slip | None:
    """Return how an action slips through, if it does: the bad value decides, else its absence is open."""
    question = guard.question
    for omits in (False, True):
        if omits and not question.may_hang_on_absence(action):
            return None
        context = question.absent if omits else question.fixed
        found = passing_with(policies, action, context | dict.fromkeys(guard.misspelt))
        if isinstance(found, Unknown):
            return _Slip(action, "", _nothing, found, omits=omits)
        if found is not None:
            return _Slip(
                action, *told(found), _UNDOCUMENTED if omits else _doubt(guard, action, context), omits=omits
            )
    return None


def _doubt(guard: Guard, action: str, context: Context) -> Unknown | None:
    """Return what else may stop a principal's request; a policy that nobody has is asked for itself."""
    permissions = guard.permissions
    if not isinstance(permissions.subject, Principal):
        return next(iter(permissions.doubts), None)
    own = next(iter((*permissions.doubts, *permissions.limits)), None)
    return under_controls(permissions, action, context) if own is None else own


def _forgotten(guard: Guard, held: str) -> Iterator[_Slip]:
    """Yield what an action lets pass that the guard doesn't name, though it does the same as one it holds."""
    if passing_with(policies_around(guard, held), held, guard.question.fixed) is not None:
        return
    for other in _siblings(held):
        unnamed = is_about(guard.statement, f"sagemaker:{other}") is False
        if unnamed and other in guard.question.actions:
            slip = _slip(guard, other, policies_around(guard, other), partial(_unnamed, guard, held))
            if slip is not None and not slip.omits:
                yield slip


def _siblings(action: str) -> tuple[str, ...]:
    """Return the other actions that make or change the same thing."""
    noun = action.removeprefix("Create").removeprefix("Update").removesuffix("V2")
    named = (f"{verb}{noun}{version}" for verb in ("Create", "Update") for version in ("", "V2"))
    return tuple(other for other in named if other != action)


def _without_key(guard: Guard) -> Iterator[_Slip]:
    """Yield the jobs that a Deny names and that don't have its key, so that it never applies to them."""
    key, absent = guard.question.key, _absent(guard)
    for action in actions():
        if not guard.names(action) or not _STARTS_A_JOB.fullmatch(action) or not lacks_key(action, key):
            continue
        if guard.question.topic is Topic.VPC and action not in unguardable():
            continue
        if isinstance(passing_with(policies_behind(guard, action), action, absent), Request):
            reason = f"it has no {key}, so the Deny that names it never applies"
            yield _Slip(action, reason, _unguarded, _doubt(guard, action, absent), omits=True, keyless=True)


def _absent(guard: Guard) -> Context:
    return guard.question.absent | dict.fromkeys(guard.misspelt)


# -- why, and what to type -----------------------------------------------------------------------------


def _broken(guard: Guard, request: Request) -> tuple[str, Fix]:
    """Say why a guard doesn't hold a request for an action that it names."""
    wrong = "".join(f" (there is no such key: it is {meant(key)})" for key in guard.misspelt)
    if guard.denies:
        return _unmet(guard, request) + wrong, partial(_denying, guard)
    return why(guard.statement, request, guard.keys[:1]) + wrong, partial(_allowing, guard)


def _unmet(guard: Guard, request: Request) -> str:
    """Say which condition keeps a Deny from applying; those on the keys in question come before others."""
    tests = conditions_of(widened(guard.statement))
    for test in sorted(tests, key=lambda each: each.key not in guard.keys):
        value = request.value(test.key)
        if holds(test, value) is not False:
            continue
        if test.key in guard.keys:
            alone = replace(guard.statement, conditions=(test,), resources=("*",), not_resources=None)
            return why_not(alone, request)
        has = "lacks" if value is None else "has"
        return f"a Deny needs all its conditions met, and one isn't where the request {has} {test.key}"
    return ""


def _allowing(guard: Guard, _actions: tuple[str, ...]) -> str:
    """Return how to mend an Allow."""
    question = guard.question
    wrong = f"write {meant(guard.misspelt[0])} for {guard.misspelt[0]}, and " if guard.misspelt else ""
    if question.bad is None:
        kinds = [found.kind for test in guard.tests if (found := operator_of(test.operator)) is not None]
        verb, where = ("write", "in") if Kind.NULL in kinds else ("add", "to")
        return (
            f'{wrong}{verb} "Null": {{"{meant(guard.keys[0])}": "false"}} {where} the statement\'s Condition'
        )
    operator = "Bool" if question.good == "true" else "StringEquals"
    return f'{wrong}write "{operator}": {{"{question.key}": "{question.good}"}} in the statement\'s Condition'


def _denying(guard: Guard, actions: tuple[str, ...]) -> str:
    """Return how to mend a Deny: something beside one that rules subnets out, else something in its place."""
    found = [operator_of(test.operator) for test in guard.tests]
    keys = {meant(test.key) for test in conditions_of(widened(guard.statement))}
    narrows = any(each is not None and each.negated for each in found) and keys <= set(guard.question.keys)
    verb = (
        "add" if narrows and guard.question.bad is None and not guard.misspelt else "replace the statement by"
    )
    return f"{verb} {guard.question.deny(actions)}"


def _unnamed(guard: Guard, held: str, _request: Request) -> tuple[str, Fix]:
    return f"the statement that guards {held} doesn't name it", partial(_naming, guard)


def _naming(guard: Guard, actions: tuple[str, ...]) -> str:
    """Return how to guard an action, too; an update that may leave the value out needs a Deny of its own."""
    if guard.denies and not guard.question.keeping.isdisjoint(actions):
        return f"add {guard.question.deny(actions)}"
    return f"add {' and '.join(f'sagemaker:{action}' for action in actions)} to the statement"


def _unguarded(actions: tuple[str, ...]) -> str:
    names = " and ".join(f"sagemaker:{action}" for action in actions)
    return f"take {names} out of the statement, and hold the models and roles that it uses"
