"""Rules over deployments: verdicts become findings, variants merge, a rule that raises fails closed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import TypeVar

from sagemaker_netlint.findings import Finding, Step, Verdict
from sagemaker_netlint.network.declared import Declared, Location
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.topology import StoodInModule
from sagemaker_netlint.network.variants import holds_when
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.rule import Rule

T = TypeVar("T")

SubjectKey = tuple[str, str]
"""A subject of a report: the deployment's source and the address."""


@dataclass(frozen=True, slots=True)
class RuleFailure:
    """A rule that raised: a defect of ours. The source's verdict for that rule is not known."""

    rule_id: str
    source: str
    error: str


@dataclass(slots=True)
class Judgement:
    """What the rules said about some deployments.

    `judged` holds, per rule, the subjects that it looked at: those without a finding conform.
    """

    findings: list[Finding] = field(default_factory=list)
    judged: dict[str, set[SubjectKey]] = field(default_factory=lambda: defaultdict(set))
    failures: list[RuleFailure] = field(default_factory=list)


def judge(deployments: Iterable[Deployment], policy: Policy, rules: Sequence[Rule]) -> Judgement:
    """Run the enabled rules over the deployments, the variants of one source together."""
    judgement = Judgement()
    by_source: dict[str, list[Deployment]] = defaultdict(list)
    for deployment in deployments:
        by_source[deployment.source].append(deployment)
    for source, variants in by_source.items():
        for rule in rules:
            if policy.setting(rule.id).enabled:
                _judge_source(judgement, source, variants, rule, policy)
    judgement.findings.sort(key=lambda f: (f.location.file, f.location.line, f.rule_id, f.subject))
    return judgement


def _judge_source(
    judgement: Judgement, source: str, variants: Sequence[Deployment], rule: Rule, policy: Policy
) -> None:
    found: dict[Finding, list[Deployment]] = defaultdict(list)
    present: dict[str, list[Deployment]] = defaultdict(list)
    for deployment in variants:
        subjects = _addresses(deployment, rule.subjects)
        judgement.judged[rule.id].update((source, address) for address in subjects)
        for address in subjects | _addresses(deployment, rule.stand_ins):
            present[address].append(deployment)
        try:
            for verdict in rule.check(deployment, policy):
                finding = with_stand_ins(_finding(verdict, rule, policy, source), deployment)
                judgement.judged[rule.id].add((source, finding.subject))
                if not found[finding] or found[finding][-1] is not deployment:
                    found[finding].append(deployment)
        except Exception as error:  # noqa: BLE001 - the broad net: a defect in a rule must fail closed
            judgement.failures.append(_failure(rule.id, source, error))
    for finding, where in found.items():
        elsewhere = [d for d in present.get(finding.subject, variants) if all(d is not w for w in where)]
        when = ", ".join(filter(None, (holds_when(where, elsewhere), finding.when)))
        judgement.findings.append(replace(finding, when=when))


def with_stand_ins(finding: Finding, deployment: Deployment) -> Finding:
    """Say of what a finding names that it was read by a stand-in: its code may differ."""
    parts = list(deployment.each(StoodInModule))
    if not parts:
        return finding
    texts = (finding.subject, finding.message, *(step.text for step in finding.chain))
    named = (part for part in parts if any(_names(text, part.address) for text in texts))
    steps = (Step(f"`{part.address}` is read by stand-in for {part.by}", part.location) for part in named)
    return replace(finding, chain=(*finding.chain, *steps))


def _names(text: str, module: str) -> bool:
    """Say whether a text names something in the module."""
    return re.search(rf"(?<![\w.]){re.escape(module)}\.", text) is not None


def _addresses(deployment: Deployment, kinds: Iterable[type[Declared]]) -> set[str]:
    return {component.address for kind in kinds for component in deployment.each(kind)}


def guarded(rule_id: str, source: str, action: Callable[[], T]) -> T | RuleFailure:
    """Do what belongs to a rule's judgement; a defect in it becomes a failure and hides nothing else."""
    try:
        return action()
    except Exception as error:  # noqa: BLE001 - as above, for the readers (SMN001)
        return _failure(rule_id, source, error)


def _failure(rule_id: str, source: str, error: Exception) -> RuleFailure:
    return RuleFailure(rule_id, source, f"{type(error).__name__}: {error}")


def _finding(verdict: Verdict, rule: Rule, policy: Policy, source: str) -> Finding:
    subject = verdict.subject
    severity = policy.setting(rule.id).severity
    if severity is None:
        severity = rule.severity if verdict.severity is None else verdict.severity
    ignores = [ignore for ignore in subject.suppressions if ignore.covers(rule.id, rule.cfn_lint_id)]
    held = [s for s in ignores if s.has_reason or not policy.suppressions.reason_required]
    finding = Finding(
        rule_id=rule.id,
        rule_name=rule.name,
        outcome=verdict.outcome,
        severity=severity,
        subject=subject.address,
        subject_type=subject.type,
        source=source,
        location=subject.at(verdict.field),
        message=f"{subject.step}: {verdict.message}" if subject.step else verdict.message,
        fix=verdict.fix,
        chain=verdict.chain,
        when=subject.when,
        suppressed=held[0] if held else None,
    )
    if not ignores or held:
        return finding
    return finding.with_remark(unheld_ignore(ignores[0].location))


def unheld_ignore(location: Location) -> str:
    """Say of an ignore without a reason that it has no effect; it stands in the file of the finding."""
    place = f"{PurePath(location.file).name}:{location.line}"
    return f"the ignore at {place} gives no reason, which the policy asks for"
