"""All ways of a workload: to services, the internet, other networks, file systems, and to itself.

Each is asked for each subnet by itself, since route tables, zones and ranges differ between subnets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from sagemaker_netlint.network.acl_ways import between
from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.interfaces import Interface, all_interfaces, ranges_of
from sagemaker_netlint.network.outward_ways import to_internet, to_other_networks
from sagemaker_netlint.network.placement import same_vpc
from sagemaker_netlint.network.security import (
    EVERYTHING,
    NFS,
    STUDIO_APPS,
    Party,
    Traffic,
    lets_through,
    listed,
)
from sagemaker_netlint.network.service_ways import DATA, services_of, to_service
from sagemaker_netlint.network.standing import OWN_NETWORK, Standing, standing_of
from sagemaker_netlint.network.topology import InterfaceOwner, Subnet
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.ways import Way, every, open_way
from sagemaker_netlint.network.workloads import (
    Cluster,
    Domain,
    EndpointConfig,
    Job,
    Model,
    NotebookInstance,
    UserProfile,
)

WORKLOADS: tuple[type[Declared], ...] = (Domain, NotebookInstance, Job, Model, EndpointConfig, Cluster)
"""What has ways."""
ENDPOINT_THERE = "its VPC has an endpoint for it"
"""Why a workload should reach a service that is not known to be needed."""
_MOUNT_TARGET = "EFS mount target"


class Goal(Enum):
    """What a way leads to."""

    SERVICE = "service"
    INTERNET = "internet"
    OTHER_NETWORK = "other-network"
    FILE_SYSTEM = "file-system"
    ITSELF = "itself"


@dataclass(frozen=True, slots=True)
class NamedWay:
    """One way of the interfaces of one kind in one subnet (`None`: in none, or in all of them).

    `to` names the goal for people; `over` what leads there: an endpoint, a NAT gateway, a route's target.
    `need` says why the workload should have this way, "" where it may do without.
    """

    interface: Interface
    subnet: Subnet | Unknown | None
    goal: Goal
    to: str
    way: Way
    over: Declared | str = ""
    need: str = ""


def ways_of(deployment: Deployment, workload: Declared, needed: Mapping[str, str]) -> Iterator[NamedWay]:
    """Yield the ways of a workload. `needed` are services that it needs, each with the reason."""
    standing = standing_of(deployment, workload)
    for interface in all_interfaces(deployment, workload):
        subnets = deployment.find_all(Subnet, interface.subnets)
        for subnet in subnets or (None,):
            one = interface
            if subnet is not None:
                own = subnet.identity if isinstance(subnet, Subnet) else subnet
                one = replace(interface, subnets=(own,), vpc=_vpc(interface, subnet))
            for named in _outward(deployment, one, subnet, standing, needed):
                yield replace(named, interface=interface)
        yield from _inward(deployment, interface, standing)


def _vpc(interface: Interface, subnet: Subnet | Unknown) -> str | Unknown | None:
    return interface.vpc if interface.vpc is not None or isinstance(subnet, Unknown) else subnet.vpc


def _outward(
    deployment: Deployment,
    interface: Interface,
    subnet: Subnet | Unknown | None,
    standing: Standing,
    needed: Mapping[str, str],
) -> Iterator[NamedWay]:
    for service in services_of(deployment, interface, needed):
        way, over = to_service(deployment, interface, subnet, standing, service)
        # isolated containers want to call nobody
        calls = standing.isolated is False or service == DATA
        need = needed.get(service, ENDPOINT_THERE) if calls else ""
        yield NamedWay(interface, subnet, Goal.SERVICE, service, way, over, need)
    way, over = to_internet(deployment, interface, subnet, standing)
    yield NamedWay(interface, subnet, Goal.INTERNET, "the internet", way, over)
    for network, way, over in to_other_networks(deployment, interface, subnet, standing):
        yield NamedWay(interface, subnet, Goal.OTHER_NETWORK, network, way, over)
    for target in _mount_targets(deployment, subnet):
        way = _to_mount_target(deployment, interface, subnet, target)
        yield NamedWay(interface, subnet, Goal.FILE_SYSTEM, f"`{target.address}`", way, target)


# -- file systems, and itself -----------------------------------------------------------------------


def _mount_targets(deployment: Deployment, subnet: Subnet | Unknown | None) -> Iterator[InterfaceOwner]:
    """Yield the mount targets in the subnet's VPC."""
    if not isinstance(subnet, Subnet):
        return
    for owner in deployment.each(InterfaceOwner):
        there = deployment.find_all(Subnet, owner.subnets) if owner.kind == _MOUNT_TARGET else ()
        if any(isinstance(s, Subnet) and same_vpc(deployment, s.vpc, subnet.vpc) is True for s in there):
            yield owner


