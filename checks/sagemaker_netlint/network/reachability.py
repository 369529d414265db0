"""Ways out of a subnet: its default route, and where it leads."""

from __future__ import annotations

from sagemaker_netlint.network.address_kinds import is_global
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.topology import (
    InternetGateway,
    NatGateway,
    Refs,
    Route,
    RoutePropagation,
    RouteTable,
    Subnet,
    VpnGateway,
)
from sagemaker_netlint.network.values import Maybe, Unknown
from sagemaker_netlint.network.ways import Way, blocked, open_way, some, unclear

# Each of these leads on to something that may translate addresses or forward requests: a transit
# gateway, a firewall endpoint, a NAT instance or its interface, an on-premises network.
_LEADS_ON = (
    ("transit_gateway", "transit gateway"),
    ("vpc_endpoint", "firewall or load balancer endpoint"),
    ("network_interface", "network interface, of a NAT instance or a proxy"),
    ("instance", "instance, for NAT or a proxy"),
    ("core_network", "core network"),
    ("carrier_gateway", "carrier gateway"),
    ("local_gateway", "local gateway"),
)
# https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html (no edge to edge routing) and
# https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html
_LEADS_NOWHERE = (
    ("peering", "VPC peering connection", ", which carries nothing beyond the other VPC"),
    ("egress_only_gateway", "egress-only internet gateway", ", which carries IPv6 only"),
)
_BARE = "uses the main route table, which has no route out of the VPC"


def way_out(deployment: Deployment, subnet: Subnet) -> Way:
    """Say whether the subnet's default route leads out for interfaces that have a private address only.

    An internet gateway does not: it translates public addresses, and SageMaker's interfaces have none
    (https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html).
    """
    return _follow(deployment, subnet, frozenset())


def common_way_out(deployment: Deployment, subnets: Refs) -> Way:
    """Say whether every one of the subnets has a way out; one that has none decides."""
    doubt: Unknown | None = None
    ways: list[Way] = []
    for subnet in deployment.find_all(Subnet, subnets):
        way = Way(subnet) if isinstance(subnet, Unknown) else way_out(deployment, subnet)
        if way.exists is False:
            return way
        if isinstance(way.exists, Unknown) and doubt is None:
            doubt = way.exists
        ways.append(way)
    if doubt is not None:
        return Way(doubt)
    return ways[0] if ways else blocked()


def way_to_internet_gateway(deployment: Deployment, subnet: Subnet) -> Way:
    """Say whether the subnet is public: its default route leads to an internet gateway.

    https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html#subnet-types
    """
    table = _table_of(deployment, subnet)
    if isinstance(table, Way):
        return table
    ways = [_to_internet_gateway(deployment, route) for route in default_routes(deployment, table)]
    unread = deployment.unread_about(table) if not ways else None
    if unread is not None:
        return unclear(f"the default route of `{table.address}` is not known: {unread.reason}")
    way = some(ways) or blocked((table, "has no default route"))
    return way.after((subnet, f"uses `{table.address}`"))


def way_to_internet(deployment: Deployment, subnet: Subnet) -> Way:
    """Say whether a route of the subnet certainly gives private addresses the internet, over NAT gateways.

    What lies beyond a transit gateway, a firewall or an on-premises network is not in sight: it is no such
    way here, though it may lead to the internet.
    """
    return _to_internet(deployment, subnet, frozenset())


def default_routes(deployment: Deployment, table: RouteTable) -> list[Route | Unknown]:
    """Return the routes of the table that are, or may be, the default route (IPv4).

    A table has one. Where none is seen, a route resource whose table is not known may be it.
    """
    own = [route for route in deployment.routes_of(table) if _may_be_default(route)]
    unplaced = deployment.unplaced_routes if not own else ()
    return own or [
        Unknown(f"`{route.address}` may belong to `{table.address}`: {route.route_table.reason}")
        for route in unplaced
        if _may_be_default(route) and isinstance(route.route_table, Unknown)
    ]


def _may_be_default(route: Route | Unknown) -> bool:
    if isinstance(route, Unknown) or isinstance(route.destination, Unknown):
        return True
    return route.destination is not None and route.destination.prefixlen == 0


def _table_of(deployment: Deployment, subnet: Subnet) -> RouteTable | Way:
    """Return the subnet's route table, or the answer where there is none in sight."""
    table = deployment.route_table_of(subnet)
    if table is None:
        table = deployment.unread_about(subnet)
    if isinstance(table, Unknown):
        return unclear(f"the route table of `{subnet.address}` is not known: {table.reason}")
    return blocked((subnet, _BARE)) if table is None else table


# -- out, over anything ------------------------------------------------------------------------------


def _follow(deployment: Deployment, subnet: Subnet, visited: frozenset[str]) -> Way:
    table = _table_of(deployment, subnet)
    if isinstance(table, Way):
        return table
    way = _by_table(deployment, table, visited | {subnet.identity})
    return way if isinstance(way.exists, Unknown) else way.after((subnet, f"uses `{table.address}`"))


