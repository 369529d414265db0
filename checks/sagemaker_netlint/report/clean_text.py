"""Text of an input, made fit to be printed: no name in a template can pass for output of ours."""

from __future__ import annotations

import re

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_MAX_MESSAGE = 1000


def clean(text: str) -> str:
    """Show control characters as escapes, and cut what no one would read."""
    shown = _CONTROL.sub(lambda match: repr(match[0])[1:-1], text)
    return shown if len(shown) <= _MAX_MESSAGE else f"{shown[:_MAX_MESSAGE]}…"
