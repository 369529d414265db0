"""Counts of addresses that may be known only as a range, with the reason for it."""

from __future__ import annotations

from dataclasses import dataclass

UNBOUNDED = 1_000_000_000
"""Stands for "no upper bound is known"; more than a VPC of any size has."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A count from `low` to `high`, both inclusive; `doubt` says why the two differ, "" where they don't."""

    low: int
    high: int
    doubt: str = ""

    @property
    def exact(self) -> bool:
        """Say whether the count is known."""
        return self.low == self.high

    def __add__(self, other: Amount) -> Amount:
        """Add two counts."""
        return Amount(
            min(self.low + other.low, UNBOUNDED),
            min(self.high + other.high, UNBOUNDED),
            self.doubt or other.doubt,
        )

    def times(self, other: Amount) -> Amount:
        """Multiply two counts."""
        return Amount(
            min(self.low * other.low, UNBOUNDED),
            min(self.high * other.high, UNBOUNDED),
            self.doubt or other.doubt,
        )

    def __str__(self) -> str:
        """Return the count for people: `5`, `5 to 36`, `5 or more`."""
        if self.exact:
            return f"{self.low:,}"
        return f"{self.low:,} or more" if self.high >= UNBOUNDED else f"{self.low:,} to {self.high:,}"


def exactly(count: int) -> Amount:
    """Return a known count."""
    return Amount(count, count)


def at_least(count: int, doubt: str) -> Amount:
    """Return a count without an upper bound."""
    return Amount(count, UNBOUNDED, doubt)


NONE = exactly(0)
