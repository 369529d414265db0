"""What the rules on traffic between the instances of one workload share: the groups' answer as a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Union

from sagemaker_netlint.capacity.instance_types import has_efa
from sagemaker_netlint.findings import Verdict, seen, undecided, violation
from sagemaker_netlint.network.interfaces import Interface
from sagemaker_netlint.network.logic import either
from sagemaker_netlint.network.values import Maybe, Unknown
from sagemaker_netlint.network.ways import Way
from sagemaker_netlint.network.workloads import Cluster, Job

_WITH_EFA_SUPPORT = frozenset({"training", "tuning"})


def any_efa(types: Iterable[Maybe[str]], *, cluster: bool = False) -> bool | Unknown:
    """Say whether an instance of one of the types has an Elastic Fabric Adapter."""
    return either(has_efa(kind, cluster=cluster) for kind in types)


def efa_of_job(job: Job) -> bool | Unknown:
    """Say whether instances of the job have an EFA: AWS speaks of it for training only (train-vpc)."""
    if job.kind not in _WITH_EFA_SUPPORT:
        return False
    groups = job.instance_groups
    if isinstance(groups, Unknown):
        return Unknown(f"its instance types are not known: {groups.reason}")
    if groups is None:
        return any_efa([job.instance_type])
    return any_efa(group if isinstance(group, Unknown) else group.instance_type for group in groups)


def open_to_themselves(ways: Iterable[Way]) -> bool:
    """Say whether all of the ways are open for certain."""
    return all(way.exists is True for way in ways)


def verdict(
    workload: Union[Job, Cluster], interface: Interface, ways: Iterable[Way], *, needed: bool | Unknown
) -> Iterator[Verdict]:
    """Say which of the ways between instances are shut; nothing where they are open, or not needed."""
    tried = list(ways)
    shut = [way for way in tried if way.exists is False]
    doubts = [way.exists for way in tried if isinstance(way.exists, Unknown)]
    fix = "; ".join(way.fix for way in shut)
    links = [way.chain[-1] for way in shut]
    seen_there = "; ".join(f"`{component.address}` {text}" for component, text in links)
    chain = tuple(seen(component, text) for component, text in links)
    if needed is False or not (shut or doubts):
        return
    if shut and needed is True:
        message = f"{interface.name} can't reach each other: {seen_there}"
        yield violation(workload, interface.field, message, fix=fix, chain=chain)
        return
    reason = needed.reason if isinstance(needed, Unknown) and shut else doubts[0].reason
    tail = f"; {seen_there}" if shut else ""
    message = f"whether {interface.name} reach each other as they must is not known: {reason}{tail}"
    yield undecided(workload, interface.field, message, fix=fix, chain=chain if shut else ())
