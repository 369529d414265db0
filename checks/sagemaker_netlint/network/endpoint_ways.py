"""The ways from an interface to a service over a VPC endpoint: DNS, groups, routes, policy, zones.

https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html and
https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sagemaker_netlint.network.address_kinds import is_private
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.endpoints import endpoints_in, is_interface
from sagemaker_netlint.network.interfaces import Interface, ranges_of
from sagemaker_netlint.network.placement import is_among, zone_list, zone_of
from sagemaker_netlint.network.private_dns import stand_in
from sagemaker_netlint.network.security import ANYWHERE, HTTPS, Party, Traffic, lets_through, listed
from sagemaker_netlint.network.services import service_of
from sagemaker_netlint.network.topology import (
    RouteTable,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    Vpc,
    VpcEndpoint,
)
from sagemaker_netlint.network.values import Maybe, Unknown
from sagemaker_netlint.network.ways import Way, blocked, every, open_way, some, unclear

_MANAGED_LIST = re.compile(r"pl-[0-9a-f]{8}")


def way_to_service(deployment: Deployment, interface: Interface, service: str) -> Way | None:
    """Return the way to an AWS service over the endpoints of the VPC; `None` where it has none in sight."""
    inside, perhaps = endpoints_in(deployment, vpc_of(deployment, interface))
    ways = [way_over(deployment, interface, e) for e in inside if service_of(e.service_name) == service]
    ways += [
        unclear(f"whether endpoint `{endpoint.address}` lies in its VPC is not known")
        for endpoint in perhaps
        if service_of(endpoint.service_name) == service
    ]
    return some(ways)


def vpc_of(deployment: Deployment, interface: Interface) -> Maybe[str]:
    """Return the VPC of an interface: the one that its workload names, else that of its subnets.

    They all lie in one VPC, so one of them that is in sight tells it.
    """
    if interface.vpc is not None:
        return interface.vpc
    found = deployment.find_all(Subnet, interface.subnets)
    named = [subnet.vpc for subnet in found if isinstance(subnet, Subnet) and subnet.vpc is not None]
    known = next((vpc for vpc in named if isinstance(vpc, str)), None)
    if known is not None:
        return known
    return next((item for item in (*named, *found) if isinstance(item, Unknown)), None)


def way_over(deployment: Deployment, interface: Interface, endpoint: VpcEndpoint) -> Way:
    """Return the way from the interface over one endpoint, to the first link that blocks it."""
    kind = is_interface(endpoint)
    if isinstance(kind, Unknown):
        return unclear(f"the type of endpoint `{endpoint.address}` is not known: {kind.reason}")
    if not kind:
        routed = routes_to(deployment, interface, endpoint)
        return every([*routed, out_to_gateway(deployment, interface, endpoint), by_policy(endpoint)])
    return every(
        [
            by_name(deployment, endpoint),
            by_vpc_dns(deployment, endpoint),
            into_endpoint(deployment, interface, endpoint),
            out_of_interface(deployment, interface, endpoint),
            by_policy(endpoint),
        ]
    )


def by_name(deployment: Deployment, endpoint: VpcEndpoint) -> Way:
    """Say whether the service's name leads to an interface endpoint: private DNS, or a stand-in."""
    if endpoint.private_dns is True:
        return open_way((endpoint, "has private DNS"))
    service = service_of(endpoint.service_name)
    if not isinstance(service, str):
        return unclear(f"the service of endpoint `{endpoint.address}` is not known")
    other = stand_in(deployment, endpoint, service)
    for doubt in (other, endpoint.private_dns):
        if isinstance(doubt, Unknown):
            return unclear(
                f"whether the name of {service} leads to `{endpoint.address}` is not known: {doubt.reason}"
            )
    if other is not None and not isinstance(other, Unknown):
        return open_way((other, f"answers for the name of {service}"))
    return blocked(
        (endpoint, "has no private DNS"), fix=f"set PrivateDnsEnabled to true at `{endpoint.address}`"
    )


def by_vpc_dns(deployment: Deployment, endpoint: VpcEndpoint) -> Way:
    """Say whether the VPC answers private DNS names: its DNS support (default on) and host names (off)."""
    vpc = deployment.find(Vpc, endpoint.vpc)
    if not isinstance(vpc, Vpc):
        return unclear(
            f"the VPC of `{endpoint.address}` is not known" + (f": {vpc.reason}" if vpc is not None else "")
        )
    return answers_names(vpc)


def answers_names(vpc: Vpc) -> Way:
    """Say whether the VPC answers private DNS names: both of its DNS attributes must be on.

    https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
    """
    attributes = (
        ("EnableDnsSupport", vpc.dns_support, True),
        ("EnableDnsHostnames", vpc.dns_hostnames, vpc.is_default),
    )
    off: list[tuple[str, str]] = []
    for name, value, default in attributes:
        if value is False or (value is None and not default):
            off.append((name, "is not set, and the default is false" if value is None else "is false"))
    if off:
        seen = " and ".join(f"{name} {state}" for name, state in off)
        what = " and ".join(name for name, _ in off)
        return blocked((vpc, seen), fix=f"set {what} to true at `{vpc.address}`")
    for name, value, _ in attributes:
        if isinstance(value, Unknown):
            return unclear(f"{name} of `{vpc.address}` is not known: {value.reason}")
    return open_way((vpc, "answers private DNS names"))


