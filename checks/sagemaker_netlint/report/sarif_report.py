"""The report as SARIF 2.1.0: everything that was found, suppressed and undecided findings as such.

The standard: https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html.
What GitHub makes of it: https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sagemaker_netlint import __version__
from sagemaker_netlint.exit_codes import ExitCode
from sagemaker_netlint.findings import Finding, Outcome, Severity
from sagemaker_netlint.fingerprints import from_top
from sagemaker_netlint.inspection import Report
from sagemaker_netlint.network.declared import Location, SuppressedBy, Suppression
from sagemaker_netlint.report.clean_text import clean
from sagemaker_netlint.report.finding_words import numbered_fingerprints, seen
from sagemaker_netlint.report.formats import ReportSettings
from sagemaker_netlint.report.rule_help import help_markdown, plain
from sagemaker_netlint.report.source_lines import columns
from sagemaker_netlint.rules.catalogue import ALL_RULES
from sagemaker_netlint.rules.rule import Rule
from sagemaker_netlint.rules.smn001_unreadable_input import RULE as SMN001

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_HOME = "https://github.com/sagemaker-netlint/sagemaker-netlint"
_BASE = "%SRCROOT%"

_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
# GitHub: over 9.0 is critical, from 7.0 high, from 4.0 medium, above 0.0 low
_SCORES = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.0",
    Severity.INFO: "0.5",
}


def render(report: Report, settings: ReportSettings) -> Iterator[str]:
    """Yield the SARIF log."""
    yield sarif_log(report, settings, report.findings, _partial_fingerprints(report.findings))


def _partial_fingerprints(findings: Sequence[Finding]) -> list[dict[str, str]]:
    """Return our fingerprints, also under the one key that GitHub reads: an upload by its API needs it."""
    numbered = numbered_fingerprints(findings)
    return [{**own_fingerprint(digits), "primaryLocationLineHash": digits} for digits in numbered]


def own_fingerprint(digits: str) -> dict[str, str]:
    """Return a fingerprint under our own key, with the version of how it is made."""
    return {"sagemakerNetlint/v1": digits}


def sarif_log(
    report: Report,
    settings: ReportSettings,
    findings: Sequence[Finding],
    fingerprints: Sequence[dict[str, str]],
    remarks: Sequence[str] = (),
) -> str:
    """Return the log of one run with a result for each of the findings; `remarks` are said as notes."""
    rules = _rules_of(report)
    indexes = {rule.id: index for index, rule in enumerate(rules)}
    baselined = any(_by(finding) is SuppressedBy.BASELINE for finding in findings)
    run = {
        "tool": {"driver": _driver(rules, findings)},
        "invocations": [_invocation(report, settings, remarks)],
        # no `uri`: where the repository lies on the machine that ran the check is nobody's business
        "originalUriBaseIds": {_BASE: {"description": {"text": "The top of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "results": [
            {
                **_result(finding, indexes, baselined=baselined),
                "partialFingerprints": partial,
                "properties": {
                    "severity": str(finding.severity),
                    "fails": report.fails(finding, settings.fail_on),
                },
            }
            for finding, partial in zip(findings, fingerprints, strict=True)
        ],
        "properties": {"policy": settings.policy, "conforming": report.conforming},
    }
    # ASCII, since a file's name may be no valid text
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1)


def _rules_of(report: Report) -> list[Rule]:
    """Return the rules that were asked, and those that speak besides."""
    ids = {*report.judged, *(finding.rule_id for finding in report.findings), SMN001.id}
    ids |= {failure.rule_id for failure in report.failures}
    return [rule for rule in ALL_RULES if rule.id in ids]


def _driver(rules: Sequence[Rule], findings: Sequence[Finding]) -> dict[str, Any]:
    severities: dict[str, list[Severity]] = defaultdict(list)
    for finding in findings:
        severities[finding.rule_id].append(finding.severity)
    return {
        "name": "sagemaker-netlint",
        "version": __version__,
        "semanticVersion": __version__,
        "informationUri": _HOME,
        "rules": [_rule(rule, max(severities[rule.id], default=rule.severity)) for rule in rules],
    }


def _rule(rule: Rule, severity: Severity) -> dict[str, Any]:
    """Describe a rule; `severity` is the one that the policy gives it."""
    markdown = help_markdown(rule)
    return {
        "id": rule.id,
        "name": rule.name,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": f"{rule.title}."},
        "help": {"text": plain(markdown), "markdown": markdown},
        "helpUri": rule.guideline,
        "defaultConfiguration": {"level": _LEVELS[severity]},
        "properties": {
            "precision": "very-high",  # what can't be decided is no finding of this kind
            "security-severity": _SCORES[severity],
            "tags": ["security", "network", "sagemaker"],
        },
    }


def _invocation(report: Report, settings: ReportSettings, remarks: Sequence[str]) -> dict[str, Any]:
    unread = [f for f in report.findings if f.rule_id == SMN001.id and f.suppressed is None]
    notes = [_notification(f"not read: {f.message}", SMN001.id, f.location) for f in unread]
    for failure in report.failures:
        text = f"internal error in {failure.rule_id}: {failure.error}; please report"
        notes.append(_notification(text, failure.rule_id, Location(failure.source, 1, 1)))
    if not report.deployments and not unread:
        notes.append({"level": "warning", "message": {"text": "nothing to check was found"}})
    notes += [{"level": "warning", "message": {"text": remark}} for remark in remarks]
    return {
        # what was not read, or not judged to its end, is no success whatever the policy says
        "executionSuccessful": not unread and not report.failures,
        "exitCode": settings.exit_code,
        "exitCodeDescription": ExitCode(settings.exit_code).name.lower().replace("_", " "),
        "toolExecutionNotifications": notes,
    }


def _notification(text: str, rule_id: str, location: Location) -> dict[str, Any]:
    return {
        "level": "error",
        "message": {"text": message_text(text)},
        "associatedRule": {"id": rule_id},
        "locations": [{"physicalLocation": _physical(location)}],
    }


def _result(finding: Finding, indexes: dict[str, int], *, baselined: bool) -> dict[str, Any]:
    decided = finding.outcome is Outcome.VIOLATION
    related = [(step, place) for step in finding.chain if (place := step.location) is not None]
    result: dict[str, Any] = {
        "ruleId": finding.rule_id,
        # a kind other than `fail` has the level `none` (SARIF 2.1.0, 3.27.10)
        "kind": "fail" if decided else "open",
        "level": _LEVELS[finding.severity] if decided else "none",
        "message": {"text": _message(finding)},
        "locations": [{"physicalLocation": _physical(finding.location), **_logical(finding)}],
    }
    if finding.rule_id in indexes:
        result["ruleIndex"] = indexes[finding.rule_id]
    if related:
        result["relatedLocations"] = [
            {"id": number, "physicalLocation": _physical(place), "message": {"text": message_text(step.text)}}
            for number, (step, place) in enumerate(related, start=1)
        ]
    if finding.suppressed is not None:
        result["suppressions"] = [_suppression(finding.suppressed)]
    if baselined:
        result["baselineState"] = "unchanged" if _by(finding) is SuppressedBy.BASELINE else "new"
    return result


def _logical(finding: Finding) -> dict[str, Any]:
    """Return the address: a result about a whole file has none."""
    if not finding.subject:
        return {}
    return {"logicalLocations": [{"fullyQualifiedName": clean(finding.subject), "kind": "resource"}]}


def _message(finding: Finding) -> str:
    """Return what was seen, the fix, and the chain, whose places are links to the related locations."""
    undecided = "" if finding.outcome is Outcome.VIOLATION else "Undecided: "
    name = f"`{finding.subject}`: " if finding.subject else ""
    parts = [f"{message_text(f'{undecided}{name}{seen(finding)}')}."]
    if finding.fix:
        parts.append(f"Fix: {message_text(finding.fix)}.")
    number, steps = 0, []
    for step in finding.chain:
        text = message_text(step.text)
        if step.location is not None:
            number += 1
            text += f" ([line {step.location.line}]({number}))"
        steps.append(text)
    if steps:
        parts.append(f"Chain: {' -> '.join(steps)}.")
    return "\n".join(parts)


def message_text(text: str) -> str:
    """Return text of an input for a message: no name in it can pass for a link of ours (SARIF 3.11.6)."""
    return clean(text).replace("](", "] (")


def _physical(location: Location) -> dict[str, Any]:
    region: dict[str, int] = {"startLine": location.line}
    region |= columns(location)
    region["endLine"] = max(location.line, location.end_line)
    return {"artifactLocation": _artifact(location.file), "region": region}


def _artifact(file: str) -> dict[str, str]:
    """Return the percent-encoded path from the top of the repository; a file outside of it is absolute."""
    path = from_top(file)
    if path.startswith("../") or Path(path).is_absolute():
        return {"uri": f"file://{quote(os.fsencode(Path(file).resolve().as_posix()), safe='/')}"}
    return {"uri": quote(os.fsencode(path), safe="/"), "uriBaseId": _BASE}


def _by(finding: Finding) -> SuppressedBy | None:
    return None if finding.suppressed is None else finding.suppressed.by


def _suppression(suppressed: Suppression) -> dict[str, Any]:
    properties = {"by": suppressed.by.value, "owner": suppressed.owner}
    if suppressed.expires is not None:
        properties["expires"] = suppressed.expires.isoformat()
    return {
        "kind": "inSource" if suppressed.by is SuppressedBy.IGNORE else "external",
        "status": "accepted",
        "justification": clean(suppressed.reason) or "no reason given",
        "location": {"physicalLocation": _physical(suppressed.location)},
        "properties": {key: value for key, value in properties.items() if value},
    }
