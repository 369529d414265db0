"""Ranges that a notebook instance reaches by a script's route only, and ranges that docker0 takes from it.

Beside direct internet access the instance sends what is outside of the VPC's ranges to the internet, whatever
the subnet's route table says: a private range behind a transit gateway needs a route on the instance itself
(https://aws.amazon.com/blogs/machine-learning/understanding-amazon-sagemaker-notebook-instance-networking-configurations-and-advanced-routing-options/).
IPv4 only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Network

from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.notebooks.modes import (
    DOCKER_RANGE,
    NotebookMode,
    NotebookRoutes,
    mode_of,
    router_of,
    routes_on,
    subnet_block,
    vpc_blocks,
)
from sagemaker_netlint.network.notebooks.os_routes import OsRoute, Role, parts_of
from sagemaker_netlint.network.notebooks.script_routes import ScriptRoute
from sagemaker_netlint.network.notebooks.scripts import Added
from sagemaker_netlint.network.outward_ways import target_of
from sagemaker_netlint.network.reachability import is_private, learned_routes
from sagemaker_netlint.network.topology import (
    InternetGateway,
    NatGateway,
    Route,
    RouteTable,
    Subnet,
    VpcEndpoint,
)
from sagemaker_netlint.network.values import Maybe, Unknown
from sagemaker_netlint.network.workloads import NotebookInstance

PRIVATE_RANGES = tuple(
    IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
)
"""RFC 1918, and the shared address space of RFC 6598, which VPCs use like it."""

# EC2 refuses a route over these to a part of the VPC; over an appliance it takes one to a subnet of the VPC:
# https://docs.aws.amazon.com/vpc/latest/userguide/RouteTables.html#route-table-routes
_OUT_OF_VPC = ("transit_gateway", "peering", "core_network", "local_gateway", "carrier_gateway")
_APPLIANCES = ("vpc_endpoint", "network_interface", "instance")


# -- what the subnet's route table leads to ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RoutedRange:
    """A private range outside of the VPC that a route of the subnet leads to; `over` says over what."""

    block: IPv4Network
    route: Route
    over: str


def routed_ranges(
    deployment: Deployment, subnet: Subnet
) -> tuple[tuple[RoutedRange, ...], tuple[Unknown, ...]]:
    """Return the private ranges outside of the VPC that the subnet's routes lead to, and what is not known.

    A default route names no range: whether private networks lie behind a transit gateway that it leads to is
    not in sight, and to ask at each notebook instance would be noise. So it counts as none.
    """
    table = deployment.route_table_of(subnet)
    if table is None:
        return (), ()
    if isinstance(table, Unknown):
        return (), (Unknown(f"the route table of `{subnet.address}` is not known: {table.reason}"),)
    found = [_routed(deployment, subnet, table, route) for route in deployment.routes_of(table)]
    more = (deployment.unread_about(table), learned_routes(deployment, table))
    doubts = [
        Unknown(f"`{table.address}` may have more routes: {doubt.reason}")
        for doubt in more
        if doubt is not None
    ]
    doubts += [each for each in found if isinstance(each, Unknown)]
    return tuple(each for each in found if isinstance(each, RoutedRange)), tuple(doubts)


def _routed(
    deployment: Deployment, subnet: Subnet, table: RouteTable, route: Route | Unknown
) -> RoutedRange | Unknown | None:
    if isinstance(route, Unknown):
        return Unknown(f"a route of `{table.address}` is not known: {route.reason}")
    leads = _leads_to_private(deployment, route)
    block = None if leads is False else _destination(route)
    if not isinstance(block, IPv4Network):
        return block
    inside = _in_vpc(deployment, subnet, route, block)
    doubt = next((each for each in (leads, inside) if isinstance(each, Unknown)), None)
    if doubt is not None or inside is True:
        return doubt
    return RoutedRange(block, route, _over(deployment, route))


def _destination(route: Route) -> IPv4Network | Unknown | None:
    """Return the private range that the route is for, `None` where it is for none."""
    match route.destination:
        case Unknown(reason=reason):
            return Unknown(f"the destination of `{route.address}` is not known: {reason}")
        case None if route.prefix_list is not None:
            return Unknown(f"what the prefix list of `{route.address}` holds is not read")
        case IPv4Network() as block if any(block.subnet_of(private) for private in PRIVATE_RANGES):
            return block
    return None


def _leads_to_private(deployment: Deployment, route: Route) -> bool | Unknown:
    """Say whether the route may carry private addresses to another network.

    A gateway that is not declared here counts as a virtual private gateway: no other one carries them.
    """
    if any(getattr(route, name) is not None for name in (*_OUT_OF_VPC, *_APPLIANCES)):
        return True
    if route.nat_gateway is not None:
        return _is_private_nat(deployment, route)
    gateway = route.gateway
    if gateway is None or gateway == "local":
        return False
    others = (InternetGateway, VpcEndpoint)
    declared = any(isinstance(deployment.find(kind, gateway), kind) for kind in others)
    named = isinstance(gateway, str) and gateway.startswith(("igw-", "vpce-"))
    return not (declared or named)


def _is_private_nat(deployment: Deployment, route: Route) -> bool | Unknown:
    nat = deployment.find(NatGateway, route.nat_gateway)
    private = is_private(nat) if isinstance(nat, NatGateway) else nat
    if isinstance(private, Unknown):
        return Unknown(
            f"whether the NAT gateway of `{route.address}` is a private one is not known: {private.reason}"
        )
    return private is True


def _in_vpc(deployment: Deployment, subnet: Subnet, route: Route, block: IPv4Network) -> bool | Unknown:
    """Say whether a range is a part of the VPC."""
    own = [cidr for _, cidr in vpc_blocks(deployment, subnet)]
    if any(isinstance(cidr, IPv4Network) and block.subnet_of(cidr) for cidr in own):
        return True
    appliance = any(getattr(route, name) is not None for name in _APPLIANCES)
    doubt = next((cidr for cidr in own if isinstance(cidr, Unknown)), None)
    if doubt is None or not appliance:
        return False
    return Unknown(f"whether {block} of `{route.address}` lies in the VPC is not known: {doubt.reason}")


def _over(deployment: Deployment, route: Route) -> str:
    over = target_of(deployment, route)
    return f"NAT gateway `{over.address}`" if isinstance(over, Declared) else over


# -- which of them need a route on the instance -----------------------------------------------------


@dataclass(frozen=True, slots=True)
class MissingRange:
    """A routed range that doesn't leave by the VPC's interface, in whole or in `parts`.

    `misrouted` are commands of scripts that are about it and don't bring it there: another interface, or a
    gateway that the kernel refuses.
    """

    routed: RoutedRange
    parts: tuple[IPv4Network, ...]
    misrouted: tuple[ScriptRoute, ...] = ()

    @property
    def in_part(self) -> bool:
        """Say whether some of it does leave by the VPC's interface."""
        return self.parts != (self.routed.block,)


