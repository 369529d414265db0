"""Ignores that stand beside a resource: Checkov's comments and Metadata, cfn-lint's Metadata, our own.

Checkov: `#checkov:skip=CKV_SMN_201:reason` inside the resource, or Metadata `checkov: skip: [{id, comment}]`.
cfn-lint: Metadata `cfn-lint: config: ignore_checks: [ESMN201]`, of the resource or of the template, matched
by prefix. Ours: `# sagemaker-netlint: ignore[SMN201] reason`. What looks like one of these comments in a
string is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sagemaker_netlint.network.declared import Location, Suppression
from sagemaker_netlint.readers.comments import comments_of, lines_of

# Checkov takes several ids, with commas: checkov/common/comment/enum.py in its source
_CHECKOV = re.compile(r"(?:#|//)\s*checkov:skip= *(?P<ids>[\w-]+(?:,[\w-]+)*)\s*(?::\s*(?P<reason>.*?))?\s*$")
_CHECKOV_ID = re.compile(r"CKV_SMN_\d{3}")
_OWN = re.compile(
    r"(?:#|//)\s*sagemaker-netlint:\s*ignore\[(?P<ids>SMN\d{3}(?:\s*,\s*SMN\d{3})*)\]\s*(?P<reason>.*?)\s*$"
)
_CFN_LINT = re.compile(r"[EW]SMN\d{0,3}")  # its rule ISMN000 is none of ours: it says what isn't decided


@dataclass(frozen=True, slots=True)
class Written:
    """An ignore as a line has it, at a column (0-based), whether that is a comment or not."""

    pattern: str
    reason: str
    column: int


def in_line(line: str) -> Iterator[Written]:
    """Yield the ignores that are written in a line, in the form of a comment."""
    if match := _CHECKOV.search(line):
        for checkov_id in filter(_CHECKOV_ID.fullmatch, match["ids"].split(",")):
            yield Written(_normalise(checkov_id), match["reason"] or "", match.start())
    elif match := _OWN.search(line):
        for rule_id in match["ids"].split(","):
            yield Written(rule_id.strip(), match["reason"], match.start())


def in_comments(text: str, file: str) -> Iterator[Suppression]:
    """Yield the ignores in the comments of a Terraform file or a template, each with its line."""
    if "SMN" not in text:
        return
    lines = enumerate(lines_of(text, file), 1)
    written = [(number, ignore) for number, line in lines if "SMN" in line for ignore in in_line(line)]
    is_comment = comments_of(text, file) if written else None
    for number, ignore in written:
        if is_comment is not None and is_comment(number, ignore.column):
            yield Suppression(ignore.pattern, ignore.reason, Location(file, number, number))


def in_metadata_of_resource(metadata: Any, location: Location) -> Iterator[Suppression]:
    """Yield the ignores in the Metadata of a CloudFormation resource: Checkov's, then cfn-lint's."""
    skips = _below(metadata, "checkov", "skip")
    for skip in skips if isinstance(skips, list) else ():
        rule_id = skip.get("id") if isinstance(skip, dict) else None
        if isinstance(rule_id, str) and _CHECKOV_ID.fullmatch(rule_id):
            yield Suppression(_normalise(rule_id), str(skip.get("comment") or ""), location)
    yield from in_metadata(metadata, location)


def in_metadata(metadata: Any, location: Location) -> Iterator[Suppression]:
    """Yield the ignores in Metadata that hold in a template's, too: cfn-lint's, but not Checkov's."""
    ignores = _below(metadata, "cfn-lint", "config", "ignore_checks")
    for ignore in ignores if isinstance(ignores, list) else ():
        if isinstance(ignore, str) and _CFN_LINT.fullmatch(ignore):
            yield Suppression(ignore, "", location)


def _below(data: Any, *keys: str) -> Any:
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def _normalise(checkov_id: str) -> str:
    return "SMN" + checkov_id.removeprefix("CKV_SMN_")
