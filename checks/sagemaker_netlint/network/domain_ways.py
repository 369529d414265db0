"""The ways of a domain's apps to AWS services over the endpoints of its VPC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.endpoint_ways import way_to_service
from sagemaker_netlint.network.interfaces import Interface, interfaces_of
from sagemaker_netlint.network.security import listed
from sagemaker_netlint.network.services import endpoint_to_add
from sagemaker_netlint.network.ways import Way, some
from sagemaker_netlint.network.workloads import Domain


def ways_to_services(
    deployment: Deployment, domain: Domain, services: Sequence[str]
) -> dict[str, Way | None]:
    """Return the best way of any of the domain's apps to each service; `None` where it has no endpoint."""
    apps = Interface(domain, "the apps of its users", "", listed(domain.subnets), (), domain.vpc)
    interfaces = tuple(interfaces_of(deployment, domain)) or (apps,)  # without groups, SMN106 says more
    ways = {}
    for service in services:
        tried = (way_to_service(deployment, interface, service) for interface in interfaces)
        ways[service] = some(way for way in tried if way is not None)
    return ways


def how_to_reach(ways: Mapping[str, Way | None]) -> str:
    """Return what to type for the services that are not reached: the missing endpoints, and what blocks."""
    missing = [endpoint_to_add(service) for service, way in ways.items() if way is None]
    fixes = [f"add VPC endpoints: {', '.join(missing)}"] if missing else []
    fixes += [way.fix for way in ways.values() if way is not None and way.fix]
    return "; ".join(dict.fromkeys(fixes))
