"""Inputs to a report: the readers read, the engine judges, and what could not be read becomes SMN001."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Union

from sagemaker_netlint.discovery import Discovery, Input, InputKind, discover
from sagemaker_netlint.engine import RuleFailure, SubjectKey, judge
from sagemaker_netlint.findings import Finding, Outcome
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.policy_file import ENVIRONMENT_VARIABLE, policy_for
from sagemaker_netlint.readers.raw import Problem, Skipped
from sagemaker_netlint.reading import Progress, Reading
from sagemaker_netlint.rules.catalogue import ALL_RULES
from sagemaker_netlint.rules.rule import Rule
from sagemaker_netlint.rules.smn001_unreadable_input import RULE as SMN001

__all__ = ["Discovery", "Input", "InputKind", "Report", "discover", "inspect", "inspect_cached"]

Policies = Union[Policy, Callable[[Path], Policy]]
"""One policy for everything, or the policy of each input."""

Accepting = Callable[[Finding], Finding]
"""Returns the finding, suppressed where it is accepted: a baseline."""


@dataclass(slots=True)
class Report:
    """What an inspection found.

    `judged` holds, per rule, the subjects that it looked at: those without a finding conform.
    `failing_undecided` counts the undecided findings that fail by their policy. `deployments` is the number
    of subjects' homes: templates, roots and plans that could be read.
    """

    findings: list[Finding] = field(default_factory=list)
    judged: dict[str, set[SubjectKey]] = field(default_factory=lambda: defaultdict(set))
    failures: list[RuleFailure] = field(default_factory=list)
    files_read: set[str] = field(default_factory=set)
    skipped: list[Skipped] = field(default_factory=list)
    failing_undecided: int = 0
    deployments: int = 0

    @property
    def conforming(self) -> int:
        """The number of (rule, subject) pairs that were judged and have no finding."""
        found = {(finding.rule_id, finding.source, finding.subject) for finding in self.findings}
        pairs = {(rule, *subject) for rule, subjects in self.judged.items() for subject in subjects}
        return len(pairs - found)

    def add(
        self, policy: Policy, deployments: Sequence[Deployment], rules: Sequence[Rule], accepting: Accepting
    ) -> None:
        """Judge deployments under a policy and take over what was found."""
        judgement = judge(deployments, policy, rules)
        found = [accepting(finding) for finding in judgement.findings]
        self.findings += found
        for rule_id, subjects in judgement.judged.items():
            self.judged[rule_id] |= subjects
        self.failures += judgement.failures
        if policy.fail_undecided:
            open_ones = (f for f in found if f.outcome is Outcome.UNDECIDED and not f.suppressed)
            self.failing_undecided += sum(1 for _ in open_ones)

    def add_problems(
        self, policy_of: Callable[[Path], Policy], problems: Iterable[Problem], *, on: bool
    ) -> None:
        """Make SMN001 findings of problems, each once; where the rule is off, a note that it was skipped."""
        for problem in dict.fromkeys(problems):
            setting = policy_of(Path(problem.location.file)).setting(SMN001.id)
            if on and setting.enabled:
                finding = _unreadable(problem)
                severity = setting.severity
                self.findings.append(finding if severity is None else replace(finding, severity=severity))
            else:
                self.skipped.append(Skipped(problem.location.file, f"{problem.message} (SMN001 is off)"))


def inspect(  # noqa: PLR0913 - the inputs, and the options of the command
    inputs: Sequence[Input],
    policy: Policies,
    *,
    rules: Sequence[Rule] = ALL_RULES,
    var_files: Sequence[Path] = (),
    parameters: Mapping[str, Any] | None = None,
    problems: Sequence[Problem] = (),
    skipped: Sequence[Skipped] = (),
    progress: Progress | None = None,
    accepting: Accepting | None = None,
) -> Report:
    """Read the inputs and judge them.

    `parameters` go before those of the policy. `problems` and `skipped` are what discovery met. `accepting`
    is asked about every finding but those of SMN001.
    """
    policy_of = policy if callable(policy) else _always(policy)
    reading = Reading(policy_of, parameters or {}, var_files, progress or _silent)
    result = reading.read(inputs)
    report = Report(
        failures=reading.failures,
        files_read=result.files_read,
        skipped=[*skipped, *result.skipped],
        deployments=len({deployment.source for deployment in result.deployments}),
    )
    for own_policy, deployments in _by_policy(result.deployments, policy_of):
        report.add(own_policy, deployments, rules, accepting or _as_it_is)
    report.add_problems(policy_of, [*problems, *result.problems], on=SMN001 in rules)
    report.findings.sort(key=lambda f: (f.location.file, f.location.line, f.rule_id, f.subject))
    return report


def inspect_cached(kind: InputKind, path: Path) -> Report:
    """Inspect one input for a door, which asks again for every resource in it. The policy is `policy_for`."""
    return _inspect_one(kind, Path(os.path.realpath(path)), os.environ.get(ENVIRONMENT_VARIABLE, ""))


@lru_cache(maxsize=128)
def _inspect_one(kind: InputKind, path: Path, _environment: str) -> Report:
    return inspect([Input(kind, path)], policy_for)


def _silent(_done: int, _total: int, _next: str) -> None:
    """Show no progress."""


def _as_it_is(finding: Finding) -> Finding:
    return finding


def _always(policy: Policy) -> Callable[[Path], Policy]:
    return lambda _path: policy


def _by_policy(
    deployments: Iterable[Deployment], policy_of: Callable[[Path], Policy]
) -> Iterable[tuple[Policy, list[Deployment]]]:
    groups: dict[int, tuple[Policy, list[Deployment]]] = {}
    for deployment in deployments:
        policy = policy_of(Path(deployment.source))
        groups.setdefault(id(policy), (policy, []))[1].append(deployment)
    return groups.values()


def _unreadable(problem: Problem) -> Finding:
    return Finding(
        rule_id=SMN001.id,
        rule_name=SMN001.name,
        outcome=Outcome.VIOLATION,
        severity=SMN001.severity,
        subject="",
        subject_type="",
        source=problem.location.file,
        location=problem.location,
        message=problem.message,
        fix=problem.fix,
    )
