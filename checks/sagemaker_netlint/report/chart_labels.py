"""Labels of a chart: texts that fit their place, and places that don't overlap."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from sagemaker_netlint.capacity.amounts import UNBOUNDED
from sagemaker_netlint.capacity.model import MONTHS_PER_YEAR
from sagemaker_netlint.report.clean_text import clean

_STEPS = (1, 2, 3, 6, 12, 24)
_MOST_TICKS = 7
_OUTSIDE_XML = {0xFFFE: "\\ufffe", 0xFFFF: "\\uffff"}


def shown(text: str) -> str:
    """Return a text of an input as one that every format can hold: a lone surrogate is no character."""
    return clean(text).encode("utf-8", "backslashreplace").decode("utf-8").translate(_OUTSIDE_XML)


def elided(text: str, length: int) -> str:
    """Return a text of at most `length` characters; names differ at their ends, so the middle goes."""
    text = shown(text)
    if len(text) <= length:
        return text
    tail = (length - 1) // 2
    return f"{text[: length - 1 - tail]}…{text[len(text) - tail :]}"


def wrapped(text: str, width: int, most_lines: int) -> str:
    """Return a text in lines of `width`, cut after some lines."""
    # a hyphen belongs to a name: us-east-1a
    lines = textwrap.wrap(shown(text), width, max_lines=most_lines, placeholder=" …", break_on_hyphens=False)
    return "\n".join(lines)


def spread(wanted: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Return where labels are centred between `low` and `high`, near to where they are wanted.

    `wanted` rises. Each label keeps its distance to its neighbours; where all of them are too high for the
    room, the distances shrink alike.
    """
    squeeze = min(1.0, (high - low) / (sum(heights) or 1.0))
    kept = [height * squeeze for height in heights]
    centres: list[float] = []
    floor = low
    for centre, height in zip(wanted, kept, strict=True):
        centres.append(max(centre, floor + height / 2))
        floor = centres[-1] + height / 2
    ceiling = high
    for index in range(len(centres) - 1, -1, -1):
        centres[index] = min(centres[index], ceiling - kept[index] / 2)
        ceiling = centres[index] - kept[index] / 2
    return centres


def month_ticks(horizon: int) -> list[int]:
    """Return the months that get a tick: few enough for dates, in steps that people count in."""
    step = next((step for step in _STEPS if horizon // step <= _MOST_TICKS), _STEPS[-1])
    return list(range(0, horizon + 1, step))


def calendar(first_month: tuple[int, int] | None, month: int) -> str:
    """Return a month of the calendar, `2028-04`; "" where it isn't known which one the first is."""
    if first_month is None:
        return ""
    year, number = first_month
    years, rest = divmod(number - 1 + month, MONTHS_PER_YEAR)
    return f"{year + years:04}-{rest + 1:02}"


def month_named(first_month: tuple[int, int] | None, month: int) -> str:
    """Return a month for a sentence: `month 14 (2028-04)`."""
    date = calendar(first_month, month)
    return f"month {month} ({date})" if date else f"month {month}"


def is_bounded(count: int) -> bool:
    """Say whether a figure has an upper bound that is known."""
    return count < UNBOUNDED
