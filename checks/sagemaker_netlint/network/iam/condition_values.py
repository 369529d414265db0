"""The types that condition operators compare: numbers, dates, addresses, truth and bytes.

A text that is no value of a type gives `None`.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Union

Network = Union[ipaddress.IPv4Network, ipaddress.IPv6Network]

_NUMBER = re.compile(r"[+-]?\d{1,40}(\.\d{1,40})?", re.ASCII)
_EPOCH = re.compile(r"\d{5,15}", re.ASCII)
# The forms of ISO 8601 that the W3C's note names: https://www.w3.org/TR/NOTE-datetime
_DATE = re.compile(
    r"(?P<year>\d{4})(-(?P<month>\d\d)(-(?P<day>\d\d)"
    r"(T(?P<hour>\d\d):(?P<minute>\d\d)(:(?P<second>\d\d)(?P<fraction>\.\d{1,9})?)?"
    r"(?P<zone>Z|[+-]\d\d:\d\d))?)?)?",
    re.ASCII,
)
_PARTS = (("year", 1), ("month", 1), ("day", 1), ("hour", 0), ("minute", 0), ("second", 0))


def number(text: str) -> Decimal | None:
    """Return an integer or decimal number."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def moment(text: str) -> Decimal | None:
    """Return a date as seconds since 1970."""
    if _EPOCH.fullmatch(text):
        return Decimal(text)
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(match[name] or least) for name, least in _PARTS)
    try:
        local = datetime(year, month, day, hour, minute, second, tzinfo=timezone.utc)
        whole = Decimal(int((local - _offset(match["zone"])).timestamp()))
        return whole + Decimal(match["fraction"] or 0)
    except (ValueError, OverflowError):
        return None  # no such day, or before the year 1


def _offset(zone: str | None) -> timedelta:
    if zone in (None, "Z"):
        return timedelta()
    hours, minutes = map(int, zone[1:].split(":"))
    return timedelta(hours=hours, minutes=minutes) * (-1 if zone[0] == "-" else 1)


def date_text(seconds: Decimal) -> str:
    """Write seconds since 1970 as a date, or as they are where no date can be written."""
    try:
        return f"{datetime.fromtimestamp(int(seconds), timezone.utc):%Y-%m-%dT%H:%M:%SZ}"
    except (ValueError, OverflowError, OSError):
        return str(seconds)


def truth(text: str) -> bool | None:
    """Return true or false, in any case of letters."""
    return {"true": True, "false": False}.get(text.lower())


def network(text: str) -> Network | None:
    """Return a range of addresses; a single address is a range of one."""
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def content(text: str) -> bytes | None:
    """Return the bytes of a text in base64."""
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return None
