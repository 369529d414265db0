"""The ways of workloads, put together for reports: answers that subnets or variants share are one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from sagemaker_netlint.findings import Step, seen
from sagemaker_netlint.network.declared import Declared, Location
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.interfaces import all_interfaces
from sagemaker_netlint.network.needs import needs_of
from sagemaker_netlint.network.placement import zone_of
from sagemaker_netlint.network.reachability import way_to_internet_gateway
from sagemaker_netlint.network.topology import Network, RouteTable, Subnet, VpcEndpoint
from sagemaker_netlint.network.values import Maybe, Unknown
from sagemaker_netlint.network.variants import holds_when
from sagemaker_netlint.network.ways import Link
from sagemaker_netlint.network.workload_ways import (
    ENDPOINT_THERE,
    WORKLOADS,
    Goal,
    NamedWay,
    ways_of,
)
from sagemaker_netlint.notebook_explanation import InstanceRoutes, instance_routes
from sagemaker_netlint.policy import Policy

# `${data.aws_availability_zones.all.names[0]}`, `${AWS::Region}:zone-0`: a pick from the account's list
_PICK = re.compile(r"(?:\[|:zone-)(\d+)\]?\}?$")
_PART = re.compile(r"\$\{[^}]*\}")


NOT_KNOWN = "a subnet that is not known"


class Answer(Enum):
    """Whether a way exists. `NONE` is one that is blocked, and that the workload may do without."""

    REACHABLE = "reachable"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an answer is what it is: what was seen at the last link, or what is not known, and the fix.

    `at` is the address of the component that blocks the way, "" where none does.
    """

    why: str
    fix: str
    chain: tuple[Step, ...]
    subnets: tuple[str, ...] = ()
    at: str = ""


@dataclass(frozen=True, slots=True)
class ExplainedWay:
    """One answer, for the interfaces and subnets that share it.

    `interfaces`, `subnets` and `when` are empty where it is the answer for all of them. `over` is what it
    leads over, `need` why the workload needs it ("" where it may do without), `remark` what the policy says.
    """

    goal: Goal
    to: str
    answer: Answer
    over: str
    need: str
    interfaces: tuple[str, ...]
    subnets: tuple[str, ...]
    when: str
    reasons: tuple[Reason, ...]
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Placement:
    """A subnet of a workload: its range, zone and route table, and whether it is public, as texts."""

    subnet: str
    location: Location | None
    cidr: str
    zone: str
    table: str
    kind: str


@dataclass(frozen=True, slots=True)
class ExplainedWorkload:
    """A workload with its ways. `facts` are what its settings say, `when` the condition that it exists.

    `instance_routes` is the route table on a notebook instance itself, one for each mode that it may be in.
    `step` is the part of the resource that declares it, where one declares several, "" otherwise.
    """

    source: str
    address: str
    step: str
    type: str
    location: Location
    when: str
    facts: tuple[str, ...]
    interfaces: tuple[str, ...]
    placements: tuple[Placement, ...]
    ways: tuple[ExplainedWay, ...]
    instance_routes: tuple[InstanceRoutes, ...] = ()

    @property
    def label(self) -> str:
        """The address, and the step where there is one: `Pipeline, Train ($.Steps[0].Arguments)`."""
        return ", ".join(filter(None, (self.address, self.step)))


@dataclass(frozen=True, slots=True)
class _Cell:
    """An answer for one interface in one subnet under one variant."""

    variant: int
    interface: str
    subnet: str
    named: NamedWay


def explain(
    variants: Sequence[Deployment], policy: Policy, wanted: Callable[[Declared], bool]
) -> Iterator[ExplainedWorkload]:
    """Yield the wanted workloads of a deployment's variants with their ways, in the order of declaration."""
    found: dict[tuple[str, str], list[tuple[Deployment, Declared]]] = defaultdict(list)
    for deployment in variants:
        for kind in WORKLOADS:
            for workload in deployment.each(kind):
                if wanted(workload):
                    found[workload.address, workload.step].append((deployment, workload))
    for present in sorted(found.values(), key=lambda present: present[0][1].location):
        yield _explained(variants, present, policy)


