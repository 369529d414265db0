"""What SageMaker workloads take: items, each with its cause, its count and where the figures come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from math import ceil
from typing import Union

from sagemaker_netlint.capacity import instance_types
from sagemaker_netlint.capacity.amounts import Amount, at_least, exactly
from sagemaker_netlint.capacity.model import Group, Item, Placement
from sagemaker_netlint.capacity.places import Places
from sagemaker_netlint.capacity.supply import MOST_SUBNETS
from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.expected_use import ExpectedUse
from sagemaker_netlint.network.values import Maybe, Unknown
from sagemaker_netlint.network.workloads import (
    Cluster,
    Domain,
    InstanceGroup,
    Job,
    NotebookInstance,
    UserProfile,
)

STUDIO = "https://docs.aws.amazon.com/sagemaker/latest/dg/studio-updated-and-internet-access.html"
EFS = "https://docs.aws.amazon.com/efs/latest/ug/manage-fs-access.html"
NOTEBOOK = "https://docs.aws.amazon.com/sagemaker/latest/dg/appendix-notebook-and-internet-access.html"

UseOf = Callable[[Domain], Union[ExpectedUse, Unknown]]


def domain_items(deployment: Deployment, places: Places, use_of: UseOf) -> Iterator[Item]:
    """Yield the items of the domains: file systems, apps, and the jobs that users start."""
    owners = (deployment.find(Domain, profile.domain) for profile in deployment.each(UserProfile))
    profiles = Counter(owner.identity for owner in owners if isinstance(owner, Domain))
    for domain in deployment.each(Domain):
        keys = places.keys(domain, domain.subnets)
        if keys:
            yield from _home_efs(domain, keys, places)
            use = use_of(domain)
            if isinstance(use, Unknown):
                yield _unknown_use(domain, keys, use)
            else:
                yield from _use(domain, keys, use, profiles[domain.identity])


def _home_efs(domain: Domain, keys: tuple[str, ...], places: Places) -> Iterator[Item]:
    """Yield the mount targets of the home file system: one in each zone, whatever the number of subnets."""
    if domain.home_efs == "Disabled":
        return
    doubt = ""
    if isinstance(domain.home_efs, Unknown):
        doubt = f"whether the domain has a home file system is not known: {domain.home_efs.reason}"
    zones: dict[tuple[str, str], list[str]] = {}
    for key in keys:
        place = places.by_key[key]
        if isinstance(place.zone, str):
            zones.setdefault((place.zone_list, place.zone), []).append(key)
        elif len(keys) == 1 and not place.many:
            zones["", ""] = [key]  # whichever zone it is, it has one
        else:
            reason = doubt or f"how many mount targets it has is not known: {place.zone.reason}"
            size = Amount(0 if doubt else 1, MOST_SUBNETS, reason) if place.many else Amount(0, 1, reason)
            yield _efs(domain, (key,), size, Placement.EACH)
    for shared in zones.values():
        placement = Placement.EACH if len(shared) == 1 else Placement.SPREAD
        yield _efs(domain, tuple(shared), Amount(0, 1, doubt) if doubt else exactly(1), placement)


def _efs(domain: Domain, keys: tuple[str, ...], size: Amount, placement: Placement) -> Item:
    return Item(
        group=Group.DOMAIN,
        cause="EFS mount target",
        owner=domain,
        text="1 in each zone of the domain's subnets",
        source=EFS,
        size=size,
        count=exactly(1),
        subnets=keys,
        placement=placement,
    )


def _unknown_use(domain: Domain, keys: tuple[str, ...], use: Unknown) -> Item:
    return Item(
        group=Group.USERS,
        cause="Studio apps",
        owner=domain,
        text="not known",
        source=STUDIO,
        size=exactly(1),
        count=at_least(0, f"the expected use of the domain is not known: {use.reason}"),
        subnets=keys,
    )


def _use(domain: Domain, keys: tuple[str, ...], use: ExpectedUse, profiles: int) -> Iterator[Item]:
    """Yield the items of a domain's expected use; declared user profiles are users in any case."""
    users = max(use.users, profiles)
    active = ceil(users * use.concurrency_percent / 100)
    who = f"{active:,} users at once" if active != users else f"{users:,} users"

    def item(cause: str, text: str, source: str, size: int, placement: Placement = Placement.SPREAD) -> Item:
        return Item(
            group=Group.USERS,
            cause=cause,
            owner=domain,
            text=f"{who} × {text}",
            source=source,
            size=exactly(size),
            count=exactly(active),
            subnets=keys,
            placement=placement,
            growth_percent=use.growth_percent_per_year,
        )

    if use.studio == "classic":
        apps = 1 + use.instance_types_per_user
        text = f"(1 system + {use.instance_types_per_user} instance types)"
        yield item("Studio Classic apps", text, STUDIO, apps)
    else:
        yield item("Studio apps", f"{use.spaces_per_user} running spaces", STUDIO, use.spaces_per_user)
    yield from _jobs_of_users(use, item)
    if use.other_addresses_per_subnet:
        yield Item(
            group=Group.OTHERS,
            cause="held elsewhere",
            owner=domain,
            text=f"{use.other_addresses_per_subnet:,} in each subnet",
            source="the expected use",
            size=exactly(use.other_addresses_per_subnet),
            count=exactly(1),
            subnets=keys,
            placement=Placement.EACH,
        )


