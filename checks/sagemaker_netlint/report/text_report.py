"""The report for people: each finding with its place, its chain and its fix, then what counts.

Every line of a finding but its first is indented, and control characters are shown and not sent, so that no
name in a template can pass for output of ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import click

from sagemaker_netlint.findings import Finding, Outcome, Severity, Step
from sagemaker_netlint.inspection import Report
from sagemaker_netlint.network.declared import SuppressedBy, Suppression
from sagemaker_netlint.report.clean_text import clean
from sagemaker_netlint.report.finding_words import suppression
from sagemaker_netlint.report.formats import ReportSettings
from sagemaker_netlint.report.source_lines import source_lines
from sagemaker_netlint.report.summary import Summary, number, other_counts, summarise
from sagemaker_netlint.rules.catalogue import BY_ID

_COLOURS = {
    Severity.CRITICAL: "red",
    Severity.HIGH: "red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "cyan",
    Severity.INFO: "blue",
}


_SHOWN = 3


def render(report: Report, settings: ReportSettings) -> Iterator[str]:
    """Yield the lines of the report, with colours that `click.echo` removes where they are not wanted."""
    summary = summarise(report, settings.fail_on)
    failing = [finding for finding in summary.undecided if report.fails(finding, settings.fail_on)]
    for finding in (*summary.violations, *failing):
        yield from _told(finding)
    if not settings.quiet:
        yield from _undecided([f for f in summary.undecided if not report.fails(f, settings.fail_on)])
        yield from _waived(summary.suppressed)
    if settings.verbose:
        yield from _listed(report, summary)
    for failure in report.failures:
        yield click.style(
            f"internal error in {failure.rule_id}: {clean(failure.error)} (in {clean(failure.source)}); "
            "please report",
            fg="red",
            bold=True,
        )
    yield from _summary(report, summary, settings.policy)


def _told(finding: Finding) -> Iterator[str]:
    """Yield the whole of a finding: a violation, or what is undecided and fails."""
    colour = _COLOURS[finding.severity]
    head = click.style(f"{finding.rule_id} {finding.rule_name}", fg=colour, bold=True)
    decided = finding.outcome is Outcome.VIOLATION
    kind = str(finding.severity) if decided else "undecided, which the policy lets fail"
    yield f"{head}  {click.style(kind, fg=colour)}"
    place = click.style(clean(str(finding.location)), bold=True)
    yield f"  {place}{_subject(finding)}"
    lines = _snippet(finding)
    width = len(str(lines[-1][0])) if lines else 0
    for line_number, line in lines:
        yield click.style(f"    {line_number:>{width}} | {clean(line)}", dim=True)
    when = f"  (when {clean(finding.when)})" if finding.when else ""
    yield f"  seen:  {clean(finding.message)}{when}"
    for index, step in enumerate(finding.chain):
        yield f"  {'chain: ' if index == 0 else '       '}{'-> ' if index else ''}{_step(step)}"
    if finding.fix:
        yield f"  fix:   {clean(finding.fix)}"
    rule = BY_ID.get(finding.rule_id)
    if rule is not None:
        yield click.style(f"  docs:  {rule.guideline}", dim=True)
    yield ""


def _subject(finding: Finding) -> str:
    """Return type and address; a Terraform address names its type already."""
    kind = "" if finding.subject_type in finding.subject else f"{finding.subject_type} "
    return f"  {kind}`{clean(finding.subject)}`" if finding.subject else ""


def _snippet(finding: Finding) -> list[tuple[int, str]]:
    """Return the finding's lines; a plan's line says the address only, which is shown already."""
    lines = source_lines(finding.location)
    only_address = len(lines) == 1 and lines[0][1].strip(" ,") == f'"address": "{finding.subject}"'
    return [] if only_address else lines


def _step(step: Step) -> str:
    place = "" if step.location is None else f" ({step.location})"
    return clean(f"{step.text}{place}")


def _undecided(findings: Sequence[Finding]) -> Iterator[str]:
    if not findings:
        return
    yield click.style("Undecided: the input doesn't say", bold=True)
    for rule, group in groupby(sorted(findings, key=lambda f: f.rule_id), lambda f: (f.rule_id, f.rule_name)):
        yield f"  {' '.join(rule)}"
        for finding in group:
            when = f" (when {finding.when})" if finding.when else ""
            yield clean(f"    {finding.location}  `{finding.subject}`: {finding.message}{when}")
    yield ""


def _waived(suppressed: Sequence[Finding]) -> Iterator[str]:
    """Yield the waivers that hold, each with its terms and what it covers: the first few subjects."""
    by_waiver: dict[Suppression, list[Finding]] = {}
    for finding in suppressed:
        if finding.suppressed is not None and finding.suppressed.by is SuppressedBy.WAIVER:
            by_waiver.setdefault(finding.suppressed, []).append(finding)
    if not by_waiver:
        return
    yield click.style("Waived by the policy", bold=True)
    for waiver, findings in sorted(by_waiver.items(), key=lambda item: item[0].location):
        rule = f"{findings[0].rule_id} {findings[0].rule_name}"
        yield clean(f"  {waiver.location}  {rule}, {waiver.terms or 'without an end'}")
        yield clean(f"    reason: {waiver.reason}")
        for finding in findings[:_SHOWN]:
            yield clean(f"    {finding.location}  `{finding.subject}`")
        if len(findings) > _SHOWN:
            yield f"    and {len(findings) - _SHOWN} more; -v lists them"
    yield ""


def _listed(report: Report, summary: Summary) -> Iterator[str]:
    if summary.suppressed:
        yield click.style("Suppressed", bold=True)
        for finding in summary.suppressed:
            reason = suppression(finding.suppressed) if finding.suppressed else ""
            yield clean(f"  {finding.location}  {finding.rule_id} `{finding.subject}`: {reason}")
        yield ""
    if report.files_read:
        yield click.style("Read", bold=True)
        yield from (f"  {clean(file)}" for file in sorted(report.files_read))
        yield ""
    if report.skipped:
        yield click.style("Skipped", bold=True)
        yield from (clean(f"  {skipped.path}: {skipped.reason}") for skipped in report.skipped)
        yield ""


def _summary(report: Report, summary: Summary, policy: str) -> Iterator[str]:
    counts = [f"{count} {severity}" for severity, count in summary.by_severity.items() if count]
    if summary.violations:
        found = f"{number(len(summary.violations), 'violation')} ({', '.join(counts)})"
        head = click.style(found, fg="red", bold=True)
    elif not report.deployments:
        head = click.style("nothing to check", fg="yellow", bold=True)
    else:
        head = click.style("no violations", fg="red" if summary.failing else "green", bold=True)
    yield f"{head}, {', '.join(other_counts(summary))}"
    skipped = f", skipped {len(report.skipped)}" if report.skipped else ""
    yield f"read {number(len(report.files_read), 'file')}{skipped}; policy {clean(policy)}"
