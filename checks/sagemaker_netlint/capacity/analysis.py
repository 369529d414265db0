"""What is known about an estate's capacity, in one shape for every report and for the chart.

All counts are IPv4 addresses. A series has a figure for each month from 0 (now) to the horizon.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sagemaker_netlint.capacity.amounts import Amount, exactly
from sagemaker_netlint.capacity.demand import UseOf
from sagemaker_netlint.capacity.estates import estates_of
from sagemaker_netlint.capacity.figures import Figures, Share, total
from sagemaker_netlint.capacity.forecast import LONGEST, full_month
from sagemaker_netlint.capacity.model import Estate, Group, Item, Place, Placement
from sagemaker_netlint.capacity.verdicts import (
    Answer,
    Outcome,
    certain_losses,
    in_total,
    per_subnet,
    possible_losses,
    without_a_zone,
)
from sagemaker_netlint.capacity.wording import would_do
from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.expected_use import ExpectedUse
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.variants import holds_when
from sagemaker_netlint.network.workloads import Domain

Series = tuple[Amount, ...]
"""A figure for each month from 0 to the horizon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What takes addresses: items that differ in their owner only.

    `text` says how they are reckoned, `source` where the figures come from. `subnets` are the keys of the
    subnets in which they lie, or may lie. `needed` is the sum over owners and subnets.
    """

    group: Group
    cause: str
    text: str
    source: str
    placement: Placement
    growth_percent: int
    owners: tuple[Declared, ...]
    items: tuple[Item, ...]
    subnets: tuple[str, ...]
    needed: Series


@dataclass(frozen=True, slots=True, kw_only=True)
class SubnetUse:
    """A subnet with the addresses in it, by month.

    `full` is the first month in which its even share of the demand doesn't fit for certain: 0 is now, `None`
    is not within ten years.
    """

    place: Place
    shares: tuple[Share, ...]
    full: int | None

    @property
    def capacity(self) -> Amount:
        """The addresses that may be taken: usable, without headroom, not in use."""
        return self.place.capacity()

    def free(self, month: int) -> Amount:
        """Return what is left when what can move is spread evenly; below zero where it doesn't fit."""
        capacity, taken = self.capacity, self.shares[month].balanced
        return Amount(capacity.low - taken.high, capacity.high - taken.low, capacity.doubt or taken.doubt)


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneLoss:
    """The loss of the zone with which most addresses go: what is left, and what is needed there."""

    zone: str
    lost: frozenset[str]
    capacity: Amount
    needed: Series


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """An estate of a deployment: subnets that share demand, and all that is reckoned of them.

    `source` is the template, root module or plan; `when` the conditions under which it is so, "" for all.
    `needed` is the demand in total, by month; `full` the first month in which it doesn't fit for certain
    (`None`: not within ten years). The three verdicts are those at the horizon. `hint` names the prefix that
    would do. `uses` are the domains with their expected use.
    """

    source: str
    when: str
    estate: Estate
    uses: tuple[tuple[Domain, ExpectedUse | Unknown], ...]
    causes: tuple[Cause, ...]
    subnets: tuple[SubnetUse, ...]
    needed: Series
    loss: ZoneLoss | None
    total: Answer
    per_subnet: Answer
    zone_lost: Answer
    full: int | None
    hint: str

    @property
    def horizon_months(self) -> int:
        """The last month of the series."""
        return self.estate.horizon_months

    @cached_property
    def capacity(self) -> Amount:
        """The addresses of all subnets that may be taken."""
        return total(subnet.capacity for subnet in self.subnets)

    @property
    def answers(self) -> tuple[Answer, Answer, Answer]:
        """The three verdicts, in the order in which they are told."""
        return self.total, self.per_subnet, self.zone_lost

    @property
    def is_short(self) -> bool:
        """Say whether the demand doesn't fit at the horizon, with all zones there."""
        return Outcome.SHORT in {self.total.outcome, self.per_subnet.outcome}

    @property
    def is_undecided(self) -> bool:
        """Say whether the input leaves open if the demand fits, with all zones there."""
        return not self.is_short and Outcome.UNDECIDED in {self.total.outcome, self.per_subnet.outcome}


