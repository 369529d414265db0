"""Ways out of the VPC: to the internet, and to other networks that routes lead to."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Union

from sagemaker_netlint.network.acl_ways import beyond
from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.interfaces import Interface
from sagemaker_netlint.network.notebooks.modes import routes_on
from sagemaker_netlint.network.notebooks.os_routes import Role, parts_of
from sagemaker_netlint.network.notebooks.scripts import routes_at_start
from sagemaker_netlint.network.reachability import way_out, way_to_internet
from sagemaker_netlint.network.security import ANYWHERE, HTTPS, Party, lets_through
from sagemaker_netlint.network.standing import OWN_NETWORK, Standing
from sagemaker_netlint.network.topology import (
    InternetGateway,
    NatGateway,
    Network,
    Route,
    RouteTable,
    Subnet,
    VpnGateway,
)
from sagemaker_netlint.network.values import Maybe, Unknown
from sagemaker_netlint.network.ways import Link, Way, blocked, every, open_way, unclear
from sagemaker_netlint.network.workloads import Domain, NotebookInstance

Over = Union[Declared, str]
_TARGETS = (
    ("transit_gateway", "transit gateway"),
    ("gateway", "gateway"),
    ("peering", "peering connection"),
    ("core_network", "core network"),
    ("local_gateway", "local gateway"),
    ("carrier_gateway", "carrier gateway"),
    ("vpc_endpoint", "firewall or load balancer endpoint"),
    ("network_interface", "network interface"),
    ("instance", "instance"),
    ("nat_gateway", "NAT gateway"),
)


def to_internet(
    deployment: Deployment, interface: Interface, subnet: Subnet | Unknown | None, standing: Standing
) -> tuple[Way, Over]:
    """Return the way to the internet, TCP 443, and what it leads over."""
    isolated, direct = standing.by_isolation(), standing.over_own_network()
    if isolated is not None:
        return isolated, ""
    if direct is not None:
        return direct, OWN_NETWORK
    if not isinstance(subnet, Subnet):
        return unclear(subnet.reason if subnet is not None else "it lies in no subnet that is known"), ""
    return out_of_vpc(deployment, interface, subnet)


def out_of_vpc(deployment: Deployment, interface: Interface, subnet: Subnet) -> tuple[Way, Over]:
    """Return the way of an interface in the subnet to the internet through the VPC."""
    routes = way_to_internet(deployment, subnet)
    beyond_sight = way_out(deployment, subnet) if routes.exists is False else routes
    if beyond_sight.exists is False:
        return (beyond_sight if beyond_sight.fix else with_nat_fix(beyond_sight)), ""
    end = next((part for part, _ in beyond_sight.chain if isinstance(part, Route)), None)
    over = "" if end is None else target_of(deployment, end)
    if routes.exists is False:
        routes = unclear(f"what lies behind {_shown(over)} is not declared here", *beyond_sight.chain)
    ways = [
        routes,
        lets_through(deployment, interface.groups, "egress", HTTPS, Party("the internet", (), (ANYWHERE,))),
        beyond(deployment, subnet, None, HTTPS),
    ]
    return every(ways), over


def with_nat_fix(way: Way) -> Way:
    """Add what to change where no default route leads out."""
    part = way.chain[-1][0] if way.chain else None
    if isinstance(part, RouteTable):
        return Way(way.exists, way.chain, f"add a default route to a NAT gateway to `{part.address}`")
    if isinstance(part, Route):
        return Way(way.exists, way.chain, f"let the default route `{part.address}` lead to a NAT gateway")
    fix = (
        ""
        if part is None
        else f"give `{part.address}` a route table whose default route leads to a NAT gateway"
    )
    return Way(way.exists, way.chain, fix)


# -- other networks ---------------------------------------------------------------------------------


def to_other_networks(
    deployment: Deployment, interface: Interface, subnet: Subnet | Unknown | None, standing: Standing
) -> Iterator[tuple[str, Way, Over]]:
    """Yield the networks that the subnet's routes lead to, the way to each, and what it leads over."""
    if not isinstance(subnet, Subnet):
        return
    table = deployment.route_table_of(subnet)
    if table is None:
        return
    if isinstance(table, Unknown):
        yield (
            "other networks",
            unclear(f"the route table of `{subnet.address}` is not known: {table.reason}"),
            "",
        )
        return
    for route in deployment.routes_of(table):
        if isinstance(route, Unknown):
            yield "other networks", unclear(f"a route of `{table.address}` is not known: {route.reason}"), ""
        elif _leads_elsewhere(deployment, route):
            over = target_of(deployment, route)
            link = (subnet, f"uses `{table.address}`"), (route, f"leads to {_shown(over)}")
            yield _named(route), _along(deployment, interface, subnet, standing, route, link), over


