"""What a plan takes away, taken out of what shows it still.

A provider fills in what the code doesn't write itself, as it is before the plan: the rules of a group, the
routes of a table, the policies of a role. An inventory was made before, too. Both show a rule that the plan
deletes, and one that it changes as it was. (Arguments that are optional and computed:
https://developer.hashicorp.com/terraform/plugin/sdkv2/schemas/schema-behaviors#computed.)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar, Union

from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.iam.identities import IdentityPolicy, PolicyAttachment, Principal
from sagemaker_netlint.network.topology import (
    MainRouteTableAssociation,
    NetworkAcl,
    NetworkAclAssociation,
    NetworkAclEntry,
    Refs,
    Route,
    RoutePropagation,
    RouteTable,
    RouteTableAssociation,
    SecurityGroup,
    SecurityGroupRule,
    VpcCidrBlock,
    VpcEndpoint,
    VpcEndpointPart,
)
from sagemaker_netlint.network.values import Maybe, Unknown

_PRINCIPALS = ("roles", "users", "groups")
# the class of a part, and the fields that name what it belongs to
_OWNERS: Mapping[type[Declared], tuple[str, ...]] = {
    SecurityGroupRule: ("group",),
    Route: ("route_table",),
    RoutePropagation: ("route_tables",),
    MainRouteTableAssociation: ("route_table",),
    RouteTableAssociation: ("subnet",),
    NetworkAclEntry: ("acl",),
    NetworkAclAssociation: ("acl",),
    VpcCidrBlock: ("vpc",),
    VpcEndpointPart: ("endpoint",),
    IdentityPolicy: _PRINCIPALS,
    PolicyAttachment: _PRINCIPALS,
}
PARTS = frozenset(_OWNERS)
"""The classes of what belongs to something else."""

_WITH_PORTS = frozenset({"tcp", "udp", "icmp", "icmpv6", "58"})  # ICMP: type and code
Rule = Union[SecurityGroupRule, Unknown]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Removals:
    """What a plan takes away: `gone` are ids, `parts` what belongs to something that stays, as it was.

    A part that the plan changes is among them: what it will be is declared.
    """

    gone: frozenset[str] = frozenset()
    parts: tuple[Declared, ...] = ()

    def by_owner(self) -> dict[str, list[Declared]]:
        """Return the parts by the names of what they belong to."""
        index: dict[str, list[Declared]] = defaultdict(list)
        for part in self.parts:
            for field in _OWNERS.get(type(part), ()):
                for owner in _listed(getattr(part, field)):
                    index[owner].append(part)
        return index


def without_parts(component: Declared, parts: Mapping[str, list[Declared]]) -> Declared:
    """Return a component without the parts that are taken from it."""
    for name in dict.fromkeys((component.identity, *component.names)):
        for part in parts.get(name, ()):
            component = _without(component, part)
    return component


def is_taken(component: Declared, parts: Mapping[str, list[Declared]]) -> bool:
    """Say whether a part that exists already is one of those that are taken away."""
    match component:
        case RouteTableAssociation(subnet=str(subnet), route_table=table):
            near = parts.get(subnet, ())
            return any(isinstance(p, RouteTableAssociation) and p.route_table == table for p in near)
        case VpcCidrBlock(vpc=str(vpc), cidr=cidr):
            return any(isinstance(p, VpcCidrBlock) and p.cidr == cidr for p in parts.get(vpc, ()))
    return False


def _without(component: Declared, part: Declared) -> Declared:
    changed = _CHANGED.get((type(component), type(part)))
    return component if changed is None else replace(component, **changed(component, part))


# -- lists -------------------------------------------------------------------------------------------


def _listed(references: Refs | str) -> tuple[str, ...]:
    """Return the references that are known."""
    items = (references,) if isinstance(references, str) else references
    return (
        () if items is None or isinstance(items, Unknown) else tuple(i for i in items if isinstance(i, str))
    )


def _less(references: Refs, *taken: Maybe[str]) -> Refs:
    if references is None or isinstance(references, Unknown):
        return references
    return tuple(item for item in references if item not in taken)


def _left(items: Maybe[tuple[T, ...]], key: Any, wanted: object) -> Maybe[tuple[T, ...]]:
    """Leave out the items of a key; those that aren't known stay."""
    if items is None or isinstance(items, Unknown):
        return items
    return tuple(item for item in items if isinstance(item, Unknown) or key(item) != wanted)


def _destination(route: Route) -> tuple[object, ...]:
    return route.destination, route.destination_ipv6, route.prefix_list


