"""What a picture of a network shows: VPCs with zones and subnets, route tables, gateways, and lanes of ways.

Nothing is placed here: `network_svg` and `network_mermaid` draw it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from sagemaker_netlint.explanation import (
    Answer,
    ExplainedWay,
    ExplainedWorkload,
    explain,
    kind_of,
    zone_label,
)
from sagemaker_netlint.network.acls import entries_of
from sagemaker_netlint.network.attachments import used_subnets
from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.endpoints import is_interface
from sagemaker_netlint.network.exposure import traffic
from sagemaker_netlint.network.outward_ways import target_of
from sagemaker_netlint.network.placement import same_vpc
from sagemaker_netlint.network.security import Direction, listed
from sagemaker_netlint.network.services import service_of
from sagemaker_netlint.network.topology import (
    InterfaceOwner,
    InternetGateway,
    NatGateway,
    Network,
    NetworkAcl,
    Route,
    RouteTable,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    Vpc,
    VpcEndpoint,
)
from sagemaker_netlint.network.values import Maybe, Unknown
from sagemaker_netlint.network.variants import holds_when
from sagemaker_netlint.network.workload_ways import Goal
from sagemaker_netlint.policy import Policy

Wanted = Callable[[Declared], bool]
_MOST_PANELS = 8
_MOST_OF_NAME = 24


@dataclass(frozen=True, slots=True)
class Chip:
    """A small thing in a box: an endpoint, a NAT gateway, an interface of a workload.

    `title` says it in full, `marks` are the numbers of the blocked ways that end here.
    """

    kind: str
    text: str
    title: str
    address: str = ""
    marks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SubnetBox:
    """A subnet with what lies in it; `table` is the address of its route table, or what is known of it."""

    address: str
    cidr: str
    kind: str
    table: str
    chips: tuple[Chip, ...]
    marks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ZoneColumn:
    """An availability zone."""

    label: str
    subnets: tuple[SubnetBox, ...]


@dataclass(frozen=True, slots=True)
class TableBox:
    """A route table with destinations and targets; or a group that blocks a way, with its rules."""

    kind: str
    address: str
    lines: tuple[tuple[str, str], ...]
    marks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class VpcBox:
    """A VPC; `gateways` stand at its edge."""

    address: str
    cidr: str
    zones: tuple[ZoneColumn, ...]
    tables: tuple[TableBox, ...]
    gateways: tuple[Chip, ...]
    marks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class LaneRow:
    """Ways of a workload that share their answer, what they lead over, and the reason."""

    answer: Answer
    goals: tuple[str, ...]
    over: str
    scope: str
    why: str
    fix: str
    mark: int = 0


@dataclass(frozen=True, slots=True)
class Lane:
    """A workload and its ways; `number` stands at its interfaces in the subnets."""

    number: int
    address: str
    type: str
    facts: tuple[str, ...]
    rows: tuple[LaneRow, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """One deployment, under conditions where it has several variants."""

    title: str
    when: str
    vpcs: tuple[VpcBox, ...]
    lanes: tuple[Lane, ...]


def panels(variants: Sequence[Deployment], policy: Policy, wanted: Wanted) -> list[Panel]:
    """Return the pictures of a deployment: one for all variants that look alike."""
    found: dict[Panel, list[Deployment]] = defaultdict(list)
    for deployment in variants:
        workloads = tuple(explain([deployment], policy, wanted))
        if workloads:
            found[_panel(deployment, workloads)].append(deployment)
    shown = []
    for panel, where in found.items():
        elsewhere = [each for each in variants if all(each is not one for one in where)]
        shown.append(replace(panel, when=holds_when(where, elsewhere)))
    return shown[:_MOST_PANELS]


_Marks = dict[str, set[int]]
"""The numbers of the blocked ways that end at a component, by its address."""


def _panel(deployment: Deployment, workloads: Sequence[ExplainedWorkload]) -> Panel:
    ends = _Ends(deployment)
    lanes = []
    for number, workload in enumerate(workloads, 1):
        rows = tuple(_rows(workload, ends))
        lanes.append(Lane(number, workload.label, workload.type, workload.facts, rows))
    vpcs = tuple(_vpcs(deployment, workloads, ends.marks))
    return Panel(deployment.source, "", vpcs, tuple(lanes))


# -- lanes ------------------------------------------------------------------------------------------


_GUARDS: tuple[type[SecurityGroup | NetworkAcl], ...] = (SecurityGroup, NetworkAcl)
"""What is drawn only where it blocks something: else there were too many."""


@dataclass
class _Ends:
    """Gives numbers to blocked ways, and keeps where each of them ends in the picture."""

    deployment: Deployment
    last: int = 0
    marks: _Marks = field(default_factory=lambda: defaultdict(set))

    @cached_property
    def drawn(self) -> set[str]:
        """The addresses of what can bear a number."""
        kinds: tuple[type[Declared], ...] = (
            *(Vpc, Subnet, RouteTable, VpcEndpoint, NatGateway),
            *_GUARDS,
        )
        return {component.address for kind in kinds for component in self.deployment.each(kind)}

    @cached_property
    def tables(self) -> dict[str, str]:
        """The route tables of routes, which are drawn as lines of their table."""
        return {route.address: table.address for table, route in _all_routes(self.deployment)}

    def mark(self, workload: ExplainedWorkload, ways: Sequence[ExplainedWay]) -> int:
        """Return the next number, for the ways that share a row."""
        self.last += 1
        for way in ways:
            for reason in way.reasons:
                ends = (reason.at, self.tables.get(reason.at, ""), way.over.strip("`"))
                self.marks[next((e for e in ends if e in self.drawn), workload.address)].add(self.last)
        return self.last


def _rows(workload: ExplainedWorkload, ends: _Ends) -> Iterator[LaneRow]:
    """Yield rows: ways with the same answer, carrier and reason share one."""
    shared: dict[LaneRow, list[ExplainedWay]] = defaultdict(list)
    for way in workload.ways:
        reason = way.reasons[0]
        more = f", and {len(way.reasons) - 1} more" if len(way.reasons) > 1 else ""
        why = (reason.why + more) if way.answer is not Answer.REACHABLE else way.remark
        fix = reason.fix if way.answer is Answer.BLOCKED else ""
        shared[LaneRow(way.answer, (), _carrier(way), _scope(way), why, fix)].append(way)
    for row, ways in _together(shared).items():
        goals = tuple(dict.fromkeys(way.to for way in ways))
        mark = ends.mark(workload, ways) if row.answer is Answer.BLOCKED else 0
        yield replace(row, goals=goals, mark=mark)


def _together(shared: dict[LaneRow, list[ExplainedWay]]) -> dict[LaneRow, list[ExplainedWay]]:
    """Make one row of those that lead to the same goal from different subnets, where all of them do."""
    by_goal: dict[tuple[str, ...], list[LaneRow]] = defaultdict(list)
    for row, ways in shared.items():
        by_goal[tuple(way.to for way in ways)].append(row)
    merged: dict[LaneRow, list[ExplainedWay]] = {}
    for goals, rows in by_goal.items():
        same = {(row.answer, row.why) for row in rows} == {(Answer.REACHABLE, rows[0].why)}
        if len(rows) == 1 or not same or any(goals != g and set(goals) & set(g) for g in by_goal):
            merged.update((row, shared[row]) for row in rows)
            continue
        over = ", ".join(dict.fromkeys(row.over for row in rows))
        merged[replace(rows[0], over=over, scope="")] = shared[rows[0]]
    return merged


def _carrier(way: ExplainedWay) -> str:
    """Return what a row of ways leads over; the endpoints of services are named in the subnets."""
    if way.answer is Answer.BLOCKED:
        return way.reasons[0].at
    if way.answer is Answer.UNKNOWN or way.answer is Answer.NONE:
        return ""
    if way.goal is Goal.SERVICE and way.over.startswith("`"):
        return "VPC endpoints"
    return "its groups" if way.goal is Goal.ITSELF else way.over.replace("`", "")


def _scope(way: ExplainedWay) -> str:
    parts = [", ".join(way.interfaces)] if way.interfaces else []
    parts += [f"from {', '.join(way.subnets)}"] if way.subnets else []
    return ", ".join(parts)


def _all_routes(deployment: Deployment) -> Iterator[tuple[RouteTable, Route]]:
    for table in deployment.each(RouteTable):
        for route in deployment.routes_of(table):
            if isinstance(route, Route):
                yield table, route


# -- the network ------------------------------------------------------------------------------------


def _vpcs(deployment: Deployment, workloads: Sequence[ExplainedWorkload], marks: _Marks) -> Iterator[VpcBox]:
    """Yield the VPCs that have subnets here, with what lies in them."""
    by_vpc: dict[str, list[Subnet]] = defaultdict(list)
    used = [subnet for subnet, _ in used_subnets(deployment) if deployment.is_existing(subnet)]
    for subnet in (*deployment.each(Subnet), *used):
        by_vpc[_vpc_name(deployment, subnet)].append(subnet)
    used_by = {p.subnet for workload in workloads for p in workload.placements}
    for name, subnets in by_vpc.items():
        if not any(subnet.address in used_by for subnet in subnets):
            continue
        vpc = next((vpc for vpc in deployment.each(Vpc) if vpc.address == name), None)
        tables = _tables(deployment, subnets)
        yield VpcBox(
            name,
            "" if vpc is None else _text(vpc.cidr),
            tuple(_zones(deployment, subnets, workloads, marks)),
            (
                *(_table(deployment, table, marks) for table in tables),
                *_guards(deployment, subnets, marks),
            ),
            tuple(_gateways(deployment, subnets, tables, marks)),
            _of(marks, name),
        )


def _vpc_name(deployment: Deployment, subnet: Subnet) -> str:
    vpc = deployment.vpc_of(subnet)
    if isinstance(vpc, Vpc):
        return vpc.address
    return "a VPC that is not declared here" if not isinstance(subnet.vpc, str) else subnet.vpc


def _of(marks: _Marks, address: str) -> tuple[int, ...]:
    return tuple(sorted(marks.get(address, ())))


def _text(value: Maybe[Network]) -> str:
    return "" if value is None else "range not known" if isinstance(value, Unknown) else str(value)


def _zones(
    deployment: Deployment,
    subnets: Sequence[Subnet],
    workloads: Sequence[ExplainedWorkload],
    marks: _Marks,
) -> Iterator[ZoneColumn]:
    by_zone: dict[str, list[SubnetBox]] = defaultdict(list)
    for subnet in subnets:
        table = deployment.route_table_of(subnet)
        by_zone[zone_label(subnet)].append(
            SubnetBox(
                subnet.address,
                _text(subnet.cidr),
                kind_of(deployment, subnet),
                _table_name(table),
                tuple(_chips(deployment, subnet, workloads, marks)),
                _of(marks, subnet.address),
            )
        )
    order = {"public": 0, "not known": 1, "private": 2}
    for label in sorted(by_zone):
        boxes = sorted(by_zone[label], key=lambda box: (order[box.kind], _tier(box), box.address))
        yield ZoneColumn(label, tuple(boxes))


def _tier(box: SubnetBox) -> str:
    """Return what the subnets of one row have in common, as far as chips tell: workloads and endpoints."""
    return ",".join(sorted({chip.kind for chip in box.chips}))


def _table_name(table: Maybe[RouteTable]) -> str:
    if isinstance(table, Unknown):
        return "route table not known"
    return "main route table" if table is None else table.address


def _chips(
    deployment: Deployment, subnet: Subnet, workloads: Sequence[ExplainedWorkload], marks: _Marks
) -> Iterator[Chip]:
    for number, workload in enumerate(workloads, 1):
        if any(placement.subnet == subnet.address for placement in workload.placements):
            title = f"{workload.type} {workload.label}"
            name = _short(workload.step.partition(" ")[0] or workload.address.rpartition(".")[2])
            yield Chip("workload", f"{number} {name}", title, workload.address, _of(marks, workload.address))
    for nat in deployment.each(NatGateway):
        if _is(deployment, nat.subnet, subnet):
            yield Chip("nat", nat.address, f"NAT gateway {nat.address}", nat.address, _of(marks, nat.address))
    for owner in deployment.each(InterfaceOwner):
        if owner.kind == "EFS mount target" and _lies_in(deployment, owner, subnet):
            yield Chip("file-system", "EFS", f"{owner.kind} {owner.address}", owner.address)
    for endpoint in deployment.each(VpcEndpoint):
        if is_interface(endpoint) is True and _lies_in(deployment, endpoint, subnet):
            service = service_of(endpoint.service_name)
            text = service if isinstance(service, str) else endpoint.address
            title = f"interface endpoint {endpoint.address}"
            yield Chip("endpoint", text, title, endpoint.address, _of(marks, endpoint.address))


def _short(name: str) -> str:
    return name if len(name) <= _MOST_OF_NAME else f"{name[:9]}…{name[-14:]}"


def _is(deployment: Deployment, reference: Maybe[str], subnet: Subnet) -> bool:
    found = deployment.find(Subnet, reference)
    return isinstance(found, Subnet) and found.identity == subnet.identity


def _lies_in(deployment: Deployment, part: VpcEndpoint | InterfaceOwner, subnet: Subnet) -> bool:
    return any(_is(deployment, reference, subnet) for reference in listed(part.subnets))


def _tables(deployment: Deployment, subnets: Sequence[Subnet]) -> list[RouteTable]:
    found: dict[str, RouteTable] = {}
    for subnet in subnets:
        table = deployment.route_table_of(subnet)
        if isinstance(table, RouteTable):
            found.setdefault(table.identity, table)
    return list(found.values())


def _table(deployment: Deployment, table: RouteTable, marks: _Marks) -> TableBox:
    routes = []
    for route in deployment.routes_of(table):
        if isinstance(route, Unknown):
            routes.append(("not known", ""))
            continue
        over = target_of(deployment, route)
        routes.append((_destination(route), over.address if isinstance(over, Declared) else over))
    for endpoint in _gateway_endpoints(deployment):
        if any(found is table for found in deployment.find_all(RouteTable, endpoint.route_tables)):
            service = service_of(endpoint.service_name)
            routes.append((service if isinstance(service, str) else "a service", endpoint.address))
    return TableBox("route table", table.address, tuple(routes), _of(marks, table.address))


def _guards(deployment: Deployment, subnets: Sequence[Subnet], marks: _Marks) -> Iterator[TableBox]:
    """Yield the security groups and network ACLs of the VPC that block something."""
    for kind, noun in zip(_GUARDS, ("security group", "network ACL"), strict=True):
        for guard in deployment.each(kind):
            numbers = _of(marks, guard.address)
            if not numbers or not any(same_vpc(deployment, guard.vpc, s.vpc) is True for s in subnets):
                continue
            yield TableBox(noun, guard.address, tuple(_lines(deployment, guard)), numbers)


def _lines(deployment: Deployment, guard: SecurityGroup | NetworkAcl) -> Iterator[tuple[str, str]]:
    return _rules(deployment, guard) if isinstance(guard, SecurityGroup) else _entries(deployment, guard)


def _rules(deployment: Deployment, group: SecurityGroup) -> Iterator[tuple[str, str]]:
    for side, rules in (("in", deployment.ingress_of(group)), ("out", deployment.egress_of(group))):
        if not rules:
            yield f"{side}: nothing", ""
        for rule in rules:
            if isinstance(rule, Unknown):
                yield f"{side}: not known", ""
            else:
                yield f"{side}: {traffic(rule)}", _others(deployment, rule)


def _entries(deployment: Deployment, acl: NetworkAcl) -> Iterator[tuple[str, str]]:
    directions: tuple[tuple[str, Direction], ...] = (("in", "ingress"), ("out", "egress"))
    for side, direction in directions:
        entries = entries_of(deployment, acl, direction)
        if not entries:
            yield f"{side}: nothing", ""
        for entry in entries:
            if isinstance(entry, Unknown):
                yield f"{side}: not known", ""
                continue
            parts = (entry.number, entry.action, entry.protocol, entry.from_port, entry.to_port, entry.cidr)
            *shown, cidr = (
                "?" if isinstance(part, Unknown) else "" if part is None else part for part in parts
            )
            number, action, protocol, first, last = shown
            what = "all traffic" if protocol in {"-1", ""} else f"{protocol} {first}-{last}"
            yield f"{side} {number}: {action} {what}", f"{cidr}"


def _others(deployment: Deployment, rule: SecurityGroupRule) -> str:
    """Return with whom a rule allows it."""
    names = []
    for peer in listed(rule.peers):
        found = deployment.find(SecurityGroup, peer)
        names.append(found.address if isinstance(found, SecurityGroup) else "a group that is not known")
    if rule.self_reference is True:
        names.append("itself")
    sources = rule.sources if isinstance(rule.sources, tuple) else ()
    names += ["a range that is not known" if isinstance(s, Unknown) else str(s) for s in sources]
    names += ["a prefix list" for _ in listed(rule.prefix_lists)]
    return ", ".join(names) or "not known"


def _destination(route: Route) -> str:
    for destination in (route.destination, route.destination_ipv6):
        if destination is not None:
            return "not known" if isinstance(destination, Unknown) else str(destination)
    return "a prefix list"


def _gateway_endpoints(deployment: Deployment) -> Iterator[VpcEndpoint]:
    return (endpoint for endpoint in deployment.each(VpcEndpoint) if is_interface(endpoint) is False)


def _gateways(
    deployment: Deployment, subnets: Sequence[Subnet], tables: Sequence[RouteTable], marks: _Marks
) -> Iterator[Chip]:
    """Yield what stands at the edge: targets of routes that lead out of the VPC, and gateway endpoints."""
    seen: dict[str, Chip] = {}
    for table in tables:
        for route in deployment.routes_of(table):
            over = "" if isinstance(route, Unknown) else target_of(deployment, route)
            if isinstance(route, Unknown) or isinstance(over, Declared) or not over:
                continue
            kind = "internet" if _is_internet(deployment, route) else "gateway"
            seen.setdefault(over, Chip(kind, over, f"{over}: {_destination(route)}", over))
    yield from seen.values()
    for endpoint in _gateway_endpoints(deployment):
        if any(same_vpc(deployment, endpoint.vpc, subnet.vpc) is True for subnet in subnets):
            service = service_of(endpoint.service_name)
            text = f"{service if isinstance(service, str) else 'gateway endpoint'}: {endpoint.address}"
            title = f"gateway endpoint {endpoint.address}"
            yield Chip("gateway-endpoint", text, title, endpoint.address, _of(marks, endpoint.address))


def _is_internet(deployment: Deployment, route: Route) -> bool:
    found = deployment.find(InternetGateway, route.gateway)
    return isinstance(found, InternetGateway) or str(route.gateway).startswith("igw-")
