"""What several formats say of a finding, in the same words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from sagemaker_netlint.findings import Finding
from sagemaker_netlint.fingerprints import fingerprint, from_top
from sagemaker_netlint.network.declared import SuppressedBy, Suppression
from sagemaker_netlint.report.clean_text import clean
from sagemaker_netlint.rules.catalogue import BY_ID

_BY = {
    SuppressedBy.IGNORE: "ignored beside the resource",
    SuppressedBy.WAIVER: "waived by the policy",
    SuppressedBy.BASELINE: "in the baseline",
}


def heading(finding: Finding) -> str:
    """Return the rule's id and name."""
    return f"{finding.rule_id} {finding.rule_name}"


def seen(finding: Finding) -> str:
    """Return what was seen, with the conditions under which it holds."""
    return f"{finding.message} (when {finding.when})" if finding.when else finding.message


def docs(finding: Finding) -> str:
    """Return the address of the rule's page, "" where the rule has none."""
    rule = BY_ID.get(finding.rule_id)
    return rule.guideline if rule else ""


def place(finding: Finding) -> str:
    """Return file and line, the file from the top of the repository."""
    return clean(f"{from_top(finding.location.file)}:{finding.location.line}")


def subject(finding: Finding) -> str:
    """Return the address, or the file where a finding is about a whole file."""
    return clean(finding.subject or from_top(finding.source))


def suppression(suppressed: Suppression) -> str:
    """Return who says that it doesn't count, why, who answers for it, and until when."""
    parts = [f"{_BY[suppressed.by]}: {suppressed.reason or 'no reason given'}"]
    if suppressed.owner:
        parts.append(f"owner {suppressed.owner}")
    if suppressed.expires is not None:
        parts.append(f"until {suppressed.expires.isoformat()}")
    return clean("; ".join(parts))


def details(finding: Finding) -> Iterator[str]:
    """Yield the lines of the full story: what was seen, the chain, the fix, the page."""
    yield f"seen: {clean(seen(finding))}"
    for step in finding.chain:
        where = f" ({from_top(step.location.file)}:{step.location.line})" if step.location else ""
        yield clean(f"chain: {step.text}{where}")
    if finding.fix:
        yield f"fix: {clean(finding.fix)}"
    if docs(finding):
        yield f"docs: {docs(finding)}"


def numbered_fingerprints(findings: Sequence[Finding]) -> list[str]:
    """Return a fingerprint for each finding: equal ones are numbered, so that none is taken for another.

    The form `digits:number` is the one of GitHub's own line hashes.
    """
    counts: Counter[str] = Counter()
    numbered = []
    for finding in findings:
        digits = fingerprint(finding)
        counts[digits] += 1
        numbered.append(f"{digits}:{counts[digits]}")
    return numbered