def _by_table(deployment: Deployment, table: RouteTable, visited: frozenset[str]) -> Way:
    way = some(_by_route(deployment, route, visited) for route in default_routes(deployment, table))
    if way is not None:
        return way
    doubt = deployment.unread_about(table)
    doubt = learned_routes(deployment, table) if doubt is None else doubt
    if doubt is not None:
        return unclear(f"the default route of `{table.address}` is not known: {doubt.reason}")
    six = any(
        isinstance(route, Route) and route.destination_ipv6 is not None
        for route in deployment.routes_of(table)
    )
    return blocked((table, "has no default route for IPv4" if six else "has no default route"))


def learned_routes(deployment: Deployment, table: RouteTable) -> Unknown | None:
    """Return why routes may be learned, a default one perhaps: a static one would go before it.

    https://docs.aws.amazon.com/vpc/latest/userguide/WorkWithRouteTables.html#EnableDisableRouteProp
    """
    declared = any(
        found is table
        for propagation in deployment.each(RoutePropagation)
        for found in deployment.find_all(RouteTable, propagation.route_tables)
    )
    if declared or (table.propagating_gateways is not None and table.propagating_gateways != ()):
        return Unknown("a virtual private gateway adds the routes that it learns")
    return None


def _by_route(deployment: Deployment, route: Route | Unknown, visited: frozenset[str]) -> Way:
    if isinstance(route, Unknown):
        return unclear(f"a route is not known: {route.reason}")
    way = _by_target(deployment, route, visited)
    if isinstance(route.destination, Unknown) and way.exists is not False:
        return unclear(f"the destination of `{route.address}` is not known: {route.destination.reason}")
    return way


def _by_target(deployment: Deployment, route: Route, visited: frozenset[str]) -> Way:
    if route.nat_gateway is not None:
        return _by_nat(deployment, route, visited)
    for name, noun in _LEADS_ON:
        if getattr(route, name) is not None:
            return open_way((route, f"leads to {_shown(deployment, noun, getattr(route, name))}"))
    if route.gateway is not None:
        return _by_gateway(deployment, route, route.gateway)
    for name, noun, why in _LEADS_NOWHERE:
        if getattr(route, name) is not None:
            return blocked((route, f"leads to {_shown(deployment, noun, getattr(route, name))}{why}"))
    return blocked((route, "leads to no gateway that translates private addresses"))


def _shown(deployment: Deployment, noun: str, reference: Maybe[str]) -> str:
    """Return a target for people: with its address, where it is declared."""
    address = deployment.address_of(reference) if isinstance(reference, str) else None
    return f"{'an' if noun[0] in 'aeio' else 'a'} {noun}{'' if address is None else f' (`{address}`)'}"


def _by_nat(deployment: Deployment, route: Route, visited: frozenset[str]) -> Way:
    """Follow a NAT gateway; a private one only passes on to the routes of its own subnet."""
    nat = deployment.find(NatGateway, route.nat_gateway)
    if not isinstance(nat, NatGateway):  # it exists already, and works for others
        return open_way((route, "leads to a NAT gateway"))
    link = (route, f"leads to NAT gateway `{nat.address}`")
    if is_private(nat) is False:
        return _beyond_public_nat(deployment, nat).after(link)
    beyond = _subnet_of_private(deployment, nat, visited)
    if isinstance(beyond, Way):
        return beyond.after(link)
    return _follow(deployment, beyond, visited).after(link, (nat, "is a private one"))


def is_private(nat: NatGateway) -> bool | Unknown:
    """Say whether it is a private NAT gateway; absent means public."""
    return nat.connectivity if isinstance(nat.connectivity, Unknown) else nat.connectivity == "private"


def _subnet_of_private(deployment: Deployment, nat: NatGateway, visited: frozenset[str]) -> Subnet | Way:
    """Return the subnet of a private NAT gateway, or the answer where that cannot be followed."""
    if isinstance(nat.connectivity, Unknown):
        reason = nat.connectivity.reason
        return unclear(f"whether NAT gateway `{nat.address}` is a public one is not known: {reason}")
    subnet = deployment.find(Subnet, nat.subnet)
    if not isinstance(subnet, Subnet):
        reason = subnet.reason if isinstance(subnet, Unknown) else "none is written"
        return unclear(f"the subnet of private NAT gateway `{nat.address}` is not known: {reason}")
    if subnet.identity in visited:
        return blocked((nat, "is private, and its own subnet leads back to it"))
    return subnet


