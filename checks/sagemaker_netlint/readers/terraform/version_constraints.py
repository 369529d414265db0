"""Which major version a version constraint leads to.

Terraform takes the newest release that the constraint admits
(https://developer.hashicorp.com/terraform/language/expressions/version-constraints). Releases are not known
here, so any minor version is taken to exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_TERM = re.compile(r"\s*(?P<operator>=|!=|>=|<=|>|<|~>|)\s*v?(?P<version>\d+(?:\.\d+){0,2})(?:-[\w.]+)?\s*")
_Version = tuple[int, ...]
_Bound = tuple[_Version, bool]
"""A version, and whether it is admitted itself."""


def newest_major(constraint: str, majors: Iterable[int]) -> int | None:
    """Return the newest of the majors that the constraint admits; `None` where there is none.

    A constraint that cannot be read admits nothing.
    """
    bounds = _bounds(constraint)
    if bounds is None:
        return None
    return max((major for major in majors if _meets(*bounds, major)), default=None)


def is_open(constraint: str, newest: int) -> bool:
    """Say whether the constraint admits majors above the newest one that is known."""
    return newest_major(constraint, (newest + 1,)) is not None


def _bounds(constraint: str) -> tuple[_Bound, _Bound] | None:
    """Return what the constraint admits at least and at most."""
    low: _Bound = (0, 0, 0), True
    high: _Bound = (1 << 30, 0, 0), False
    for term in constraint.split(",") if constraint.strip() else ():
        match = _TERM.fullmatch(term)
        if match is None:
            return None
        operator = match["operator"]
        version = _padded(match["version"])
        if operator in {"", "=", ">=", ">", "~>"}:
            low = max(low, (version, operator != ">"), key=_as_low)
        if operator in {"", "=", "<=", "<"}:
            high = min(high, (version, operator != "<"))
        elif operator == "~>":
            high = min(high, (_next(match["version"]), False))
    return low, high


def _as_low(bound: _Bound) -> tuple[_Version, bool]:
    """Return what orders lower bounds: the one that excludes its version is the higher one."""
    return bound[0], not bound[1]


def _padded(version: str) -> _Version:
    numbers = [int(part) for part in version.split(".")]
    return tuple(numbers + [0] * (3 - len(numbers)))


def _next(version: str) -> _Version:
    """Return what `~>` stops before: `~> 5.1` before 6, `~> 5.1.2` before 5.2, `~> 5` before 6."""
    numbers = [int(part) for part in version.split(".")]
    kept = numbers[: max(len(numbers) - 1, 1)]
    kept[-1] += 1
    return tuple(kept + [0] * (3 - len(kept)))


def _meets(low: _Bound, high: _Bound, major: int) -> bool:
    """Say whether a version of the major lies between the bounds."""
    first = max(low, ((major, 0, 0), True), key=_as_low)
    last = min(high, ((major + 1, 0, 0), False))
    return first[0] < last[0] or (first[0] == last[0] and first[1] and last[1])