def analyse(variants: Sequence[Deployment], use_of: UseOf) -> list[Analysis]:
    """Return the analyses of one source; what is alike in several variants is told once."""
    found: dict[object, tuple[Estate, list[Deployment]]] = {}
    for deployment in variants:
        for estate in estates_of(deployment, use_of):
            found.setdefault(_seen(estate), (estate, []))[1].append(deployment)
    analyses = []
    for estate, where in found.values():
        elsewhere = [other for other in variants if all(other is not own for own in where)]
        analyses.append(
            analysis_of(estate, use_of, source=where[0].source, when=holds_when(where, elsewhere))
        )
    return analyses


def _seen(estate: Estate) -> object:
    """Return what can be seen of an estate in a report, to tell whether variants differ."""
    items = tuple(
        (item.cause, item.owner.address, item.text, item.size, item.count, item.subnets, item.placement)
        for item in estate.items
    )
    return estate.places, items, estate.horizon_months, estate.doubt


def analysis_of(estate: Estate, use_of: UseOf, *, source: str, when: str = "") -> Analysis:
    """Reckon one estate."""
    figures, horizon = Figures(estate), estate.horizon_months
    months = range(horizon + 1)
    return Analysis(
        source=source,
        when=when,
        estate=estate,
        uses=tuple((domain, use_of(domain)) for domain in estate.domains),
        causes=_causes(estate, months),
        subnets=tuple(_subnet(place, figures, months) for place in estate.places),
        needed=figures.needed(months),
        loss=_loss(estate, figures, months),
        total=in_total(estate, horizon),
        per_subnet=per_subnet(estate, horizon),
        zone_lost=without_a_zone(estate, horizon),
        full=full_month(estate, LONGEST if estate.grows else 0),
        hint=would_do(estate, horizon),
    )


def _causes(estate: Estate, months: range) -> tuple[Cause, ...]:
    alike: dict[tuple[object, ...], list[Item]] = defaultdict(list)
    for item in estate.items:
        key = item.group, item.cause, item.text, item.source, item.placement, item.growth_percent
        alike[key].append(item)
    groups = list(Group)
    items_of = sorted(alike.values(), key=lambda items: groups.index(items[0].group))
    return tuple(_cause(items, months) for items in items_of)


def _cause(items: Sequence[Item], months: range) -> Cause:
    first = items[0]
    # what doesn't grow is reckoned once
    reckoned = months if first.growth_percent else range(1)
    series = tuple(total(_everywhere(item, month) for item in items) for month in reckoned)
    return Cause(
        group=first.group,
        cause=first.cause,
        text=first.text,
        source=first.source,
        placement=first.placement,
        growth_percent=first.growth_percent,
        owners=tuple({item.owner.address: item.owner for item in items}.values()),
        items=tuple(items),
        subnets=tuple(dict.fromkeys(key for item in items for key in item.subnets)),
        needed=series if first.growth_percent else series * len(months),
    )


def _everywhere(item: Item, month: int) -> Amount:
    """Return the addresses of an item in all of its subnets."""
    each = item.addresses(month)
    return each.times(exactly(len(item.subnets))) if item.placement is Placement.EACH else each


def _subnet(place: Place, figures: Figures, months: range) -> SubnetUse:
    within = LONGEST if figures.estate.grows else 0
    return SubnetUse(
        place=place,
        shares=figures.shares(place.key, months),
        full=figures.full(place.key, place.capacity().high, within),
    )


def _loss(estate: Estate, figures: Figures, months: range) -> ZoneLoss | None:
    """Return the loss that leaves least room: at least what certainly goes with a zone, at most what may."""
    capacity = {place.key: place.capacity() for place in estate.places}
    low = sum(amount.low for amount in capacity.values())
    high = sum(amount.high for amount in capacity.values())
    left = [
        (low - sum(capacity[key].low for key in lost), zone, lost)
        for zone, lost in possible_losses(estate.places)
    ]
    if not left:
        return None
    least, zone, lost = min(
        left, key=lambda loss: (loss[0] - figures.needed(months[:1], loss[2])[0].high, loss[1])
    )
    most = min(
        (high - sum(capacity[key].high for key in gone) for _, gone in certain_losses(estate.places)),
        default=high,
    )
    doubt = next((amount.doubt for amount in capacity.values() if amount.doubt), "") if least != most else ""
    return ZoneLoss(
        zone=zone,
        lost=lost,
        capacity=Amount(least, max(least, most), doubt),
        needed=figures.needed(months, lost),
    )
