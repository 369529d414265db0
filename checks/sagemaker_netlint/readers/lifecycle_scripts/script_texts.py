"""Text that is known in part: what variables, words, files and outputs of a script hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Union

from sagemaker_netlint.network.notebooks.script_routes import FoundByScript
from sagemaker_netlint.network.values import Unknown

MAX_LENGTH = 65_536
"""Characters of a text; what is longer is not kept."""

GAP = "SMN_GAP_"
"""Variables that stand for gaps of the template have names that begin so."""

_GAP_LENGTH = 50
_GAP_NAME = re.compile(GAP + r"((?:[0-9a-f]{2})*)_\d+")


class NotFollowedError(Exception):
    """The script goes further than it is followed; the message is a clause for people."""


@dataclass(frozen=True, slots=True)
class RunTime:
    """The output of a command, which is there only when the script runs.

    `fetched` says that it comes over the network: a script that is piped into a shell.
    """

    command: str
    fetched: bool = False


Part = Union[str, Unknown, FoundByScript, RunTime]
Text = tuple[Part, ...]
"""Known strings, never empty nor adjacent, and gaps between them."""

EMPTY: Text = ()


def joined(*texts: Text) -> Text:
    """Put texts one after the other."""
    parts: list[Part] = []
    length = 0
    for text in texts:
        for part in text:
            length += len(part) if isinstance(part, str) else _GAP_LENGTH
            if isinstance(part, str) and parts and isinstance(parts[-1], str):
                parts[-1] += part
            elif part != "":
                parts.append(part)
    if length > MAX_LENGTH:
        return (Unknown(f"it grows over {MAX_LENGTH:,} characters"),)
    return tuple(parts)


def literal(text: Text) -> str | None:
    """Return the string where all of it is known.

    A `${` that survived the shell's quotes is a gap of the template, or would be wrong anywhere.
    """
    if all(isinstance(part, str) for part in text):
        plain = "".join(str(part) for part in text)
        return None if "${" in plain else plain
    return None


def shown(text: Text) -> str:
    """Return the text with `${…}` for what is not known."""
    return with_gaps_as_written("".join(part if isinstance(part, str) else _gap(part) for part in text))


def _gap(part: Part) -> str:
    return part.text or "${…}" if isinstance(part, Unknown) else "${…}"


def gap_prefix(text: str) -> str:
    """Return the beginning of a variable's name that stands for a gap, and from which `text` can be read."""
    return GAP + text[:40].encode("utf-8", "replace").hex() + "_"


def with_gaps_as_written(text: str) -> str:
    """Return a text with its gaps as the template has them."""
    return _GAP_NAME.sub(lambda match: bytes.fromhex(match[1]).decode("utf-8", "replace"), text)


def value_of(text: Text) -> str | Unknown | FoundByScript:
    """Return the value of a word: a string, or why it isn't known."""
    plain = literal(text)
    if plain is not None:
        return plain
    gaps = [part for part in text if not isinstance(part, str)]
    if not gaps:
        return Unknown(f"`{shown(text)}` is not known", shown(text))
    other = next((gap for gap in gaps if not isinstance(gap, FoundByScript)), gaps[0])
    if isinstance(other, FoundByScript):
        return other
    if isinstance(other, Unknown):
        return Unknown(other.reason, shown(text))
    if other.fetched:
        return Unknown(f"it is fetched at run time by `{other.command}`")
    return Unknown(f"it is the output of `{other.command}`")


def split(text: Text, pattern: str) -> list[Text]:
    """Cut the text at each match in its known parts; pieces may be empty, gaps stay whole."""
    pieces: list[list[Part]] = [[]]
    for part in text:
        if not isinstance(part, str):
            pieces[-1].append(part)
            continue
        first, *rest = re.split(pattern, part)
        pieces[-1].append(first)
        pieces.extend([piece] for piece in rest)
    return [joined(tuple(piece)) for piece in pieces]


def fields(text: Text) -> list[Text]:
    """Split at white space, as a shell does where nothing is quoted."""
    return [field for field in split(text, r"[ \t\n]+") if field]


def lines(text: Text) -> list[Text]:
    """Split into lines; the line end of the last one may be missing."""
    found = split(text, r"\n")
    return found if found[-1] else found[:-1]


def found_in(text: Text) -> FoundByScript | None:
    """Return the first part that the script finds out by itself."""
    return next((part for part in text if isinstance(part, FoundByScript)), None)


def fetched_in(text: Text) -> RunTime | None:
    """Return the first part that is fetched over the network."""
    return next((part for part in text if isinstance(part, RunTime) and part.fetched), None)
