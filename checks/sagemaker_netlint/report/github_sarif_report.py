"""The report as SARIF for GitHub code scanning, which shows every result as an open alert.

It knows neither `suppressions` (https://github.com/github/codeql-action/issues/1230) nor `kind`
(https://github.com/microsoft/PSRule/issues/955). So what is suppressed or undecided is no result here.
Its limits: https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from sagemaker_netlint.findings import Finding
from sagemaker_netlint.fingerprints import from_top
from sagemaker_netlint.inspection import Report
from sagemaker_netlint.report.finding_words import numbered_fingerprints
from sagemaker_netlint.report.formats import ReportSettings
from sagemaker_netlint.report.sarif_report import own_fingerprint, sarif_log
from sagemaker_netlint.report.summary import summarise

MAX_RESULTS = 25_000
"""A run with more results is rejected as a whole."""


def render(report: Report, settings: ReportSettings) -> Iterator[str]:
    """Yield the SARIF log with the violations alone, the worst ones where there are too many."""
    summary = summarise(report, settings.fail_on)
    findings: Sequence[Finding] = summary.violations
    remarks = []
    if len(findings) > MAX_RESULTS:
        remarks.append(f"{len(findings) - MAX_RESULTS} results beyond GitHub's limit are left out")
        findings = sorted(findings, key=lambda finding: -finding.severity)[:MAX_RESULTS]
    if summary.undecided:
        remarks.append(f"{len(summary.undecided)} undecided findings are no results here")
    if summary.suppressed:
        remarks.append(f"{len(summary.suppressed)} suppressed findings are no results here")
    yield sarif_log(report, settings, findings, _partial_fingerprints(findings), remarks)


def _partial_fingerprints(findings: Sequence[Finding]) -> list[dict[str, str]]:
    """Return our fingerprints; GitHub's own key only where the line doesn't tell two results apart.

    Elsewhere the upload action computes it, and warns of each value that is not its own
    (https://github.com/github/codeql-action/issues/4052).
    """
    lines = Counter(map(_line, findings))
    return [
        {
            **own_fingerprint(digits),
            **({"primaryLocationLineHash": digits} if lines[_line(finding)] > 1 else {}),
        }
        for finding, digits in zip(findings, numbered_fingerprints(findings), strict=True)
    ]


def _line(finding: Finding) -> tuple[str, str, int]:
    return finding.rule_id, from_top(finding.location.file), finding.location.line