def _number(entry: NetworkAclEntry) -> object:
    return entry.number


def _name(policy: IdentityPolicy) -> object:
    return policy.name


def _acl_left(acl: NetworkAcl, part: NetworkAclEntry) -> dict[str, Any]:
    name = "inline_egress" if part.egress else "inline_ingress"
    return {name: _left(getattr(acl, name), _number, part.number)}


def _attached_left(principal: Principal, part: PolicyAttachment) -> dict[str, Any]:
    left = principal.managed_policies if part.is_boundary else _less(principal.managed_policies, part.policy)
    return {"managed_policies": left}


def _endpoint_left(endpoint: VpcEndpoint, part: VpcEndpointPart) -> dict[str, Any]:
    """Return the fields that a part's end changes; what a policy or a setting becomes then isn't told."""
    changes: dict[str, Any] = {
        name: _less(getattr(endpoint, name), *_listed(getattr(part, name)))
        for name in ("subnets", "security_groups", "route_tables")
    }
    reason = Unknown(f"the plan takes `{part.address}` away")
    return changes | {name: reason for name in ("policy", "private_dns") if getattr(part, name) is not None}


# -- rules of security groups ------------------------------------------------------------------------


def _rules_left(group: SecurityGroup, part: SecurityGroupRule) -> dict[str, Any]:
    """Take a rule out of a list in which one item may stand for several: same ports, several sources."""
    name = "inline_egress" if part.direction == "egress" else "inline_ingress"
    rules: Maybe[tuple[Rule, ...]] = getattr(group, name)
    if rules is None or isinstance(rules, Unknown):
        return {}
    left = (
        _rule_left(group, rule, part) if isinstance(rule, SecurityGroupRule) and _alike(rule, part) else rule
        for rule in rules
    )
    return {name: tuple(rule for rule in left if rule is not None)}


def _alike(one: SecurityGroupRule, other: SecurityGroupRule) -> bool:
    if one.protocol != other.protocol:
        return False
    ports = (one.from_port, one.to_port) == (other.from_port, other.to_port)
    return ports or one.protocol not in _WITH_PORTS


def _rule_left(
    group: SecurityGroup, rule: SecurityGroupRule, part: SecurityGroupRule
) -> SecurityGroupRule | None:
    own = {group.identity, *group.names}
    peers = {_bare(peer) for peer in _listed(part.peers)}
    to_itself = part.self_reference is True or not own.isdisjoint(peers)
    taken = peers | own if to_itself else peers
    left = replace(
        rule,
        sources=_left(rule.sources, _is_in(part.sources), True),  # noqa: FBT003 - the key's value
        peers=_left(rule.peers, lambda peer: _bare(peer) in taken, True),  # noqa: FBT003 - as above
        prefix_lists=_less(rule.prefix_lists, *_listed(part.prefix_lists)),
        self_reference=None if to_itself else rule.self_reference,
    )
    named = (left.sources, left.peers, left.prefix_lists, left.self_reference)
    return left if left == rule or any(value not in (None, (), False) for value in named) else None


def _is_in(values: Maybe[tuple[Any, ...]]) -> Any:
    known: Iterable[Any] = values if isinstance(values, tuple) else ()
    taken = [value for value in known if not isinstance(value, Unknown)]
    return lambda value: value in taken


def _bare(peer: str) -> str:
    """Return a group's id without the account that may stand before it: `111122223333/sg-...`."""
    return peer.rpartition("/")[2]


_CHANGED: Mapping[tuple[type[Declared], type[Declared]], Callable[[Any, Any], dict[str, Any]]] = {
    (SecurityGroup, SecurityGroupRule): _rules_left,
    (RouteTable, Route): lambda table, part: {
        "inline_routes": _left(table.inline_routes, _destination, _destination(part))
    },
    (RouteTable, RoutePropagation): lambda table, part: {
        "propagating_gateways": _less(table.propagating_gateways, part.gateway)
    },
    (RouteTable, MainRouteTableAssociation): lambda _table, _part: {"is_main": False},
    (NetworkAcl, NetworkAclEntry): _acl_left,
    (NetworkAcl, NetworkAclAssociation): lambda acl, part: {"subnets": _less(acl.subnets, part.subnet)},
    (VpcEndpoint, VpcEndpointPart): _endpoint_left,
    (Principal, IdentityPolicy): lambda principal, part: {
        "inline_policies": _left(principal.inline_policies, _name, part.name)
    },
    (Principal, PolicyAttachment): _attached_left,
}
"""What changes of an owner when a part of it is taken, by the two classes."""
