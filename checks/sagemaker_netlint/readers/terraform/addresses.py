"""Terraform addresses taken apart: `module.net["a"].aws_subnet.s[0]`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Union

Key = Union[int, str, None]

_STEP = re.compile(r'([^.\[\]"]+)(?:\[(?:"((?:[^"\\]|\\.)*)"|(\d+))\])?(?:\.|$)')


@dataclass(frozen=True, slots=True)
class Address:
    """The module instance (`module.net["a"]`, "" for the root), the words after it, and the last key."""

    module: str
    words: tuple[str, ...]
    key: Key = None


def parse_address(text: str) -> Address | None:
    """Take an address apart; `None` for what has another form."""
    at = 0
    module_end = 0
    words: list[str] = []
    key: Key = None
    while at < len(text):
        match = _STEP.match(text, at)
        if match is None:
            return None
        words.append(match[1])
        key = _key(match)
        at = match.end()
        if len(words) == 2 and words[0] == "module":  # noqa: PLR2004 - "module" and its name
            if at >= len(text):  # the address of the module itself
                return Address(text[:module_end].rstrip("."), tuple(words), key)
            words, module_end = [], at
    return Address(text[:module_end].rstrip("."), tuple(words), key)


def _key(match: re.Match[str]) -> Key:
    if match[3] is not None:
        return int(match[3])
    return None if match[2] is None else re.sub(r"\\(.)", r"\1", match[2])


def names_of(module: str) -> list[str]:
    """Return the module names on the way, without keys: `["net", "subnets"]`."""
    return [match[1] for match in _STEP.finditer(module) if match[1] != "module"]


def shown_key(key: Key) -> str:
    """Return a key as an address shows it: `[0]`, `["a"]`, nothing for none."""
    if key is None:
        return ""
    return f"[{key}]" if isinstance(key, int) else '["' + key.replace("\\", "\\\\").replace('"', '\\"') + '"]'
