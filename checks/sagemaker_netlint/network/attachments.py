"""Where SageMaker workloads put their interfaces: the subnets and security groups that they name.

Only what is declared in the same deployment, or known from an inventory, comes out: a subnet that is given
from outside is no component otherwise, so there is nothing to judge about it here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.topology import Refs, SecurityGroup, Subnet
from sagemaker_netlint.network.values import Maybe, Unknown
from sagemaker_netlint.network.workloads import (
    Cluster,
    Domain,
    EndpointConfig,
    InstanceGroup,
    Job,
    Model,
    NotebookInstance,
    UserProfile,
)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A workload, or the part of it, and the field in which it names the subnet or the group."""

    workload: Declared
    field: str


_LISTS: dict[type[Declared], tuple[str, ...]] = {
    Domain: ("user_security_groups", "space_security_groups", "domain_security_groups"),
    UserProfile: ("security_groups",),
    NotebookInstance: ("security_groups",),
    Job: ("security_groups",),
    Model: ("security_groups",),
    EndpointConfig: ("security_groups",),
    Cluster: ("security_groups",),
}
SUBNET_USERS: tuple[type[Declared], ...] = (NotebookInstance, Domain, Job, Model, EndpointConfig, Cluster)
"""The workloads that name subnets."""


def group_fields(workload: Declared) -> tuple[tuple[str, Refs], ...]:
    """Return the fields in which the workload names security groups, with their references."""
    return tuple((name, getattr(workload, name)) for name in _LISTS.get(type(workload), ()))


def used_groups(deployment: Deployment) -> Iterator[tuple[SecurityGroup, Attachment]]:
    """Yield each declared security group that a workload uses, once, with the first workload."""
    done: set[str] = set()
    for kind in _LISTS:
        for workload in deployment.each(kind):
            for name, references in group_fields(workload):
                for group in deployment.find_all(SecurityGroup, references):
                    if isinstance(group, SecurityGroup) and group.identity not in done:
                        done.add(group.identity)
                        yield group, Attachment(workload, name)


def used_subnets(deployment: Deployment) -> Iterator[tuple[Subnet, Attachment]]:
    """Yield each subnet in sight that a workload uses, once, with the first workload: existing ones, too."""
    done: set[str] = set()
    for workload, name, references in _subnet_lists(deployment):
        for subnet in deployment.find_all(Subnet, references):
            if isinstance(subnet, Subnet) and subnet.identity not in done:
                done.add(subnet.identity)
                yield subnet, Attachment(workload, name)


def subnets_of(deployment: Deployment, workload: Declared) -> tuple[Subnet | Unknown, ...]:
    """Return the subnets that the workload names, each once; every unknown one may be another."""
    named = [subnet for _, _, refs in _lists_of(workload) for subnet in deployment.find_all(Subnet, refs)]
    known = {subnet.identity: subnet for subnet in named if isinstance(subnet, Subnet)}
    return (*known.values(), *(subnet for subnet in named if isinstance(subnet, Unknown)))


def _subnet_lists(deployment: Deployment) -> Iterator[tuple[Declared, str, Refs]]:
    for kind in SUBNET_USERS:
        for workload in deployment.each(kind):
            yield from _lists_of(workload)


def _lists_of(workload: Declared) -> Iterator[tuple[Declared, str, Refs]]:
    if isinstance(workload, NotebookInstance):
        yield workload, "subnet", _one(workload.subnet)
    else:
        yield workload, "subnets", getattr(workload, "subnets", None)
    if isinstance(workload, Cluster):
        yield from ((group, "subnets", group.subnets) for group in _groups(workload))


def _groups(cluster: Cluster) -> Iterator[InstanceGroup]:
    """Yield the instance groups in sight: each may have subnets of its own, instead of the cluster's."""
    groups = cluster.instance_groups
    for group in groups if isinstance(groups, tuple) else ():
        if isinstance(group, InstanceGroup):
            yield group


def _one(reference: Maybe[str]) -> Refs:
    return (reference,) if isinstance(reference, (str, Unknown)) else None
