"""The three questions to an estate: total, per subnet, one zone lost.

Figures that are ranges are followed at both ends. It is SHORT where even the fewest needed addresses don't
fit into the most usable ones, it FITS where the most needed ones fit into the fewest; between them the
input doesn't decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property

from sagemaker_netlint.capacity.amounts import Amount
from sagemaker_netlint.capacity.model import Estate, Item, Place, Placement
from sagemaker_netlint.capacity.packing import Load, Overload, overload, packed, unplaceable
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Domain


class Outcome(Enum):
    """An answer."""

    FITS = "fits"
    SHORT = "short"
    UNDECIDED = "undecided"


class Aspect(Enum):
    """A question."""

    TOTAL = "total"
    SUBNET = "per subnet"
    ZONE = "zone lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer with its figures.

    `needed` of `usable` addresses in `places`, those that are short or, where it fits, all of them.
    With `whole` it is one job that lies whole in one subnet, and the roomiest of them has the `usable` ones.
    `zone` is the lost zone, `lost` are the keys of its subnets. `doubt` says why it is undecided.
    """

    aspect: Aspect
    outcome: Outcome
    needed: int = 0
    usable: int = 0
    places: tuple[Place, ...] = ()
    whole: bool = False
    zone: str = ""
    lost: frozenset[str] = frozenset()
    doubt: str = ""


@dataclass(frozen=True)
class _End:
    """One end of the ranges: `worst` is the most demand in the least supply."""

    estate: Estate
    month: int
    worst: bool
    lost: frozenset[str] = frozenset()

    def of(self, amount: Amount, *, supply: bool = False) -> int:
        return amount.low if self.worst is supply else amount.high

    def capacity(self, place: Place) -> int:
        return self.of(place.capacity(), supply=True)

    def places(self) -> Iterator[Place]:
        return (place for place in self.estate.places if place.key not in self.lost)

    @cached_property
    def fixed(self) -> dict[str, int]:
        """Return what lies in each subnet whatever is placed where."""
        fixed = {place.key: 0 for place in self.places()}
        for item in self.estate.items:
            if item.placement is Placement.EACH:
                taken = self.of(item.addresses(self.month))
                for key in item.subnets:
                    if key in fixed:
                        fixed[key] += taken
        return fixed

    @cached_property
    def free(self) -> dict[str, int]:
        fixed = self.fixed
        return {place.key: max(self.capacity(place) - fixed[place.key], 0) for place in self.places()}

    def loads(self) -> list[Load]:
        return [
            self.load(item)
            for item in self.estate.items
            if item.placement is not Placement.EACH and item.survives(self.lost)
        ]

    def load(self, item: Item) -> Load:
        whole = item.placement is Placement.TOGETHER or (
            self.worst and item.placement is Placement.PERHAPS_TOGETHER
        )
        left = frozenset(item.subnets) - self.lost
        return Load(self.of(item.size), self.of(item.units(self.month)), left, whole)

    def figures(self, over: Overload) -> tuple[int, int, tuple[Place, ...]]:
        """Return the figures of an overload with what is fixed there: needed, usable, places."""
        fixed = self.fixed
        places = tuple(place for place in self.places() if place.key in over.bins)
        needed = over.needed + sum(fixed[place.key] for place in places)
        return needed, sum(self.capacity(place) for place in places), places


def in_total(estate: Estate, month: int = 0) -> Answer:
    """Say whether the addresses of the subnets suffice for all that is placed in one or another of them."""
    best, worst = (_total(_End(estate, month, worst)) for worst in (False, True))
    return _between(estate, month, Aspect.TOTAL, best, worst)


def per_subnet(estate: Estate, month: int = 0) -> Answer:
    """Say whether each subnet holds what lies in it, and some subnet each job that lies whole in one."""
    best, worst = (_subnet(_End(estate, month, worst)) for worst in (False, True))
    return _between(estate, month, Aspect.SUBNET, best, worst)


