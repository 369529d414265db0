"""Patterns of IAM policies, whose strings may be known in part.

A string is read into pieces: its characters, wildcards, and gaps. A gap stands for a text that is not known:
an IAM policy variable (`${aws:username}`), a missing part of a rendered string (`${AWS::Region}`), or an
identity token (`@{Role}`), which may be any ARN or id. A gap is one text wherever its name is the same.

Wildcards: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Union

from sagemaker_netlint.network.logic import Verdict, every
from sagemaker_netlint.network.values import Unknown

ARN_FIELDS = 6
"""arn, partition, service, Region, account and the resource, which alone may hold colons."""
_MOST_WORK = 500_000  # a pattern's length by a text's; an ARN has 2,048 characters at most
_MOST_STATES = 1000


class Wild(Enum):
    """A wildcard: any run of characters, or any one; within a field of an ARN the run holds no colon."""

    MANY = "*"
    ONE = "?"
    FIELD = "*:"


@dataclass(frozen=True, slots=True)
class Gap:
    """A text that is not known; `name` is what is written for it."""

    name: str


Piece = Union[str, Wild, Gap]
Pieces = tuple[Piece, ...]

_TOKEN = re.compile(r"\$\{(?P<escaped>[*?$])\}|\$\{[^{}]*\}|@\{[^{}]*\}|.", re.DOTALL)
_WILDCARDS = {"*": Wild.MANY, "?": Wild.ONE}


def text_of(item: str | Unknown) -> str:
    """Return the text of an item of a policy: what is missing in it is a gap that is named by the reason."""
    if isinstance(item, str):
        return item
    gap = "${" + re.sub(r"[{}]", "", item.reason) + "}"
    return gap if item.text is None else item.text.replace("${...}", gap)


@lru_cache(maxsize=16384)
def pieces(text: str, *, wild: bool = True) -> Pieces:
    """Read a string into its pieces; without `wild` an asterisk is an asterisk."""
    return tuple(_piece(match, wild=wild) for match in _TOKEN.finditer(text))


def _piece(match: re.Match[str], *, wild: bool) -> Piece:
    token = match[0]
    if match["escaped"] is not None:
        return match["escaped"]
    if len(token) > 1:
        return Gap(token)
    return _WILDCARDS.get(token, token) if wild else token


def shown(found: Pieces) -> str:
    """Return the text of pieces."""
    return "".join(
        piece.name if isinstance(piece, Gap) else piece if isinstance(piece, str) else piece.value[0]
        for piece in found
    )


def has_gap(found: Pieces) -> bool:
    """Say whether a part of the text is not known."""
    return any(isinstance(piece, Gap) for piece in found)


@lru_cache(maxsize=65536)
def matches(pattern: Pieces, text: Pieces) -> Verdict:
    """Say whether a pattern fits the whole of a text, which holds no wildcards."""
    if len(pattern) * len(text) > _MOST_WORK:
        return Unknown("a string of a policy is longer than what is tried")
    if _fits(pattern, text):
        return True
    if not has_gap(pattern) and not has_gap(text):
        return False
    if _may_meet(loose(pattern), loose(text)):
        return Unknown(f"`{shown(pattern if has_gap(pattern) else text)}` is known in part")
    return False


def _fits(pattern: Pieces, text: Pieces) -> bool:
    """Follow the text through all places of the pattern where it may be, from the first wildcard on."""
    start = _same_start((pattern, text))
    state = _settled(pattern, {start})
    for piece in text[start:]:
        if isinstance(piece, Wild) or not (state := _step(pattern, state, piece)):
            return False
    return len(pattern) in state


def _same_start(patterns: Sequence[Pieces]) -> int:
    """Return how many pieces are the same at the start of all patterns, up to the first wildcard."""
    for index, heads in enumerate(zip(*patterns, strict=False)):
        if len(set(heads)) > 1 or isinstance(heads[0], Wild):
            return index
    return min(map(len, patterns))


def _takes(piece: Piece, other: Piece) -> bool:
    """Say whether a piece takes one of a text; how many characters a gap has is not known."""
    return isinstance(other, str) if piece is Wild.ONE else piece == other


def loose(found: Pieces) -> Pieces:
    """Return a pattern that fits whatever this one may fit: a gap may be any text."""
    return tuple(Wild.MANY if isinstance(piece, Gap) else piece for piece in found)


def _is_run(piece: Piece) -> bool:
    return piece is Wild.MANY or piece is Wild.FIELD


def _may_meet(first: Pieces, second: Pieces) -> bool:
    """Say whether some string fits both patterns: row by row over their prefixes."""
    row = [True, *(False for _ in second)]
    for column, piece in enumerate(second):
        row[column + 1] = row[column] and _is_run(piece)
    for piece in first:
        above, row = row, [row[0] and _is_run(piece)]
        for column, other in enumerate(second):
            if _is_run(piece) or _is_run(other):
                row.append(above[column + 1] or row[column])
            else:
                row.append(above[column] and (piece == other or Wild.ONE in (piece, other)))
    return row[-1]


@lru_cache(maxsize=16384)
def arn_fields(text: str, *, wild: bool = True) -> tuple[Pieces, ...]:
    """Split an ARN at its first five colons; colons in a gap are no separators."""
    fields: list[list[Piece]] = [[]]
    for piece in pieces(text, wild=wild):
        if piece == ":" and len(fields) < ARN_FIELDS:
            fields.append([])
        else:
            fields[-1].append(piece)
    return tuple(map(tuple, fields))


def matches_arn(pattern: str, text: str) -> Verdict:
    """Say whether the six fields of an ARN fit those of a pattern, each one for itself.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    wanted, given = arn_fields(pattern), arn_fields(text, wild=False)
    if len(given) < ARN_FIELDS:
        return Unknown(f"`{text}` may be any ARN") if any(map(has_gap, given)) else False
    if len(wanted) < ARN_FIELDS:
        return Unknown(f"`{pattern}` has not the six fields of an ARN")
    return every(matches(one, other) for one, other in zip(wanted, given, strict=True))


