"""The report as Markdown: for the summary of a GitHub job, and for a comment on a pull or merge request.

Names of an input are text only: they open no table cell, no HTML, no link, and they mention nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from sagemaker_netlint.exit_codes import ExitCode
from sagemaker_netlint.findings import Finding, Outcome
from sagemaker_netlint.inspection import Report
from sagemaker_netlint.report.clean_text import clean
from sagemaker_netlint.report.finding_words import docs, heading, place, seen, subject, suppression
from sagemaker_netlint.report.formats import ReportSettings
from sagemaker_netlint.report.summary import Summary, counts_line, summarise

MAX_LENGTH = 60_000
"""In characters: a comment on GitHub takes 65,536, the summary of a job 1 MiB."""

_SPECIAL = re.compile(r"[^A-Za-z0-9\s.,;()/='-]")
_CODE = re.compile(r"&#96;(.*?)&#96;")


def render(report: Report, settings: ReportSettings) -> Iterator[str]:
    """Yield the lines: the verdict, internal errors, what fails, what doesn't, what is suppressed."""
    summary = summarise(report, settings.fail_on)
    rest = [f for f in (*summary.violations, *summary.undecided) if not report.fails(f, settings.fail_on)]
    lines = list(_head(report, summary, settings))
    lines += _table("Fails", summary.failing, is_open=True)
    lines += _table("Violations that don't fail", [f for f in rest if f.outcome is Outcome.VIOLATION])
    lines += _table("Undecided: the input doesn't say", [f for f in rest if f.outcome is Outcome.UNDECIDED])
    lines += _suppressed(summary.suppressed)
    yield from _cut(lines)


def _head(report: Report, summary: Summary, settings: ReportSettings) -> Iterator[str]:
    yield f"## sagemaker-netlint: {_VERDICTS[ExitCode(settings.exit_code)]}"
    yield ""
    yield f"{counts_line(report, summary)}. Policy: {_md(settings.policy)}."
    yield ""
    for failure in report.failures:
        where = f"{failure.rule_id} ({_md(failure.source)})"
        yield f"- **Internal error** in {where}: {_md(failure.error)}; please report"
    if report.failures:
        yield ""


_VERDICTS = {
    ExitCode.CLEAN: "passed",
    ExitCode.VIOLATIONS: "failed",
    ExitCode.INTERNAL_ERROR: "internal error",
    ExitCode.NOTHING_TO_CHECK: "nothing to check",
}


def _table(title: str, findings: Sequence[Finding], *, is_open: bool = False) -> Iterator[str]:
    worst_first = sorted(findings, key=lambda finding: -finding.severity)
    yield from _folded(
        title, ("Severity", "Rule", "Where", "Seen", "Fix"), map(_row, worst_first), is_open=is_open
    )


def _row(finding: Finding) -> tuple[str, ...]:
    address = docs(finding)
    rule = f"[{_md(heading(finding))}]({address})" if address else _md(heading(finding))
    where = f"{_md(place(finding))}<br>{_md(f'`{subject(finding)}`')}"
    return str(finding.severity), rule, where, _md(seen(finding)), _md(finding.fix)


def _suppressed(findings: Iterable[Finding]) -> Iterator[str]:
    rows = [
        (_md(heading(f)), f"{_md(place(f))}<br>{_md(f'`{subject(f)}`')}", _md(suppression(f.suppressed)))
        for f in findings
        if f.suppressed is not None
    ]
    yield from _folded("Suppressed", ("Rule", "Where", "By whom, and why"), rows)


def _folded(
    title: str, head: Sequence[str], rows: Iterable[Sequence[str]], *, is_open: bool = False
) -> Iterator[str]:
    cells = list(rows)
    if cells:
        yield f"<details{' open' if is_open else ''}><summary>{title} ({len(cells)})</summary>"
        yield ""
        yield f"| {' | '.join(head)} |"
        yield f"|{' --- |' * len(head)}"
        yield from (f"| {' | '.join(row)} |" for row in cells)
        yield ""
        yield "</details>"
        yield ""


def _cut(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines that fit; rows are left out aloud."""
    left, length = 0, 0
    for line in lines:
        length += len(line) + 1
        if length > MAX_LENGTH and line.startswith("| "):
            left += 1
        else:
            yield line
    if left:
        yield f"**{left} rows are left out here**, to fit a comment. The other formats have all of them."


def _md(text: str) -> str:
    """Return text of an input for a table cell: marks are entities, which Markdown takes for text.

    GitHub looks for mentions and issue numbers after that, and a comment parts them. What our messages put
    into backticks is code.
    """
    shown = _SPECIAL.sub(lambda match: f"&#{ord(match[0])};", _valid(clean(text)))
    shown = shown.replace("&#64;", "&#64;<!-- -->").replace("&#35;", "&#35;<!-- -->")
    shown = re.sub(r"\b(www)\.", r"\1&#46;", shown, flags=re.IGNORECASE)
    return _CODE.sub(r"<code>\1</code>", shown)


def _valid(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
