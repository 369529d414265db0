"""Ignores beside resources that do nothing: badly written ones, and ones that no finding needs.

An ignore without effect is a trap: whoever wrote it takes the finding for handled. So it is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from sagemaker_netlint.findings import Finding, Note
from sagemaker_netlint.network.declared import Location, Suppression
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.readers.files import MAX_BYTES, UnreadableError, read_text
from sagemaker_netlint.readers.suppressions import in_comments
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
_HOW = "write `# sagemaker-netlint: ignore[SMN201] the reason` inside the resource"


def ignore_notes(
    files: Iterable[str], deployments: Sequence[Deployment], findings: Sequence[Finding]
) -> Iterator[Note]:
    """Yield what is to be told of the ignores in the files and at the components that were judged."""
    attached: dict[tuple[str, Location], bool] = {}
    found = _found(findings)
    for deployment in deployments:
        for component in deployment.components:
            for ignore in component.suppressions:
                rules = found.get((deployment.source, component.address), ())
                key = (ignore.pattern, ignore.location)
                attached[key] = attached.get(key, False) or any(map(ignore.covers, rules))
    for file in sorted(files):
        for number, line in _lines(file):
            yield from _malformed(line, Location(file, number, number))
            for ignore in in_comments([(number, line)], file):
                if ignore.pattern in BY_ID and (ignore.pattern, ignore.location) not in attached:
                    yield _idle(ignore, "stands in no resource that is checked", detail=True)
    for (pattern, location), used in sorted(attached.items()):
        if not used and any(rule_id.startswith(pattern) for rule_id in BY_ID):
            yield _idle(Suppression(pattern, "", location), "matches no finding", detail=True)


def _found(findings: Iterable[Finding]) -> dict[tuple[str, str], set[str]]:
    """Return the rules with a finding at each subject."""
    found: dict[tuple[str, str], set[str]] = {}
    for finding in findings:
        found.setdefault((finding.source, finding.subject), set()).add(finding.rule_id)
    return found


def _idle(ignore: Suppression, why: str, *, detail: bool) -> Note:
    return Note(f"the ignore of {ignore.pattern} {why}", ignore.location, detail=detail)


def _lines(file: str) -> Iterator[tuple[int, str]]:
    """Yield the numbered lines of a file that may hold ignores; most files hold none."""
    try:
        text = read_text(Path(file), MAX_BYTES)
    except (UnreadableError, OSError):
        return  # it was read before: it is gone since, or came from elsewhere
    folded = text.casefold()
    if "netlint" not in folded and "smn" not in folded:
        return
    for number, line in enumerate(text.splitlines(), 1):
        folded = line.casefold()
        if "netlint" in folded or "smn" in folded:
            yield number, line


def _malformed(line: str, location: Location) -> Iterator[Note]:
    """Yield why an ignore in a line does nothing."""
    own, host = _SPOKEN.search(line), _CHECKOV.search(line)
    held = {ignore.pattern for ignore in in_comments([(location.line, line)], location.file)}
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