def is_short(estate: Estate, month: int = 0) -> bool:
    """Say whether the demand doesn't fit for certain, in total or in some subnet: half the work of both."""
    end = _End(estate, month, worst=False)
    if _total(end) is not None:
        return True
    answer = _subnet(end)
    return answer is not None and answer.outcome is Outcome.SHORT


def without_a_zone(estate: Estate, month: int = 0) -> Answer:
    """Say whether all fits into the subnets that are left when any one zone is lost."""
    # by name: which zone an answer speaks of doesn't hang on the order of declaration
    certain = list(_distinct(estate, sorted(certain_losses(estate.places), key=_name_of_loss)))
    best = (_zone(estate, month, lost, name, worst=False) for name, lost in certain)
    # to lose less can be worse: what lies in each subnet is needed there as long as that is left
    possible = dict.fromkeys([*sorted(possible_losses(estate.places), key=_name_of_loss), *certain])
    worst = (_zone(estate, month, lost, name, worst=True) for name, lost in possible)
    short = next((answer for answer in best if answer and answer.outcome is Outcome.SHORT), None)
    doubtful = next(filter(None, worst), None) if short is None else None
    return _between(estate, month, Aspect.ZONE, short, doubtful)


def _name_of_loss(loss: tuple[str, frozenset[str]]) -> str:
    return loss[0]


