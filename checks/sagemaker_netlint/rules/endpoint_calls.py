"""Who calls which VPC endpoints: the interfaces of workloads, and the endpoints of what they need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Union

from sagemaker_netlint.network.attachments import SUBNET_USERS
from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.endpoint_ways import into_endpoint, vpc_of
from sagemaker_netlint.network.endpoints import endpoints_in, is_interface, serving
from sagemaker_netlint.network.interfaces import Interface, interfaces_of
from sagemaker_netlint.network.needs import Need, needs_of
from sagemaker_netlint.network.services import service_of
from sagemaker_netlint.network.topology import VpcEndpoint
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.policy import Policy


@dataclass(frozen=True, slots=True)
class Call:
    """An interface that needs a service, and the endpoints that serve it in its VPC, one or more.

    `doubt` is why it may not need it.
    """

    interface: Interface
    service: str
    endpoints: tuple[VpcEndpoint, ...]
    doubt: Unknown | None


def callers(deployment: Deployment, policy: Policy) -> Iterator[tuple[Interface, tuple[Need, ...]]]:
    """Yield each interface that calls over its VPC, with what it needs."""
    for kind in SUBNET_USERS:
        for workload in deployment.each(kind):
            needs = needs_of(deployment, workload, policy.endpoints.required, policy.endpoints.by_feature)
            if needs:
                yield from ((interface, needs) for interface in interfaces_of(deployment, workload))


def calls(deployment: Deployment, policy: Policy) -> Iterator[Call]:
    """Yield each call of a needed service that has an endpoint in the interface's VPC."""
    for interface, needs in callers(deployment, policy):
        vpc = vpc_of(deployment, interface)
        for need in needs:
            for service in need.services:
                found = serving(deployment, vpc, service)
                if found:
                    yield Call(interface, service, tuple(found), need.doubt)


def to_judge(deployment: Deployment, policy: Policy) -> Iterator[tuple[VpcEndpoint, Declared]]:
    """Yield every declared endpoint, and each existing one that a workload calls, with whom it serves.

    That is the first workload that calls it, and the endpoint itself where it is declared.
    """
    yield from ((endpoint, endpoint) for endpoint in deployment.each(VpcEndpoint))
    called: dict[str, tuple[VpcEndpoint, Declared]] = {}
    for call in calls(deployment, policy) if deployment.existing else ():
        for endpoint in call.endpoints:
            if deployment.is_existing(endpoint) and call.doubt is None:
                called.setdefault(endpoint.identity, (endpoint, call.interface.workload))
    yield from called.values()


def others_in(deployment: Deployment, interface: Interface) -> Iterator[VpcEndpoint]:
    """Yield the interface endpoints for AWS services in the VPC of an interface, needed or not."""
    for endpoint in endpoints_in(deployment, vpc_of(deployment, interface))[0]:
        if is_interface(endpoint) is True and isinstance(service_of(endpoint.service_name), str):
            yield endpoint


def shown(components: Sequence[Declared]) -> str:
    """Return the addresses for a message, each once: `` `a`, `b` and `c` ``."""
    names = list(dict.fromkeys(f"`{component.address}`" for component in components))
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


Users = list[tuple[Interface, Union[Unknown, None]]]
"""Interfaces that use an endpoint, each with the reason for doubt, where there is one."""


def users_of_endpoints(deployment: Deployment, policy: Policy) -> Iterator[tuple[VpcEndpoint, Users]]:
    """Yield each interface endpoint with the interfaces that use it.

    Those are the ones that need its service, and those of callers in its VPC that its groups admit: an
    endpoint that is closed to them is there for somebody else.
    """
    users: dict[str, tuple[VpcEndpoint, Users]] = {}
    done: set[tuple[str, str, str]] = set()
    for call in calls(deployment, policy):
        for endpoint in call.endpoints:
            if is_interface(endpoint) is True:
                users.setdefault(endpoint.identity, (endpoint, []))[1].append((call.interface, call.doubt))
                done.add(_pair(endpoint, call.interface))
    for interface, needs in callers(deployment, policy):
        doubt = None if any(need.doubt is None for need in needs) else needs[0].doubt
        for endpoint in others_in(deployment, interface):
            _, known = users.setdefault(endpoint.identity, (endpoint, []))
            if _pair(endpoint, interface) in done:
                continue
            same = serving(deployment, endpoint.vpc, str(service_of(endpoint.service_name)))
            if endpoint in same and into_endpoint(deployment, interface, endpoint).exists is True:
                known.append((interface, doubt))
    yield from (found for found in users.values() if found[1])


def _pair(endpoint: VpcEndpoint, interface: Interface) -> tuple[str, str, str]:
    return endpoint.identity, interface.workload.identity, interface.field
