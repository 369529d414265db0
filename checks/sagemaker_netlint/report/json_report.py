"""The report for programs. `schemas/finding.schema.json` describes the shape."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sagemaker_netlint import __version__
from sagemaker_netlint.exit_codes import ExitCode
from sagemaker_netlint.findings import Finding, Step
from sagemaker_netlint.inspection import Report
from sagemaker_netlint.network.declared import Location
from sagemaker_netlint.report.formats import ReportSettings
from sagemaker_netlint.report.summary import summarise
from sagemaker_netlint.rules.catalogue import BY_ID

FORMAT_VERSION = 1


def render(report: Report, settings: ReportSettings) -> Iterator[str]:
    """Yield the report as one JSON document."""
    summary = summarise(report, settings.fail_on)
    document = {
        "format_version": FORMAT_VERSION,
        "tool": {"name": "sagemaker-netlint", "version": __version__},
        "policy": settings.policy,
        "outcome": _OUTCOMES[ExitCode(settings.exit_code)],
        "exit_code": settings.exit_code,
        "summary": {
            "violations": len(summary.violations),
            "by_severity": {str(severity): count for severity, count in summary.by_severity.items()},
            "undecided": len(summary.undecided),
            "conforming": summary.conforming,
            "suppressed": len(summary.suppressed),
            "files_read": len(report.files_read),
            "files_skipped": len(report.skipped),
        },
        "findings": [
            _finding(finding, fails=report.fails(finding, settings.fail_on)) for finding in report.findings
        ],
        "internal_errors": [
            {"rule": failure.rule_id, "source": failure.source, "error": failure.error}
            for failure in report.failures
        ],
        "notes": [
            {"message": note.message, "location": _location(note.location)}
            for note in report.notes
            if not note.detail
        ],
        "files_read": sorted(report.files_read),
        "skipped": [{"path": skipped.path, "reason": skipped.reason} for skipped in report.skipped],
    }
    # ASCII, since a file's name may be no valid text, and a terminal may not be UTF-8
    yield json.dumps(document, indent=2)


_OUTCOMES = {
    ExitCode.CLEAN: "clean",
    ExitCode.VIOLATIONS: "violations",
    ExitCode.INTERNAL_ERROR: "internal-error",
    ExitCode.NOTHING_TO_CHECK: "nothing-to-check",
}


def _finding(finding: Finding, *, fails: bool) -> dict[str, Any]:
    rule = BY_ID.get(finding.rule_id)
    suppressed = finding.suppressed
    return {
        "rule": finding.rule_id,
        "name": finding.rule_name,
        "outcome": finding.outcome.value,
        "severity": str(finding.severity),
        "fails": fails,
        "source": finding.source,
        "subject": finding.subject,
        "subject_type": finding.subject_type,
        "location": _location(finding.location),
        "message": finding.message,
        "fix": finding.fix,
        "when": finding.when,
        "chain": [_step(step) for step in finding.chain],
        "docs": rule.guideline if rule else "",
        "suppressed": None
        if suppressed is None
        else {
            "by": suppressed.by.value,
            "reason": suppressed.reason,
            "owner": suppressed.owner,
            "expires": None if suppressed.expires is None else suppressed.expires.isoformat(),
            "location": _location(suppressed.location),
        },
    }


def _step(step: Step) -> dict[str, Any]:
    return {"text": step.text, "location": None if step.location is None else _location(step.location)}


def _location(location: Location) -> dict[str, Any]:
    return {"file": location.file, "line": location.line, "end_line": location.end_line}
