"""A calendar month on the command line."""

from __future__ import annotations

import re

import click

from sagemaker_netlint.clock import today

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])", re.ASCII)


def month_of(_context: click.Context, _parameter: click.Parameter, value: str | None) -> tuple[int, int]:
    """Return year and month of a text such as `2028-04`; of no text, the present month.

    Raises:
        BadParameter: the text is no month.

    """
    if value is None:
        return today().year, today().month
    match = _MONTH.fullmatch(value)
    if match is None:
        raise click.BadParameter(f"{value!r} is no month such as 2028-04")
    return int(match[1]), int(match[2])
