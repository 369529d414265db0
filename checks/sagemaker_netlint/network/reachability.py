"""Ways out of a subnet: the default route, and where it leads."""

from __future__ import annotations

from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.topology import InternetGateway, NatGateway, Refs, Route, RouteTable, Subnet
from sagemaker_netlint.network.values import Maybe, Unknown
from sagemaker_netlint.network.ways import Way, blocked, open_way, some, unclear

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


def way_out(deployment: Deployment, subnet: Subnet) -> Way:
    """Say whether the subnet's default route leads out for interfaces that have a private address only.

    An internet gateway does not: it translates public addresses, and SageMaker's interfaces have none
    (https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html).
    """
    return _follow(deployment, subnet, frozenset())


def way_to_internet_gateway(deployment: Deployment, subnet: Subnet) -> Way:
    """Say whether the subnet is public: its default route leads to an internet gateway.

    https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html#subnet-types
    """
    table = deployment.route_table_of(subnet)
    if table is None:
        table = deployment.unread_about(subnet)
    if isinstance(table, Unknown):
        return unclear(f"the route table of `{subnet.address}` is not known: {table.reason}")
    if table is None:
        return blocked((subnet, "uses the main route table, which has no route out of the VPC"))
    ways = [_to_internet_gateway(deployment, route) for route in _defaults(deployment, table)]
    unread = deployment.unread_about(table) if not ways else None
    if unread is not None:
        return unclear(f"the default route of `{table.address}` is not known: {unread.reason}")
    way = some(ways) or blocked((table, "has no default route"))
    return way.after((subnet, f"uses `{table.address}`"))


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
    if isinstance(route.gateway, str) and (route.gateway == "local" or route.gateway.startswith("vgw-")):
        return blocked((route, "leads to no internet gateway"))
    reason = found.reason if isinstance(found, Unknown) else "it is not written"
    return unclear(f"the gateway of `{route.address}` is not known: {reason}")


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


def _follow(deployment: Deployment, subnet: Subnet, visited: frozenset[str]) -> Way:
    table = deployment.route_table_of(subnet)
    if table is None:
        table = deployment.unread_about(subnet)
    if isinstance(table, Unknown):
        return unclear(f"the route table of `{subnet.address}` is not known: {table.reason}")
    if table is None:
        return blocked((subnet, "uses the main route table, which has no route out of the VPC"))
    way = _by_table(deployment, table, visited | {subnet.identity})
    link = (subnet, f"uses `{table.address}`")
    return way if isinstance(way.exists, Unknown) else Way(way.exists, (link, *way.chain))


def _by_table(deployment: Deployment, table: RouteTable, visited: frozenset[str]) -> Way:
    found = [_by_route(deployment, route, visited) for route in _defaults(deployment, table)]
    if not found:
        unread = deployment.unread_about(table)
        if unread is not None:
            return unclear(f"the default route of `{table.address}` is not known: {unread.reason}")
        return blocked((table, "has no default route"))
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
            return open_way((route, f"leads to {noun}"))
    if route.gateway is not None:
        return _by_gateway(deployment, route, route.gateway)
    return blocked((route, "leads to no gateway that translates private addresses"))


def _by_nat(deployment: Deployment, route: Route, visited: frozenset[str]) -> Way:
    """Follow a NAT gateway; a private one only passes on to the routes of its own subnet."""
    nat = deployment.find(NatGateway, route.nat_gateway)
    link = (route, "leads to a NAT gateway")
    if not isinstance(nat, NatGateway):
        return open_way(link)  # it exists already, and works for others
    if isinstance(nat.connectivity, Unknown):
        reason = nat.connectivity.reason
        return unclear(f"whether NAT gateway `{nat.address}` is a public one is not known: {reason}")
    if (nat.connectivity or "public").lower() != "private":
        return _beyond_public_nat(deployment, nat).after(link)
    subnet = deployment.find(Subnet, nat.subnet)
    if not isinstance(subnet, Subnet):
        reason = subnet.reason if isinstance(subnet, Unknown) else "none is written"
        return unclear(f"the subnet of private NAT gateway `{nat.address}` is not known: {reason}")
    if subnet.identity in visited:
        return blocked(link, (nat, "is private, and its own subnet leads back to it"))
    beyond = _follow(deployment, subnet, visited)
    return Way(beyond.exists, (link, (nat, "is a private one"), *beyond.chain))


def _beyond_public_nat(deployment: Deployment, nat: NatGateway) -> Way:
    """Say whether a public NAT gateway gets out: its own subnet must lead to an internet gateway.

    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html
    """
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


def _by_gateway(deployment: Deployment, route: Route, gateway: Maybe[str]) -> Way:
    """Follow `GatewayId`: an internet gateway, or a virtual private gateway to an on-premises network."""
    found = deployment.find(InternetGateway, gateway)
    if isinstance(found, InternetGateway) or str(gateway).startswith("igw-"):
        text = "leads to an internet gateway, which carries no private address"
        return blocked((route, text))
    if isinstance(gateway, str) and gateway.startswith("vgw-"):
        return open_way((route, "leads to a virtual private gateway"))
    if gateway == "local":
        return blocked((route, "stays in the VPC"))
    reason = found.reason if isinstance(found, Unknown) else "none is written"
    return unclear(f"the gateway of `{route.address}` is not known: {reason}")