def _beyond_public_nat(deployment: Deployment, nat: NatGateway) -> Way:
    """Say whether a public NAT gateway gets out: its own subnet must lead to an internet gateway.

    A regional one lies in no subnet, and EC2 gives it a route to the internet gateway of the VPC
    (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html, nat-gateways-regional.html).
    """
    if is_regional(nat) is True:
        return open_way((nat, "is a regional one, with its own route to the internet gateway"))
    subnet = deployment.find(Subnet, nat.subnet)
    if not isinstance(subnet, Subnet):
        reason = subnet.reason if isinstance(subnet, Unknown) else "none is written"
        return unclear(f"the subnet of NAT gateway `{nat.address}` is not known: {reason}")
    way = way_to_internet_gateway(deployment, subnet)
    if isinstance(way.exists, Unknown):
        return unclear(f"whether NAT gateway `{nat.address}` gets out is not known: {way.exists.reason}")
    fix = f"put `{nat.address}` into a subnet whose default route leads to an internet gateway"
    end = () if way.exists else ((nat, f"lies in `{subnet.address}`, which leads to no internet gateway"),)
    return Way(way.exists, (*way.chain, *end), "" if way.exists else fix)


def is_regional(nat: NatGateway) -> bool | Unknown:
    """Say whether the NAT gateway spans the zones of its VPC; absent means that it lies in one."""
    mode = nat.availability_mode
    return mode if isinstance(mode, Unknown) else mode == "regional"


def _by_gateway(deployment: Deployment, route: Route, gateway: Maybe[str]) -> Way:
    """Follow `GatewayId`: an internet gateway, or a virtual private gateway to an on-premises network."""
    found = deployment.find(InternetGateway, gateway)
    if isinstance(found, InternetGateway) or str(gateway).startswith("igw-"):
        text = "leads to an internet gateway, which carries no private address"
        return blocked((route, text))
    private = deployment.find(VpnGateway, gateway)
    if isinstance(private, VpnGateway) or str(gateway).startswith("vgw-"):
        return open_way((route, f"leads to {_shown(deployment, 'virtual private gateway', gateway)}"))
    if gateway == "local":
        return blocked((route, "stays in the VPC"))
    reason = found.reason if isinstance(found, Unknown) else "none is written"
    return unclear(f"the gateway of `{route.address}` is not known: {reason}")


# -- to an internet gateway --------------------------------------------------------------------------


def _to_internet_gateway(deployment: Deployment, route: Route | Unknown) -> Way:
    if isinstance(route, Unknown):
        return unclear(f"a route is not known: {route.reason}")
    if route.gateway is None:
        return blocked((route, "leads to no internet gateway"))
    found = deployment.find(InternetGateway, route.gateway)
    if isinstance(found, InternetGateway) or str(route.gateway).startswith("igw-"):
        if isinstance(route.destination, Unknown):
            return unclear(f"the destination of `{route.address}` is not known: {route.destination.reason}")
        return open_way((route, "leads to an internet gateway"))
    private = isinstance(deployment.find(VpnGateway, route.gateway), VpnGateway)
    if private or str(route.gateway).startswith("vgw-") or route.gateway == "local":
        return blocked((route, "leads to no internet gateway"))
    reason = found.reason if isinstance(found, Unknown) else "it is not written"
    return unclear(f"the gateway of `{route.address}` is not known: {reason}")


# -- to the internet, over NAT -----------------------------------------------------------------------


def _to_internet(deployment: Deployment, subnet: Subnet, visited: frozenset[str]) -> Way:
    table = _table_of(deployment, subnet)
    if isinstance(table, Way):
        return table
    visited = visited | {subnet.identity}
    way = some(_over_nat(deployment, route, visited) for route in deployment.routes_of(table))
    if way is None or way.exists is False:
        unread = deployment.unread_about(table)
        if unread is not None:
            return unclear(f"the routes of `{table.address}` are not known: {unread.reason}")
    return (way or blocked((table, "has no route"))).after((subnet, f"uses `{table.address}`"))


def _over_nat(deployment: Deployment, route: Route | Unknown, visited: frozenset[str]) -> Way:
    if isinstance(route, Unknown):
        return unclear(f"a route is not known: {route.reason}")
    destination = route.destination
    if route.nat_gateway is None:
        return blocked((route, "leads to no NAT gateway"))
    if destination is None or (not isinstance(destination, Unknown) and not is_global(destination)):
        return blocked((route, "leads to no public address"))
    way = _beyond_nat(deployment, route, visited)
    if isinstance(destination, Unknown) and way.exists is not False:
        return unclear(f"the destination of `{route.address}` is not known: {destination.reason}")
    return way


def _beyond_nat(deployment: Deployment, route: Route, visited: frozenset[str]) -> Way:
    nat = deployment.find(NatGateway, route.nat_gateway)
    if not isinstance(nat, NatGateway):
        reason = nat.reason if isinstance(nat, Unknown) else "it is not written"
        return unclear(f"whether the NAT gateway of `{route.address}` is a public one is not known: {reason}")
    link = (route, f"leads to NAT gateway `{nat.address}`")
    if is_private(nat) is False:
        return _beyond_public_nat(deployment, nat).after(link)
    beyond = _subnet_of_private(deployment, nat, visited)
    if isinstance(beyond, Way):
        return beyond.after(link)
    return _to_internet(deployment, beyond, visited).after(link, (nat, "is a private one"))
