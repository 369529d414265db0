"""The route table of an instance, as its kernel keeps it: which route an address takes (IPv4 only).

The longest prefix decides (https://man7.org/linux/man-pages/man8/ip-route.8.html). What the kernel makes of
`ip route add`, `replace`, ... was tried in network namespaces, and `tests/test_notebook_namespaces.py` tries
it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address, IPv4Network, collapse_addresses
from typing import Union

from sagemaker_netlint.network.notebooks.script_routes import ScriptRoute
from sagemaker_netlint.network.values import Unknown

ANY = IPv4Network("0.0.0.0/0")
"""The destination of a default route."""


class Role(Enum):
    """What an interface of an instance leads to."""

    SERVICE = "SageMaker's own network"
    VPC = "your subnet"
    DOCKER = "containers on the instance"


@dataclass(frozen=True, slots=True)
class OsInterface:
    """A network interface as the instance's system sees it; its name is not known in each mode."""

    role: Role
    name: str | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class OsRoute:
    """A route: what goes to `destination` leaves by `interface`.

    `gateway` is `None` where the destination is on the link itself. `inferred` says what speaks for a route
    that the published example doesn't show, "" for one that it does. `doubt` says why it may not be there.
    Where the destination is not known, addresses inside of `not_within` are certainly not for it. `by_script`
    says that a script adds it, or may add it, and `script` is the command, where it is known.
    """

    destination: IPv4Network | Unknown
    interface: OsInterface | Unknown
    gateway: IPv4Address | Unknown | None
    why: str
    inferred: str = ""
    doubt: Unknown | None = None
    not_within: IPv4Network | None = None
    by_script: bool = False
    script: ScriptRoute | None = None

    @property
    def uncertain(self) -> Unknown | None:
        """Why it is not certain that the route is there, with this destination and interface."""
        for part in (self.doubt, self.destination, self.interface):
            if isinstance(part, Unknown):
                return part
        return None

    def leads_to(self, role: Role) -> bool:
        """Say whether it certainly leaves by the interface with the role."""
        return isinstance(self.interface, OsInterface) and self.interface.role is role


def route_for(routes: Sequence[OsRoute], destination: IPv4Address) -> OsRoute | Unknown:
    """Return the route that an address takes; `Unknown` where a route that is not certain may decide.

    A route that is not certain, and would take the address to the same place, leaves no doubt.
    """
    block = IPv4Network(destination)
    best = winner(routes, block)
    for route in routes:
        if route.uncertain is not None and _may_win(route, best, block) and not _same(route, best):
            return route.uncertain
    return Unknown(f"no route leads to {destination}") if best is None else best


def winner(routes: Iterable[OsRoute], block: IPv4Network) -> OsRoute | None:
    """Return the certain route that a block takes as a whole; of equal ones the first."""
    around = [(length, route) for length, route in _certain(routes) if block.subnet_of(length)]
    return max(around, key=lambda pair: pair[0].prefixlen)[1] if around else None


def _may_win(route: OsRoute, best: OsRoute | None, block: IPv4Network) -> bool:
    if isinstance(route.destination, Unknown):
        return route.not_within is None or not block.subnet_of(route.not_within)
    if not block.subnet_of(route.destination):
        return False
    shortest = best.destination.prefixlen if best and isinstance(best.destination, IPv4Network) else -1
    return route.destination.prefixlen >= shortest


def _same(route: OsRoute, best: OsRoute | None) -> bool:
    if best is None or isinstance(route.interface, Unknown) or isinstance(route.gateway, Unknown):
        return False
    return (route.interface, route.gateway) == (best.interface, best.gateway)


def _certain(routes: Iterable[OsRoute]) -> list[tuple[IPv4Network, OsRoute]]:
    return [
        (route.destination, route)
        for route in routes
        if route.uncertain is None and isinstance(route.destination, IPv4Network)
    ]


def parts_of(
    block: IPv4Network, routes: Sequence[OsRoute], taken: Callable[[OsRoute], bool]
) -> tuple[IPv4Network, ...]:
    """Return the parts of a block whose certain route is one of those that `taken` tells.

    A block that no route leads to has no such part.
    """
    whole = winner(routes, block)
    parts = [block] if whole is not None and taken(whole) else []
    inside: dict[IPv4Network, OsRoute] = {}
    for destination, route in _certain(routes):
        if destination != block and destination.subnet_of(block):
            inside.setdefault(destination, route)
    for destination in sorted(inside, key=lambda each: each.prefixlen):
        parts = without(parts, destination)
        parts += [destination] if taken(inside[destination]) else []
    return tuple(collapse_addresses(parts))


def without(blocks: Iterable[IPv4Network], hole: IPv4Network) -> list[IPv4Network]:
    """Return what is left of the blocks outside of the hole."""
    left: list[IPv4Network] = []
    for block in blocks:
        if not block.overlaps(hole):
            left.append(block)
        elif not block.subnet_of(hole):
            left += block.address_exclude(hole)
    return left


# -- what a script adds -----------------------------------------------------------------------------


def with_added(routes: Sequence[OsRoute], added: OsRoute, verb: str) -> list[OsRoute] | str:
    """Return the table after a command, or why the kernel refuses the command.

    Of two routes to one destination the first one counts: `add` is refused beside another one, `append` comes
    after it, `prepend` before it, `replace` and `change` take its place. A command that is not certain leaves
    what there is.
    """
    if added.uncertain is not None:
        return [*routes, added]
    there = [i for i, route in enumerate(routes) if route.destination == added.destination]
    certain = [i for i in there if routes[i].uncertain is None]
    if verb == "add" and certain:
        return f"there is a route to {_shown(added.destination)} already: {routes[certain[0]].why}"
    if verb == "change" and not there:
        return f"there is no route to {_shown(added.destination)} to change"
    if verb in {"replace", "change"} and certain:
        return [*routes[: certain[0]], added, *routes[certain[0] + 1 :]]
    place = there[0] if there and verb == "prepend" else len(routes)
    return [*routes[:place], added, *routes[place:]]


def _shown(destination: Union[IPv4Network, Unknown]) -> str:
    if isinstance(destination, Unknown):
        return destination.reason
    return "default" if destination.prefixlen == 0 else str(destination)
