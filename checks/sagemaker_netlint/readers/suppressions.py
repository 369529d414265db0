"""Ignores that stand beside a resource: Checkov's comments and Metadata, cfn-lint's Metadata, our own.

Checkov: `#checkov:skip=CKV_SMN_201:reason` inside the resource, or Metadata `checkov: skip: [{id, comment}]`.
cfn-lint: Metadata `cfn-lint: config: ignore_checks: [ESMN201]`, of the resource or of the template, matched
by prefix. Ours: `# sagemaker-netlint: ignore[SMN201] reason`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from sagemaker_netlint.network.declared import Location, Suppression

# Checkov takes several ids, with commas: checkov/common/comment/enum.py in its source
_CHECKOV = re.compile(r"(?:#|//)\s*checkov:skip= *(?P<ids>[\w-]+(?:,[\w-]+)*)\s*(?::\s*(?P<reason>.*?))?\s*$")
_CHECKOV_ID = re.compile(r"CKV_SMN_\d{3}")
_OWN = re.compile(
    r"(?:#|//)\s*sagemaker-netlint:\s*ignore\[(?P<ids>SMN\d{3}(?:\s*,\s*SMN\d{3})*)\]\s*(?P<reason>.*?)\s*$"
)
_CFN_LINT = re.compile(r"^[EWI]SMN\d{0,3}$")


def in_comments(lines: Iterable[tuple[int, str]], file: str) -> Iterator[Suppression]:
    """Yield the ignores in the given numbered lines of a resource (1-based)."""
    for number, line in lines:
        location = Location(file, number, number)
        if match := _CHECKOV.search(line):
            for checkov_id in filter(_CHECKOV_ID.fullmatch, match["ids"].split(",")):
                yield Suppression(_normalise(checkov_id), match["reason"] or "", location)
        elif match := _OWN.search(line):
            for rule_id in match["ids"].split(","):
                yield Suppression(rule_id.strip(), match["reason"], location)


def in_metadata(metadata: Any, location: Location) -> Iterator[Suppression]:
    """Yield the ignores in a CloudFormation Metadata section, of a resource or of the template."""
    if not isinstance(metadata, dict):
        return
    checkov = metadata.get("checkov")
    skips = checkov.get("skip") if isinstance(checkov, dict) else None
    for skip in skips if isinstance(skips, list) else ():
        rule_id = skip.get("id") if isinstance(skip, dict) else None
        if isinstance(rule_id, str) and _CHECKOV_ID.fullmatch(rule_id):
            yield Suppression(_normalise(rule_id), str(skip.get("comment") or ""), location)
    cfn_lint = metadata.get("cfn-lint")
    config = cfn_lint.get("config") if isinstance(cfn_lint, dict) else None
    ignores = config.get("ignore_checks") if isinstance(config, dict) else None
    for ignore in ignores if isinstance(ignores, list) else ():
        if isinstance(ignore, str) and _CFN_LINT.match(ignore):
            yield Suppression(ignore[1:], "", location)


def _normalise(checkov_id: str) -> str:
    return "SMN" + checkov_id.removeprefix("CKV_SMN_")
