"""Where a step stands in the lines of the resource that holds its document."""

from __future__ import annotations

import re
from collections.abc import Sequence


def line_of_step(lines: Sequence[str], step: str, occurrence: int) -> int | None:
    """Return the index of the line that names a step, `None` where none does.

    The step is a value of `Name` (a pipeline's) or a key (a state), in JSON, in a string of JSON inside of a
    template's own JSON, or in HCL. `occurrence` counts the steps of that name before it.
    """
    if not step:
        return None
    name = re.escape(step)
    pattern = re.compile(
        rf'\\?"?Name\\?"?\s*[:=]\s*\\?"{name}\\?"|\\?"{name}\\?"\s*[:=]|^\s*{name}\s*[:=]\s*\{{?'
    )
    found = [index for index, line in enumerate(lines) if pattern.search(line)]
    return found[min(occurrence, len(found) - 1)] if found else None
