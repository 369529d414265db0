"""Cuts single resources out of fixtures, for the examples on the rules' pages."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from pathlib import Path


def cloudformation(template: Path, prefix: str) -> str | None:
    """Return the first resource whose name starts with the prefix, with the comments above it."""
    lines = template.read_text(encoding="utf-8").splitlines()
    start = next((i for i, line in enumerate(lines) if re.match(rf"  {prefix}\w*:", line)), None)
    if start is None:
        return None
    end = start + 1
    while end < len(lines) and (not lines[end].strip() or lines[end].startswith("   ")):
        end += 1
    return "\n".join(line[2:] for line in _with_comments(lines, start, end)).rstrip()


def terraform(module: Path, prefix: str) -> str | None:
    """Return the first resource whose name starts with the prefix, with the comments above it."""
    lines = module.read_text(encoding="utf-8").splitlines()
    head = re.compile(rf'resource "\w+" "{prefix}\w*" {{')
    start = next((i for i, line in enumerate(lines) if head.match(line)), None)
    if start is None:
        return None
    end = start + 1
    while end < len(lines) and not lines[end - 1].startswith("}"):
        end += 1
    return "\n".join(_with_comments(lines, start, end)).rstrip()


def change(before: Path, after: Path, prefix: str) -> str | None:
    """Return what changes, between two modules, in the first resource whose name starts with the prefix."""
    old, new = terraform(before, prefix), terraform(after, prefix)
    if old is None or new is None:
        return None
    longest = len(old.splitlines()) + len(new.splitlines())
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), n=longest, lineterm="")
    return "\n".join(list(lines)[3:])  # without the head, which names files and lines


def _with_comments(lines: list[str], start: int, end: int) -> Iterator[str]:
    while start > 0 and lines[start - 1].lstrip().startswith("#") and "# --" not in lines[start - 1]:
        start -= 1
    yield from lines[start:end]
