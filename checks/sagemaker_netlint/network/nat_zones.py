"""NAT gateways and zones: which one a subnet's default route leads to, and where it lies."""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.placement import zones_apart
from sagemaker_netlint.network.reachability import default_routes, is_regional
from sagemaker_netlint.network.topology import NatGateway, Route, RouteTable, Subnet
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.ways import Link


def nat_routes(deployment: Deployment, subnet: Subnet) -> Iterator[tuple[Route, NatGateway | Unknown]]:
    """Yield the default routes of the subnet that lead to NAT gateways, with these."""
    table = deployment.route_table_of(subnet)
    for route in default_routes(deployment, table) if isinstance(table, RouteTable) else ():
        if isinstance(route, Route) and not isinstance(route.destination, Unknown):
            nat = deployment.find(NatGateway, route.nat_gateway)
            if nat is not None:
                yield route, nat


def in_another_zone(deployment: Deployment, subnet: Subnet, nat: NatGateway) -> bool | Unknown:
    """Say whether the NAT gateway lies in another zone than the subnet; a regional one spans the zones.

    https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html
    """
    regional = is_regional(nat)
    home = deployment.find(Subnet, nat.subnet)
    if regional is True or home is None:
        return False
    apart = home if isinstance(home, Unknown) else zones_apart(subnet, home)
    return regional if isinstance(regional, Unknown) and apart is not False else apart


def places(deployment: Deployment, subnet: Subnet, nat: NatGateway) -> Iterator[Link]:
    """Yield where the NAT gateway and the subnet lie, as links of a chain."""
    home = deployment.find(Subnet, nat.subnet)
    if isinstance(home, Subnet):
        yield nat, f"lies in `{home.address}`"
    for part in (home, subnet):
        if isinstance(part, Subnet) and isinstance(part.zone, str) and "$" not in part.zone:
            yield part, f"lies in {part.zone}"
