"""The report for GitLab's Code Quality: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format.

What is suppressed is left out: GitLab knows no such state. What is undecided is of its severity `info`,
unless it fails.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from sagemaker_netlint.engine import RuleFailure
from sagemaker_netlint.findings import Finding, Outcome, Severity
from sagemaker_netlint.fingerprints import from_top
from sagemaker_netlint.inspection import Report
from sagemaker_netlint.report.clean_text import clean
from sagemaker_netlint.report.finding_words import heading, numbered_fingerprints, seen, subject
from sagemaker_netlint.report.formats import ReportSettings

_SEVERITIES = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
    Severity.INFO: "info",
}


def render(report: Report, settings: ReportSettings) -> Iterator[str]:
    """Yield the JSON array."""
    findings = [finding for finding in report.findings if finding.suppressed is None]
    issues = [_failure(failure) for failure in report.failures]
    issues += [
        _issue(finding, digits, fails=report.fails(finding, settings.fail_on))
        for finding, digits in zip(findings, numbered_fingerprints(findings), strict=True)
    ]
    yield json.dumps(issues, indent=1)


def _issue(finding: Finding, digits: str, *, fails: bool) -> dict[str, Any]:
    decided = finding.outcome is Outcome.VIOLATION
    text = f"{'' if decided else 'Undecided: '}{subject(finding)}: {clean(seen(finding))}"
    return {
        "description": f"{text}. Fix: {clean(finding.fix)}" if finding.fix else text,
        "check_name": heading(finding),
        "fingerprint": _one_word(digits),
        "severity": _SEVERITIES[finding.severity] if decided or fails else "info",
        "location": _location(finding.location.file, finding.location.line, finding.location.end_line),
    }


def _failure(failure: RuleFailure) -> dict[str, Any]:
    return {
        "description": f"internal error in {failure.rule_id}: {clean(failure.error)}; please report",
        "check_name": f"{failure.rule_id} internal error",
        "fingerprint": _one_word(f"{failure.rule_id} {from_top(failure.source)}"),
        "severity": "blocker",
        "location": _location(failure.source, 1, 1),
    }


def _location(file: str, line: int, end_line: int) -> dict[str, Any]:
    return {"path": _text(from_top(file)), "lines": {"begin": line, "end": max(line, end_line)}}


def _one_word(text: str) -> str:
    return hashlib.sha256(_text(text).encode()).hexdigest()


def _text(text: str) -> str:
    """Return valid text: a file's name may be none."""
    return text.encode("utf-8", "backslashreplace").decode()