def into_endpoint(deployment: Deployment, interface: Interface, endpoint: VpcEndpoint) -> Way:
    """Say whether the endpoint's groups admit TCP 443 from the interface.

    An endpoint without groups of its own carries the VPC's default group (CreateVpcEndpoint), which admits
    its own members only.
    """
    groups = listed(endpoint.security_groups)
    if not groups:
        return _by_default_group(deployment, interface, endpoint)
    way = lets_through(deployment, groups, "ingress", HTTPS, interface.party(deployment))
    return way.after((endpoint, "lies behind its group"))


def _by_default_group(deployment: Deployment, interface: Interface, endpoint: VpcEndpoint) -> Way:
    vpc = deployment.find(Vpc, endpoint.vpc)
    carries = f"endpoint `{endpoint.address}` carries the default group of its VPC"
    if not isinstance(vpc, Vpc):
        return unclear(f"{carries}, which is not declared here")
    for group in deployment.every(SecurityGroup):
        if group.is_default and deployment.find(Vpc, group.vpc) is vpc:
            return lets_through(
                deployment, (group.identity,), "ingress", HTTPS, interface.party(deployment)
            ).after((endpoint, "carries the default group of its VPC"))
    if deployment.is_existing(vpc):
        return unclear(f"{carries}, which is not declared here")
    if any(_hangs_on(reference, vpc) for reference in interface.groups):
        return open_way((endpoint, "carries the default group of its VPC"), (vpc, "has it from the start"))
    doubt = _about_default_group(deployment, interface, vpc)
    if doubt is not None:
        return unclear(f"{carries}, {doubt}")
    return blocked(
        (endpoint, "carries the default group of its VPC, which admits its own members only"),
        fix=f"set SecurityGroupIds of `{endpoint.address}` to a group that admits {HTTPS}",
    )


def _about_default_group(deployment: Deployment, interface: Interface, vpc: Vpc) -> str | None:
    """Return why the VPC's default group, which is not declared, may admit the interface after all."""
    for rule in deployment.each(SecurityGroupRule):
        if _hangs_on(rule.group, vpc):
            return f"to which `{rule.address}` adds a rule"
    for found in deployment.find_all(SecurityGroup, interface.groups):
        if isinstance(found, Unknown):
            return f"and whether {interface.name} carry it is not known: {found.reason}"
    unread = deployment.unread_about(vpc)
    return None if unread is None else f"and {unread.reason}"


def _hangs_on(reference: Maybe[str], vpc: Vpc) -> bool:
    """Say whether the reference is to an attribute of the VPC, such as its default group."""
    return isinstance(reference, str) and reference.rpartition("/")[0] == vpc.identity


def out_of_interface(deployment: Deployment, interface: Interface, endpoint: VpcEndpoint) -> Way:
    """Say whether the interface's groups allow TCP 443 to the endpoint."""
    ranges = ranges_of(deployment, listed(endpoint.subnets))
    party = Party(f"`{endpoint.address}`", listed(endpoint.security_groups), ranges)
    return lets_through(deployment, interface.groups, "egress", HTTPS, party)


def out_to_gateway(deployment: Deployment, interface: Interface, endpoint: VpcEndpoint) -> Way:
    """Say whether the interface's groups allow TCP 443 to the public addresses behind a gateway endpoint.

    A rule may name them by the prefix list of the service
    (https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html#gateway-endpoint-security).
    """
    party = Party(f"the addresses behind `{endpoint.address}`", (), (ANYWHERE,))
    way = lets_through(deployment, interface.groups, "egress", HTTPS, party)
    if way.exists is True:
        return way
    for group in deployment.find_all(SecurityGroup, interface.groups):
        for rule in deployment.egress_of(group) if isinstance(group, SecurityGroup) else ():
            if isinstance(rule, Unknown) or not covers_port(rule, HTTPS):
                continue
            if any(_is_list_of(deployment, list_, endpoint) for list_ in listed(rule.prefix_lists)):
                return open_way((rule, f"allows {HTTPS} to the prefix list of `{endpoint.address}`"))
            sources = rule.sources if isinstance(rule.sources, tuple) else ()
            known = [source for source in sources if not isinstance(source, Unknown)]
            if any(source.version == ANYWHERE.version and not is_private(source) for source in known):
                return unclear(f"whether `{rule.address}` covers the addresses of the service is not known")
    return way


def _is_list_of(deployment: Deployment, reference: str | Unknown, endpoint: VpcEndpoint) -> bool:
    """Say whether the prefix list is that of the endpoint's service; AWS's own ones have short ids."""
    if isinstance(reference, Unknown):
        return False
    if reference in deployment.prefix_lists:
        return service_of(deployment.prefix_lists[reference]) == service_of(endpoint.service_name)
    found = deployment.find(VpcEndpoint, reference.rpartition("/")[0])
    is_own = isinstance(found, VpcEndpoint) and found.identity == endpoint.identity
    return is_own or _MANAGED_LIST.fullmatch(reference) is not None