def _explained(
    variants: Sequence[Deployment], present: Sequence[tuple[Deployment, Declared]], policy: Policy
) -> ExplainedWorkload:
    deployment, workload = present[0]
    cells = [
        _Cell(number, named.interface.name, _label(named.subnet), named)
        for number, (where, same) in enumerate(present)
        for named in ways_of(where, same, needed_services(where, same, policy))
    ]
    elsewhere = [each for each in variants if all(each is not where for where, _ in present)]
    when = holds_when([where for where, _ in present], elsewhere)
    return ExplainedWorkload(
        source=deployment.source,
        address=workload.address,
        step=workload.step.replace("`", ""),
        type=workload.type,
        location=workload.location,
        when=", ".join(filter(None, (when, workload.when))),
        facts=tuple(_facts(present)),
        interfaces=tuple(dict.fromkeys(cell.interface for cell in cells)),
        placements=tuple(dict.fromkeys(p for where, same in present for p in placements(where, same))),
        ways=tuple(_merged(cells, [where for where, _ in present], policy)),
        instance_routes=tuple(instance_routes(present)),
    )


def _label(subnet: Subnet | Unknown | None) -> str:
    if subnet is None:
        return ""
    return NOT_KNOWN if isinstance(subnet, Unknown) else subnet.address


def needed_services(deployment: Deployment, workload: Declared, policy: Policy) -> dict[str, str]:
    """Return the services that the workload needs by the policy's table, and what of it needs each."""
    endpoints = policy.endpoints
    return {
        service: f"{need.cause} needs it" if need.doubt is None else f"{need.cause} may need it"
        for need in needs_of(deployment, workload, endpoints.required, endpoints.by_feature)
        for service in need.services
    }


_FACTS = (
    ("app_network_access_type", "AppNetworkAccessType", "PublicInternetOnly"),
    ("direct_internet_access", "DirectInternetAccess", "Enabled"),
    ("network_isolation", "EnableNetworkIsolation", None),
)


def _facts(present: Sequence[tuple[Deployment, Declared]]) -> Iterator[str]:
    """Yield the settings that decide how a workload stands in the network, and when each has which value."""
    for name, shown, default in _FACTS:
        found: dict[str, list[Deployment]] = defaultdict(list)
        for deployment, workload in present:
            text = _setting(getattr(workload, name, None), default) if hasattr(workload, name) else ""
            found[text].append(deployment)
        for text, where in found.items():
            when = holds_when(where, [d for d, _ in present if all(d is not one for one in where)])
            if text:
                yield f"{shown}: {text}" + (f", when {when}" if when else "")


def _setting(value: Maybe[str | bool], default: str | None) -> str:
    if isinstance(value, Unknown):
        return f"not known ({value.reason})"
    if value is None:
        return "" if default is None else f"{default} (the default)"
    return str(value).lower() if isinstance(value, bool) else value


# -- placements -------------------------------------------------------------------------------------


def placements(deployment: Deployment, workload: Declared) -> Iterator[Placement]:
    """Yield the subnets of a workload's interfaces, each once."""
    references = dict.fromkeys(
        reference for interface in all_interfaces(deployment, workload) for reference in interface.subnets
    )
    for subnet in deployment.find_all(Subnet, tuple(references)):
        yield placement(deployment, subnet)


def placement(deployment: Deployment, subnet: Subnet | Unknown) -> Placement:
    """Describe a subnet."""
    if isinstance(subnet, Unknown):
        return Placement(_label(subnet), None, "", "", "", "")
    table = deployment.route_table_of(subnet)
    return Placement(
        subnet.address,
        subnet.location,
        _range(subnet.cidr),
        zone_label(subnet),
        _table(table),
        kind_of(deployment, subnet),
    )


def _range(cidr: Maybe[Network]) -> str:
    return "" if cidr is None else "range not known" if isinstance(cidr, Unknown) else str(cidr)


def _table(table: Maybe[RouteTable]) -> str:
    if isinstance(table, Unknown):
        return "route table not known"
    return "the VPC's main route table" if table is None else table.address


def zone_label(subnet: Subnet) -> str:
    """Return the zone as it was written, or that it is not known."""
    zone = zone_of(subnet)
    if isinstance(zone, Unknown):
        return "zone not known"
    pick = _PICK.search(zone)
    return f"zone {pick[1]}" if pick else _PART.sub("<region>", zone)


def kind_of(deployment: Deployment, subnet: Subnet) -> str:
    """Return whether the subnet is public (its default route leads to an internet gateway) or private."""
    public = way_to_internet_gateway(deployment, subnet).exists
    return "not known" if isinstance(public, Unknown) else "public" if public else "private"


# -- merging ----------------------------------------------------------------------------------------

_Rows = dict[tuple[Answer, str, tuple[str, ...], tuple[str, ...]], list[_Cell]]


