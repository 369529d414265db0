"""Inputs to a report: the readers read, the engine judges, and what could not be read becomes SMN001."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Union

from sagemaker_netlint.data_files import POLICY_VARIABLE
from sagemaker_netlint.discovery import Discovery, Input, InputKind, discover
from sagemaker_netlint.engine import RuleFailure, SubjectKey, judge
from sagemaker_netlint.findings import Finding, Note, Outcome, Severity
from sagemaker_netlint.ignore_notes import ignore_notes
from sagemaker_netlint.network.declared import Location
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.topology import StoodInModule, UnreadPart
from sagemaker_netlint.policy import Policy, Waiver
from sagemaker_netlint.policy_file import policy_for
from sagemaker_netlint.readers.raw import Problem, Skipped
from sagemaker_netlint.reading import Progress, Reading
from sagemaker_netlint.rules.catalogue import ALL_RULES
from sagemaker_netlint.rules.rule import Rule
from sagemaker_netlint.rules.smn001_unreadable_input import RULE as SMN001
from sagemaker_netlint.rules.smn002_waiver_expired import RULE as SMN002
from sagemaker_netlint.waivers import Covered, Scope, told_of, under, waivers_of

__all__ = ["Discovery", "Input", "InputKind", "Report", "discover", "inspect", "inspect_cached"]

Policies = Union[Policy, Callable[[Path], Policy]]
"""One policy for everything, or the policy of each input."""

Accepting = Callable[[Finding], Finding]
"""Returns the finding, suppressed where it is accepted: a baseline."""


@dataclass(slots=True)
class Report:
    """What an inspection found.

    `judged` holds, per rule, the subjects that it looked at: those without a finding conform.
    `fail_undecided` are the sources whose policy lets undecided findings fail. `deployments` is the number
    of subjects' homes: templates, roots and plans that could be read. `covered` are the waivers that cover
    a finding, expired ones too. `stood_in` are the modules that were read by a
    stand-in: a host knows nothing of the subjects in them.
    """

    findings: list[Finding] = field(default_factory=list)
    judged: dict[str, set[SubjectKey]] = field(default_factory=lambda: defaultdict(set))
    failures: list[RuleFailure] = field(default_factory=list)
    files_read: set[str] = field(default_factory=set)
    skipped: list[Skipped] = field(default_factory=list)
    fail_undecided: set[str] = field(default_factory=set)
    deployments: int = 0
    notes: list[Note] = field(default_factory=list)
    covered: Covered = field(default_factory=dict)
    stood_in: set[SubjectKey] = field(default_factory=set)

    @property
    def conforming(self) -> int:
        """The number of (rule, subject) pairs that were judged and have no finding."""
        found = {(finding.rule_id, finding.source, finding.subject) for finding in self.findings}
        pairs = {(rule, *subject) for rule, subjects in self.judged.items() for subject in subjects}
        return len(pairs - found)

    def fails(self, finding: Finding, fail_on: Severity) -> bool:
        """Say whether one of the findings makes the check fail, by its own source's policy."""
        return finding.fails(fail_on, undecided=finding.source in self.fail_undecided)

    def add(
        self,
        policy: Policy,
        deployments: Sequence[Deployment],
        rules: Sequence[Rule],
        today: date,
        accepting: Accepting,
    ) -> None:
        """Judge deployments under a policy and take over what was found."""
        judgement = judge(deployments, policy, rules)
        found = []
        for finding in judgement.findings:
            waivers = waivers_of(finding, policy)
            found.append(accepting(under(waivers, finding, today)))
            for waiver in waivers:
                self.covered.setdefault(waiver, []).append(found[-1])
        self.findings += found
        for rule_id, subjects in judgement.judged.items():
            self.judged[rule_id] |= subjects
        self.failures += judgement.failures
        if policy.fail_undecided:
            self.fail_undecided |= {deployment.source for deployment in deployments}

    def add_problems(
        self, policy_of: Callable[[Path], Policy], problems: Iterable[Problem], *, on: bool
    ) -> None:
        """Make SMN001 findings of problems, each once; where the rule is off, a note that it was skipped."""
        for problem in dict.fromkeys(problems):
            setting = policy_of(Path(problem.location.file)).setting(SMN001.id)
            if on and setting.enabled:
                message, fix = problem.message, problem.fix
                self.findings.append(_about_file(SMN001, setting.severity, problem.location, message, fix))
            else:
                self.skipped.append(Skipped(problem.location.file, f"{problem.message} (SMN001 is off)"))

    def add_waivers(self, policies: Iterable[Policy], today: date, scope: Scope) -> None:
        """Tell of the policies' waivers: SMN002 findings where the rule is on, and notes."""
        homes: dict[Waiver, list[Policy]] = defaultdict(list)
        for policy in policies:
            for waiver in policy.waivers:
                homes[waiver].append(policy)
        judged = list(self.findings)
        for waiver, inside in homes.items():
            others = [f for f in judged if f.rule_id == waiver.rule_id and f.suppressed is None]
            own_scope = replace(scope, off=_off_in(inside))
            told = told_of(waiver, self.covered.get(waiver, ()), today, own_scope, others)
            setting = next((p.setting(SMN002.id) for p in inside if p.setting(SMN002.id).enabled), None)
            if isinstance(told, Note):
                self.notes.append(told)
            elif told is not None and setting is not None and SMN002.id in scope.rules:
                place = waiver.location
                self.findings.append(_about_file(SMN002, setting.severity, place, told.message, told.fix))


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
    today: date = date.max,
    whole: Sequence[Path] = (),
) -> Report:
    """Read the inputs and judge them.

    `parameters` go before those of the policy. `problems` and `skipped` are what discovery met. A waiver
    holds up to its last day: whoever doesn't give `today` gets none that has an end. `accepting` is asked
    last, about every finding but those about files (SMN001, SMN002). `whole` are the folders of which the
    inputs are all that there is: only there may a waiver be said to match nothing.
    """
    policy_of = policy if callable(policy) else _always(policy)
    reading = Reading(policy_of, parameters or {}, var_files, progress or _silent)
    result = reading.read(inputs)
    report = Report(
        failures=reading.failures,
        files_read=result.files_read,
        skipped=[*skipped, *result.skipped],
        deployments=len({deployment.source for deployment in result.deployments}),
        stood_in={(d.source, part.address) for d in result.deployments for part in d.each(StoodInModule)},
    )
    for own_policy, deployments in _by_policy(result.deployments, policy_of):
        report.add(own_policy, deployments, rules, today, accepting or _as_it_is)
    report.add_problems(policy_of, [*problems, *result.problems], on=SMN001 in rules)
    policies = {id(policy): policy for policy in (policy_of(item.path) for item in inputs)}
    unread = bool(report.failures or problems or result.problems)
    gap = _gap(result.deployments, unread=unread, given=bool(var_files or parameters))
    scope = Scope(
        tuple(whole),
        frozenset(rule.id for rule in rules),
        files=frozenset(result.files_read | {str(item.path) for item in inputs}),
        languages=frozenset(deployment.language for deployment in result.deployments),
        gap=gap,
    )
    report.add_waivers(policies.values(), today, scope)
    report.notes += ignore_notes(result.files_read, result.deployments, report.findings)
    report.findings.sort(key=lambda f: (f.location.file, f.location.line, f.rule_id, f.subject))
    return report


