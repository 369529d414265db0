"""What of a text is a comment: `# …` in a string, in a heredoc or in a block scalar is none.

Comments are looked for in few files only, so each is parsed for it once more, by its language's own parser.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable
from typing import Any

from sagemaker_netlint.readers.terraform.syntax import SUFFIXES, root_of

IsComment = Callable[[int, int], bool]
"""Says of a line (1-based) and a column (0-based, in characters) whether a comment stands there."""

Span = tuple[tuple[int, int], tuple[int, int]]
"""Two places, each a line (1-based) and a column (0-based); the second one is behind the text."""


def lines_of(text: str, file: str) -> list[str]:
    """Return the lines as the language of the file counts them."""
    return text.split("\n") if _is_terraform(file) else text.splitlines()


def comments_of(text: str, file: str) -> IsComment:
    """Return what says where in the text of a Terraform file or a template comments are; JSON has none."""
    if _is_terraform(file):
        return _in_hcl(text)
    return _nowhere if _is_json(text) else _in_yaml(text)


def _is_terraform(file: str) -> bool:
    return file.endswith(SUFFIXES)


def _is_json(text: str) -> bool:
    if text.lstrip()[:1] not in {"{", "["}:
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _nowhere(_line: int, _column: int) -> bool:
    return False


def _in_hcl(text: str) -> IsComment:
    root, lines = root_of(text), text.split("\n")

    def is_comment(line: int, column: int) -> bool:
        at = len(lines[line - 1][:column].encode())
        node = root.descendant_for_point_range((line - 1, at), (line - 1, at + 1))
        return node is not None and node.type == "comment"

    return is_comment


def _in_yaml(text: str) -> IsComment:
    """Find the scalars: a `#` that stands in none of them starts a comment, or stands in one."""
    scalars = _scalars(text)
    starts = [start for start, _ in scalars]

    def is_comment(line: int, column: int) -> bool:
        at = bisect_right(starts, (line, column)) - 1
        return at < 0 or scalars[at][1] <= (line, column)

    return is_comment


def _scalars(text: str) -> list[Span]:
    """Return start and end of each scalar; what can't be read any more is taken for one to the end."""
    import yaml  # noqa: PLC0415 - few files have ignores, and yaml costs time

    found: list[Span] = []
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    end = (0, 0)
    try:
        for event in yaml.parse(text, Loader=loader):
            start, end = _span(event)
            if isinstance(event, yaml.ScalarEvent):
                # what follows the `|` or `>` on its line is a comment
                found.append(((start[0] + 1, 0) if event.style in {"|", ">"} else start, end))
    except yaml.YAMLError:
        found.append((end, (len(text) + 1, 0)))
    return found


def _span(event: Any) -> Span:
    first, last = event.start_mark, event.end_mark
    return (first.line + 1, first.column), (last.line + 1, last.column)
