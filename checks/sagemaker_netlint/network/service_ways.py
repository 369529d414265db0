"""Ways to AWS services: over an endpoint of the VPC, else over its way to the internet."""

from __future__ import annotations

from collections.abc import Iterable

from sagemaker_netlint.network.acl_ways import between, beyond
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.endpoint_ways import by_name, by_vpc_dns, route_to, vpc_of, way_over
from sagemaker_netlint.network.endpoints import coverage, endpoints_in, is_interface
from sagemaker_netlint.network.interfaces import Interface
from sagemaker_netlint.network.outward_ways import Over, out_of_vpc
from sagemaker_netlint.network.security import HTTPS, listed
from sagemaker_netlint.network.services import endpoint_to_add, service_of
from sagemaker_netlint.network.standing import OWN_NETWORK, Standing
from sagemaker_netlint.network.topology import Subnet, VpcEndpoint
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.ways import Way, blocked, every, unclear

Found = tuple[Way, Over]
DATA = "s3"
"""The service over which SageMaker moves the data and models of containers, isolated ones, too."""


def services_of(deployment: Deployment, interface: Interface, needed: Iterable[str]) -> tuple[str, ...]:
    """Return the services that the workload needs, and those that its VPC has an endpoint for, each once."""
    vpc = vpc_of(deployment, interface)
    inside = endpoints_in(deployment, vpc)[0] if isinstance(vpc, str) else []
    there = (service_of(endpoint.service_name) for endpoint in inside)
    return tuple(dict.fromkeys([*needed, *(service for service in there if isinstance(service, str))]))


def to_service(
    deployment: Deployment,
    interface: Interface,
    subnet: Subnet | Unknown | None,
    standing: Standing,
    service: str,
) -> Found:
    """Return the way to a service, and what it leads over."""
    isolated = standing.by_isolation()
    if isolated is not None and service != DATA:
        return isolated, ""
    direct = standing.over_own_network()
    if direct is not None and (not standing.endpoints_too or not isinstance(subnet, Subnet)):
        return direct, OWN_NETWORK
    if not isinstance(subnet, Subnet):
        return unclear(subnet.reason if subnet is not None else "it lies in no subnet that is known"), ""
    return _from_subnet(deployment, interface, subnet, direct, service)


def _from_subnet(
    deployment: Deployment, interface: Interface, subnet: Subnet, direct: Way | None, service: str
) -> Found:
    tried = _over_endpoints(deployment, interface, subnet, direct, service)
    opened = next((found for found in tried if found[0].exists is True), None)
    if opened is not None:
        return opened
    deciding = [found for found in tried if _decides(deployment, subnet, found)]
    if deciding:
        return next((found for found in deciding if found[0].exists is not False), deciding[0])
    if direct is not None:
        return direct, OWN_NETWORK
    way, over = out_of_vpc(deployment, interface, subnet)
    if way.exists is True:
        return way, over
    if tried:
        return tried[0]
    return _without_endpoint(deployment, interface, subnet, service, way), ""


def _over_endpoints(
    deployment: Deployment, interface: Interface, subnet: Subnet, direct: Way | None, service: str
) -> list[Found]:
    inside, perhaps = endpoints_in(deployment, vpc_of(deployment, interface))
    found: list[Found] = []
    for endpoint in inside:
        by_passed = direct is not None and is_interface(endpoint) is False
        if service_of(endpoint.service_name) == service and not by_passed:
            found.append((_over(deployment, interface, subnet, endpoint), endpoint))
    for endpoint in perhaps:
        if service_of(endpoint.service_name) == service:
            doubt = f"whether endpoint `{endpoint.address}` lies in its VPC is not known"
            found.append((unclear(doubt), endpoint))
    return found


def _over(deployment: Deployment, interface: Interface, subnet: Subnet, endpoint: VpcEndpoint) -> Way:
    way = way_over(deployment, interface, endpoint)
    if is_interface(endpoint) is True:
        there = deployment.find_all(Subnet, listed(endpoint.subnets))
        return every([way, between(deployment, subnet, there, HTTPS)])
    return every([way, beyond(deployment, subnet, None, HTTPS)])


def _decides(deployment: Deployment, subnet: Subnet, found: Found) -> bool:
    """Say whether the service's name, or its route, leads to the endpoint, so that no other way is taken."""
    way, endpoint = found
    if not isinstance(endpoint, VpcEndpoint) or is_interface(endpoint) is not True:
        routed = isinstance(endpoint, VpcEndpoint) and route_to(deployment, subnet, endpoint).exists is True
        return routed or isinstance(way.exists, Unknown)
    leads = by_name(deployment, endpoint).exists, by_vpc_dns(deployment, endpoint).exists
    return not any(answer is False for answer in leads)


def _without_endpoint(
    deployment: Deployment, interface: Interface, subnet: Subnet, service: str, out: Way
) -> Way:
    """Return the way to a service without an endpoint in sight, where the VPC's way out isn't open."""
    covered = coverage(deployment, vpc_of(deployment, interface), [service])
    doubt = covered.doubt if covered.doubt is not None else out.exists
    if isinstance(doubt, Unknown):
        return unclear(f"no endpoint for it is in sight, and {doubt.reason}")
    vpc = covered.vpc or subnet
    fix = f"add a VPC endpoint: {endpoint_to_add(service)}"
    return blocked(*out.chain, (vpc, f"has no endpoint for {service}"), fix=fix)
