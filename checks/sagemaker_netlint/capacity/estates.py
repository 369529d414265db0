"""Estates: subnets that share demand, with all that takes addresses in them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sagemaker_netlint.capacity.amounts import Amount
from sagemaker_netlint.capacity.demand import UseOf, domain_items, workload_items
from sagemaker_netlint.capacity.hosting import hosting_items
from sagemaker_netlint.capacity.model import Estate, Group, Item, Place, Placement
from sagemaker_netlint.capacity.other_interfaces import endpoint_items, other_items
from sagemaker_netlint.capacity.places import Places
from sagemaker_netlint.network.declared import Action, Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.expected_use import ExpectedUse
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Domain, Job, JobDocument

_WORKLOADS = {Group.USERS, Group.JOBS, Group.HOSTING, Group.NOTEBOOKS, Group.CLUSTERS}


def estates_of(deployment: Deployment, use_of: UseOf) -> list[Estate]:
    """Return the estates of a deployment that a SageMaker workload lies in, in the order of declaration."""
    places = Places(deployment)
    items = [
        *domain_items(deployment, places, use_of),
        *workload_items(deployment, places),
        *hosting_items(deployment, places),
        *other_items(deployment, places),
    ]
    items += endpoint_items(deployment, places)
    uses = {domain.identity: use_of(domain) for domain in deployment.each(Domain)}
    return [
        _estate(deployment, keys, own, places, uses)
        for keys, own in _grouped(places.by_key, items)
        if any(item.group in _WORKLOADS for item in own)
    ]


def expected_use(domain: Domain, of_policy: ExpectedUse) -> ExpectedUse | Unknown:
    """Return what the policy expects of a domain, with what stands beside the domain going first."""
    beside = domain.expected_use
    if beside is None or isinstance(beside, Unknown):
        return of_policy if beside is None else beside
    for key, value in beside.items():
        if isinstance(value, Unknown):
            return Unknown(f"`{key}` in its Metadata is not known: {value.reason}")
    known: dict[str, Any] = dict(beside)
    return of_policy.changed(known, f"beside `{domain.address}` ({domain.at('expected_use')})")


def _grouped(places: Mapping[str, Place], items: Sequence[Item]) -> Iterable[tuple[list[str], list[Item]]]:
    """Group the places that movable items connect; an item that lies in each of several groups is split."""
    parent = {key: key for key in places}

    def root(key: str) -> str:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for item in items:
        if item.placement is not Placement.EACH or isinstance(item.owner, Domain):
            for key in item.subnets[1:]:
                parent[root(key)] = root(item.subnets[0])
    keys: dict[str, list[str]] = {}
    for key in places:
        keys.setdefault(root(key), []).append(key)
    own: dict[str, list[Item]] = {group: [] for group in keys}
    for item in items:
        parts: dict[str, list[str]] = {}
        for key in item.subnets:
            parts.setdefault(root(key), []).append(key)
        for group, part in parts.items():
            own[group].append(item if len(parts) == 1 else replace(item, subnets=tuple(part)))
    return ((keys[group], own[group]) for group in keys)


def _estate(
    deployment: Deployment,
    keys: Sequence[str],
    items: Sequence[Item],
    places: Places,
    uses: Mapping[str, ExpectedUse | Unknown],
) -> Estate:
    here = [use for use in (uses.get(item.owner.identity) for item in items) if isinstance(use, ExpectedUse)]
    headroom = max((use.headroom_percent for use in here), default=0)
    own = [places.by_key[key] for key in keys]
    if all(_is_new(item.owner) for item in items):
        # what a plan creates is not among the addresses that are in use already
        own = [place.with_certain_use() for place in own]
    subnets = [places.subnets[key] for key in keys if key in places.subnets]
    unread = deployment.unread_about(*subnets)
    return Estate(
        places=tuple(replace(place, headroom_percent=headroom) for place in own),
        items=tuple(_of_steps(deployment, _of_what_exists(items))),
        horizon_months=max((use.horizon_months for use in here), default=0),
        doubt="" if unread is None else unread.reason,
    )


def _of_what_exists(items: Sequence[Item]) -> Iterator[Item]:
    """Yield the items; what may not exist, as little as nothing.

    That goes beside the first domain, or else the first workload: findings speak of it as existing, and say
    when it does.
    """
    owners = [item.owner for item in items if item.group in _WORKLOADS]
    main = next((owner for owner in owners if isinstance(owner, Domain)), owners[0] if owners else None)
    given = {"", main.when if main is not None else ""}
    for item in items:
        if item.owner.when in given:
            yield item
        else:
            doubt = f"whether `{item.owner.address}` exists is not known: it does when {item.owner.when}"
            yield replace(item, count=Amount(0, item.count.high, doubt))


def _of_steps(deployment: Deployment, items: Iterable[Item]) -> Iterator[Item]:
    """Yield the items; of the steps of a document, which may run one after another, all but one may be none.

    The one is the largest: it runs at some time.
    """
    documents = {document.address for document in deployment.each(JobDocument)}
    listed = list(items)
    needed: dict[str, Counter[str]] = defaultdict(Counter)
    for item in listed:
        if isinstance(item.owner, Job) and item.owner.address in documents:
            needed[item.owner.address][item.owner.step] += item.addresses().low
    for item in listed:
        steps = needed.get(item.owner.address)
        if steps is not None and steps.most_common(1)[0][0] != item.owner.step:
            doubt = f"whether steps of `{item.owner.address}` run at the same time is not known"
            yield replace(item, count=Amount(0, item.count.high, doubt))
        else:
            yield item


def _is_new(owner: Declared) -> bool:
    return owner.change is not None and owner.change.action is Action.CREATE
