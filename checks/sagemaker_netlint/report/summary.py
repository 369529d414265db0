"""The counts of a report, and the exit code that follows from them: the same for every format."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sagemaker_netlint.exit_codes import ExitCode
from sagemaker_netlint.findings import Finding, Outcome, Severity
from sagemaker_netlint.inspection import Report
from sagemaker_netlint.network.declared import SuppressedBy

_NOT_COUNTED = {
    SuppressedBy.IGNORE: "ignored",
    SuppressedBy.WAIVER: "waived",
    SuppressedBy.BASELINE: "in the baseline",
}


@dataclass(frozen=True, slots=True)
class Summary:
    """A report's findings by outcome, and its counts; `failing` are those that make the check fail."""

    violations: tuple[Finding, ...]
    undecided: tuple[Finding, ...]
    failing: tuple[Finding, ...]
    suppressed: tuple[Finding, ...]
    by_severity: dict[Severity, int]
    conforming: int


def summarise(report: Report, fail_on: Severity) -> Summary:
    """Count a report; `fail_on` is the lowest severity that fails."""
    open_ones = [finding for finding in report.findings if finding.suppressed is None]
    violations = tuple(f for f in open_ones if f.outcome is Outcome.VIOLATION)
    counts = Counter(finding.severity for finding in violations)
    return Summary(
        violations=violations,
        undecided=tuple(f for f in open_ones if f.outcome is Outcome.UNDECIDED),
        failing=tuple(f for f in open_ones if report.fails(f, fail_on)),
        suppressed=tuple(f for f in report.findings if f.suppressed is not None),
        by_severity={severity: counts[severity] for severity in sorted(Severity, reverse=True)},
        conforming=report.conforming,
    )


def exit_code(report: Report, fail_on: Severity) -> ExitCode:
    """Return what the command should end with."""
    if report.failures:
        return ExitCode.INTERNAL_ERROR
    if summarise(report, fail_on).failing:
        return ExitCode.VIOLATIONS
    if not report.deployments:
        return ExitCode.NOTHING_TO_CHECK
    return ExitCode.CLEAN


def counts_line(report: Report, summary: Summary) -> str:
    """Return the counts in one line of plain text."""
    counts = ", ".join(f"{count} {severity}" for severity, count in summary.by_severity.items() if count)
    violations = f"{number(len(summary.violations), 'violation')} ({counts})" if counts else "no violations"
    return ", ".join([violations, *other_counts(summary), f"{number(len(report.files_read), 'file')} read"])


def other_counts(summary: Summary) -> list[str]:
    """Return the counts of what is no violation: undecided, conforming, not counted."""
    failing = sum(finding.outcome is Outcome.UNDECIDED for finding in summary.failing)
    fail = f" ({failing} fail)" if failing else ""
    parts = [f"{len(summary.undecided)} undecided{fail}", f"{summary.conforming} conforming"]
    return [*parts, *not_counted(summary)]


def not_counted(summary: Summary) -> list[str]:
    """Return how many findings don't count, by who says so."""
    by = Counter(finding.suppressed.by for finding in summary.suppressed if finding.suppressed)
    return [f"{by[who]} {word}" for who, word in _NOT_COUNTED.items() if by[who]]


def number(count: int, noun: str) -> str:
    """Return a count with its noun."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
