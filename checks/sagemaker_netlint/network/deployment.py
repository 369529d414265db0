"""A deployment: one CloudFormation template under one condition variant, one Terraform root, or one plan.

It holds the components and answers questions about them. A reference that leads out of the deployment
is `Unknown` with its reason: what is not in sight is never taken as missing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from ipaddress import ip_network
from typing import Any, TypeVar

from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.removals import Removals
from sagemaker_netlint.network.topology import (
    MainRouteTableAssociation,
    NetworkAcl,
    NetworkAclAssociation,
    NetworkAclEntry,
    Refs,
    Route,
    RouteTable,
    RouteTableAssociation,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    UnreadPart,
    Vpc,
    VpcEndpoint,
)
from sagemaker_netlint.network.values import Maybe, Unknown

D = TypeVar("D", bound=Declared)


class Language(Enum):
    """What a deployment was read from."""

    CLOUDFORMATION = "cloudformation"
    TERRAFORM = "terraform"
    TERRAFORM_PLAN = "terraform-plan"


@dataclass(frozen=True)
class Deployment:
    """The components of one deployment, indexed by identity.

    `source` is the template, the root module's folder or the plan file, as the user named or found it.
    `conditions` are the clauses under which it holds ("IsProd is false"), none for the only variant.
    `unmodelled` maps the identities of resources that are no components to their addresses, for messages.
    `existing` are components that are not declared but known from an inventory, by each of their names (the
    variants share one index): `find` and `every` lead to them, `each` doesn't give them. `whole` are the
    classes of which the inventory holds all that a VPC has, with the VPC's id: only there does one that it
    doesn't hold not exist. `has_inventory` says whether one was asked, `prefix_lists` are the
    names of AWS's prefix lists, by id, as far as it tells them. `removals` is what a plan takes away of what
    exists. `derived` is what other modules work
    out once of the components, by their names.
    """

    language: Language
    source: str
    components: tuple[Declared, ...]
    conditions: tuple[str, ...] = ()
    unmodelled: Mapping[str, str] = field(default_factory=dict, repr=False)
    existing: Mapping[str, Declared] = field(default_factory=dict, repr=False)
    whole: frozenset[tuple[type[Declared], str]] = field(default=frozenset(), repr=False)
    has_inventory: bool = False
    prefix_lists: Mapping[str, str] = field(default_factory=dict, repr=False)
    removals: Removals = field(default_factory=Removals, repr=False)
    derived: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    _by_class: dict[type[Declared], list[Declared]] = field(
        default_factory=lambda: defaultdict(list), init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        """Index the components by class, in the order of declaration."""
        for component in self.components:
            self._by_class[type(component)].append(component)

    @property
    def variant(self) -> str:
        """The conditions in one line, "" for the only variant."""
        return ", ".join(self.conditions)

    def each(self, kind: type[D]) -> Iterator[D]:
        """Yield the components of a class, in the order of declaration."""
        for component in self._by_class.get(kind, ()):
            assert isinstance(component, kind)  # noqa: S101 - narrows the type; the index is by class
            yield component

    def every(self, kind: type[D]) -> Iterator[D]:
        """Yield the components of a class that are declared, then those that exist already beside them."""
        yield from self.each(kind)
        for component in self._existing_by_class.get(kind, ()):
            assert isinstance(component, kind)  # noqa: S101 - as above
            yield component

    @cached_property
    def _existing_by_class(self) -> dict[type[Declared], list[Declared]]:
        """Index what exists and is not declared, too: a plan knows the ids of what is there already."""
        index: dict[type[Declared], list[Declared]] = defaultdict(list)
        for name, component in self.existing.items():
            if name == component.identity and name not in self._by_identity:
                index[type(component)].append(component)
        return index

    @cached_property
    def _by_identity(self) -> dict[str, Declared]:
        index: dict[str, Declared] = {}
        for component in self.components:
            index.setdefault(component.identity, component)
            for name in component.names:
                index.setdefault(name, component)
        return index

    @cached_property
    def _by_name(self) -> dict[tuple[type[Declared], str], Declared]:
        """Names are unique within a class only: a model and its endpoint configuration often share one."""
        index: dict[tuple[type[Declared], str], Declared] = {}
        for component in self.components:
            for name in component.names:
                index.setdefault((type(component), name), component)
        return index

    def find(self, kind: type[D], reference: Maybe[str]) -> Maybe[D]:
        """Follow a reference to a component of the class; `Unknown` where it leads out of sight."""
        if reference is None or isinstance(reference, Unknown):
            return reference
        component = self._named(reference)
        if not isinstance(component, kind):
            component = self._by_name.get((kind, reference), component)
        owner, _, attribute = reference.rpartition("/")
        if component is None and kind is SecurityGroup:
            component = self._default_groups.get(owner)
        if isinstance(component, kind):
            return component
        if component is not None:
            return Unknown(f"it refers to {component}, which is no {_noun(kind)}")
        if reference in self.unmodelled:
            return Unknown(f"it refers to `{self.unmodelled[reference]}`, which is no {_noun(kind)}")
        address = self.address_of(owner)
        if address is not None:
            return Unknown(f"{attribute} of `{address}` is not declared here")
        where = "neither declared here nor in the inventory" if self.has_inventory else "not declared here"
        return Unknown(f"{_noun(kind)} {reference} is {where}")

    @cached_property
    def _default_groups(self) -> dict[str, SecurityGroup]:
        """The declared default groups by their VPC: `aws_vpc.v.default_security_group_id` leads to them."""
        groups = [group for group in self.every(SecurityGroup) if group.is_default]
        return {group.vpc: group for group in groups if isinstance(group.vpc, str)}

    def _named(self, name: str) -> Declared | None:
        """Return the declared component of the name, else the existing one."""
        return self._by_identity.get(name) or self.existing.get(name)

    def is_existing(self, component: Declared) -> bool:
        """Say whether the component is known from an inventory only, so that more may belong to it."""
        return self.existing.get(component.identity) is component

    def holds_all(self, kind: type[Declared], vpc: Vpc) -> bool:
        """Say whether all components of the class that the VPC has are in sight, other code's included.

        What is declared shows all of its own; an inventory does where it says so.
        """
        return not self.is_existing(vpc) or (kind, vpc.identity) in self.whole

    def address_of(self, identity: str) -> str | None:
        """Return the address of what the identity belongs to, be it a component or not."""
        component = self._named(identity)
        return component.address if component is not None else self.unmodelled.get(identity)

    def find_all(self, kind: type[D], references: Refs) -> tuple[D | Unknown, ...]:
        """Follow a list of references; an unknown list is one unknown item, an absent one is empty."""
        if references is None:
            return ()
        if isinstance(references, Unknown):
            return (references,)
        found = (self.find(kind, reference) for reference in references)
        return tuple(item for item in found if item is not None)

    def vpc_of(self, component: Subnet | SecurityGroup | VpcEndpoint | RouteTable) -> Maybe[Vpc]:
        """Return the VPC that the component belongs to."""
        return self.find(Vpc, component.vpc)

    def unread_about(self, *components: Declared) -> Unknown | None:
        """Return why more may belong to the components than is declared here: a part that was not read.

        Only a part that is given one of them can add to it.
        """
        for part in self.each(UnreadPart):
            if any(c.identity in text for text in part.given for c in components):
                return Unknown(f"{part} may declare it: {part.reason}")
        return None

    # -- security groups -------------------------------------------------------------------------

    def ingress_of(self, group: SecurityGroup) -> tuple[SecurityGroupRule | Unknown, ...]:
        """Return the inbound rules of a group: the inline ones, then the rule resources that name it."""
        return self._rules_of(group, group.inline_ingress, "ingress")

    def egress_of(self, group: SecurityGroup) -> tuple[SecurityGroupRule | Unknown, ...]:
        """Return the outbound rules of a group: the inline ones, then the rule resources that name it.

        The rule that EC2 gives to a new group is among them where it is kept.
        """
        own = self._rules_of(group, group.inline_egress, "egress")
        if group.keeps_default_egress and (group.inline_egress is None or group.inline_egress == ()):
            return (_default_egress(group), *own)
        return own

    def _rules_of(
        self, group: SecurityGroup, inline: Maybe[tuple[SecurityGroupRule | Unknown, ...]], direction: str
    ) -> tuple[SecurityGroupRule | Unknown, ...]:
        own: tuple[SecurityGroupRule | Unknown, ...] = ()
        if isinstance(inline, Unknown):
            own = (inline,)
        elif inline is not None:
            own = inline
        return own + tuple(self._rule_resources[(group.identity, direction)])

    @cached_property
    def _rule_resources(self) -> dict[tuple[str, str], list[SecurityGroupRule | Unknown]]:
        index: dict[tuple[str, str], list[SecurityGroupRule | Unknown]] = defaultdict(list)
        for rule in self.each(SecurityGroupRule):
            group = self.find(SecurityGroup, rule.group)
            if isinstance(group, SecurityGroup) and isinstance(rule.direction, str):
                index[(group.identity, rule.direction)].append(rule)
            elif isinstance(group, SecurityGroup) and isinstance(rule.direction, Unknown):
                for direction in ("ingress", "egress"):
                    index[(group.identity, direction)].append(rule.direction)
        return index

    def unplaced_rules(self, direction: str) -> tuple[SecurityGroupRule, ...]:
        """Return the rule resources of a direction that may belong to any group: theirs is not known.

        Only Terraform's: what comes into a template as a parameter is no group of the template itself.
        """
        return tuple(rule for rule in self._unplaced_rules if rule.direction == direction)

    @cached_property
    def _unplaced_rules(self) -> list[SecurityGroupRule]:
        if self.language is Language.CLOUDFORMATION:
            return []
        return [rule for rule in self.each(SecurityGroupRule) if isinstance(rule.group, Unknown)]

    # -- network ACLs ----------------------------------------------------------------------------

    def acl_entries_of(self, acl: NetworkAcl) -> tuple[NetworkAclEntry, ...]:
        """Return the entry resources that name the ACL, of both directions."""
        return tuple(self._acl_entries[acl.identity])

    @cached_property
    def _acl_entries(self) -> dict[str, list[NetworkAclEntry]]:
        index: dict[str, list[NetworkAclEntry]] = defaultdict(list)
        for entry in self.each(NetworkAclEntry):
            acl = self.find(NetworkAcl, entry.acl)
            if isinstance(acl, NetworkAcl):
                index[acl.identity].append(entry)
        return index

    @cached_property
    def associated_acls(self) -> dict[str, Maybe[NetworkAcl]]:
        """The network ACLs of subnets that an association, or the ACL itself, names."""
        acls: dict[str, Maybe[NetworkAcl]] = {}
        for reference, acl in self._acl_associations():
            subnet = self.find(Subnet, reference)
            if isinstance(subnet, Subnet):
                acls.setdefault(subnet.identity, acl)
        return acls

    @cached_property
    def unplaced_acls(self) -> tuple[tuple[Maybe[NetworkAcl], Unknown], ...]:
        """The network ACLs that are for a subnet which is not known, with the reason."""
        return tuple((acl, ref) for ref, acl in self._acl_associations() if isinstance(ref, Unknown))

    def _acl_associations(self) -> Iterator[tuple[Maybe[str], Maybe[NetworkAcl]]]:
        for association in self.each(NetworkAclAssociation):
            yield association.subnet, self.find(NetworkAcl, association.acl)
        for acl in self.every(NetworkAcl):
            references = (acl.subnets,) if isinstance(acl.subnets, Unknown) else acl.subnets or ()
            yield from ((reference, acl) for reference in references)

    # -- routes ----------------------------------------------------------------------------------

    def route_table_of(self, subnet: Subnet) -> Maybe[RouteTable]:
        """Return the subnet's route table: the associated one, else the main one of its VPC.

        `None` where the VPC's main table is the one that EC2 makes with the VPC: it has no route but the
        local one (https://docs.aws.amazon.com/vpc/latest/userguide/RouteTables.html). A subnet that exists
        already may be associated elsewhere, unless all tables of its VPC are in sight.
        """
        if subnet.identity in self._associated_tables:
            return self.find(RouteTable, self._associated_tables[subnet.identity])
        unplaced = [a for a in self.each(RouteTableAssociation) if isinstance(a.subnet, Unknown)]
        if unplaced:
            return Unknown(f"{unplaced[0]} may associate it: {_reason(unplaced[0].subnet)}")
        vpc = self.vpc_of(subnet)
        if self.is_existing(subnet) and not (isinstance(vpc, Vpc) and self._shows_tables(vpc)):
            return Unknown("it exists already, and no association is in sight")
        if not isinstance(vpc, Vpc):
            reason = vpc.reason if isinstance(vpc, Unknown) else "its VPC is not written"
            return Unknown(
                f"no association is declared here, and the VPC's main route table is not known: {reason}"
            )
        return self._main_table(vpc)

    def _shows_tables(self, vpc: Vpc) -> bool:
        return self.is_existing(vpc) and self.holds_all(RouteTable, vpc)

    @cached_property
    def _associated_tables(self) -> dict[str, Maybe[str]]:
        tables: dict[str, Maybe[str]] = {}
        existing = self._existing_by_class.get(RouteTableAssociation, ())
        declared = self._by_class.get(RouteTableAssociation, ())
        for association in (*existing, *declared):  # a declared one moves the subnet
            assert isinstance(association, RouteTableAssociation)  # noqa: S101 - as above
            subnet = self.find(Subnet, association.subnet)
            if isinstance(subnet, Subnet):
                tables[subnet.identity] = association.route_table
        return tables

    def _main_table(self, vpc: Vpc) -> Maybe[RouteTable]:
        for main in self.each(MainRouteTableAssociation):
            if self.find(Vpc, main.vpc) is vpc:
                return self.find(RouteTable, main.route_table)
        for table in self.every(RouteTable):
            if table.is_main and self.vpc_of(table) is vpc:
                return table
        if self.is_existing(vpc):
            return Unknown(f"the main one of `{vpc.address}` is not in the inventory")
        if vpc.is_default:  # its own has a route to an internet gateway, unless somebody changed it
            return Unknown(f"the main one of the default VPC `{vpc.address}` is not declared here")
        return None

    def routes_of(self, table: RouteTable) -> tuple[Route | Unknown, ...]:
        """Return the routes of a table: the inline ones, then the route resources that name it.

        A table has one route to a destination: what is declared takes the place of what exists.
        """
        inline: tuple[Route | Unknown, ...] = ()
        if isinstance(table.inline_routes, Unknown):
            inline = (table.inline_routes,)
        elif table.inline_routes is not None:
            inline = table.inline_routes
        own = tuple(self._routes_by_table.get(table.identity, ()))
        if own and self.is_existing(table):
            declared = {_destination(route) for route in own}
            inline = tuple(r for r in inline if isinstance(r, Unknown) or _destination(r) not in declared)
        return inline + own

    @cached_property
    def unplaced_routes(self) -> tuple[Route, ...]:
        """The route resources that may belong to any table, as with `unplaced_rules`."""
        if self.language is Language.CLOUDFORMATION:
            return ()
        return tuple(route for route in self.each(Route) if isinstance(route.route_table, Unknown))

    @cached_property
    def _routes_by_table(self) -> dict[str, list[Route]]:
        index: dict[str, list[Route]] = defaultdict(list)
        for route in self.each(Route):
            table = self.find(RouteTable, route.route_table)
            if isinstance(table, RouteTable):
                index[table.identity].append(route)
        return index


def _destination(route: Route) -> tuple[object, ...]:
    return route.destination, route.destination_ipv6, route.prefix_list


def _default_egress(group: SecurityGroup) -> SecurityGroupRule:
    return SecurityGroupRule(
        address=group.address,
        type=group.type,
        identity=f"{group.identity}/default egress",
        location=group.location,
        group=group.identity,
        direction="egress",
        protocol="-1",
        sources=(ip_network("0.0.0.0/0"), ip_network("::/0")),
    )


def _noun(kind: type[Declared]) -> str:
    """Return the class as a noun for people: `SecurityGroup` is "security group"."""
    words = "".join(f" {c.lower()}" if c.isupper() else c for c in kind.__name__).strip()
    return words.replace("vpc", "VPC").replace("nat ", "NAT ")


def _reason(value: object) -> str:
    return value.reason if isinstance(value, Unknown) else "not written"


def unknowns(items: Iterable[object]) -> list[Unknown]:
    """Return the unknown ones among the items."""
    return [item for item in items if isinstance(item, Unknown)]
