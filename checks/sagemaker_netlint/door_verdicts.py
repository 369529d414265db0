"""What a host's question about one rule and one resource gets for an answer.

The hosts ask resource by resource; the engine has judged the whole input before. This module looks the
answer up, the same way for every host.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from pathlib import Path

from sagemaker_netlint.clock import today
from sagemaker_netlint.engine import RuleFailure
from sagemaker_netlint.findings import Finding, Outcome, Severity
from sagemaker_netlint.inspection import InputKind, Report, inspect_cached
from sagemaker_netlint.network.declared import Location, SuppressedBy, Suppression
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.policy_file import policy_for
from sagemaker_netlint.rules.rule import Rule

INPUT_RULE = "SMN001"
"""The rule about what could not be read: its findings belong to a file, not to a resource."""

WAIVER_RULE = "SMN002"
"""The rule about waivers: its findings belong to the policy, and concern what an expired one covered."""

NESTED = "/"
"""Stands in an address between a nested stack and its resource: `Network/Vpc`."""

_PART = re.compile(r'([^.\[]+)((?:\[(?:"(?:[^"\\]|\\.)*"|[^\]"]*)\])?)')


class Result(IntEnum):
    """The answer's kind, from good to bad: the worst one counts where a question has several answers."""

    NOT_JUDGED = 0
    CONFORMING = 1
    IGNORED = 2
    ADVICE = 3
    UNDECIDED = 4
    VIOLATION = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with what a person should read; `reason` is the comment of an ignore."""

    result: Result
    lines: tuple[str, ...] = ()
    reason: str = ""


def explain(finding: Finding) -> tuple[str, ...]:
    """Return a finding's text for people: what was seen, the chain, the fix."""
    when = f" (when {finding.when})" if finding.when else ""
    steps = (f"- {step.text}{_place(step.location)}" for step in finding.chain)
    fix = (f"fix: {finding.fix}",) if finding.fix else ()
    return (f"{finding.message}{when}", *steps, *fix)


def suppression_text(suppression: Suppression) -> str:
    """Return the reason of a suppression; of a waiver with its place and its terms."""
    if suppression.by is not SuppressedBy.WAIVER:
        return suppression.reason
    terms = ", ".join(filter(None, (str(suppression.location), suppression.terms)))
    return f"waived ({terms}): {suppression.reason}"


def defect(failure: RuleFailure) -> str:
    """Say that a rule or a reader raised."""
    return f"{failure.rule_id} failed with {failure.error}: a defect of sagemaker-netlint, please report it"


def _place(location: Location | None) -> str:
    """Return a step's place, in brackets."""
    return "" if location is None else f" ({short(location.file)}:{location.line})"


def short(file: str) -> str:
    """Return a file's path relative to the working folder, where it lies below it."""
    relative = os.path.relpath(file)
    return file if relative.startswith(os.pardir) else relative


def ask(kind: InputKind, path: Path, rule: Rule, address: str) -> Answer:
    """Answer whether the resource at the address conforms to the rule, in the input at the path."""
    verdicts, policy = _verdicts(kind, path.resolve())
    return verdicts.answer(rule, address, policy)


@lru_cache(maxsize=256)
def _verdicts(kind: InputKind, path: Path) -> tuple[Verdicts, Policy]:
    return Verdicts(inspect_cached(kind, path, today())), policy_for(path)


def ask_module(kind: InputKind, path: Path, rule: Rule, address: str) -> Answer:
    """Answer for all that the stand-in of a module call makes; the host sees nothing but the call."""
    verdicts, policy = _verdicts(kind, path.resolve())
    return verdicts.answer_module(rule, address, policy)


