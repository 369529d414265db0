"""A day on the command line."""

from __future__ import annotations

import re
from datetime import date

import click

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def day_of(_context: click.Context, _parameter: click.Parameter, value: str | None) -> date | None:
    """Return the day of a text such as `2028-04-30`, `None` of no text.

    Raises:
        BadParameter: the text is no day.

    """
    if value is None:
        return None
    try:
        # Python 3.11 takes further forms, 3.10 does not: both shall take the same
        return date.fromisoformat(value if _DAY.fullmatch(value) else "")
    except ValueError:
        raise click.BadParameter(f"{value!r} is no day such as 2028-04-30") from None
