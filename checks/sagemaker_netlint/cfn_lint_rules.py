"""The cfn-lint door: `cfn-lint --append-rules=sagemaker_netlint.cfn_lint_rules template.yaml`.

cfn-lint makes an instance of every rule class among this module's attributes and asks each about the whole
template. A rule that raises becomes cfn-lint's error E0002, so nothing is lost in silence.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from sagemaker_netlint.clock import today
from sagemaker_netlint.door_verdicts import NESTED, defect, explain, fails, short, suppression_text
from sagemaker_netlint.findings import Finding, Outcome, Severity
from sagemaker_netlint.inspection import Input, InputKind, Report, inspect, inspect_cached
from sagemaker_netlint.network.declared import SuppressedBy
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.policy_file import policy_for
from sagemaker_netlint.rules.catalogue import ALL_RULES, BY_ID
from sagemaker_netlint.rules.rule import DOCS, Rule


class RuleFailedError(Exception):
    """A rule of ours raised: a defect, which cfn-lint shows as E0002."""


class NetworkRule(CloudFormationLintRule):  # type: ignore[misc] # cfn-lint ships no types
    """What our rules share; without an id, as here, cfn-lint registers nothing."""

    tags = ("sagemaker", "network")

    def match(self, cfn: Template) -> Iterator[RuleMatch]:
        """Yield the findings that this rule shows."""
        report, policy = _inspect(cfn)
        for finding in report.findings:
            if self.shows(finding, warns=_warns(finding, policy)):
                yield _match(cfn, finding, self.prefix(finding))

    def shows(self, finding: Finding, *, warns: bool) -> bool:
        """Say whether the finding is this rule's; `warns` says that it is more than information."""
        raise NotImplementedError

    def prefix(self, finding: Finding) -> str:
        """Return what stands before the message: the subject, where the finding has one."""
        return f"`{finding.subject}`: " if finding.subject else ""


class CatalogueRule(NetworkRule):
    """A rule of the catalogue: its findings that are more than information."""

    rule: Rule

    def match(self, cfn: Template) -> Iterator[RuleMatch]:
        """Yield the rule's findings.

        Raises:
            RuleFailedError: the rule raised, so its verdict is not known.

        """
        for failure in _inspect(cfn)[0].failures:
            if failure.rule_id == self.rule.id:
                raise RuleFailedError(defect(failure))
        yield from super().match(cfn)

    def shows(self, finding: Finding, *, warns: bool) -> bool:
        """Take the rule's own findings."""
        return warns and finding.rule_id == self.rule.id and finding.suppressed is None


class InformationRule(NetworkRule):
    """Advice, what is waived, and what no rule can decide: shown with `--include-checks I` only."""

    id = "ISMN000"
    shortdesc = "Advice of a SageMaker network rule, or one that the template does not decide"
    description = "The policy has the rule as advice, or a value that it asks for is not in the template"
    source_url = DOCS

    def shows(self, finding: Finding, *, warns: bool) -> bool:
        """Take the findings of all rules that are information only; cfn-lint has no other word for waived."""
        if finding.suppressed is not None:
            return finding.suppressed.by is SuppressedBy.WAIVER
        return not warns

    def prefix(self, finding: Finding) -> str:
        """Name the rule too, since one id stands for all, and why the finding doesn't count."""
        waived = f"{suppression_text(finding.suppressed)}: " if finding.suppressed is not None else ""
        return f"{finding.rule_id} {super().prefix(finding)}{waived}"


def _warns(finding: Finding, policy: Policy) -> bool:
    """Say whether a finding is an error or, by a rule that only ever advises, a warning."""
    advises = finding.outcome is Outcome.VIOLATION and BY_ID[finding.rule_id].severity is Severity.INFO
    return advises or fails(finding, policy)


def _inspect(cfn: Template) -> tuple[Report, Policy]:
    """Return the report on the template, and the policy that holds for it."""
    if cfn.filename:
        path = Path(cfn.filename)
        return inspect_cached(InputKind.CLOUDFORMATION, path, today()), policy_for(path)
    path = Path("template.json")  # from standard input: only the decoded template is there
    text = json.dumps(cfn.template, default=str)
    report = inspect([Input(InputKind.CLOUDFORMATION, path, text=text)], policy_for, today=today())
    return report, policy_for(path)


def _match(cfn: Template, finding: Finding, prefix: str) -> RuleMatch:
    path = _path(cfn, finding)
    place = cfn.get_location_yaml(cfn.template, path)
    line = finding.location.line - 1
    known: dict[str, Any] = {}
    if cfn.filename and (not path or place is None or place[0] != line):
        known["location"] = (line, 0, finding.location.end_line - 1, 0)
    if cfn.filename and not _same_file(cfn.filename, finding.location.file):
        known["filename"] = short(finding.location.file)
    return RuleMatch(path, prefix + "; ".join(explain(finding)), **known)


def _same_file(one: str, other: str) -> bool:
    return Path(one).resolve() == Path(other).resolve()


def _path(cfn: Template, finding: Finding) -> list[Any]:
    """Return the path to the subject's key that stands on the finding's line, else to the subject.

    cfn-lint matches the ignores in a resource's Metadata by the second part of the path.
    """
    resources = cfn.template.get("Resources", {})
    name, nested, _ = finding.subject.partition(NESTED)
    if name not in resources:
        return []
    found = iter(()) if nested else _keys_on_line(resources[name], finding.location.line - 1)
    return ["Resources", name, *next(found, ())]


def _keys_on_line(node: Any, line: int, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the paths of the keys that stand on the line, the outermost first."""
    if isinstance(node, dict):
        for key, value in node.items():
            mark = getattr(key, "start_mark", None)
            if mark is not None and mark.line == line:
                yield (*path, key)
            yield from _keys_on_line(value, line, (*path, key))
    elif isinstance(node, list):
        for index, item in enumerate(node):
            yield from _keys_on_line(item, line, (*path, index))


def _class_of(rule: Rule) -> type[CatalogueRule]:
    return type(
        rule.id,
        (CatalogueRule,),
        {
            "__doc__": rule.title,
            "id": rule.cfn_lint_id,
            "shortdesc": rule.title,
            "description": f"{rule.title} ({rule.name})",
            "source_url": rule.guideline,
            "rule": rule,
        },
    )


globals().update(
    {rule.id: _class_of(rule) for rule in ALL_RULES}
)  # attributes, for cfn-lint's loader to find
