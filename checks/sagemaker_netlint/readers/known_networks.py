"""What is known of networks that exist already, looked up by id, by VPC, by export and by parameter.

An inventory may hold a whole company's networks: components are made of the VPCs only that a deployment
names something of, once for all deployments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.removals import Removals, is_taken, without_parts
from sagemaker_netlint.network.topology import (
    NatGateway,
    NetworkAcl,
    RouteTable,
    SecurityGroup,
    Subnet,
    VpcEndpoint,
    VpcEndpointPart,
)
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.inventory import Item, components
from sagemaker_netlint.readers.joining import with_parts
from sagemaker_netlint.readers.raw import Problem

CLASSES: Mapping[str, type[Declared]] = {
    "Subnets": Subnet,
    "RouteTables": RouteTable,
    "VpcEndpoints": VpcEndpoint,
    "SecurityGroups": SecurityGroup,
    "NetworkAcls": NetworkAcl,
    "NatGateways": NatGateway,
}
"""The sections that may hold all of a kind that a VPC has."""

Made = Mapping[str, Declared]


@dataclass(slots=True)
class KnownNetworks:
    """An inventory, of one file or of several.

    `items` are those of each section, `subnets` the subnets by each of their names. `whole` are the sections
    that hold all of a VPC, with its id. `exports` and `parameters` are those of CloudFormation and of SSM
    Parameter Store, by name, `prefix_lists` the names of AWS's prefix lists, by id. `report` takes what turns
    out not to be readable. `answers` is for those who ask the same again.
    """

    items: Mapping[str, Sequence[Item]]
    subnets: Mapping[str, Subnet]
    whole: frozenset[tuple[str, str]] = frozenset()
    exports: Mapping[str, str | Unknown] = field(default_factory=dict)
    parameters: Mapping[str, str | Unknown] = field(default_factory=dict)
    prefix_lists: Mapping[str, str] = field(default_factory=dict)
    report: Callable[[Problem], None] = lambda _problem: None
    answers: dict[str, Sequence[tuple[Item, bool | Unknown]]] = field(default_factory=dict)
    _by_vpc: dict[str, list[Item]] = field(default_factory=dict, init=False)
    _vpc_of: dict[str, str] = field(default_factory=dict, init=False)
    _made: dict[str, Made] = field(default_factory=dict, init=False)
    _joined: dict[frozenset[str], Made] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Index the items by their VPCs."""
        for item in (each for items in self.items.values() for each in items):
            self._by_vpc.setdefault(item.vpc, []).append(item)
            self._vpc_of[item.id] = item.vpc
        for name, subnet in self.subnets.items():
            self._vpc_of[name] = self._vpc_of[subnet.identity]

    def around(self, deployment: Deployment) -> Deployment:
        """Put a deployment among the networks that it names something of."""
        named = (text for component in deployment.components for text in _strings(component))
        vpcs = frozenset(self._vpc_of[text] for text in named if text in self._vpc_of)
        if vpcs and vpcs not in self._joined:
            self._joined[vpcs] = {name: made for vpc in sorted(vpcs) for name, made in self._of(vpc).items()}
        near = self._joined.get(vpcs, {})
        return replace(
            deployment,
            existing=_with_parts(_left(near, deployment.removals), deployment),
            whole=frozenset((CLASSES[section], vpc) for section, vpc in self.whole if vpc in vpcs),
            has_inventory=True,
            prefix_lists=self.prefix_lists,
        )

    def _of(self, vpc: str) -> Made:
        """Make the components of a VPC, by each of their names."""
        if vpc not in self._made:
            made: dict[str, Declared] = {}
            for component in self._components(vpc):
                for name in (component.identity, *component.names):
                    made.setdefault(name, component)
            self._made[vpc] = made
        return self._made[vpc]

    def _components(self, vpc: str) -> Iterator[Declared]:
        for item in self._by_vpc[vpc]:
            if item.section == "Subnets":
                yield self.subnets[item.id]
            elif item.is_usable:
                yield from components(item, self.report)


def _with_parts(made: Made, deployment: Deployment) -> Made:
    """Add to existing endpoints what the deployment declares for them."""
    parts = list(deployment.each(VpcEndpointPart))
    if not parts:
        return made
    joined = {c.identity: with_parts(c, parts) for c in made.values() if isinstance(c, VpcEndpoint)}
    return {name: joined.get(component.identity, component) for name, component in made.items()}


def _left(made: Made, removals: Removals) -> Made:
    """Leave out what a plan takes away: an inventory was made before."""
    if not removals.gone and not removals.parts:
        return made
    parts = removals.by_owner()
    left = {
        component.identity: without_parts(component, parts)
        for component in made.values()
        if component.identity not in removals.gone and not is_taken(component, parts)
    }
    return {name: left[component.identity] for name, component in made.items() if component.identity in left}


def _strings(value: Any) -> Iterator[str]:
    """Yield the strings of a component: its references are among them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, Declared):
        for each in fields(value):
            yield from _strings(getattr(value, each.name))
