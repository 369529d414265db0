"""Ignores beside resources that do nothing: badly written ones, and ones that no finding needs.

An ignore without effect is a trap: whoever wrote it takes the finding for handled. So it is told.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from sagemaker_netlint.findings import Finding, Note
from sagemaker_netlint.network.declared import Location, Suppression
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.readers.comments import lines_of
from sagemaker_netlint.readers.files import MAX_BYTES, UnreadableError, read_text
from sagemaker_netlint.readers.suppressions import in_comments, in_line
from sagemaker_netlint.rules.catalogue import ALL_RULES, BY_ID

# a comment that speaks to us; other comments may well name the tool
_SPOKEN = re.compile(
    r"(?P<mark>#|//|/\*|^\s*\*|;)\s*sagemaker[-_ ]?netlint\s*[:=]?\s*"
    r"(?P<verb>ignore|skip|disable|allow|suppress|noqa|nosec)\b\s*:?\s*(?P<rest>.*)$",
    re.IGNORECASE,
)
_CHECKOV = re.compile(
    r"(?P<mark>#|//|/\*|;)\s*checkov\s*:\s*skip\s*=\s*(?P<rest>[\w-]*SMN.*)$", re.IGNORECASE
)
_WORD = re.compile(r"[\w-]+")
_HOST_ID = re.compile(r"\b(?:CKV_|[EW])(?P<id>SMN_?\d{3})\b")
_OUTSIDE = "stands in no resource that is checked; it belongs inside the resource"
_HOW = "write `# sagemaker-netlint: ignore[SMN201] the reason` inside the resource"


def ignore_notes(
    files: Iterable[str], deployments: Sequence[Deployment], findings: Sequence[Finding]
) -> Iterator[Note]:
    """Yield what is to be told of the ignores in the files and at the components that were judged."""
    attached: dict[Suppression, bool] = {}
    found = _found(findings)
    for deployment in deployments:
        for component in deployment.components:
            for ignore in component.suppressions:
                rules = found.get((deployment.source, component.address), ())
                used = any(ignore.covers(rule_id, BY_ID[rule_id].cfn_lint_id) for rule_id in rules)
                attached[ignore] = attached.get(ignore, False) or used
    places = {(ignore.pattern, ignore.location) for ignore in attached}
    open_ones = {(f.rule_id, f.location.file) for f in findings if f.suppressed is None}
    for file in sorted(files):
        text = _text(file)
        for ignore, why in _without_effect(text, file, places):
            # whoever has the finding before them asks why the ignore doesn't help
            yield _idle(ignore, why, detail=(ignore.pattern, file) not in open_ones)
        for number, line in _lines(text, file):
            yield from _malformed(line, Location(file, number, number))
    for ignore, used in sorted(attached.items(), key=lambda item: item[0].location):
        if not used and any(ignore.covers(rule.id, rule.cfn_lint_id) for rule in ALL_RULES):
            yield _idle(ignore, "matches no finding", detail=True)


def _without_effect(
    text: str, file: str, attached: Collection[tuple[str, Location]]
) -> Iterator[tuple[Suppression, str]]:
    """Yield the ignores in a file that are of no resource, and why."""
    in_comment = {(ignore.pattern, ignore.location) for ignore in in_comments(text, file)}
    for number, line in _lines(text, file):
        place = Location(file, number, number)
        for written in in_line(line):
            key = (written.pattern, place)
            if written.pattern in BY_ID and key not in attached:
                why = _OUTSIDE if key in in_comment else "does nothing: it stands in a text, not in a comment"
                yield Suppression(written.pattern, written.reason, place), why


def _found(findings: Iterable[Finding]) -> dict[tuple[str, str], set[str]]:
    """Return the rules with a finding at each subject."""
    found: dict[tuple[str, str], set[str]] = {}
    for finding in findings:
        found.setdefault((finding.source, finding.subject), set()).add(finding.rule_id)
    return found


def _idle(ignore: Suppression, why: str, *, detail: bool) -> Note:
    return Note(f"the ignore of {ignore.pattern} {why}", ignore.location, detail=detail)


def _text(file: str) -> str:
    """Return the text of a file that may hold ignores; most files hold none."""
    try:
        text = read_text(Path(file), MAX_BYTES)
    except (UnreadableError, OSError):
        return ""  # it was read before: it is gone since, or came from elsewhere
    return text if _may_hold(text) else ""


def _lines(text: str, file: str) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(lines_of(text, file), 1) if _may_hold(line))


def _may_hold(text: str) -> bool:
    folded = text.casefold()
    return "netlint" in folded or "smn" in folded


def _malformed(line: str, location: Location) -> Iterator[Note]:
    """Yield why an ignore in a line does nothing."""
    own, host = _SPOKEN.search(line), _CHECKOV.search(line)
    held = {ignore.pattern for ignore in in_line(line)}
    for pattern in sorted(held - set(BY_ID)):
        yield Note(f"this ignore does nothing: no rule has the id {pattern}{_nearest(pattern)}", location)
    if own is not None and not held:
        yield Note(f"this ignore does nothing: {_HOW}{_meant(own['rest'])}", location)
    elif host is not None and not held:
        rule = _meant(host["rest"])
        yield Note(f"this ignore does nothing: write `# checkov:skip=CKV_SMN_201:the reason`{rule}", location)
    elif own is None and host is None:
        for match in _HOST_ID.finditer(line):
            if (rule_id := match["id"].replace("_", "")) not in BY_ID:
                yield Note(f"`{match[0]}` does nothing: no rule has the id {rule_id}", location)


def _nearest(rule_id: str) -> str:
    close = get_close_matches(rule_id, BY_ID, 1)
    return f"; did you mean {close[0]} ({BY_ID[close[0]].name})?" if close else ""


def _meant(rest: str) -> str:
    """Return which rule a badly written ignore means, where it names one in another spelling."""
    by_name = {rule.name: rule for rule in ALL_RULES}
    for word in _WORD.findall(rest):
        rule = by_name.get(word.lower()) or BY_ID.get(
            "SMN" + word.upper().removeprefix("CKV_").lstrip("EWSMN_")
        )
        if rule is not None:
            return f"; {rule.id} is meant, it seems"
    return ""
