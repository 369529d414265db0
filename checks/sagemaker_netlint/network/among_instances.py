"""Whether the instances of one workload reach each other: their security groups must let it through.

An instance carries all groups of its workload, so that one of them admits another is enough. The sender's
groups must allow what the receiver's admit.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.interfaces import Interface, ranges_of
from sagemaker_netlint.network.security import Direction, Party, Traffic, lets_through
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.ways import Way
from sagemaker_netlint.network.workloads import Job

CONNECTIONS = Traffic("tcp", 1, 65535)
"""What the containers of a distributed job open to each other: AWS names no ports (train-vpc)."""

# The peers of a training cluster are exempt from network isolation (CreateTrainingJob). Of other jobs AWS
# says that isolated containers make no calls (NetworkConfig), and lets them have several instances.
_PEERS_IN_ISOLATION = frozenset({"training", "tuning"})
_BOTH_WAYS: tuple[Direction, ...] = ("ingress", "egress")


def instances_talk(job: Job) -> bool | Unknown:
    """Say whether the job has several instances whose containers may call each other."""
    count, isolation = job.instance_count, job.network_isolation
    if not job.has_encryption or (isinstance(count, int) and count < 2):  # noqa: PLR2004 - "other" takes two
        return False
    if count is None:
        return Unknown("the number of its instances is not written")
    if isinstance(count, Unknown):
        return Unknown(f"the number of its instances is not known: {count.reason}")
    if isolation is None or isolation is False or job.kind in _PEERS_IN_ISOLATION:
        return True
    if isinstance(isolation, Unknown):
        return Unknown(f"its EnableNetworkIsolation is not known: {isolation.reason}")
    return Unknown("AWS doesn't say whether the instances of such a job talk in network isolation")


def among_instances(
    deployment: Deployment, interface: Interface, *kinds: Traffic, by_group: bool = False
) -> Iterator[Way]:
    """Yield whether each kind of traffic gets into, and out of, the groups of the instances."""
    ranges = ranges_of(deployment, interface.subnets)
    party = Party("itself (the group, not a range)" if by_group else "itself", interface.groups, ranges)
    for traffic in kinds:
        for direction in _BOTH_WAYS:
            yield lets_through(deployment, interface.groups, direction, traffic, party, by_group=by_group)
