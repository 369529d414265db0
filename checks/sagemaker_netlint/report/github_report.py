"""The report as workflow commands: GitHub shows them as annotations beside the lines of a pull request.

The commands: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands.
GitHub shows ten annotations of each level per step, so the worst come first.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Finding, Outcome
from sagemaker_netlint.fingerprints import from_top
from sagemaker_netlint.inspection import Report
from sagemaker_netlint.report.clean_text import clean
from sagemaker_netlint.report.finding_words import details, heading, subject
from sagemaker_netlint.report.formats import ReportSettings
from sagemaker_netlint.report.summary import counts_line, summarise


def render(report: Report, settings: ReportSettings) -> Iterator[str]:
    """Yield a command for each finding that is not suppressed, then a line with the counts."""
    for failure in report.failures:
        text = f"internal error: {clean(failure.error)}; please report"
        yield _command(
            "error", text, file=clean(from_top(failure.source)), title=f"{failure.rule_id} internal error"
        )
    summary = summarise(report, settings.fail_on)
    for finding in sorted((*summary.violations, *summary.undecided), key=_worst_first):
        yield _annotation(finding, _level(finding, report, settings))
    yield counts_line(report, summary)


def _worst_first(finding: Finding) -> tuple[bool, int]:
    return finding.outcome is Outcome.UNDECIDED, -finding.severity


def _level(finding: Finding, report: Report, settings: ReportSettings) -> str:
    if report.fails(finding, settings.fail_on):
        return "error"
    return "warning" if finding.outcome is Outcome.VIOLATION else "notice"


def _annotation(finding: Finding, level: str) -> str:
    kind = str(finding.severity) if finding.outcome is Outcome.VIOLATION else "undecided"
    return _command(
        level,
        "\n".join((subject(finding), *details(finding))),
        file=clean(from_top(finding.location.file)),
        line=str(finding.location.line),
        endLine=str(max(finding.location.line, finding.location.end_line)),
        title=f"{heading(finding)} ({kind})",
    )


def _command(level: str, message: str, **properties: str) -> str:
    """Return a command, escaped as the runner unescapes it (ActionCommand.cs of actions/runner)."""
    given = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{level} {given}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
