"""What capacity is computed from: places that have addresses, items that take them, estates of both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from math import ceil

from sagemaker_netlint.capacity.amounts import NONE, Amount, exactly
from sagemaker_netlint.network.declared import Declared, Location
from sagemaker_netlint.network.topology import Network
from sagemaker_netlint.network.values import Maybe, Unknown
from sagemaker_netlint.network.workloads import Domain

MONTHS_PER_YEAR = 12


class Group(Enum):
    """The groups in which a message sums up the items."""

    DOMAIN = "domain"
    USERS = "users"
    JOBS = "jobs"
    HOSTING = "hosting"
    NOTEBOOKS = "notebooks"
    CLUSTERS = "clusters"
    OTHERS = "others"


class Placement(Enum):
    """Where the addresses of an item lie among its subnets."""

    EACH = "in each subnet"
    SPREAD = "over the subnets"
    PERHAPS_TOGETHER = "over the subnets, or all in one"
    TOGETHER = "all in one subnet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Addresses that one cause takes: `count` units of `size` addresses each.

    `owner` is the component that they belong to, `text` how they are reckoned ("100 users × 2 spaces"),
    `source` where the figures come from. Units grow by `growth_percent` a year, compounded. EACH: the whole
    lies in each of the subnets. TOGETHER: a unit lies in one subnet.
    """

    group: Group
    cause: str
    owner: Declared
    text: str
    source: str
    size: Amount
    count: Amount
    subnets: tuple[str, ...]
    placement: Placement = Placement.SPREAD
    growth_percent: int = 0

    def units(self, month: int = 0) -> Amount:
        """Return the number of units after some months."""
        if not self.growth_percent or not month:
            return self.count
        factor = float(1 + self.growth_percent / 100) ** (month / MONTHS_PER_YEAR)
        return Amount(_grown(self.count.low, factor), _grown(self.count.high, factor), self.count.doubt)

    def survives(self, lost: frozenset[str]) -> bool:
        """Say whether the item is still asked for when subnets are lost with their zone.

        A job, a notebook, a database or a mount target is gone with its only zone. The users of a domain are
        to go on: what they need has no place left then.
        """
        return not lost.issuperset(self.subnets) or not lost or self.group is Group.USERS

    def addresses(self, month: int = 0) -> Amount:
        """Return the number of addresses after some months; with EACH, in one subnet."""
        return self.size.times(self.units(month))


def _grown(count: int, factor: float) -> int:
    # 100 users with 10 % more are 110, not the 111 that 110.00000000000001 would be
    return ceil(round(count * factor, 6))


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A subnet, as far as its addresses go.

    `usable` are the addresses that EC2 leaves to the owner: its size without the five reserved ones.
    `in_use` of them are taken already by what is not counted as an item. `headroom_percent` of the usable
    ones stay free. `zone` is comparable within `zone_list` only. `many` stands for a list of subnets of
    which not even the number is known.
    """

    key: str
    name: str
    location: Location | None
    cidr: Maybe[Network]
    usable: Amount
    zone: str | Unknown
    zone_list: str = ""
    in_use: Amount = NONE
    headroom_percent: int = 0
    many: bool = False

    def with_certain_use(self) -> Place:
        """Return the place with all that is in use counted: it can't be what the items stand for."""
        return replace(self, in_use=exactly(self.in_use.high))

    def capacity(self) -> Amount:
        """Return the addresses that may be taken: usable, without headroom, not in use."""
        kept = 100 - self.headroom_percent
        low = self.usable.low * kept // 100 - self.in_use.high
        high = self.usable.high * kept // 100 - self.in_use.low
        return Amount(max(low, 0), max(high, 0), self.usable.doubt or self.in_use.doubt)


@dataclass(frozen=True, kw_only=True)
class Estate:
    """Subnets that share demand, and all that takes addresses in them.

    `horizon_months` is the longest of its domains'. `doubt` is why more may lie there than is declared.
    """

    places: tuple[Place, ...]
    items: tuple[Item, ...]
    horizon_months: int = 0
    doubt: str = ""

    @property
    def grows(self) -> bool:
        """Say whether any demand grows."""
        return any(item.growth_percent for item in self.items)

    @property
    def headroom_percent(self) -> int:
        """The share of the usable addresses that stays free."""
        return max((place.headroom_percent for place in self.places), default=0)

    @property
    def domains(self) -> tuple[Domain, ...]:
        """The domains whose apps lie here, in the order of declaration."""
        return tuple(owner for owner in self.owners if isinstance(owner, Domain))

    @cached_property
    def owners(self) -> tuple[Declared, ...]:
        """The owners of the items, each once, the largest demand last but domains first."""
        own = {item.owner.identity + item.owner.address: item.owner for item in self.items}
        return tuple(own.values())

    def fixed(self, key: str, month: int = 0) -> Amount:
        """Return the addresses that lie in the subnet whatever is placed where."""
        total = NONE
        for item in self.items:
            if item.placement is Placement.EACH and key in item.subnets:
                total += item.addresses(month)
        return total

    def movable(self, month: int = 0) -> Amount:
        """Return the addresses that the service places in one or another of the subnets."""
        total = NONE
        for item in self.items:
            if item.placement is not Placement.EACH:
                total += item.addresses(month)
        return total

    def demand(self, month: int = 0) -> Amount:
        """Return all addresses that are needed."""
        total = self.movable(month)
        for item in self.items:
            if item.placement is Placement.EACH:
                total += item.addresses(month).times(exactly(len(item.subnets)))
        return total
