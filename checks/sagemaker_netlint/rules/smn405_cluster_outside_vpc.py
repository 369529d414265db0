"""SMN405 cluster-outside-vpc: a HyperPod cluster outside a VPC, or behind groups that don't admit themselves.

Without a VpcConfig the instances lie in a VPC of the service. With one, the groups must admit all traffic
from themselves and allow it to themselves; instances with an EFA take no range in place of the group.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict
from sagemaker_netlint.network.among_instances import among_instances
from sagemaker_netlint.network.clusters import ClusterPart, parts_of
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.interfaces import Interface, interfaces_of
from sagemaker_netlint.network.security import EVERYTHING
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Cluster
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.instance_traffic import any_efa, open_to_themselves, verdict
from sagemaker_netlint.rules.network_settings import without_vpc_config
from sagemaker_netlint.rules.rule import Rule


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every cluster, and each of its instance groups with a VpcConfig of its own."""
    for cluster in deployment.each(Cluster):
        parts = {part.name: part for part in parts_of(cluster)}
        for part in parts.values():
            yield from without_vpc_config(cluster, part.subnets, part.security_groups, part.prefix)
        for interface in interfaces_of(deployment, cluster):
            part = parts[interface.name]
            if interface.groups and not isinstance(part.security_groups, Unknown):
                yield from _closed(deployment, cluster, interface, part)


def _closed(
    deployment: Deployment, cluster: Cluster, interface: Interface, part: ClusterPart
) -> Iterator[Verdict]:
    types = (group if isinstance(group, Unknown) else group.instance_type for group in part.groups)
    efa = any_efa(types, cluster=True)
    by_group = list(among_instances(deployment, interface, EVERYTHING, by_group=True))
    by_range = list(among_instances(deployment, interface, EVERYTHING))
    if part.count in (0, 1):
        return
    if efa is True:
        yield from verdict(cluster, interface, by_group, needed=True)
    elif not open_to_themselves(by_range):
        yield from verdict(cluster, interface, by_range, needed=True)
    elif isinstance(efa, Unknown):
        yield from verdict(cluster, interface, by_group, needed=efa)


RULE = Rule(
    id="SMN405",
    name="cluster-outside-vpc",
    title="HyperPod cluster outside a VPC, or closed to itself",
    severity=Severity.HIGH,
    since="0.1.0",
    subjects=(Cluster,),
    references=("https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-hyperpod-prerequisites.html",),
    check=check,
)