def covers_port(rule: SecurityGroupRule, traffic: Traffic) -> bool:
    """Say whether the rule is, or may be, for the protocol and for all of its ports."""
    if rule.protocol is None or isinstance(rule.protocol, Unknown) or rule.protocol == "-1":
        return True
    if rule.protocol != traffic.protocol:
        return False
    first, last = rule.from_port, rule.to_port
    return not (
        (isinstance(first, int) and first > traffic.from_port)
        or (isinstance(last, int) and -1 < last < traffic.to_port)
    )


def routes_to(deployment: Deployment, interface: Interface, endpoint: VpcEndpoint) -> Iterator[Way]:
    """Yield for each subnet of the interface whether its route table leads to a gateway endpoint."""
    for subnet in deployment.find_all(Subnet, interface.subnets):
        yield (
            unclear(subnet.reason) if isinstance(subnet, Unknown) else route_to(deployment, subnet, endpoint)
        )


def route_to(deployment: Deployment, subnet: Subnet, endpoint: VpcEndpoint) -> Way:
    """Say whether the subnet's route table is one of those of a gateway endpoint."""
    table = deployment.route_table_of(subnet)
    vpc = deployment.vpc_of(subnet)
    is_main = table is None or (isinstance(table, RouteTable) and table.is_main)
    if is_main and isinstance(vpc, Vpc):
        main = [ref for ref in listed(endpoint.route_tables) if _hangs_on(ref, vpc)]
        if main:  # aws_vpc.this.main_route_table_id
            return open_way((subnet, f"uses the main route table, which leads to `{endpoint.address}`"))
    if table is None:
        table = deployment.unread_about(subnet)
    if table is None:
        return blocked(
            (subnet, "uses the main route table that EC2 makes, which doesn't lead to the endpoint"),
            fix=f"give `{subnet.address}` a route table, and add it to RouteTableIds of `{endpoint.address}`",
        )
    if isinstance(table, Unknown):
        return unclear(f"the route table of `{subnet.address}` is not known: {table.reason}")
    tables = deployment.find_all(RouteTable, endpoint.route_tables)
    if any(isinstance(found, RouteTable) and found.identity == table.identity for found in tables):
        return open_way((subnet, f"uses `{table.address}`"), (table, f"leads to `{endpoint.address}`"))
    doubt = next((found for found in tables if isinstance(found, Unknown)), None)
    if doubt is None:
        doubt = deployment.unread_about(endpoint, table)
    if doubt is not None:
        return unclear(f"the route tables of `{endpoint.address}` are not known: {doubt.reason}")
    return blocked(
        (subnet, f"uses `{table.address}`"),
        (table, f"has no route to `{endpoint.address}`"),
        fix=f"add `{table.address}` to RouteTableIds of `{endpoint.address}`",
    )


def by_policy(endpoint: VpcEndpoint) -> Way:
    """Say whether the endpoint's policy allows anything at all; an absent one allows everything."""
    policy = endpoint.policy
    if policy is None:
        return open_way()
    if isinstance(policy, Unknown):
        return unclear(f"the policy of endpoint `{endpoint.address}` is not known: {policy.reason}")
    statements = policy.get("Statement") if isinstance(policy, dict) else None
    listed_ = statements if isinstance(statements, list) else [statements]
    if any(isinstance(s, Unknown) or (isinstance(s, dict) and s.get("Effect") != "Deny") for s in listed_):
        return open_way()
    if statements is None:
        return unclear(f"the policy of endpoint `{endpoint.address}` could not be read")
    fix = f"allow in PolicyDocument of `{endpoint.address}` what its users call"
    return blocked((endpoint, "has a policy that allows nothing"), fix=fix)


def zones_without(
    deployment: Deployment, interface: Interface, endpoint: VpcEndpoint
) -> tuple[Subnet, ...] | Unknown:
    """Return the subnets of the interface in zones where an interface endpoint has no subnet."""
    others = listed(endpoint.subnets)
    references = [ref for ref in interface.subnets if is_among(deployment, ref, others) is not True]
    own = deployment.find_all(Subnet, tuple(references))
    if not others and not any(isinstance(subnet, Unknown) for subnet in own):
        return tuple(subnet for subnet in own if isinstance(subnet, Subnet))
    there = deployment.find_all(Subnet, others) if own else ()
    for found in (*own, *there):
        if isinstance(found, Unknown):
            return found
    covered = [zone_of(subnet) for subnet in there if isinstance(subnet, Subnet)]
    gaps = []
    for subnet in own:
        zone = zone_of(subnet)
        if isinstance(subnet, Unknown) or any(
            isinstance(s, Subnet) and s.identity == subnet.identity for s in there
        ):
            continue
        if isinstance(zone, str) and zone in covered:
            continue
        for other in (zone, *covered):
            if isinstance(other, Unknown):
                return other
            if isinstance(zone, str) and zone_list(other) != zone_list(zone):
                return Unknown("zone names, zone ids and picks from the account's list can't be compared")
        gaps.append(subnet)
    return tuple(gaps)
