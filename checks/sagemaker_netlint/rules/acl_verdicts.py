"""One verdict for a network ACL: all that it drops of what workloads need, and the entries to add."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Network, collapse_addresses

from sagemaker_netlint.findings import Verdict, seen, undecided, violation
from sagemaker_netlint.network.acl_needs import Flow, candidates
from sagemaker_netlint.network.acls import entries_to_add
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.security import Direction, Traffic
from sagemaker_netlint.network.topology import NetworkAcl
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.ways import Way
from sagemaker_netlint.rules.existing import at_dependent

_MOST_LINKS = 6  # a chain is to be read


@dataclass
class _Found:
    """What an ACL does to the traffic that it must let through."""

    drops: list[tuple[Flow, Way]] = field(default_factory=list)
    doubts: list[tuple[Flow, Unknown]] = field(default_factory=list)


def judge_acls(deployment: Deployment, flows: Iterable[Flow]) -> Iterator[Verdict]:
    """Judge every declared ACL that meets one of the flows. Each question is asked once."""
    found: dict[str, tuple[NetworkAcl, _Found]] = {}
    asked: set[tuple[object, ...]] = set()
    for flow in flows:
        key = (flow.subnet.identity, flow.direction, flow.traffic, flow.others)
        for acl, doubt in () if key in asked else candidates(deployment, flow.subnet):
            _take(deployment, flow, acl, doubt, found.setdefault(acl.identity, (acl, _Found()))[1])
        asked.add(key)
    for acl, answers in found.values():
        verdict = _verdict(deployment, acl, answers)
        if verdict is not None:
            yield verdict


def _take(deployment: Deployment, flow: Flow, acl: NetworkAcl, doubt: Unknown | None, found: _Found) -> None:
    way = flow.through(deployment, acl)
    if isinstance(way.exists, Unknown):
        found.doubts.append((flow, way.exists))
    elif not way.exists and doubt is not None:
        found.doubts.append(
            (flow, Unknown(f"whether it is for `{flow.subnet.address}` is not known: {doubt.reason}"))
        )
    elif not way.exists:
        found.drops.append((flow, way))


def _verdict(deployment: Deployment, acl: NetworkAcl, found: _Found) -> Verdict | None:
    if found.drops:
        texts = dict.fromkeys(f"{way.chain[-1][1]} ({flow.end})" for flow, way in found.drops)
        steps = [seen(flow.workload, f"needs {flow.need}", "subnets") for flow, _ in found.drops]
        steps += [seen(flow.subnet, f"uses `{acl.address}`") for flow, _ in found.drops]
        chain = tuple(dict.fromkeys(steps))[:_MOST_LINKS]
        fix = "; ".join(_entries(deployment, acl, [flow for flow, _ in found.drops]))
        said = violation(acl, "", "; ".join(texts), fix=fix, chain=(*chain, seen(acl)))
        return at_dependent(deployment, said, found.drops[0][0].workload)
    if found.doubts:
        flow, doubt = found.doubts[0]
        chain = (seen(flow.workload, f"needs {flow.need}", "subnets"), seen(flow.subnet))
        return at_dependent(deployment, undecided(acl, "", doubt.reason, chain=chain), flow.workload)
    return None


def _entries(deployment: Deployment, acl: NetworkAcl, flows: list[Flow]) -> Iterator[str]:
    wanted: dict[tuple[Direction, Traffic], list[IPv4Network]] = {}
    for flow in flows:
        wanted.setdefault((flow.direction, flow.traffic), []).extend(flow.wanted)
    directions: tuple[Direction, Direction] = ("ingress", "egress")
    for direction in directions:
        rules = [
            (traffic, network)
            for (way, traffic), networks in wanted.items()
            if way == direction
            for network in collapse_addresses(networks)
        ]
        yield from entries_to_add(deployment, acl, direction, rules)
