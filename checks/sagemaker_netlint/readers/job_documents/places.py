"""Where a step stands in the lines of the resource that holds its document, or of the document's own file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from sagemaker_netlint.readers.raw import Data, Path

# A document starts on the line of its attribute or, below `Fn::Sub` and a list, a few lines further down.
_MAX_OFFSET = 8


def line_of_step(lines: Sequence[str], step: str, occurrence: int, *, is_key: bool) -> int | None:
    """Return the index of the line that names a step, `None` where none does.

    A pipeline's step is a value of `Name`; `is_key` says that the step is a key instead, as a state is. It
    may stand in JSON, in a string of JSON inside of a template's own JSON, in YAML, or in HCL. `occurrence`
    counts the steps of that name before it.
    """
    if not step:
        return None
    pattern = _pattern(step, is_key)
    found = [index for index, line in enumerate(lines) if step in line and pattern.search(line)]
    return found[min(occurrence, len(found) - 1)] if found else None


@lru_cache(maxsize=256)
def _pattern(step: str, is_key: bool) -> re.Pattern[str]:  # noqa: FBT001 - private, one caller
    name = re.escape(step)
    quoted = rf"\\*\"{name}\\*\"|'{name}'"
    if is_key:
        # what follows is a mapping or an expression: neither a string or a number, nor a list
        scalar = r"""\s*(?:\\*["'\[]|-?\d|(?:true|false|null)\b)"""
        return re.compile(rf"(?:{quoted}|(?<![\w.$\"'-]){name})\s*[:=](?!=|{scalar})")
    plain = rf"{name}\s*(?:$|\s\#|[,}}])"
    return re.compile(rf"(?<![\w.-])\\*[\"']?Name\\*[\"']?\s*[:=]\s*(?:{quoted}|{plain})")


def line_of_text(lines: Sequence[str], text: str, number: int) -> int | None:
    """Return the index of the source line that holds a line of a text (counted from 1).

    `None` where the lines of the text are not lines of the source: in a string on one line, in joined pieces.
    """
    wanted = [line.strip() for line in text.split("\n")[:number]]
    for offset in range(min(_MAX_OFFSET, len(lines) - number + 1)):
        here = lines[offset : offset + number]
        if all(_is_same(source.strip(), line) for source, line in zip(here, wanted, strict=True)):
            return offset + number - 1
    return None


def _is_same(source: str, line: str) -> bool:
    """Compare a line with its source, which may hold expressions in place of values."""
    return source == line or ("${" in source and source.partition("${")[0] == line[: source.index("${")])


def path_to(tree: object, body: object) -> Path | None:
    """Return the path to a part of a resource's attributes: to that very object."""
    if tree is body:
        return ()
    items: Sequence[tuple[str | int, Data]] = ()
    if isinstance(tree, dict):
        items = list(tree.items())
    elif isinstance(tree, list):
        items = list(enumerate(tree))
    for name, child in items:
        below = path_to(child, body)
        if below is not None:
            return (name, *below)
    return None


def step_path(step: str, path: Path) -> Path:
    """Return the path to a step, of one below it: a state is a key, a pipeline's step an item."""
    at = max((index for index, name in enumerate(path) if name == step), default=len(path) - 2)
    return path[: at + 1]
