"""Lines of the checked files, for reports. What can't be shown is left out: the finding stands without it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from sagemaker_netlint.network.declared import Location
from sagemaker_netlint.readers.files import UnreadableError, read_text

_MAX_LINES = 3
_MAX_BYTES = 4 * 1024 * 1024
_MAX_WIDTH = 160
_MAX_LENGTH = 1_000


def source_lines(location: Location) -> list[tuple[int, str]]:
    """Return the first lines of a place with their numbers, without their common indentation.

    A long line is cut. Nothing where one is too long to be read at all, as in JSON of one line.
    """
    lines = _lines(location.file)[location.line - 1 : min(location.end_line, location.line + _MAX_LINES - 1)]
    shown = [line.expandtabs(2).rstrip() for line in lines]
    while shown and not shown[-1]:
        shown.pop()
    if any(len(line) > _MAX_LENGTH for line in shown):
        return []
    indent = min((len(line) - len(line.lstrip()) for line in shown if line), default=0)
    return [(location.line + offset, _cut(line[indent:])) for offset, line in enumerate(shown)]


def columns(location: Location) -> dict[str, int]:
    """Return where the text of a place starts and ends, as SARIF counts: from 1, the end exclusive.

    Empty where the lines can't be read.
    """
    lines = _lines(location.file)[location.line - 1 : location.end_line]
    if not lines or len(lines) != location.end_line - location.line + 1 or not lines[0].strip():
        return {}
    first, last = lines[0], lines[-1].rstrip()
    return {"startColumn": len(first) - len(first.lstrip()) + 1, "endColumn": len(last) + 1}


def _cut(line: str) -> str:
    return line if len(line) <= _MAX_WIDTH else f"{line[: _MAX_WIDTH - 1]}…"


def _lines(file: str) -> list[str]:
    return _lines_at(Path.cwd() / file)


@lru_cache(maxsize=8)
def _lines_at(path: Path) -> list[str]:
    try:
        return read_text(path, _MAX_BYTES).split("\n")
    except UnreadableError:
        return []