def leads_beyond(deployment: Deployment, subnet: Subnet) -> bool:
    """Say whether a route of the subnet may lead to another network, the internet gateway's apart.

    It carries no private address. Proxies, and endpoints that several VPCs share, lie in such networks.
    """
    table = deployment.route_table_of(subnet)
    routes = deployment.routes_of(table) if isinstance(table, RouteTable) else ()
    return any(
        isinstance(route, Route) and _leads_elsewhere(deployment, route) and not _is_public(deployment, route)
        for route in routes
    )


def _leads_elsewhere(deployment: Deployment, route: Route) -> bool:
    """Say whether the route leads to a network that is neither the VPC nor, for certain, the internet."""
    if route.gateway == "local":
        return False
    named = next((name for name, _ in _TARGETS if getattr(route, name) is not None), None)
    if named is None:
        return False
    is_default = route.destination == ANYWHERE
    over_internet = named == "nat_gateway" or (named == "gateway" and not _is_vpn(deployment, route))
    written = route.destination is not None or route.prefix_list is not None
    return written and not (is_default and over_internet)


def _is_vpn(deployment: Deployment, route: Route) -> bool:
    found = deployment.find(VpnGateway, route.gateway)
    return isinstance(found, VpnGateway) or str(route.gateway).startswith("vgw-")


def _is_public(deployment: Deployment, route: Route) -> bool:
    found = deployment.find(InternetGateway, route.gateway)
    return isinstance(found, InternetGateway) or str(route.gateway).startswith("igw-")


def _along(  # noqa: PLR0913, PLR0917 - from where, how it stands, and along which route
    deployment: Deployment,
    interface: Interface,
    subnet: Subnet,
    standing: Standing,
    route: Route,
    links: tuple[Link, ...],
) -> Way:
    destination = route.destination
    isolated, by_passed = standing.by_isolation(), _by_passed(deployment, standing, destination)
    if isolated is not None or by_passed is not None:
        return isolated or by_passed or open_way()
    if destination is None or isinstance(destination, Unknown):
        what = "its prefix list is" if destination is None else "its destination is"
        reason = (
            destination.reason if isinstance(destination, Unknown) else "what it holds is not declared here"
        )
        return unclear(f"{what} not known: {reason}", *links)
    party = Party(f"{destination}", (), (destination,))
    ways = [
        open_way(*links),
        lets_through(deployment, interface.groups, "egress", HTTPS, party),
        beyond(deployment, subnet, destination, HTTPS),
    ]
    return every(ways)


def _by_passed(deployment: Deployment, standing: Standing, destination: Maybe[Network]) -> Way | None:
    """Return the way that ends since traffic out of the VPC leaves over SageMaker's own network instead."""
    way, workload = standing.over_own_network(), standing.workload
    if way is None or isinstance(way.exists, Unknown):
        return way
    link = (workload, f"{standing.why}, so what leaves the VPC leaves over {OWN_NETWORK}")
    if isinstance(workload, NotebookInstance):
        by_script = _led_by_script(deployment, workload, destination)
        if by_script is True:
            return None
        if isinstance(by_script, Unknown):
            return unclear(f"its lifecycle configuration may add a route: {by_script.reason}", link)
        return blocked(link, fix=f"set DirectInternetAccess to Disabled at `{workload.address}`")
    mode = isinstance(workload, Domain)
    return blocked(link, fix=f"set AppNetworkAccessType to VpcOnly at `{workload.address}`" if mode else "")


def _led_by_script(
    deployment: Deployment, notebook: NotebookInstance, destination: Maybe[Network]
) -> bool | Unknown:
    """Say whether routes that scripts add lead all of the destination to the VPC."""
    added = routes_at_start(deployment, notebook)
    if not added:
        return False
    table = routes_on(deployment, notebook, added)
    if isinstance(table, Unknown) or not isinstance(destination, IPv4Network):
        return table if isinstance(table, Unknown) else Unknown("only known IPv4 addresses are followed")
    if not parts_of(destination, table.routes, lambda route: not route.leads_to(Role.VPC)):
        return True
    for route in table.routes:
        block, doubt = route.destination, route.uncertain
        if (
            route.by_script
            and doubt is not None
            and (isinstance(block, Unknown) or block.overlaps(destination))
        ):
            return doubt
    return False


def _named(route: Route) -> str:
    if isinstance(route.destination, Unknown):
        return f"the destination of `{route.address}`"
    return str(route.destination) if route.destination is not None else f"prefix list of `{route.address}`"


def target_of(deployment: Deployment, route: Route) -> Over:
    """Return the component that the route leads to, or its noun and name."""
    for name, noun in _TARGETS:
        reference: Maybe[str] = getattr(route, name)
        if reference is None:
            continue
        found = deployment.find(NatGateway, reference)
        if isinstance(found, NatGateway):
            return found
        if isinstance(deployment.find(InternetGateway, reference), InternetGateway):
            noun = "internet gateway"  # noqa: PLW2901 - the more exact word
        if isinstance(reference, Unknown):
            return noun
        return f"{noun} `{deployment.address_of(reference) or reference}`"
    return ""


def _shown(over: Over) -> str:
    return f"`{over.address}`" if isinstance(over, Declared) else over
