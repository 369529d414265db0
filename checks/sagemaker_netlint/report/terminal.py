"""How wide a text for people may be, and columns of text in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence

_GAP = "  "
_NARROWEST = 40


def terminal_width(elsewhere: int) -> int:
    """Return the columns of the terminal, or of COLUMNS; `elsewhere`, where the output goes elsewhere."""
    return max(shutil.get_terminal_size((elsewhere, 24)).columns, _NARROWEST)


def columns(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield each row as a line, the cells below each other."""
    lines = [tuple(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        yield _GAP.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
