"""IAM as a guardrail: what a set of policies decides of a request, and which requests pass.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
Policies of resources are not looked at, nor are keys that hang on each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum

from sagemaker_netlint.network.iam.policies import Document, Statement
from sagemaker_netlint.network.iam.statements import PolicySet, Request, applies, why, why_not
from sagemaker_netlint.network.iam.witness import Search
from sagemaker_netlint.network.logic import Verdict, either, every
from sagemaker_netlint.network.values import Unknown

__all__ = ["Decision", "PolicySet", "Request", "applies", "decide", "passing", "why", "why_not"]


class Decision(Enum):
    """What IAM decides of a request."""

    ALLOWED = "allowed"
    EXPLICITLY_DENIED = "explicitly denied"
    IMPLICITLY_DENIED = "implicitly denied"


def decide(policies: PolicySet, request: Request) -> Decision | Unknown:
    """Say what the policies decide of a request.

    What is not known decides nothing as long as something certain does: a Deny that applies, or that nothing
    may allow it.
    """
    denied = either(_applying(policies.documents(), request, "Deny"))
    if denied is True:
        return Decision.EXPLICITLY_DENIED
    allowed = every(either(_applying(group, request, "Allow")) for group in policies.groups())
    if allowed is False:
        return Decision.IMPLICITLY_DENIED
    open_ = next((answer for answer in (denied, allowed) if isinstance(answer, Unknown)), None)
    return Decision.ALLOWED if open_ is None else open_


def _applying(documents: Sequence[Document], request: Request, effect: str) -> Iterator[Verdict]:
    """Yield of each statement whether it has the effect and applies."""
    for document in documents:
        for statement in document:
            yield statement if isinstance(statement, Unknown) else _has_effect(statement, request, effect)


def _has_effect(statement: Statement, request: Request, effect: str) -> Verdict:
    own: Verdict = statement.effect if isinstance(statement.effect, Unknown) else statement.effect == effect
    return False if own is False else every((applies(statement, request), own))


def passing(
    policies: PolicySet,
    action: str,
    fixed: Mapping[str, str | tuple[str, ...] | None],
    resources: Sequence[str] | None = None,
) -> Request | Unknown | None:
    """Return a request for the action that is allowed and has the fixed values of keys, `None` where none is.

    A key that is fixed to `None` is absent. All other keys are free, and so is the resource where none are
    given: `witness` says which values are tried. What is known of the principal should be fixed, too
    (`aws:PrincipalArn`). Unknown where it hangs on what is not known, and where too much is to be tried.
    """
    search = Search(policies, action, fixed)
    tried = []
    for case in search.cases(resources):
        tried.append(case)
        if (found := search.request(case, tolerant=False)) is not None:
            return found
    if search.solver.unsure or any(case.unsure() for case in tried):
        for case in tried:
            if (found := search.request(case, tolerant=True)) is not None:
                decided = decide(policies, found)
                return decided if isinstance(decided, Unknown) else found
    return search.solver.beyond