def inspect_cached(kind: InputKind, path: Path, today: date) -> Report:
    """Inspect one input for a door, which asks again for every resource in it. The policy is `policy_for`."""
    return _inspect_one(kind, Path(os.path.realpath(path)), today, os.environ.get(POLICY_VARIABLE, ""))


@lru_cache(maxsize=128)
def _inspect_one(kind: InputKind, path: Path, today: date, _environment: str) -> Report:
    return inspect([Input(kind, path)], policy_for, today=today)


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


def _off_in(policies: Iterable[Policy]) -> frozenset[str]:
    """Return the rules that none of the policies has on."""
    on = {rule.id for policy in policies for rule in ALL_RULES if policy.setting(rule.id).enabled}
    return frozenset(rule.id for rule in ALL_RULES) - on


def _gap(deployments: Iterable[Deployment], *, unread: bool, given: bool) -> str:
    """Say why there may be findings that were not seen, "" where nothing says so."""
    if unread:
        return "something could not be read, or not be judged"
    part = next((part for deployment in deployments for part in deployment.each(UnreadPart)), None)
    if part is not None:
        return f"{part} was not read"
    return "it was checked with values of the command line, and may match with others" if given else ""


def _about_file(rule: Rule, severity: Severity | None, place: Location, message: str, fix: str) -> Finding:
    return Finding(
        rule_id=rule.id,
        rule_name=rule.name,
        outcome=Outcome.VIOLATION,
        severity=rule.severity if severity is None else severity,
        subject="",
        subject_type="",
        source=place.file,
        location=place,
        message=message,
        fix=fix,
    )
