"""The parts of a HyperPod cluster: the instance groups that share subnets and security groups.

An instance group may override the cluster's VpcConfig with one of its own (OverrideVpcConfig:
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ClusterInstanceGroupSpecification.html).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Union

from sagemaker_netlint.network.topology import Refs
from sagemaker_netlint.network.values import Maybe, Unknown
from sagemaker_netlint.network.workloads import Cluster, InstanceGroup

Groups = tuple[Union[InstanceGroup, Unknown], ...]


@dataclass(frozen=True, slots=True)
class ClusterPart:
    """Instance groups with the same VpcConfig.

    `name` says whose instances they are, `prefix` begins a message about them.
    """

    name: str
    prefix: str
    subnets: Refs
    security_groups: Refs
    groups: Groups

    @property
    def count(self) -> int | Unknown:
        """How many instances they have together."""
        total = 0
        for group in self.groups:
            count: Maybe[int] = group if isinstance(group, Unknown) else group.instance_count
            if isinstance(count, Unknown):
                return count
            total += count or 0
        return total


def parts_of(cluster: Cluster) -> Iterator[ClusterPart]:
    """Yield the groups that use the cluster's VpcConfig, if there are any, and each with one of its own."""
    groups = _groups(cluster)
    sharing = tuple(group for group in groups if isinstance(group, Unknown) or not _overrides(group))
    if sharing or not groups:
        subnets, security_groups = cluster.subnets, cluster.security_groups
        doubt = next((group for group in sharing if isinstance(group, Unknown)), None)
        if doubt is not None and subnets is None and security_groups is None:
            subnets = security_groups = Unknown(f"its instance groups may have their own: {doubt.reason}")
        yield ClusterPart("its instances", "", subnets, security_groups, sharing)
    for number, group in enumerate(groups, 1):
        if isinstance(group, InstanceGroup) and _overrides(group):
            name, prefix = f"the instances of its group {number}", f"instance group {number}: "
            yield ClusterPart(name, prefix, group.subnets, group.security_groups, (group,))


def _groups(cluster: Cluster) -> Groups:
    if isinstance(cluster.instance_groups, Unknown):
        return (cluster.instance_groups,)
    return cluster.instance_groups or ()


def _overrides(group: InstanceGroup) -> bool:
    return group.subnets is not None or group.security_groups is not None