def _distinct(
    estate: Estate, losses: Iterable[tuple[str, frozenset[str]]]
) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the losses, but of single subnets that are alike only the first: the others change as much."""
    kinds = _kinds(estate)
    told: set[object] = set()
    for name, lost in losses:
        kind: set[object] = {kinds[key] for key in lost} if len(lost) == 1 else set()
        if not kind or not kind <= told:
            yield name, lost
        told |= kind


def _kinds(estate: Estate) -> dict[str, object]:
    """Return for each subnet what it has and what may lie there; equal for subnets that are alike."""
    # what differs in its reason alone is alike
    capacity = {place.key: place.capacity() for place in estate.places}
    parts: dict[str, list[object]] = {key: [(room.low, room.high)] for key, room in capacity.items()}
    for number, item in enumerate(estate.items):
        own = item.placement is Placement.EACH or len(item.subnets) == 1
        amounts = item.size.low, item.size.high, item.count.low, item.count.high, item.growth_percent
        alike = amounts, item.placement, isinstance(item.owner, Domain)
        for key in item.subnets:
            parts[key].append((alike, len(item.subnets) == 1) if own else number)
    return {key: tuple(listed) for key, listed in parts.items()}


def _between(estate: Estate, month: int, aspect: Aspect, best: Answer | None, worst: Answer | None) -> Answer:
    if best is not None and best.outcome is Outcome.SHORT:
        return best
    if worst is not None:
        return Answer(
            aspect=aspect,
            outcome=Outcome.UNDECIDED,
            needed=worst.needed,
            usable=worst.usable,
            places=worst.places,
            zone=worst.zone,
            lost=worst.lost,
            doubt=worst.doubt or _doubt(estate, worst.places),
        )
    if estate.doubt:
        return Answer(aspect=aspect, outcome=Outcome.UNDECIDED, doubt=estate.doubt, places=estate.places)
    end = _End(estate, month, worst=True)
    return Answer(
        aspect=aspect,
        outcome=Outcome.FITS,
        places=estate.places,
        needed=estate.demand(month).high,
        usable=sum(end.capacity(place) for place in estate.places),
    )


def _doubt(estate: Estate, places: Sequence[Place]) -> str:
    """Return a reason for which a figure is a range, the same one in whatever order things are declared."""
    keys = {place.key for place in places}
    sizes = [place.capacity().doubt for place in places if place.capacity().doubt]
    if sizes:
        return min(sizes)
    counts = [doubt for item in estate.items if keys & set(item.subnets) for doubt in _doubts_of(item)]
    if counts:
        return min(counts)
    return min((place.zone.reason for place in estate.places if isinstance(place.zone, Unknown)), default="")


def _doubts_of(item: Item) -> Iterator[str]:
    doubt = item.addresses().doubt
    if doubt:
        yield f"`{item.owner.address}`: {doubt}"
    elif item.placement is Placement.PERHAPS_TOGETHER:
        yield f"`{item.owner.address}`: whether its instances lie in one subnet is not published"


def _total(end: _End) -> Answer | None:
    loads = end.loads()
    over = overload(end.free, loads)
    if over is not None:
        needed, usable, places = end.figures(over)
    else:
        # what is fixed may need more than there is, too
        places = tuple(end.places())
        needed = sum(end.fixed.values()) + sum(load.total for load in loads)
        usable = sum(end.capacity(place) for place in places)
        if needed <= usable:
            return None
    return Answer(aspect=Aspect.TOTAL, outcome=Outcome.SHORT, needed=needed, usable=usable, places=places)


def _subnet(end: _End) -> Answer | None:
    fixed, free, loads = end.fixed, end.free, end.loads()

    def short(needed: int, usable: int, places: tuple[Place, ...], *, whole: bool = False) -> Answer:
        return Answer(
            aspect=Aspect.SUBNET,
            outcome=Outcome.SHORT,
            needed=needed,
            usable=usable,
            places=places,
            whole=whole,
        )

    full = [place for place in end.places() if fixed[place.key] > end.capacity(place)]
    if full:
        place = min(full, key=lambda place: place.name)
        return short(fixed[place.key], end.capacity(place), (place,))
    unit = unplaceable(free, loads)
    if unit is not None:
        room = max((free[key] for key in unit.bins), default=0)
        return short(unit.size, room, tuple(p for p in end.places() if p.key in unit.bins), whole=True)
    if any(load.whole for load in loads) and overload(free, loads) is None and not packed(free, loads):
        doubt = "no way was found to put each job whole into one subnet; there may be one"
        return Answer(
            aspect=Aspect.SUBNET, outcome=Outcome.UNDECIDED, doubt=doubt, places=tuple(end.places())
        )
    return None


def _zone(estate: Estate, month: int, lost: frozenset[str], name: str, *, worst: bool) -> Answer | None:
    end = _End(estate, month, worst, lost)
    over = overload(end.free, end.loads())
    if over is not None:
        needed, usable, places = end.figures(over)
        return Answer(
            aspect=Aspect.ZONE,
            outcome=Outcome.SHORT,
            needed=needed,
            usable=usable,
            places=places,
            zone=name,
            lost=lost,
        )
    answer = _subnet(end)
    return None if answer is None else replace(answer, aspect=Aspect.ZONE, zone=name, lost=lost)


def _zones(places: Sequence[Place]) -> dict[tuple[str, str], set[str]]:
    zones: dict[tuple[str, str], set[str]] = {}
    for place in places:
        if isinstance(place.zone, str):
            zones.setdefault((place.zone_list, place.zone), set()).add(place.key)
    return zones


def certain_losses(places: Sequence[Place]) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield what is lost at least with each zone."""
    for (_, zone), keys in _zones(places).items():
        yield zone, frozenset(keys)
    for place in places:
        if isinstance(place.zone, Unknown) and not place.many:
            yield f"the zone of {place.name}", frozenset({place.key})


def possible_losses(places: Sequence[Place]) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield what is lost at most with each zone: subnets of which the zone can't be compared, too."""
    zones = _zones(places)
    unknown = {place.key for place in places if isinstance(place.zone, Unknown)}
    for (group, zone), keys in zones.items():
        incomparable = {key for (other, _), more in zones.items() if other != group for key in more}
        yield zone, frozenset(keys | unknown | incomparable)
    if unknown:
        yield "one zone", frozenset(unknown)
