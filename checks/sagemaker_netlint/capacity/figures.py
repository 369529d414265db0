"""The figures of an estate month by month: per cause, per subnet, in total.

Subnets in which the same items may lie have the same figures, and most items don't grow, so both are
reckoned once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import add

from sagemaker_netlint.capacity.amounts import NONE, UNBOUNDED, Amount, exactly
from sagemaker_netlint.capacity.model import Estate, Item, Placement


@dataclass(frozen=True, slots=True)
class Share:
    """The addresses in one subnet in one month.

    `fixed` lie there whatever is placed where. `balanced` are in it when what can move is spread evenly over
    its subnets, `largest` when all that may lie in this subnet does.
    """

    fixed: Amount
    balanced: Amount
    largest: Amount


class Figures:
    """The figures of one estate. A month is a number from 0, which is now."""

    def __init__(self, estate: Estate) -> None:
        """Put the items together that lie in the same subnets."""
        self.estate = estate
        self._alike: dict[tuple[bool, tuple[str, ...]], list[Item]] = {}
        for item in estate.items:
            self._alike.setdefault((item.placement is Placement.EACH, item.subnets), []).append(item)
        self._groups = list(self._alike)
        self._sums: dict[tuple[int, int], Amount] = {}
        self._shares: dict[tuple[tuple[int, ...], int], Share] = {}
        groups_of: dict[str, list[int]] = {place.key: [] for place in estate.places}
        for number, (_, keys) in enumerate(self._groups):
            for key in keys:
                groups_of[key].append(number)
        self._groups_of = {key: tuple(numbers) for key, numbers in groups_of.items()}

    def _sum(self, number: int, month: int) -> Amount:
        items = self._alike[self._groups[number]]
        at = (number, month if any(item.growth_percent for item in items) else 0)
        if at not in self._sums:
            self._sums[at] = total(item.addresses(month) for item in items)
        return self._sums[at]

    def needed(self, month: int, lost: frozenset[str] = frozenset()) -> Amount:
        """Return all addresses that are needed, in the subnets that are left."""
        needed = NONE
        for number, (each, keys) in enumerate(self._groups):
            if each:
                needed += self._sum(number, month).times(exactly(len(keys) - len(lost.intersection(keys))))
            elif not lost.issuperset(keys):
                needed += self._sum(number, month)
            elif lost:
                stranded = self._alike[each, keys]
                needed += total(item.addresses(month) for item in stranded if item.survives(lost))
        return needed

    def share(self, key: str, month: int) -> Share:
        """Return the addresses in one subnet."""
        numbers = self._groups_of[key]
        at = (numbers, month if self.estate.grows else 0)
        if at not in self._shares:
            self._shares[at] = self._share(numbers, month)
        return self._shares[at]

    def _share(self, numbers: tuple[int, ...], month: int) -> Share:
        fixed = total(self._sum(number, month) for number in numbers if self._groups[number][0])
        movable = [number for number in numbers if not self._groups[number][0]]
        spread = total(_part(self._sum(number, month), len(self._groups[number][1])) for number in movable)
        return Share(fixed, fixed + spread, fixed + total(self._sum(number, month) for number in movable))


def total(amounts: Iterable[Amount]) -> Amount:
    """Return the sum of amounts."""
    return reduce(add, amounts, NONE)


def _part(amount: Amount, count: int) -> Amount:
    """Return an even part, rounded up; of what is not bounded, no part is."""
    high = amount.high if amount.high >= UNBOUNDED else -(-amount.high // count)
    return Amount(-(-amount.low // count), high, amount.doubt)
