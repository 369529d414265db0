"""What makes a finding the same finding on another day: not its line, nor the folder one looks from."""

from __future__ import annotations

import hashlib
import json
import os
import re
from functools import lru_cache
from pathlib import Path

from sagemaker_netlint.findings import Finding

# `Vpc` (infra/vpc.yaml:4): the place moves with every line above it, the component's name does not
_PLACE = re.compile(r" \([^()]*:\d+\)")
_VERSION = 1


def fingerprint(finding: Finding) -> str:
    """Return 64 hexadecimal digits that stay the same while lines shift and files above are renamed.

    They are made of the rule, the input's path from the top of its repository, the subject, the outcome and
    the message without the places in it. Findings that agree in all of them share a fingerprint.
    """
    return digest(
        finding.rule_id,
        from_top(finding.source),
        finding.subject,
        finding.outcome.value,
        without_places(finding.message),
    )


def digest(rule_id: str, source: str, subject: str, outcome: str, message: str) -> str:
    """Return the fingerprint of these parts: the source from the top, the message without places."""
    parts = [_VERSION, rule_id, source, subject, outcome, message]
    return hashlib.sha256(json.dumps(parts).encode("ascii")).hexdigest()


def without_places(message: str) -> str:
    """Return a message without the files and lines in it: `` `Vpc` (vpc.yaml:4) `` becomes `` `Vpc` ``."""
    return _PLACE.sub("", message)


def from_top(file: str) -> str:
    """Return a file's path from the top of its git repository, with slashes.

    Outside of a repository it is the path from the working folder.
    """
    return Path(os.path.relpath(os.path.realpath(file), top_of(Path(file)))).as_posix()


def top_of(path: Path) -> Path:
    """Return the folder from which `from_top` tells a path."""
    return repository_of(Path(os.path.realpath(path)).parent) or Path.cwd().resolve()


@lru_cache(maxsize=4096)
def repository_of(folder: Path) -> Path | None:
    """Return the top of the git repository that the folder lies in, `None` where it lies in none."""
    if os.path.lexists(folder / ".git"):
        return folder
    return None if folder.parent == folder else repository_of(folder.parent)
