"""The counts of a report, and the exit code that follows from them: the same for every format."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sagemaker_netlint.exit_codes import ExitCode
from sagemaker_netlint.findings import Finding, Outcome, Severity
from sagemaker_netlint.inspection import Report
from sagemaker_netlint.network.declared import SuppressedBy

_NOT_COUNTED = {
    SuppressedBy.IGNORE: "suppressed",
    SuppressedBy.WAIVER: "waived",
    SuppressedBy.BASELINE: "in the baseline",
}


@dataclass(frozen=True, slots=True)
class Summary:
    """A report's findings by outcome, and its counts."""

    violations: tuple[Finding, ...]
    undecided: tuple[Finding, ...]
    suppressed: tuple[Finding, ...]
    by_severity: dict[Severity, int]
    conforming: int


def summarise(report: Report) -> Summary:
    """Count a report."""
    open_ones = [finding for finding in report.findings if finding.suppressed is None]
    violations = tuple(f for f in open_ones if f.outcome is Outcome.VIOLATION)
    counts = Counter(finding.severity for finding in violations)
    return Summary(
        violations=violations,
        undecided=tuple(f for f in open_ones if f.outcome is Outcome.UNDECIDED),
        suppressed=tuple(f for f in report.findings if f.suppressed is not None),
        by_severity={severity: counts[severity] for severity in sorted(Severity, reverse=True)},
        conforming=report.conforming,
    )


def exit_code(report: Report, fail_on: Severity) -> ExitCode:
    """Return what the command should end with."""
    summary = summarise(report)
    if report.failures:
        return ExitCode.INTERNAL_ERROR
    if report.failing_undecided or any(finding.severity >= fail_on for finding in summary.violations):
        return ExitCode.VIOLATIONS
    if not report.deployments:
        return ExitCode.NOTHING_TO_CHECK
    return ExitCode.CLEAN


def counts_line(report: Report, summary: Summary) -> str:
    """Return the counts in one line of plain text."""
    counts = ", ".join(f"{count} {severity}" for severity, count in summary.by_severity.items() if count)
    violations = f"{number(len(summary.violations), 'violation')} ({counts})" if counts else "no violations"
    parts = [violations, f"{len(summary.undecided)} undecided", f"{summary.conforming} conforming"]
    return ", ".join([*parts, *not_counted(summary), f"{number(len(report.files_read), 'file')} read"])


def not_counted(summary: Summary) -> list[str]:
    """Return how many findings don't count, by who says so."""
    by = Counter(finding.suppressed.by for finding in summary.suppressed if finding.suppressed)
    return [f"{by[who]} {word}" for who, word in _NOT_COUNTED.items() if by[who]]


def number(count: int, noun: str) -> str:
    """Return a count with its noun."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