class Verdicts:
    """A report, indexed by rule and address."""

    def __init__(self, report: Report) -> None:
        """Index the report once: a host asks for each rule and each resource."""
        self.failures = {failure.rule_id: failure for failure in report.failures}
        self.problems = [finding for finding in report.findings if finding.rule_id == INPUT_RULE]
        self.unread = [line for finding in self.problems for line in explain(finding)]
        if INPUT_RULE in self.failures:
            self.unread.append(defect(self.failures[INPUT_RULE]))
        self._findings: dict[tuple[str, str], list[Finding]] = defaultdict(list)
        self._read: set[tuple[str, ...]] = set()
        self._judged: dict[tuple[str, tuple[str, ...]], set[str]] = defaultdict(set)
        self._stood_in: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for _, address in report.stood_in:
            self._stood_in[_names(address)].add(address)
        for finding in report.findings:
            self._findings[finding.rule_id, finding.subject].append(finding)
        for rule_id, subjects in report.judged.items():
            for _, address in subjects:
                names = _names(address)
                self._read.add(names)
                self._judged[rule_id, names].add(address)
                if NESTED in names[0]:
                    self._judged[rule_id, (names[0].partition(NESTED)[0],)].add(address)
        self._index_waivers(report)

    def _index_waivers(self, report: Report) -> None:
        """Put what is said of an expired waiver at each subject that counts again.

        A host asks about resources only, and a waiver that concerns none of them is no news to it.
        """
        told = {finding.location: finding for finding in report.findings if finding.rule_id == WAIVER_RULE}
        for waiver, covered in report.covered.items():
            if waiver.location not in told:
                continue
            for address in {finding.subject for finding in covered if finding.suppressed is None}:
                names = _names(address)
                for asked in {names, (names[0].partition(NESTED)[0],)} if NESTED in names[0] else {names}:
                    self._judged[WAIVER_RULE, asked].add(address)
                self._findings[WAIVER_RULE, address].append(told[waiver.location])

    def answer(self, rule: Rule, address: str, policy: Policy) -> Answer:
        """Answer for one resource; a rule that the policy leaves out judges nothing."""
        if not policy.setting(rule.id).enabled:
            return Answer(Result.NOT_JUDGED)
        if failure := self.failures.get(rule.id):
            return Answer(Result.VIOLATION, (defect(failure),))
        if rule.id == INPUT_RULE:
            return _worst_of(self.problems, policy)
        ours = self._addresses(rule.id, address)
        if ours:
            return _worst_of(
                [f for own in ours for f in self._findings.get((rule.id, own), ())], policy, address
            )
        stands_in = rule.stand_ins and _names(address) in self._read
        if self.unread and not stands_in and rule.id != WAIVER_RULE:
            return Answer(Result.VIOLATION, ("not read by sagemaker-netlint:", *self.unread))
        return Answer(Result.NOT_JUDGED)

    def answer_module(self, rule: Rule, address: str, policy: Policy) -> Answer:
        """Answer for a module call: the worst of what is in it, if it was read by a stand-in."""
        parts = [part for part in self._stood_in.get(_names(address), ()) if _may_be_same(part, address)]
        if not parts or not policy.setting(rule.id).enabled:
            return Answer(Result.NOT_JUDGED)
        if failure := self.failures.get(rule.id):
            return Answer(Result.VIOLATION, (defect(failure),))
        inside = tuple(f"{part}." for part in parts)
        by_names = (owns for (rule_id, _), owns in self._judged.items() if rule_id == rule.id)
        judged = {own for owns in by_names for own in owns if own.startswith(inside)}
        if not judged:
            return Answer(Result.NOT_JUDGED)
        found = (self._findings.get((rule.id, own), ()) for own in sorted(judged))
        return _worst_of((finding for findings in found for finding in findings), policy)

    def _addresses(self, rule_id: str, address: str) -> Iterable[str]:
        """Return the judged addresses that the host's address stands for.

        Where a `count` or `for_each` cannot be known, one side may name an instance and the other the block.
        A nested stack stands for what it contains.
        """
        judged = self._judged.get((rule_id, _names(address)), set())
        if address in judged:
            return (address,)
        return [own for own in judged if _may_be_same(own, address)]


def fails(finding: Finding, policy: Policy) -> bool:
    """Say whether a finding fails where a host asks: advice (severity info) doesn't, as with `--fail-on`."""
    return finding.fails(Severity.LOW, undecided=policy.fail_undecided)


def _worst_of(findings: Iterable[Finding], policy: Policy, asked: str = "") -> Answer:
    """Answer for a subject that was judged, with these findings; name those of another address."""
    answer = Answer(Result.CONFORMING)
    for finding in findings:
        result = Result.UNDECIDED if finding.outcome is Outcome.UNDECIDED else Result.ADVICE
        if finding.suppressed is not None:
            result = Result.IGNORED
        elif fails(finding, policy):
            result = Result.VIOLATION
        lines = explain(finding)
        if finding.subject not in {"", asked}:
            lines = (f"`{finding.subject}`{_place(finding.location)}: {lines[0]}", *lines[1:])
        if result > answer.result:
            reason = suppression_text(finding.suppressed) if finding.suppressed is not None else ""
            answer = Answer(result, lines, reason)
        elif result == answer.result:
            answer = Answer(result, (*answer.lines, *lines), answer.reason)
    return answer


def _names(address: str) -> tuple[str, ...]:
    """Return the address without its instance keys: `module.a[0].t.n["x"]` is module, a, t, n."""
    return tuple(match[1] for match in _PART.finditer(address))


def _may_be_same(one: str, other: str) -> bool:
    """Say whether two addresses of the same names differ only where one has no instance key."""
    keys = zip(_PART.finditer(one), _PART.finditer(other), strict=True)
    return all(not a[2] or not b[2] or a[2] == b[2] for a, b in keys)