@dataclass(frozen=True, slots=True)
class MissingRanges:
    """The ranges that need a script's route, none of them inside of another, and what is not known."""

    missing: tuple[MissingRange, ...] = ()
    doubts: tuple[Unknown, ...] = ()


def ranges_to_route(
    deployment: Deployment, notebook: NotebookInstance, script_routes: Sequence[Added] = ()
) -> MissingRanges:
    """Return the ranges in the subnet's route table that need a route on the instance, and have none.

    Only beside direct internet access: elsewhere everything leaves by the one interface that there is.
    """
    mode = mode_of(notebook)
    if mode in {NotebookMode.NO_VPC, NotebookMode.VPC_ONLY} or notebook.subnet is None:
        return MissingRanges()
    subnet = deployment.find(Subnet, notebook.subnet)
    if not isinstance(subnet, Subnet):
        return MissingRanges(doubts=(Unknown(f"its subnet is not known: {_reason(subnet)}"),))
    routed, doubts = routed_ranges(deployment, subnet)
    table = routes_on(deployment, notebook, script_routes)
    if isinstance(table, Unknown):
        return MissingRanges(doubts=(table,) if routed or doubts else ())
    found = [each for each in (_missing(table, each) for each in routed) if each is not None]
    missing = tuple(_outermost([each for each in found if isinstance(each, MissingRange)]))
    return MissingRanges(missing, (*doubts, *(each for each in found if isinstance(each, Unknown))))


def _reason(value: Maybe[object]) -> str:
    return value.reason if isinstance(value, Unknown) else "none is set"


def _missing(table: NotebookRoutes, routed: RoutedRange) -> MissingRange | Unknown | None:
    parts = parts_of(routed.block, table.routes, lambda route: not _brings(route))
    if not parts or routed.block.subnet_of(DOCKER_RANGE):  # `docker_overlaps` tells those
        return None
    doubt = _doubt(table, routed.block, parts)
    if doubt is not None:
        return doubt
    wrong = [
        route.script
        for route in table.routes
        if route.script is not None and not route.leads_to(Role.VPC) and _concerns(route.destination, parts)
    ]
    wrong += [each.script for each in table.refused if _concerns(each.script.destination, parts)]
    return MissingRange(routed, parts, tuple(wrong))


def _doubt(table: NotebookRoutes, block: IPv4Network, parts: Sequence[IPv4Network]) -> Unknown | None:
    """Return why a script may yet lead the parts of the block elsewhere."""
    for route in table.routes:
        if route.by_script and route.uncertain is not None and _concerns(route.destination, parts):
            what = f"what {_command(route)} does for {block} is not known"
            return Unknown(f"{what}: {route.uncertain.reason}")
    return None


def _command(route: OsRoute) -> str:
    return "a script" if route.script is None else f"`{route.script.text}`"


def _brings(route: OsRoute) -> bool:
    """Say whether a route is over the VPC's interface; what docker0 takes is no matter here, either."""
    return route.leads_to(Role.VPC) or route.leads_to(Role.DOCKER)


