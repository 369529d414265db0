"""The network interfaces of workloads: which groups they carry, in which subnets they lie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sagemaker_netlint.network.clusters import parts_of
from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.security import Party, listed
from sagemaker_netlint.network.studio import profiles_of
from sagemaker_netlint.network.topology import Network, Refs, Subnet
from sagemaker_netlint.network.values import Maybe, Unknown
from sagemaker_netlint.network.workloads import (
    Cluster,
    Domain,
    EndpointConfig,
    Job,
    Model,
    NotebookInstance,
)


@dataclass(frozen=True, slots=True)
class Interface:
    """Interfaces of one kind that a workload puts into subnets.

    `name` says whose they are ("the apps of its users"), `field` names the workload's field with their
    groups, `vpc` is the VPC that the workload names itself.
    """

    workload: Declared
    name: str
    field: str
    subnets: tuple[str | Unknown, ...]
    groups: tuple[str | Unknown, ...]
    vpc: Maybe[str] = None

    def party(self, deployment: Deployment) -> Party:
        """Return the interfaces as the other end of somebody's traffic."""
        return Party(f"`{self.workload.address}`", self.groups, ranges_of(deployment, self.subnets))


def ranges_of(deployment: Deployment, subnets: tuple[str | Unknown, ...]) -> tuple[Network | Unknown, ...]:
    """Return the IPv4 ranges of subnets; each that isn't in sight is unknown."""
    ranges: list[Network | Unknown] = []
    for found in deployment.find_all(Subnet, subnets):
        cidr = found if isinstance(found, Unknown) else found.cidr
        ranges.append(Unknown("its range is not written") if cidr is None else cidr)
    return tuple(ranges)


def interfaces_of(deployment: Deployment, workload: Declared) -> Iterator[Interface]:
    """Yield the interfaces of a workload that lie in subnets and carry groups of the owner."""
    if isinstance(workload, Domain):
        yield from _of_domain(deployment, workload)
    elif isinstance(workload, NotebookInstance):
        subnet: Refs = None if workload.subnet is None else (workload.subnet,)
        yield from _plain(workload, "the notebook instance", subnet, workload.security_groups)
    elif isinstance(workload, Cluster):
        for part in parts_of(workload):
            yield from _plain(workload, part.name, part.subnets, part.security_groups)
    elif isinstance(workload, (Job, Model, EndpointConfig)):
        yield from _plain(workload, "its instances", workload.subnets, workload.security_groups)


def _plain(workload: Declared, name: str, subnets: Refs, groups: Refs) -> Iterator[Interface]:
    if subnets is not None and subnets != ():
        yield Interface(workload, name, "security_groups", listed(subnets), listed(groups))


def _of_domain(deployment: Deployment, domain: Domain) -> Iterator[Interface]:
    """Yield the apps of users, of each profile with groups of its own, and of shared spaces.

    A profile's groups are added to those of the domain's default user settings (UserSettings).
    """
    subnets, default = listed(domain.subnets), listed(domain.user_security_groups)
    if not subnets:
        return
    if default:
        yield Interface(domain, "the apps of its users", "user_security_groups", subnets, default, domain.vpc)
    for profile in profiles_of(deployment, domain).certain:
        own = listed(profile.security_groups)
        if own:
            name = f"the apps of `{profile.address}`"
            yield Interface(profile, name, "security_groups", subnets, (*default, *own), domain.vpc)
    shared = listed(domain.space_security_groups)
    if shared:
        name = "the apps of its shared spaces"
        yield Interface(domain, name, "space_security_groups", subnets, shared, domain.vpc)


def all_interfaces(deployment: Deployment, workload: Declared) -> tuple[Interface, ...]:
    """Return the interfaces of a workload; one stands for it where none carries groups of its own."""
    found = tuple(interfaces_of(deployment, workload))
    if found:
        return found
    name = "the apps of its users" if isinstance(workload, Domain) else "its instances"
    subnets = listed(getattr(workload, "subnets", None))
    vpc = workload.vpc if isinstance(workload, Domain) else None
    return (Interface(workload, name, "", subnets, (), vpc),)