def _jobs_of_users(use: ExpectedUse, item: Callable[..., Item]) -> Iterator[Item]:
    if use.training_instances_per_user:
        each = instance_types.PER_INSTANCE_WITH_EFA if use.efa else instance_types.PER_INSTANCE
        text = f"training instances {use.training_instances_per_user} × {each}"
        placement = Placement.TOGETHER if use.efa else Placement.SPREAD
        size = use.training_instances_per_user * each
        yield item("training jobs of users", text, instance_types.TRAINING, size, placement)
    if use.processing_instances_per_user:
        each = instance_types.PER_INSTANCE
        text = f"processing instances {use.processing_instances_per_user} × {each}"
        size = use.processing_instances_per_user * each
        yield item("processing jobs of users", text, instance_types.TRAINING, size)


def workload_items(deployment: Deployment, places: Places) -> Iterator[Item]:
    """Yield the items of notebook instances, declared jobs and HyperPod clusters."""
    for notebook in deployment.each(NotebookInstance):
        keys = places.keys(notebook, (notebook.subnet,)) if notebook.subnet is not None else ()
        if keys:
            yield Item(
                group=Group.NOTEBOOKS,
                cause="notebook instance",
                owner=notebook,
                text="1 in its subnet",
                source=NOTEBOOK,
                size=exactly(1),
                count=exactly(1),
                subnets=keys,
            )
    for job in deployment.each(Job):
        keys = places.keys(job, job.subnets)
        if keys:
            for group in _groups(job, job.instance_groups):
                yield _job(job, group, keys)
    for cluster in deployment.each(Cluster):
        for group in _groups(cluster, cluster.instance_groups):
            keys = places.keys(cluster, cluster.subnets if group.subnets is None else group.subnets)
            if keys:
                yield _cluster(cluster, group, keys)


def _groups(owner: Job | Cluster, written: Maybe[tuple[InstanceGroup | Unknown, ...]]) -> list[InstanceGroup]:
    """Return the instance groups; what is not known of them is unknown in each field."""
    listed = (written,) if isinstance(written, Unknown) else (written or ())
    if not listed and isinstance(owner, Job):
        listed = (_group(owner, owner.instance_type, owner.instance_count),)
    return [_group(owner, g, g) if isinstance(g, Unknown) else g for g in listed]


def _group(owner: Declared, instance_type: Maybe[str], count: Maybe[int]) -> InstanceGroup:
    return InstanceGroup(
        address=owner.address,
        type=owner.type,
        identity=owner.identity,
        location=owner.location,
        instance_type=instance_type,
        instance_count=count,
    )


def _count(value: Maybe[int], what: str) -> Amount:
    if value is None:
        return at_least(1, f"the number of {what} is not written")
    if isinstance(value, Unknown):
        return at_least(1, f"the number of {what} is not known: {value.reason}")
    return exactly(max(value, 0))


def _job(job: Job, group: InstanceGroup, keys: tuple[str, ...]) -> Item:
    instances = _count(group.instance_count, "instances")
    each = instance_types.of_job(group.instance_type)
    runs = exactly(1) if job.parallel is None else _count(job.parallel, "parallel jobs")
    placement = instance_types.placement_of_job(group.instance_type, instances)
    text = f"{instances} instances × {each}"
    text += "" if job.parallel is None else f" × {runs} at once"
    kept = job.keep_alive_seconds
    text += f", kept for {kept:,} s after the job" if isinstance(kept, int) and kept > 0 else ""
    whole = placement in {Placement.TOGETHER, Placement.PERHAPS_TOGETHER}
    size, count = (each.times(instances), runs) if whole else (each, instances.times(runs))
    cause = f"{job.kind} job" + (f" {job.step.replace('`', '')}" if job.step else "")
    return Item(
        group=Group.JOBS,
        cause=cause,
        owner=job,
        text=text,
        source=instance_types.TRAINING,
        size=size,
        count=count,
        subnets=keys,
        placement=placement,
    )


def _cluster(cluster: Cluster, group: InstanceGroup, keys: tuple[str, ...]) -> Item:
    instances = _count(group.instance_count, "instances")
    each = instance_types.of_cluster(group.instance_type, cluster.eks)
    return Item(
        group=Group.CLUSTERS,
        cause="HyperPod cluster",
        owner=cluster,
        text=f"{instances} instances × {each}",
        source=instance_types.HYPERPOD,
        size=each,
        count=instances,
        subnets=keys,
    )
