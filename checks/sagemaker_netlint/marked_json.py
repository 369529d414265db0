"""JSON files of the user, with the line of every key: inventories, which may be long.

Python's JSON scanner is many times as fast as the YAML loader, but tells no places. They are looked up in
the text: those of the items once, those of what lies deeper where an error needs one.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from sagemaker_netlint.marked_yaml import KeyPath, Marked, MarkedFileError

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\n\r]*")
_LEVELS = 2  # the sections and their items


@dataclass(slots=True)
class MarkedJson(Marked):
    """JSON content; `places` are the positions in the text at which a key (or item) and its value start."""

    text: str = ""
    line_ends: list[int] = field(default_factory=list)
    places: dict[KeyPath, tuple[int, int]] = field(default_factory=dict)

    def line(self, path: KeyPath) -> int:
        """Return the line of a key, or of the nearest one around it."""
        known = path
        while known not in self.places:
            known = known[:-1]
        start, value = self.places[known]
        for step in path[len(known) :]:
            found = next((at for at in _children(self.text, value) if at[0] == step), None)
            if found is None:
                break
            _, start, value = found
        return bisect_left(self.line_ends, start) + 1


def parse_json(text: str, file: str) -> MarkedJson:
    """Parse JSON.

    Raises:
        MarkedFileError: the text is no JSON, is nested too deep, or names a section twice.

    """
    try:
        return _marked(text, file)
    except json.JSONDecodeError as error:
        raise MarkedFileError(file, error.lineno, f"not valid JSON: {error.msg}") from None
    except (RecursionError, ValueError) as error:
        # a number of thousands of digits is a ValueError
        reason = "nested too deep" if isinstance(error, RecursionError) else str(error)
        raise MarkedFileError(file, 1, f"not valid JSON: {reason}") from None


def _marked(text: str, file: str) -> MarkedJson:
    marked = MarkedJson(file, json.loads(text), text=text)
    marked.line_ends = [match.start() for match in re.finditer("\n", text)]
    start = _after_space(text, 0)
    marked.places[()] = (start, start)
    _note_places(marked, (), start)
    return marked


def _note_places(marked: MarkedJson, path: KeyPath, at: int) -> None:
    for step, start, value in _children(marked.text, at):
        here = (*path, step)
        if here in marked.places:
            line = bisect_left(marked.line_ends, start) + 1
            raise MarkedFileError(marked.file, line, "the key is written twice", here)
        marked.places[here] = (start, value)
        if len(here) < _LEVELS and marked.text[value] == "[":
            _note_places(marked, here, value)


def _children(text: str, at: int) -> Iterator[tuple[str | int, int, int]]:
    """Yield key or index, start and start of the value, for each child of the valid JSON value at a place."""
    closing = {"{": "}", "[": "]"}.get(text[at])
    index, at = 0, _after_space(text, at + 1)
    while closing is not None and text[at] != closing:
        step: str | int
        start, step = at, index
        if closing == "}":
            step, at = _DECODER.raw_decode(text, at)
            at = _after_space(text, _after_space(text, at) + 1)  # the colon
        yield step, start, at
        at = _after_space(text, _DECODER.raw_decode(text, at)[1])
        at = _after_space(text, at + 1) if text[at] == "," else at
        index += 1


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
