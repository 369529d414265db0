"""A baseline: the findings that were there before, so that only new ones fail.

The file is made for review: no lines of source, sorted, an entry for each finding. Findings are known again
by their fingerprint, and counted: two entries that are alike keep two findings from counting, not a third.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict, deque
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from sagemaker_netlint.findings import Finding
from sagemaker_netlint.fingerprints import digest, fingerprint, from_top, top_of, without_places
from sagemaker_netlint.marked_json import parse_json
from sagemaker_netlint.marked_yaml import Marked, text_of
from sagemaker_netlint.network.declared import Location, SuppressedBy, Suppression
from sagemaker_netlint.policy_schema import validate

FORMAT_VERSION = 1
_MAX_BYTES = 64 * 1024 * 1024
# What could not be read, and what is wrong with the policy itself, hides other findings: it always counts.
_NEVER = "SMN0"
_VERSION = ("format_version",)
_AGAIN = "make it anew with `sagemaker-netlint baseline create`"


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """A finding as the file keeps it. `input` and `file` are paths from the top of the repository."""

    input: str
    file: str
    rule: str
    name: str
    subject: str
    outcome: str
    message: str
    fingerprint: str

    @property
    def genuine(self) -> bool:
        """Say whether the fingerprint is that of what is written beside it, which is what is reviewed."""
        parts = (self.rule, self.input, self.subject, self.outcome, self.message)
        return self.fingerprint == digest(*parts)


@dataclass(slots=True)
class Baseline:
    """The entries of a file, each to be used once; `gone` tells those that nothing used."""

    file: str
    entries: tuple[Entry, ...] = ()
    lines: tuple[int, ...] = ()
    unused: dict[str, deque[int]] = field(default_factory=lambda: defaultdict(deque))

    def __post_init__(self) -> None:
        """Index the entries by their fingerprints."""
        for index, entry in enumerate(self.entries):
            self.unused[entry.fingerprint].append(index)

    def __call__(self, finding: Finding) -> Finding:
        """Return the finding, suppressed where an entry is left for it."""
        if finding.suppressed is not None or not may_enter(finding):
            return finding
        left = self.unused.get(fingerprint(finding))
        if not left:
            return finding
        line = self.lines[left.popleft()]
        reason = "it was there when the baseline was made"
        location = Location(self.file, line, line)
        suppression = Suppression(finding.rule_id, reason, location, SuppressedBy.BASELINE)
        return replace(finding, suppressed=suppression)

    def gone(self, sources: Iterable[str], rules: Collection[str], paths: Iterable[Path]) -> list[Entry]:
        """Return the entries of which no finding is left, now that the sources were judged by the rules.

        An input that was not judged this time is not known to be mended, unless it is no longer there: in
        none of the repositories that the `paths` which were searched lie in.
        """
        judged = {from_top(source) for source in sources}
        # a folder may be the top itself
        tops = {top_of(path / "any") if path.is_dir() else top_of(path) for path in paths}
        left = sorted(index for indexes in self.unused.values() for index in indexes)
        return [
            entry
            for entry in (self.entries[index] for index in left)
            if entry.rule in rules
            and (entry.input in judged or not any(os.path.lexists(top / entry.input) for top in tops))
        ]


def may_enter(finding: Finding) -> bool:
    """Say whether a baseline may hold the finding: SMN001 and its like always count."""
    return not finding.rule_id.startswith(_NEVER)


def entry_of(finding: Finding) -> Entry:
    """Return a finding as the file keeps it."""
    return Entry(
        input=from_top(finding.source),
        file=from_top(finding.location.file),
        rule=finding.rule_id,
        name=finding.rule_name,
        subject=finding.subject,
        outcome=finding.outcome.value,
        message=without_places(finding.message),
        fingerprint=fingerprint(finding),
    )


def baseline_text(entries: Iterable[Entry]) -> str:
    """Render the file: the same entries give the same text, and a new one is a few new lines."""
    document = {"format_version": FORMAT_VERSION, "findings": [asdict(entry) for entry in sorted(entries)]}
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def load_baseline(path: Path) -> Baseline:
    """Read a baseline.

    Raises:
        MarkedFileError: it can't be read, is no baseline, or one of another version.

    """
    marked = parse_json(text_of(path, _MAX_BYTES), str(path))
    _refuse_another_version(marked)
    validate(marked, "baseline")
    entries = tuple(Entry(**entry) for entry in marked.data["findings"])
    for index, entry in enumerate(entries):
        if not entry.genuine:
            reason = f"the fingerprint is not that of this finding: it was edited; {_AGAIN}"
            raise marked.error(reason, ("findings", index))
    lines = tuple(marked.line(("findings", index)) for index in range(len(entries)))
    return Baseline(str(path), entries, lines)


def _refuse_another_version(marked: Marked) -> None:
    if not isinstance(marked.data, dict) or "format_version" not in marked.data:
        raise marked.error(f"it is no baseline: it has no format_version; {_AGAIN}")
    version = marked.data["format_version"]
    if version != FORMAT_VERSION:
        raise marked.error(f"this version reads {FORMAT_VERSION}, and it is {version!r}; {_AGAIN}", _VERSION)


def accepted(failing: Iterable[Finding]) -> list[Entry]:
    """Return what a new baseline holds of the findings that fail."""
    return [entry_of(finding) for finding in failing if may_enter(finding)]
