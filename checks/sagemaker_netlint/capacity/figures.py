"""The figures of an estate month by month: per cause, per subnet, in total.

Subnets in which the same items may lie have the same figures, and most items don't grow, so both are
reckoned once.
"""

from __future__ import annotations

from bisect import bisect_left
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

    def __add__(self, other: Share) -> Share:
        """Add what lies in the same subnet."""
        return Share(self.fixed + other.fixed, self.balanced + other.balanced, self.largest + other.largest)


_NOTHING = Share(NONE, NONE, NONE)


@dataclass(frozen=True, slots=True, eq=False)
class _Kind:
    """Subnets with the same figures: what doesn't grow, and the groups of items that do."""

    constant: Share
    growing: tuple[int, ...]


class Figures:
    """The figures of one estate. A month is a number from 0, which is now."""

    def __init__(self, estate: Estate) -> None:
        """Put the items together that lie in the same subnets."""
        self.estate = estate
        self._alike: dict[tuple[bool, tuple[str, ...]], list[Item]] = {}
        for item in estate.items:
            self._alike.setdefault((item.placement is Placement.EACH, item.subnets), []).append(item)
        self._groups = list(self._alike)
        self._grows = [any(item.growth_percent for item in items) for items in self._alike.values()]
        self._sums: dict[tuple[int, int], Amount] = {}
        self._growth: dict[tuple[tuple[int, ...], int], Share] = {}
        self._full: dict[tuple[_Kind, int], int | None] = {}
        self._shares: dict[tuple[_Kind, range], tuple[Share, ...]] = {}
        groups_of: dict[str, list[int]] = {place.key: [] for place in estate.places}
        for number, (_, keys) in enumerate(self._groups):
            for key in keys:
                groups_of[key].append(number)
        kinds: dict[tuple[Share, tuple[int, ...]], _Kind] = {}
        self._kinds: dict[str, _Kind] = {}
        for key, numbers in groups_of.items():
            growing = tuple(number for number in numbers if self._grows[number])
            constant = self._share([number for number in numbers if not self._grows[number]], 0)
            self._kinds[key] = kinds.setdefault((constant, growing), _Kind(constant, growing))

    def _sum(self, number: int, month: int) -> Amount:
        at = (number, month if self._grows[number] else 0)
        if at not in self._sums:
            self._sums[at] = total(item.addresses(month) for item in self._alike[self._groups[number]])
        return self._sums[at]

    def needed(self, months: Iterable[int], lost: frozenset[str] = frozenset()) -> tuple[Amount, ...]:
        """Return all addresses that are needed in each month, in the subnets that are left."""
        constant = total(self._left(n, 0, lost) for n, grows in enumerate(self._grows) if not grows)
        growing = [n for n, grows in enumerate(self._grows) if grows]
        return tuple(constant + total(self._left(n, month, lost) for n in growing) for month in months)

    def _left(self, number: int, month: int, lost: frozenset[str]) -> Amount:
        """Return the addresses of the items of a group in the subnets that are left."""
        each, keys = self._groups[number]
        if each:
            return self._sum(number, month).times(exactly(len(keys) - len(lost.intersection(keys))))
        if not lost or not lost.issuperset(keys):
            return self._sum(number, month)
        return total(i.addresses(month) for i in self._alike[each, keys] if i.survives(lost))

    def share(self, key: str, month: int) -> Share:
        """Return the addresses in one subnet."""
        return self.shares(key, range(month, month + 1))[0]

    def shares(self, key: str, months: range) -> tuple[Share, ...]:
        """Return the addresses in one subnet in each month."""
        kind = self._kinds[key]
        if (kind, months) not in self._shares:
            growing = (self._grown(kind.growing, month) for month in months)
            self._shares[kind, months] = tuple(kind.constant + share for share in growing)
        return self._shares[kind, months]

    def full(self, key: str, room: int, within: int) -> int | None:
        """Return the first month in which the even share of a subnet is more than there is room for.

        It never shrinks, so the months are searched by halving.
        """
        at = self._kinds[key], room
        if at not in self._full:
            months = range(within + 1)
            first = bisect_left(months, room + 1, key=lambda month: self.share(key, month).balanced.low)
            self._full[at] = first if first in months else None
        return self._full[at]

    def _grown(self, numbers: tuple[int, ...], month: int) -> Share:
        if (numbers, month) not in self._growth:
            self._growth[numbers, month] = self._share(numbers, month)
        return self._growth[numbers, month]

    def _share(self, numbers: Iterable[int], month: int) -> Share:
        share = _NOTHING
        for number in numbers:
            each, keys = self._groups[number]
            taken = self._sum(number, month)
            share += Share(taken, taken, taken) if each else Share(NONE, _part(taken, len(keys)), taken)
        return share


def total(amounts: Iterable[Amount]) -> Amount:
    """Return the sum of amounts."""
    return reduce(add, amounts, NONE)


def _part(amount: Amount, count: int) -> Amount:
    """Return an even part, rounded up; of what is not bounded, no part is."""
    high = amount.high if amount.high >= UNBOUNDED else -(-amount.high // count)
    return Amount(-(-amount.low // count), high, amount.doubt)
