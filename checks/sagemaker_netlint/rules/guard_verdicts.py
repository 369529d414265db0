"""One verdict per policy document: the first request that slips through its guards, the others counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sagemaker_netlint.findings import Step, Verdict, seen, undecided, violation
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.iam.guard_gaps import Gap, gaps_of
from sagemaker_netlint.network.iam.permissions import is_none_of_ours, permissions_of
from sagemaker_netlint.network.iam.policies import Statement
from sagemaker_netlint.network.iam.questions import listed


def gaps_in(deployment: Deployment) -> Mapping[str, tuple[Gap, ...]]:
    """Return the gaps in the guards of each subject, by its identity."""
    known = deployment.derived.get("guard gaps")
    if known is None:
        ours = (each for each in permissions_of(deployment) if not is_none_of_ours(each))
        known = deployment.derived["guard gaps"] = {each.subject.identity: gaps_of(each) for each in ours}
    gaps: Mapping[str, tuple[Gap, ...]] = known
    return gaps


def judge_guards(deployment: Deployment) -> Iterator[Verdict]:
    """Judge each document with a guard that doesn't guard, for all who have it together."""
    documents: dict[tuple[str, str, int], list[Gap]] = {}
    for gaps in gaps_in(deployment).values():
        for gap in gaps:
            guard = gap.guard
            place = (
                guard.holder.identity,
                guard.field,
                id(guard.document) if guard.field != "document" else 0,
            )
            documents.setdefault(place, []).append(gap)
    for found in documents.values():
        yield _verdict(found)


def _verdict(gaps: Sequence[Gap]) -> Verdict:
    certain = [gap for gap in gaps if gap.doubt is None]
    told = certain or gaps
    first = told[0]
    cases = {
        (gap.guard.statement.position, gap.guard.question.topic, gap.request, gap.reason) for gap in told
    }
    more = f" (and {len(cases) - 1} more in this policy)" if len(cases) > 1 else ""
    holder, field = first.guard.holder, first.guard.field
    chain = tuple(dict.fromkeys(_holders(told)))
    if first.doubt is None:
        return violation(holder, field, f"{_passes(first)}{more}", fix=first.fix, chain=chain)
    message = f"{_may_pass(first)}: {first.doubt.reason}{more}"
    return undecided(holder, field, message, fix=first.fix, chain=chain)


def _passes(gap: Gap) -> str:
    passes = "passes" if len(gap.actions) == 1 else "pass"
    return f"{listed(gap.actions)} {gap.request} {passes} {_named(gap.guard.statement)}: {gap.reason}"


def _may_pass(gap: Gap) -> str:
    text = f"{listed(gap.actions)} {gap.request} may pass {_named(gap.guard.statement)}"
    return f"{text}, since {gap.reason}" if gap.reason else text


def _named(statement: Statement) -> str:
    name = f"`{statement.sid}`" if statement.sid else f"in statement {statement.position + 1}"
    return f"the {statement.effect} {name}"


def _holders(gaps: Sequence[Gap]) -> Iterator[Step]:
    """Name the principals in whose permissions requests pass, where the policy is a resource of its own."""
    for gap in gaps:
        subject = gap.guard.permissions.subject
        if subject.address != gap.guard.holder.address:
            yield seen(subject, "has the policy", gap.guard.permissions.field)
