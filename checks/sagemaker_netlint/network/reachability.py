"""Ways out of a subnet: the default route, and where it leads."""

from __future__ import annotations

from dataclasses import dataclass

from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.topology import InternetGateway, NatGateway, Refs, Route, RouteTable, Subnet
from sagemaker_netlint.network.values import Maybe, Unknown

Link = tuple[Declared, str]


@dataclass(frozen=True, slots=True)
class WayOut:
    """Whether an interface with a private address gets out of a subnet, and the links that were followed.

    `chain` holds pairs: a component, and what was seen there.
    """

    exists: bool | Unknown
    chain: tuple[Link, ...] = ()


def _yes(*chain: Link) -> WayOut:
    return WayOut(exists=True, chain=chain)


def _no(*chain: Link) -> WayOut:
    return WayOut(exists=False, chain=chain)


def _perhaps(reason: str) -> WayOut:
    return WayOut(Unknown(reason))


# Each of these leads on to something that may translate addresses or forward requests: a transit
# gateway, a firewall endpoint, a NAT instance or its interface, an on-premises network.
_LEADS_ON = (
    ("transit_gateway", "a transit gateway"),
    ("vpc_endpoint", "a firewall or load balancer endpoint"),
    ("network_interface", "a network interface"),
    ("instance", "an instance"),
    ("core_network", "a core network"),
    ("carrier_gateway", "a carrier gateway"),
    ("local_gateway", "a local gateway"),
)


def way_out(deployment: Deployment, subnet: Subnet) -> WayOut:
    """Say whether the subnet's default route leads out for interfaces that have a private address only.

    An internet gateway does not: it translates public addresses, and SageMaker's interfaces have none
    (https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html).
    """
    return _follow(deployment, subnet, frozenset())


def common_way_out(deployment: Deployment, subnets: Refs) -> WayOut:
    """Say whether every one of the subnets has a way out; one that has none decides."""
    doubt: Unknown | None = None
    ways: list[WayOut] = []
    for subnet in deployment.find_all(Subnet, subnets):
        way = WayOut(subnet) if isinstance(subnet, Unknown) else way_out(deployment, subnet)
        if way.exists is False:
            return way
        if isinstance(way.exists, Unknown) and doubt is None:
            doubt = way.exists
        ways.append(way)
    if doubt is not None:
        return WayOut(doubt)
    return ways[0] if ways else _no()


def _follow(deployment: Deployment, subnet: Subnet, visited: frozenset[str]) -> WayOut:
    table = deployment.route_table_of(subnet)
    if table is None:
        table = deployment.unread_about(subnet)
    if isinstance(table, Unknown):
        return _perhaps(f"the route table of `{subnet.address}` is not known: {table.reason}")
    if table is None:
        return _no((subnet, "uses the main route table, which has no route out of the VPC"))
    way = _by_table(deployment, table, visited | {subnet.identity})
    link = (subnet, f"uses `{table.address}`")
    return way if isinstance(way.exists, Unknown) else WayOut(way.exists, (link, *way.chain))


def _by_table(deployment: Deployment, table: RouteTable, visited: frozenset[str]) -> WayOut:
    found = [_by_route(deployment, route, visited) for route in _defaults(deployment, table)]
    if not found:
        unread = deployment.unread_about(table)
        if unread is not None:
            return _perhaps(f"the default route of `{table.address}` is not known: {unread.reason}")
        return _no((table, "has no default route"))
    leading = next((way for way in found if way.exists is True), None)
    doubtful = next((way for way in found if isinstance(way.exists, Unknown)), None)
    return leading or doubtful or found[0]


def _defaults(deployment: Deployment, table: RouteTable) -> list[Route | Unknown]:
    """Return the routes that are, or may be, the default route."""
    return [
        route
        for route in deployment.routes_of(table)
        if isinstance(route, Unknown)
        or isinstance(route.destination, Unknown)
        or (route.destination is not None and route.destination.prefixlen == 0)
    ]


def _by_route(deployment: Deployment, route: Route | Unknown, visited: frozenset[str]) -> WayOut:
    if isinstance(route, Unknown):
        return _perhaps(f"a route is not known: {route.reason}")
    way = _by_target(deployment, route, visited)
    if isinstance(route.destination, Unknown) and way.exists is not False:
        return _perhaps(f"the destination of `{route.address}` is not known: {route.destination.reason}")
    return way


def _by_target(deployment: Deployment, route: Route, visited: frozenset[str]) -> WayOut:
    if route.nat_gateway is not None:
        return _by_nat(deployment, route, visited)
    for name, noun in _LEADS_ON:
        if getattr(route, name) is not None:
            return _yes((route, f"leads to {noun}"))
    if route.gateway is not None:
        return _by_gateway(deployment, route, route.gateway)
    return _no((route, "leads to no gateway that translates private addresses"))


def _by_nat(deployment: Deployment, route: Route, visited: frozenset[str]) -> WayOut:
    """Follow a NAT gateway; a private one only passes on to the routes of its own subnet."""
    nat = deployment.find(NatGateway, route.nat_gateway)
    link = (route, "leads to a NAT gateway")
    if not isinstance(nat, NatGateway) or nat.connectivity is None:
        return _yes(link)
    if isinstance(nat.connectivity, Unknown):
        reason = nat.connectivity.reason
        return _perhaps(f"whether NAT gateway `{nat.address}` is a public one is not known: {reason}")
    if nat.connectivity.lower() != "private":
        return _yes(link)
    subnet = deployment.find(Subnet, nat.subnet)
    if not isinstance(subnet, Subnet):
        reason = subnet.reason if isinstance(subnet, Unknown) else "none is written"
        return _perhaps(f"the subnet of private NAT gateway `{nat.address}` is not known: {reason}")
    if subnet.identity in visited:
        return _no(link, (nat, "is private, and its own subnet leads back to it"))
    beyond = _follow(deployment, subnet, visited)
    return WayOut(beyond.exists, (link, (nat, "is a private one"), *beyond.chain))


def _by_gateway(deployment: Deployment, route: Route, gateway: Maybe[str]) -> WayOut:
    """Follow `GatewayId`: an internet gateway, or a virtual private gateway to an on-premises network."""
    found = deployment.find(InternetGateway, gateway)
    if isinstance(found, InternetGateway) or str(gateway).startswith("igw-"):
        text = "leads to an internet gateway, which carries no private address"
        return _no((route, text))
    if isinstance(gateway, str) and gateway.startswith("vgw-"):
        return _yes((route, "leads to a virtual private gateway"))
    if gateway == "local":
        return _no((route, "stays in the VPC"))
    reason = found.reason if isinstance(found, Unknown) else "none is written"
    return _perhaps(f"the gateway of `{route.address}` is not known: {reason}")