def _merged(cells: Sequence[_Cell], present: Sequence[Deployment], policy: Policy) -> Iterator[ExplainedWay]:
    """Yield the ways by goal, needed ones first within it."""
    by_goal: dict[tuple[Goal, str], list[_Cell]] = defaultdict(list)
    for cell in cells:
        by_goal[cell.named.goal, cell.named.to].append(cell)
    for (goal, to), same in sorted(by_goal.items(), key=_order):
        for (answer, over, interfaces, subnets), block in _blocks(same).items():
            where = [present[number] for number in sorted({cell.variant for cell in block})]
            others = [each for each in present if all(each is not one for one in where)]
            all_interfaces_ = {cell.interface for cell in cells}
            all_subnets = {cell.subnet for cell in cells if cell.subnet}
            yield ExplainedWay(
                goal=goal,
                to=to,
                answer=answer,
                over=over,
                need=block[0].named.need,
                interfaces=() if set(interfaces) == all_interfaces_ else interfaces,
                subnets=() if set(subnets) in ({""}, all_subnets) else subnets,
                when=holds_when(where, others),
                reasons=tuple(_reasons(block)),
                remark=_remark(block[0].named, policy),
            )


def _order(item: tuple[tuple[Goal, str], list[_Cell]]) -> tuple[int, bool]:
    """Put goals in the order of their class, and services that are needed first."""
    (goal, _), cells = item
    return list(Goal).index(goal), all(cell.named.need in {ENDPOINT_THERE, ""} for cell in cells)


def _blocks(cells: Sequence[_Cell]) -> _Rows:
    """Group cells into blocks: what is true of each of some interfaces in each of some subnets."""
    subnets: dict[tuple[Answer, str, int, str], list[_Cell]] = defaultdict(list)
    for cell in cells:
        subnets[answer_of(cell.named), over_of(cell.named), cell.variant, cell.interface].append(cell)
    interfaces: dict[tuple[Answer, str, int, tuple[str, ...]], dict[str, list[_Cell]]] = defaultdict(dict)
    for (answer, over, variant, interface), group in subnets.items():
        lain_in = tuple(dict.fromkeys(cell.subnet for cell in group))
        interfaces[answer, over, variant, lain_in][interface] = group
    rows: _Rows = defaultdict(list)
    for (answer, over, _, lain_in), groups in interfaces.items():
        rows[answer, over, tuple(groups), lain_in] += [cell for group in groups.values() for cell in group]
    return rows


def answer_of(named: NamedWay) -> Answer:
    """Return the answer that a way is."""
    if isinstance(named.way.exists, Unknown):
        return Answer.UNKNOWN
    if named.way.exists:
        return Answer.REACHABLE
    return Answer.BLOCKED if named.need else Answer.NONE


def over_of(named: NamedWay) -> str:
    """Return what the way leads over, for people."""
    return f"`{named.over.address}`" if isinstance(named.over, Declared) else named.over


def _reasons(block: Sequence[_Cell]) -> Iterator[Reason]:
    """Yield each reason once, with the first chain that led to it and the subnets that it is given for."""
    found: dict[tuple[str, str], list[_Cell]] = defaultdict(list)
    for cell in block:
        found[why(cell.named), cell.named.way.fix].append(cell)
    for (text, fix), cells in found.items():
        chain = tuple(seen(part, said) for part, said in links_of(cells[0].named))
        subnets = tuple(dict.fromkeys(cell.subnet for cell in cells if cell.subnet))
        way = cells[0].named.way
        at = way.chain[-1][0].address if way.exists is False and way.chain else ""
        yield Reason(text, fix, chain, subnets if len(found) > 1 else (), at)


def links_of(named: NamedWay) -> tuple[Link, ...]:
    """Return the links of a way from its workload on."""
    workload, chain = named.interface.workload, named.way.chain
    if chain and chain[0][0] is workload:
        return chain
    place = f"in `{named.subnet.address}`" if isinstance(named.subnet, Subnet) else ""
    return ((workload, place), *chain)


def why(named: NamedWay) -> str:
    """Return the link that blocks a way, or why it is not known; "" of a way that exists."""
    way = named.way
    if isinstance(way.exists, Unknown):
        return way.exists.reason
    if way.exists or not way.chain:
        return ""
    part, text = way.chain[-1]
    return f"`{part.address}` {text}"


def _remark(named: NamedWay, policy: Policy) -> str:
    """Return what the policy says against a way that exists."""
    if named.way.exists is not True:
        return ""
    if named.goal is Goal.INTERNET and not policy.egress.internet_allowed:
        return "the policy forbids it"
    by_endpoint = isinstance(named.over, VpcEndpoint)
    if named.goal is Goal.SERVICE and not by_endpoint and not policy.nat_may_stand_in:
        return "the policy asks for a VPC endpoint"
    return ""
