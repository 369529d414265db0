"""The report as JUnit XML: a test case for each rule and subject that was judged, so that passes are seen.

Jenkins' schema: https://github.com/jenkinsci/xunit-plugin (junit-10.xsd). GitLab and others read the same.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from sagemaker_netlint.engine import SubjectKey
from sagemaker_netlint.exit_codes import ExitCode
from sagemaker_netlint.findings import Finding, Outcome
from sagemaker_netlint.fingerprints import from_top
from sagemaker_netlint.inspection import Report
from sagemaker_netlint.report.clean_text import clean
from sagemaker_netlint.report.finding_words import details, place, seen, suppression
from sagemaker_netlint.report.formats import ReportSettings
from sagemaker_netlint.rules.catalogue import BY_ID

# what XML 1.0 has no way to write, besides the control characters that `clean` shows
_NOT_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class _Case:
    """A test case: `tag` is failure, error, skipped, or "" for one that passes."""

    suite: str
    class_name: str
    name: str
    tag: str = ""
    message: str = ""
    body: str = ""


def render(report: Report, settings: ReportSettings) -> Iterator[str]:
    """Yield the lines of the XML document."""
    suites: dict[str, list[_Case]] = defaultdict(list)
    for case in _cases(report, settings):
        suites[case.suite].append(case)
    every = [case for cases in suites.values() for case in cases]
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f"<testsuites{_attributes(name='sagemaker-netlint', **_counts(every, suite=False))}>"
    for name in sorted(suites):
        yield f"  <testsuite{_attributes(name=name, **_counts(suites[name], suite=True))}>"
        for case in suites[name]:
            yield from _xml(case)
        yield "  </testsuite>"
    yield "</testsuites>"


def _cases(report: Report, settings: ReportSettings) -> Iterator[_Case]:
    found: dict[tuple[str, SubjectKey], list[Finding]] = defaultdict(list)
    for finding in report.findings:
        found[finding.rule_id, (finding.source, finding.subject)].append(finding)
    judged = {(rule_id, key) for rule_id, keys in report.judged.items() for key in keys}
    for rule_id, key in sorted({*judged, *found}):
        yield _judged(rule_id, key, found.get((rule_id, key), ()), report, settings)
    for failure in report.failures:
        text = f"internal error: {clean(failure.error)}; please report"
        yield _case(failure.rule_id, (failure.source, ""), "error", text)
    if settings.exit_code == ExitCode.NOTHING_TO_CHECK:
        # an empty report would look like a pass, or break the reader
        yield _Case("input", "input", "there is something to check", "error", "nothing to check was found")


def _judged(
    rule_id: str, key: SubjectKey, findings: Sequence[Finding], report: Report, settings: ReportSettings
) -> _Case:
    """Return the case of a subject; where it has several findings, the worst of them decides."""
    failing = [finding for finding in findings if report.fails(finding, settings.fail_on)]
    undecided = [f for f in findings if f.outcome is Outcome.UNDECIDED and f.suppressed is None]
    suppressed = [f for f in findings if f.suppressed is not None]
    body = "\n\n".join("\n".join(_told(finding)) for finding in findings)
    if failing:
        return _case(rule_id, key, "failure", clean(seen(failing[0])), body)
    if undecided:
        return _case(rule_id, key, "skipped", f"undecided: {clean(seen(undecided[0]))}", body)
    for finding in suppressed:
        if finding.suppressed is not None:
            return _case(rule_id, key, "skipped", suppression(finding.suppressed), body)
    return _case(rule_id, key, "", body=body)  # a violation below --fail-on is told, and passes


def _told(finding: Finding) -> Iterator[str]:
    yield f"{place(finding)} ({finding.severity} {finding.outcome.value})"
    yield from details(finding)
    if finding.suppressed is not None:
        yield suppression(finding.suppressed)


def _case(rule_id: str, key: SubjectKey, tag: str, message: str = "", body: str = "") -> _Case:
    rule = BY_ID.get(rule_id)
    name = rule.name if rule else "rule"
    source, subject = key
    path = from_top(source)
    shown = clean(f"{path}: {subject}" if subject else path)
    return _Case(f"{rule_id} {name}", f"{rule_id}.{name}", shown, tag, message, body)


def _xml(case: _Case) -> Iterator[str]:
    head = f"    <testcase{_attributes(name=case.name, classname=case.class_name)}"
    body = escape(_fit(case.body))
    if case.tag:
        kind = case.suite.split()[0]
        yield f"{head}>"
        yield f"      <{case.tag}{_attributes(type=kind, message=case.message)}>{body}</{case.tag}>"
        yield "    </testcase>"
    elif body:
        yield f"{head}><system-out>{body}</system-out></testcase>"
    else:
        yield f"{head}/>"


def _counts(cases: Iterable[_Case], *, suite: bool) -> dict[str, str]:
    tags = [case.tag for case in cases]
    counts = {"tests": len(tags), "failures": tags.count("failure"), "errors": tags.count("error")}
    if suite:
        counts["skipped"] = tags.count("skipped")
    return {name: str(count) for name, count in counts.items()}


def _attributes(**values: str) -> str:
    return "".join(f" {name}={quoteattr(_fit(value))}" for name, value in values.items())


def _fit(text: str) -> str:
    return _NOT_XML.sub(lambda match: repr(match[0])[1:-1], text)
