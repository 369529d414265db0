"""Security groups that stop HTTPS between workloads and the VPC endpoints that they call.

A finding stands at the group where the rule is missing, once for all endpoints and all callers behind it; at
the endpoint where the group is declared nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sagemaker_netlint.findings import Step, Verdict, seen, undecided, violation
from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.endpoint_ways import (
    covers_port,
    into_endpoint,
    out_of_interface,
    out_to_gateway,
)
from sagemaker_netlint.network.endpoints import is_interface
from sagemaker_netlint.network.interfaces import Interface
from sagemaker_netlint.network.security import HTTPS, Direction, listed
from sagemaker_netlint.network.service_needs import shut_in
from sagemaker_netlint.network.topology import SecurityGroup, VpcEndpoint
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.ways import Way, unclear
from sagemaker_netlint.network.workloads import EndpointConfig, Job, Model
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.endpoint_calls import Call, callers, calls, others_in, shown
from sagemaker_netlint.rules.existing import at_dependent


@dataclass(frozen=True, slots=True)
class _Stop:
    """A call that doesn't pass, or perhaps, at the groups of one end: `way` says why."""

    direction: Direction
    interface: Interface
    endpoint: VpcEndpoint
    way: Way


@dataclass(slots=True)
class _Case:
    """What is to be said about one subject. `behind` are endpoints that nobody can call, for the `users`."""

    subject: Declared
    stops: list[_Stop] = field(default_factory=list)
    doubts: list[Unknown] = field(default_factory=list)
    behind: list[VpcEndpoint] = field(default_factory=list)
    users: list[Interface] = field(default_factory=list)