def _concerns(destination: object, parts: Sequence[IPv4Network]) -> bool:
    if isinstance(destination, IPv4Network):
        return any(part.overlaps(destination) for part in parts)
    return isinstance(destination, Unknown) or destination == "default"


def _outermost(found: Sequence[MissingRange]) -> Iterator[MissingRange]:
    """Yield each range once, and none that lies in another: the other's route leads there, too."""
    blocks = [each.routed.block for each in found]
    for index, block in enumerate(blocks):
        inside = any(block != other and block.subnet_of(other) for other in blocks)
        if not inside and block not in blocks[:index]:
            yield found[index]


def command_for(block: IPv4Network, subnet: Subnet, *, beside_internet: bool = True) -> str | Unknown:
    """Return the line for a lifecycle configuration's start script, as the post has it.

    Without direct internet access the name of the interface is not documented: the kernel takes the one on
    whose link the router is.
    """
    router = router_of(subnet)
    dev = " dev eth2" if beside_internet else ""
    return router if isinstance(router, Unknown) else f"sudo ip route add {block} via {router}{dev}"


# -- what docker0 takes -----------------------------------------------------------------------------


class DockerEffect(Enum):
    """What docker0's route does to a range that overlaps it.

    `TAKEN`: the range lies in docker0's, and traffic to it ends on the instance, but for what a more specific
    route leads to. `TAKEN_IN_PART`: it is wider, and the common part ends there. `STILL_REACHED`: a more
    specific route leads to all of it, for now. `MENDED`: a route that a script adds does.
    """

    TAKEN = "taken"
    TAKEN_IN_PART = "taken in part"
    STILL_REACHED = "still reached"
    MENDED = "mended by a script"


@dataclass(frozen=True, slots=True)
class DockerOverlap:
    """A range of the VPC, the subnet or a route that overlaps docker0's.

    `owner` declares it, `what` is its noun for people, `lost` are the parts that end at docker0.
    """

    owner: Declared
    what: str
    block: IPv4Network
    effect: DockerEffect
    lost: tuple[IPv4Network, ...]


@dataclass(frozen=True, slots=True)
class DockerOverlaps:
    """The overlaps, and what is not known."""

    found: tuple[DockerOverlap, ...] = ()
    doubts: tuple[Unknown, ...] = ()


def docker_overlaps(
    deployment: Deployment, notebook: NotebookInstance, script_routes: Sequence[Added] = ()
) -> DockerOverlaps:
    """Return which ranges of the notebook instance's network overlap docker0's, and what that does to them.

    The longest prefix decides. Beside direct internet access the instance has a route to each range of the
    VPC, so one that is smaller than docker0's is still reached; where it has a default route only, docker0
    takes all of it but the instance's own subnet.
    """
    if notebook.subnet is None:
        return DockerOverlaps()
    subnet = deployment.find(Subnet, notebook.subnet)
    if not isinstance(subnet, Subnet):
        return DockerOverlaps(doubts=(Unknown(f"its subnet is not known: {_reason(subnet)}"),))
    routed, doubts = routed_ranges(deployment, subnet)
    ranges = [
        *_own_ranges(deployment, subnet),
        *((each.route, "the route's range", each.block) for each in routed),
    ]
    table = routes_on(deployment, notebook, script_routes)
    found = [
        table if isinstance(table, Unknown) else _overlap(table, owner, what, block)
        for owner, what, block in ranges
        if isinstance(block, IPv4Network) and block.overlaps(DOCKER_RANGE)
    ]
    unknown = [each for each in (*found, *(block for _, _, block in ranges)) if isinstance(each, Unknown)]
    known = tuple(each for each in found if isinstance(each, DockerOverlap))
    return DockerOverlaps(known, (*unknown, *doubts))


def _own_ranges(
    deployment: Deployment, subnet: Subnet
) -> Iterator[tuple[Declared, str, IPv4Network | Unknown]]:
    for owner, block in vpc_blocks(deployment, subnet):
        yield (subnet if owner is None else owner), "the VPC's range", block
    yield subnet, "the subnet's range", subnet_block(subnet)


def _overlap(
    table: NotebookRoutes, owner: Declared, what: str, block: IPv4Network
) -> DockerOverlap | Unknown:
    def lost_by(routes: Sequence[OsRoute]) -> tuple[IPv4Network, ...]:
        return parts_of(block, routes, lambda route: route.leads_to(Role.DOCKER))

    lost = lost_by(table.routes)
    doubt = _doubt(table, block, lost) if lost else None
    if doubt is not None:
        return doubt
    if not lost:
        mended = lost_by([route for route in table.routes if not route.by_script])
        effect = DockerEffect.MENDED if mended else DockerEffect.STILL_REACHED
    elif block.subnet_of(DOCKER_RANGE):
        effect = DockerEffect.TAKEN
    else:
        effect = DockerEffect.TAKEN_IN_PART
    return DockerOverlap(owner, what, block, effect, lost)
