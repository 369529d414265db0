"""Subnets of workloads that have no route to the gateway endpoint of a service that is needed there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.endpoint_ways import route_to
from sagemaker_netlint.network.endpoints import is_interface
from sagemaker_netlint.network.interfaces import Interface
from sagemaker_netlint.network.reachability import way_out
from sagemaker_netlint.network.topology import Subnet, VpcEndpoint
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.ways import Way
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.endpoint_calls import calls


@dataclass(frozen=True, slots=True)
class Unrouted:
    """A subnet of an interface whose way to the endpoint is blocked, or not known."""

    interface: Interface
    subnet: Subnet
    way: Way
    doubt: Unknown | None


def unrouted(deployment: Deployment, policy: Policy) -> Iterator[tuple[VpcEndpoint, list[Unrouted]]]:
    """Yield the gateway endpoints with the subnets that lack a route, or may lack one.

    Several gateway endpoints of one service may share the work, each with route tables of its own.
    """
    found: dict[str, tuple[VpcEndpoint, dict[str, Unrouted]]] = {}
    for call in calls(deployment, policy):
        if any(is_interface(endpoint) is not False for endpoint in call.endpoints):
            continue  # its name may lead elsewhere
        endpoint = call.endpoints[0]
        for subnet in deployment.find_all(Subnet, call.interface.subnets):
            if isinstance(subnet, Unknown):
                continue  # it is declared elsewhere, and so are its routes
            way = _way(deployment, policy, subnet, call.endpoints)
            if way.exists is not True:
                _, subnets = found.setdefault(endpoint.identity, (endpoint, {}))
                each = Unrouted(call.interface, subnet, way, call.doubt)
                subnets.setdefault(f"{call.interface.workload.identity} {subnet.identity}", each)
    yield from ((endpoint, list(subnets.values())) for endpoint, subnets in found.values())


def _way(deployment: Deployment, policy: Policy, subnet: Subnet, endpoints: tuple[VpcEndpoint, ...]) -> Way:
    """Return the way from the subnet: to one of the endpoints, else out, if the policy takes that."""
    ways = [route_to(deployment, subnet, endpoint) for endpoint in endpoints]
    if policy.nat_may_stand_in:
        ways.append(way_out(deployment, subnet))
    opened = next((way for way in ways if way.exists is True), None)
    doubtful = next((way for way in ways if isinstance(way.exists, Unknown)), None)
    return opened or doubtful or ways[0]