def _to_mount_target(
    deployment: Deployment, interface: Interface, subnet: Subnet | Unknown | None, target: InterfaceOwner
) -> Way:
    there = deployment.find_all(Subnet, target.subnets)
    ranges = tuple(s if isinstance(s, Unknown) else s.cidr for s in there)
    groups = listed(target.security_groups)
    party = Party(f"`{target.address}`", groups, tuple(r for r in ranges if r is not None))
    ways = [lets_through(deployment, interface.groups, "egress", NFS, party)]
    ways.append(lets_through(deployment, groups, "ingress", NFS, interface.party(deployment)))
    if isinstance(subnet, Subnet):
        ways.append(between(deployment, subnet, there, NFS))
    return every(ways)


def _inward(deployment: Deployment, interface: Interface, standing: Standing) -> Iterator[NamedWay]:
    """Yield the ways between the interfaces themselves, and from a domain's apps to its home directories."""
    owner = standing.workload
    if isinstance(owner, Domain) and owner.home_efs != "Disabled" and interface.subnets:
        way, over = _to_homes(deployment, interface, standing)
        need = "the home directories lie there"
        yield NamedWay(interface, None, Goal.FILE_SYSTEM, "home directories (TCP 2049)", way, over, need)
    traffic, need = _inner_traffic(owner)
    if traffic is not None and interface.subnets and standing.outside is not True:
        way = _among_themselves(deployment, interface, traffic)
        to = f"itself ({traffic})"
        yield NamedWay(interface, None, Goal.ITSELF, to, way, need=need)


def _to_homes(deployment: Deployment, interface: Interface, standing: Standing) -> tuple[Way, str]:
    if standing.outside is True and not interface.groups:
        # SageMaker makes two groups for NFS of its own with each domain, and attaches them
        return open_way((standing.workload, "has groups for NFS, which SageMaker makes")), OWN_NETWORK
    # the mount targets carry a group that SageMaker makes, and each zone has its own: DNS leads to that one
    homes = Party("its home directories", interface.groups, ranges_of(deployment, interface.subnets))
    return lets_through(deployment, interface.groups, "egress", NFS, homes), "its mount targets"


def _inner_traffic(owner: Declared) -> tuple[Traffic | None, str]:
    if isinstance(owner, (Domain, UserProfile)):
        return STUDIO_APPS, "its apps talk to each other"
    if isinstance(owner, Cluster):
        return EVERYTHING, "its instances talk to each other"
    if isinstance(owner, Job) and owner.instance_count not in {None, 1}:
        several = isinstance(owner.instance_count, int)
        return EVERYTHING, "its instances talk to each other" if several else ""
    return None, ""


def _among_themselves(deployment: Deployment, interface: Interface, traffic: Traffic) -> Way:
    """Say whether the interfaces may talk to each other; those of a job lie in one subnet, apps anywhere."""
    party = interface.party(deployment)
    ways = [
        lets_through(deployment, interface.groups, "ingress", traffic, party),
        lets_through(deployment, interface.groups, "egress", traffic, party),
    ]
    if not isinstance(interface.workload, Job):
        subnets: Sequence[Subnet | Unknown] = deployment.find_all(Subnet, interface.subnets)
        ways += [between(deployment, s, subnets, traffic) for s in subnets if isinstance(s, Subnet)]
    return every(ways)
