"""The only place where a clock is read. The doors read it and hand the day on: nothing below them does."""

from __future__ import annotations

from datetime import date, datetime, timezone


def today() -> date:
    """Return the present day in UTC: a waiver ends at the same moment on every machine."""
    return datetime.now(timezone.utc).date()
