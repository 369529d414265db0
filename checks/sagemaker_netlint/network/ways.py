"""Ways: whether something gets from here to there, and the links that were followed to the answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.values import Unknown

Link = tuple[Declared, str]
"""A component of the way, and what was seen there."""


@dataclass(frozen=True, slots=True)
class Way:
    """Whether a way exists, the links that lead to the answer, and what to change where it doesn't.

    With `exists` False the last link is the one that blocks it, and `fix` says what to change there
    (imperative, no full stop).
    """

    exists: bool | Unknown
    chain: tuple[Link, ...] = ()
    fix: str = ""

    def after(self, *links: Link) -> Way:
        """Return the way with links before it."""
        return replace(self, chain=(*links, *self.chain))


def open_way(*chain: Link) -> Way:
    """Return a way that exists."""
    return Way(exists=True, chain=chain)


def blocked(*chain: Link, fix: str = "") -> Way:
    """Return a way that is blocked at the last link."""
    return Way(exists=False, chain=chain, fix=fix)


def unclear(reason: str, *chain: Link) -> Way:
    """Return a way of which it is not known whether it exists."""
    return Way(Unknown(reason), chain)


def every(ways: Iterable[Way]) -> Way:
    """Return the way through all of them: the first that is blocked decides, then the first unclear one."""
    passed = list(ways)
    stopped = next((way for way in passed if way.exists is False), None)
    doubtful = next((way for way in passed if isinstance(way.exists, Unknown)), None)
    if stopped is not None or doubtful is not None:
        return stopped or doubtful or blocked()
    return open_way(*(link for way in passed for link in way.chain))


def some(ways: Iterable[Way]) -> Way | None:
    """Return the best of several ways: an open one, else an unclear one, else the first; `None` of none."""
    tried = list(ways)
    opened = next((way for way in tried if way.exists is True), None)
    doubtful = next((way for way in tried if isinstance(way.exists, Unknown)), None)
    return opened or doubtful or next(iter(tried), None)
