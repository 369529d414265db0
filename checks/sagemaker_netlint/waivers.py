"""Waivers of the policy: which findings they take out of the count, and what is wrong with them (SMN002)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from difflib import get_close_matches
from pathlib import Path

from sagemaker_netlint.findings import Finding, Note
from sagemaker_netlint.network.declared import SuppressedBy, Suppression
from sagemaker_netlint.network.deployment import Language
from sagemaker_netlint.policy import Policy, Waiver, is_like
from sagemaker_netlint.rules.catalogue import BY_ID

_KEY = re.compile(r"\[[^\]]*\]")
_SHOWN = 3
SOON_DAYS = 30
"""How many days before its end a waiver is told to expire soon."""

Covered = dict[Waiver, list[Finding]]
"""The waivers that were asked, and what each of them covers, expired ones too."""


def waivers_of(finding: Finding, policy: Policy) -> list[Waiver]:
    """Return the waivers that cover the finding, those that have expired too."""
    return [waiver for waiver in policy.waivers if _covers(waiver, finding)]


def under(waivers: Sequence[Waiver], finding: Finding, today: date) -> Finding:
    """Return the finding as the waivers that cover it leave it.

    An ignore beside the resource goes before a waiver. Where all of them have expired, it says so.
    """
    if finding.suppressed is not None or not waivers:
        return finding
    held = next((waiver for waiver in waivers if not waiver.has_expired(today)), None)
    if held is not None:
        return replace(finding, suppressed=_suppression(held))
    return finding.with_remark(f"its waiver {_place(waivers[-1])} expired on {waivers[-1].expires}")


def _covers(waiver: Waiver, finding: Finding) -> bool:
    if finding.rule_id != waiver.rule_id:
        return False  # most of them, and paths cost system calls
    paths = _paths(waiver, (finding.location.file, finding.source))
    return waiver.covers(finding.rule_id, finding.subject, paths)


def _paths(waiver: Waiver, files: Iterable[str]) -> Iterator[str]:
    """Yield the paths of files and inputs from the policy's folder, with and without a slash."""
    for file in dict.fromkeys(files):
        relative = Path(os.path.relpath(os.path.realpath(file), waiver.folder)).as_posix()
        yield from (relative, f"{relative}/")


def _suppression(waiver: Waiver) -> Suppression:
    return Suppression(
        pattern=waiver.rule_id,
        reason=waiver.reason,
        location=waiver.location,
        by=SuppressedBy.WAIVER,
        owner=waiver.owner,
        expires=waiver.expires,
    )


def _place(waiver: Waiver) -> str:
    return f"({waiver.location}{waiver.owner and f', owner {waiver.owner}'})"


# -- what is wrong with a waiver -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scope:
    """What was checked, as far as it decides whether a waiver may be said to match nothing.

    `whole` are the folders that were checked as a whole, `rules` the ids of the rules that were asked for,
    `off` those that no policy of the waiver has on. `files` are the files that were read and the inputs,
    `languages` those of the inputs. `gap` says why not all of it was seen, "" where it was.
    """

    whole: Sequence[Path] = ()
    rules: frozenset[str] = frozenset()
    off: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()
    languages: frozenset[Language] = frozenset()
    gap: str = ""

    def holds(self, waiver: Waiver) -> bool:
        """Say whether the waiver's policy lies in or below a folder that was checked as a whole."""
        folder = Path(waiver.folder)
        return any(folder.is_relative_to(os.path.realpath(whole)) for whole in self.whole)

    def gap_for(self, rule_id: str) -> str:
        """Say why there may be findings of the rule that were not seen, "" where nothing says so."""
        if rule_id not in self.rules:
            return "its rule was left out"
        read = BY_ID[rule_id].languages
        if read < frozenset(Language) and not read & self.languages:
            kinds = " or ".join(sorted(language.value.replace("-", " ") for language in read))
            return f"no {kinds} was checked"
        return self.gap


def told_of(
    waiver: Waiver, findings: Sequence[Finding], today: date, scope: Scope, others: Sequence[Finding]
) -> Verdict | Note | None:
    """Return what there is to say of a waiver.

    `findings` are those that it covers, `others` those of its rule that it doesn't.
    """
    if waiver.has_expired(today):
        return _expired(waiver, findings, scope)
    if not findings:
        return _unmatched(waiver, scope, others) if scope.holds(waiver) else None
    left = None if waiver.expires is None else waiver.expires - today
    if left is None or left.days > SOON_DAYS:
        return None
    return Note(f"{_named(waiver)} expires on {waiver.expires}, {_days(left)}", waiver.location)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with a waiver, and the fix."""

    message: str
    fix: str


def _expired(waiver: Waiver, findings: Sequence[Finding], scope: Scope) -> Verdict | Note:
    message = f"{_named(waiver)} expired on {waiver.expires}"
    if waiver.owner:
        message += f"; its owner is {waiver.owner}"
    again = sorted({f"`{finding.subject}`" for finding in findings if finding.suppressed is None})
    if again:
        shown = ", ".join(again[:_SHOWN]) + (
            f" and {len(again) - _SHOWN} more" if len(again) > _SHOWN else ""
        )
        count = "its finding counts" if len(again) == 1 else f"its {len(again)} subjects count"
        fix = "mend what it covered; if its reason still holds, give it a later day"
        return Verdict(f"{message}; {count} again: {shown}", fix)
    message += "; nothing that was checked needs it"
    if not findings and (gap := scope.gap_for(waiver.rule_id)):
        message += f", which need not be all: {gap}"
        fix = "remove the waiver, or give it a later day"
    else:
        fix = "remove the waiver"
    if findings or scope.holds(waiver):
        return Verdict(message, fix)
    return Note(message, waiver.location, detail=True)


def _unmatched(waiver: Waiver, scope: Scope, others: Sequence[Finding]) -> Verdict | Note:
    if waiver.rule_id in scope.off:
        fix = f"remove the waiver, or turn {waiver.rule_id} on"
        return Verdict(f"{_named(waiver)} has no effect: the policy has the rule off", fix)
    gap = scope.gap_for(waiver.rule_id)
    subjects = sorted({finding.subject for finding in others})
    if any(_without_keys(subject) == _without_keys(waiver.subject) for subject in subjects):
        gap = "which instances there are was not known"
    if gap:
        return Note(
            f"{_named(waiver)} matches no finding, which need not be all: {gap}", waiver.location, detail=True
        )
    if not any(is_like(path, waiver.files) for path in _paths(waiver, scope.files)):
        message = f"{_named(waiver)} covers nothing: no file that was checked is like `{waiver.files}`"
        return Verdict(message, "remove the waiver, mend its `files`, or check those files in the same run")
    close = get_close_matches(waiver.subject, subjects, 1)
    hint = f"; did you mean `{close[0]}`, which breaks the rule?" if close else ""
    return Verdict(
        f"{_named(waiver)} matches no finding any more{hint}", "remove the waiver, or mend its patterns"
    )


def _without_keys(address: str) -> str:
    return _KEY.sub("", address)


def _named(waiver: Waiver) -> str:
    files = "" if waiver.files == "*" else f" in {waiver.files}"
    return f"the waiver of {waiver.rule_id} for `{waiver.subject}`{files}"


def _days(left: timedelta) -> str:
    return {0: "today", 1: "tomorrow"}.get(left.days, f"in {left.days} days")
