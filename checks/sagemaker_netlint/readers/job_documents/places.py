"""Where a step stands in the lines of the resource that holds its document, or of the document's own file."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sagemaker_netlint.readers.raw import Data, Path

# A document starts on the line of its attribute or, below `Fn::Sub` and a list, a few lines further down.
_MAX_OFFSET = 8

# Names have up to 80 characters. All repetitions have bounds, so that no line takes long.
# https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html
_QUOTED = r"""(?:\\{0,7}"(?P<double>[^"\\]{1,80})\\{0,7}"|'(?P<single>[^']{1,80})')"""
# What follows a key is a mapping or an expression: neither a string or a number, nor a list.
_NO_SCALAR = r"""\s{0,80}[:=](?!=|\s{0,80}(?:\\{0,7}["'\[]|-?\d|(?:true|false|null)\b))"""
_KEYS = (
    re.compile(rf"(?<![\w.$\"'-])(?P<plain>[A-Za-z_][\w .-]{{0,79}}?){_NO_SCALAR}"),
    re.compile(_QUOTED + _NO_SCALAR),
)
_NAME = r"""(?<![\w.-])\\{0,7}["']?Name\\{0,7}["']?\s{0,80}[:=]\s{0,80}"""
_NAMES = (
    re.compile(_NAME + r"(?P<plain>[A-Za-z0-9][\w .-]{0,79}?)\s{0,80}(?:$|\s\#|[,}])"),
    re.compile(_NAME + _QUOTED),
)


def lines_of_steps(lines: Sequence[str], *, are_keys: bool) -> dict[str, list[int]]:
    """Return the indexes of the lines that name steps, by the name.

    A pipeline's step is a value of `Name`; `are_keys` says that the steps are keys instead, as states are.
    They may stand in JSON, in a string of JSON inside of a template's own JSON, in YAML, or in HCL. A name
    without quotes counts where the same isn't written with them: it may be a word of a comment.
    """
    found: dict[str, list[int]] = {}
    for pattern in _KEYS if are_keys else _NAMES:
        here: dict[str, list[int]] = {}
        for index, line in enumerate(lines):
            for match in pattern.finditer(line):
                here.setdefault(match[match.lastgroup or 0], []).append(index)
        found |= here
    return found


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