def resource_pieces(text: str) -> Pieces:
    """Read a resource of a statement. A whole field of which only the name is known is that of the request.

    Partition, Region and account of a policy are those where it is deployed, as are those of the requests.
    """
    fields = arn_fields(text)
    if len(fields) < ARN_FIELDS or shown(fields[0]) != "arn":
        return pieces(text)
    scope = [(Wild.FIELD,) if len(f) == 1 and isinstance(f[0], Gap) else f for f in fields[:-1]]
    joined: list[Piece] = []
    for field in scope:
        joined += (*field, ":")
    return (*joined, *fields[-1])


def arn_pieces(text: str) -> Pieces:
    """Read a pattern of an ARN operator, whose wildcards don't reach beyond their field."""
    fields = arn_fields(text)
    bounded = [tuple(Wild.FIELD if p is Wild.MANY else p for p in field) for field in fields[:-1]]
    return tuple(p for field in bounded for p in (*field, ":")) + fields[-1]


@lru_cache(maxsize=4096)
def example_of(*patterns: Pieces) -> str | Unknown | None:
    """Return a shortest text that fits all patterns, `None` where there is none; unknown beyond a bound."""
    start = _same_start(patterns)
    found = _followed([pattern[start:] for pattern in patterns])
    return shown(patterns[0][:start]) + found if isinstance(found, str) else found


def _followed(patterns: Sequence[Pieces]) -> str | Unknown | None:
    """Follow the patterns together, letter by letter, breadth first."""
    filler = _filler(patterns)
    start = tuple(_settled(pattern, {0}) for pattern in patterns)
    seen, queue = {start}, deque([(start, "")])
    while queue:
        states, text = queue.popleft()
        if all(len(pattern) in state for pattern, state in zip(patterns, states, strict=True)):
            return text
        if len(seen) > _MOST_STATES:
            return Unknown("the patterns of a policy leave too many texts to try")
        for symbol in dict.fromkeys((*_symbols(patterns, states), filler)):
            after = tuple(_step(p, state, symbol) for p, state in zip(patterns, states, strict=True))
            if all(after) and after not in seen:
                seen.add(after)
                queue.append((after, text + (symbol.name if isinstance(symbol, Gap) else symbol)))
    return None


def _filler(patterns: Sequence[Pieces]) -> str:
    """Return a letter that none of the patterns holds, so that it fits nothing by accident."""
    used = {piece for pattern in patterns for piece in pattern}
    return next((letter for letter in "x0123456789abcdefghij" if letter not in used), "x")


def _settled(pattern: Pieces, places: set[int]) -> frozenset[int]:
    """Add the places that are reached by leaving runs of any characters empty."""
    reached = set(places)
    for place in places:
        end = place
        while end < len(pattern) and _is_run(pattern[end]):
            end += 1
            reached.add(end)
    return frozenset(reached)


def _symbols(patterns: Sequence[Pieces], states: Sequence[frozenset[int]]) -> Iterator[str | Gap]:
    for pattern, state in zip(patterns, states, strict=True):
        for place in sorted(state):
            if place < len(pattern) and not isinstance(piece := pattern[place], Wild):
                yield piece


def _step(pattern: Pieces, state: frozenset[int], symbol: str | Gap) -> frozenset[int]:
    after: set[int] = set()
    for place in state:
        piece = pattern[place] if place < len(pattern) else None
        if piece is Wild.MANY or (piece is Wild.FIELD and symbol != ":"):
            after.add(place)
        elif piece is not None and _takes(piece, symbol):
            after.add(place + 1)
    return _settled(pattern, after)
