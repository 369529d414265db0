"""Whether loads fit into bins: shares that may be split, and units that must lie whole in one bin.

Nothing here knows of networks. `Load.bins` are the bins that a load may use.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Load:
    """`count` units of `size`; `whole` units can't be split over bins."""

    size: int
    count: int
    bins: frozenset[str]
    whole: bool = False

    @property
    def total(self) -> int:
        """The load of all units."""
        return self.size * self.count


@dataclass(frozen=True, slots=True)
class Overload:
    """Bins that can't take the loads which may use no others: `needed` of the `free`."""

    bins: frozenset[str]
    needed: int
    free: int


def overload(free: Mapping[str, int], loads: Sequence[Load]) -> Overload | None:
    """Return bins that the loads exceed even when every load may be split, `None` where all of it fits.

    Exact: by the max-flow min-cut theorem some set of loads exceeds all of its bins together, or all fits.
    """
    shares: dict[frozenset[str], int] = defaultdict(int)
    for load in loads:
        if load.total:
            shares[load.bins] += load.total
    if len(shares) <= 1:
        return next((_exceeded(free, bins, needed) for bins, needed in shares.items()), None)
    everything = _exceeded(free, frozenset().union(*shares), sum(shares.values()))
    return everything or (None if _evenly(free, shares) else _cut(free, shares))


def _exceeded(free: Mapping[str, int], bins: frozenset[str], needed: int) -> Overload | None:
    room = sum(free[key] for key in bins)
    return Overload(bins, needed, room) if needed > room else None


def _evenly(free: Mapping[str, int], shares: Mapping[frozenset[str], int]) -> bool:
    """Say whether it is enough to spread each share evenly over its bins: mostly it is, and it is no work."""
    taken: dict[str, int] = defaultdict(int)
    for bins, needed in shares.items():
        for key in bins:
            taken[key] += -(-needed // len(bins))
    return frozenset() not in shares and all(load <= free[key] for key, load in taken.items())


def _cut(free: Mapping[str, int], shares: Mapping[frozenset[str], int]) -> Overload | None:
    import networkx as nx  # noqa: PLC0415 - slow to import, and needed only where the sets of bins differ

    graph = nx.DiGraph()
    graph.add_node("sink")
    for number, needed in enumerate(shares.values()):
        graph.add_edge("source", number, capacity=needed)
    # bins that the same shares may use are one bin
    for users, room in _merged(free, shares).items():
        graph.add_edge(f"bins of {users}", "sink", capacity=room)
        for number in users:
            graph.add_edge(number, f"bins of {users}")  # without a capacity: unbounded
    carried, (near, _) = nx.minimum_cut(graph, "source", "sink")
    if carried == sum(shares.values()):
        return None
    stuck = [bins for number, bins in enumerate(shares) if number in near]
    bins = frozenset().union(*stuck)
    return Overload(bins, sum(shares[b] for b in stuck), sum(free[key] for key in bins))


def _merged(free: Mapping[str, int], shares: Mapping[frozenset[str], int]) -> dict[tuple[int, ...], int]:
    """Return the room of all bins that the same shares may use, by the numbers of those."""
    users: dict[str, list[int]] = defaultdict(list)
    for number, bins in enumerate(shares):
        for key in bins:
            users[key].append(number)
    rooms: dict[tuple[int, ...], int] = defaultdict(int)
    for key, numbers in users.items():
        rooms[tuple(numbers)] += free[key]
    return rooms


def unplaceable(free: Mapping[str, int], loads: Sequence[Load]) -> Load | None:
    """Return the largest whole unit that exceeds every bin which it may use, in whatever order they come."""
    too_large = (
        load
        for load in loads
        if load.whole and load.total and load.size > max((free[key] for key in load.bins), default=0)
    )
    return max(too_large, key=lambda load: (load.size, sorted(load.bins)), default=None)


def packed(free: Mapping[str, int], loads: Sequence[Load]) -> bool:
    """Say whether a packing was found: whole units first, largest first, then the rest is split.

    False proves nothing: another packing may exist (bin packing is NP-hard).
    """
    left = dict(free)
    whole = [load for load in loads if load.whole and load.total]
    for load in sorted(whole, key=lambda load: (-load.size, len(load.bins))):
        count = load.count
        # the bins that few others may use are filled first, fuller ones before emptier ones
        for key in sorted(load.bins, key=lambda key: (_users(key, loads), left[key], key)):
            taken = min(count, left[key] // load.size)
            left[key] -= taken * load.size
            count -= taken
        if count:
            return False
    return overload(left, [load for load in loads if not load.whole]) is None


def _users(key: str, loads: Sequence[Load]) -> int:
    return sum(1 for load in loads if key in load.bins)