def verdicts(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:
    """Judge every group that stands between a workload and an endpoint of its VPC."""
    cases: dict[str, _Case] = {}
    for call in calls(deployment, policy):
        _add_call(deployment, cases, call)
    for interface, needs in callers(deployment, policy):
        if any(need.doubt is None for need in needs):
            for endpoint in others_in(deployment, interface):
                _add_unreachable(deployment, cases, interface, endpoint)
    for case in cases.values():
        if case.stops or case.behind:
            yield _placed(deployment, case, _violation(deployment, case))
        elif case.doubts:
            reason = case.doubts[0].reason
            message = f"whether workloads and endpoints reach each other on {HTTPS} is not known: {reason}"
            yield _placed(deployment, case, undecided(case.subject, _field(case, "ingress"), message))


def _placed(deployment: Deployment, case: _Case, verdict: Verdict) -> Verdict:
    """Put what is said about an existing group at the first interface that is stopped."""
    interface = case.stops[0].interface if case.stops else case.users[0]
    return at_dependent(deployment, verdict, interface.workload, interface.field)


def _add_call(deployment: Deployment, cases: dict[str, _Case], call: Call) -> None:
    """File the stops of a call under the groups that cause them; one open endpoint is enough."""
    stops = [stop for endpoint in call.endpoints for stop in _stops(deployment, call.interface, endpoint)]
    if len(call.endpoints) > len({stop.endpoint.identity for stop in stops}):
        return
    for stop in stops:
        subject = _subject(deployment, stop)
        if subject is None:
            continue
        case = cases.setdefault(subject.identity, _Case(subject))
        case.users.append(stop.interface)
        if isinstance(stop.way.exists, Unknown):
            case.doubts.append(stop.way.exists)
        elif call.doubt is not None:
            case.doubts.append(Unknown(f"of `{call.interface.workload.address}`, {call.doubt.reason}"))
        else:
            case.stops.append(stop)


def _stops(deployment: Deployment, interface: Interface, endpoint: VpcEndpoint) -> Iterator[_Stop]:
    kind = is_interface(endpoint)
    ways: list[tuple[Direction, Way]]
    if isinstance(kind, Unknown):
        ways = [("ingress", unclear(f"the type of `{endpoint.address}` is not known: {kind.reason}"))]
    elif kind:
        ways = [
            ("ingress", into_endpoint(deployment, interface, endpoint)),
            ("egress", out_of_interface(deployment, interface, endpoint)),
        ]
    else:
        ways = [("egress", out_to_gateway(deployment, interface, endpoint))]
    for direction, way in ways:
        if way.exists is not True and not (direction == "egress" and _is_shut_in(deployment, interface)):
            yield _Stop(direction, interface, endpoint, way)


def _is_shut_in(deployment: Deployment, interface: Interface) -> bool:
    """Say whether a job or model can call nothing at all, which is another rule's finding (SMN307)."""
    is_ours = isinstance(interface.workload, (Job, Model, EndpointConfig))
    return is_ours and shut_in(deployment, interface) is not None


def _subject(deployment: Deployment, stop: _Stop) -> Declared | None:
    """Return the group to change; of what is declared nowhere, only the endpoint's is asked about."""
    if stop.way.exists is False:
        return stop.way.chain[-1][0]
    own = stop.interface.groups if stop.direction == "egress" else listed(stop.endpoint.security_groups)
    found = deployment.find_all(SecurityGroup, own)
    group = next((group for group in found if isinstance(group, SecurityGroup)), None)
    return stop.endpoint if group is None and stop.direction == "ingress" else group


def _add_unreachable(
    deployment: Deployment, cases: dict[str, _Case], interface: Interface, endpoint: VpcEndpoint
) -> None:
    """File an endpoint whose groups admit HTTPS from nobody: whoever it is for, it is of no use."""
    groups = deployment.find_all(SecurityGroup, endpoint.security_groups)
    known = [group for group in groups if isinstance(group, SecurityGroup)]
    if not known or len(known) < len(groups) or deployment.unread_about(*known) is not None:
        return
    rules = [rule for group in known for rule in deployment.ingress_of(group)]
    rules += deployment.unplaced_rules("ingress")
    if any(isinstance(rule, Unknown) or covers_port(rule, HTTPS) for rule in rules):
        return
    case = cases.setdefault(known[0].identity, _Case(known[0]))
    stopped = [stop.endpoint for stop in case.stops if stop.direction == "ingress"]
    if endpoint not in [*stopped, *case.behind]:
        case.behind.append(endpoint)
        case.users.append(interface)


def _violation(deployment: Deployment, case: _Case) -> Verdict:
    into = [stop for stop in case.stops if stop.direction == "ingress"]
    out = [stop for stop in case.stops if stop.direction == "egress"]
    texts: list[str] = []
    fixes: list[str] = []
    if into or case.behind:
        text, fix = _about_ingress(deployment, case, into)
        texts.append(text)
        fixes.append(fix)
    if out:
        texts.append(f"allows no {HTTPS} to {shown([s.endpoint for s in out])}, for {shown(_workloads(out))}")
        fixes.append(
            f"add an egress rule to `{case.subject.address}` for {HTTPS} to {_targets(deployment, out)}"
        )
    first = case.stops[0] if case.stops else None
    chain: tuple[Step, ...] = ()
    if first is not None:
        call = seen(first.interface.workload, f"calls `{first.endpoint.address}`", first.interface.field)
        chain = (call, *(seen(part, text) for part, text in first.way.chain))
    place = _field(case, "ingress" if into or case.behind else "egress")
    return violation(case.subject, place, "; and ".join(texts), fix="; ".join(fixes), chain=chain)


def _about_ingress(deployment: Deployment, case: _Case, into: Sequence[_Stop]) -> tuple[str, str]:
    """Return what is wrong with the way into endpoints, and what to change."""
    if isinstance(case.subject, VpcEndpoint):
        text = f"{into[0].way.chain[-1][1]}, so it is closed to {shown(_workloads(into))}"
        return text, into[0].way.fix
    name = f"`{case.subject.address}`"
    endpoints = shown([*(stop.endpoint for stop in into), *case.behind])
    if not into:
        text = f"admits {HTTPS} from nobody, and {endpoints} lies behind it"
        return text, f"add an ingress rule to {name} for {HTTPS} from those who call {endpoints}"
    text = f"admits no {HTTPS} from {shown(_workloads(into))}, so {endpoints} can't be called"
    return text, f"add an ingress rule to {name} for {HTTPS} from {_sources(deployment, into)}"


def _workloads(stops: Sequence[_Stop]) -> list[Declared]:
    return [stop.interface.workload for stop in stops]


def _sources(deployment: Deployment, stops: Sequence[_Stop]) -> str:
    """Return the groups of the callers, as far as they are declared, else the callers themselves."""
    interfaces = [stop.interface for stop in stops]
    return shown([_first_group(deployment, each.groups) or each.workload for each in interfaces])


def _targets(deployment: Deployment, stops: Sequence[_Stop]) -> str:
    texts: list[str] = []
    for stop in stops:
        if is_interface(stop.endpoint) is False:
            texts.append(f"the prefix list of `{stop.endpoint.address}`")
            continue
        group = _first_group(deployment, listed(stop.endpoint.security_groups))
        texts.append(shown([group or stop.endpoint]))
    return " and ".join(dict.fromkeys(texts))


def _first_group(deployment: Deployment, references: tuple[str | Unknown, ...]) -> SecurityGroup | None:
    found = deployment.find_all(SecurityGroup, references)
    return next((group for group in found if isinstance(group, SecurityGroup)), None)


def _field(case: _Case, direction: Direction) -> str:
    if isinstance(case.subject, SecurityGroup):
        return "inline_ingress" if direction == "ingress" else "inline_egress"
    return "security_groups"
