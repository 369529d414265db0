"""A declared network as an inventory: what the describe calls would tell of it once it is deployed.

For parity: the same network, once declared and once in an inventory, gets the same verdicts.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from sagemaker_netlint.inventory_file import load_inventory
from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.topology import (
    InternetGateway,
    MainRouteTableAssociation,
    NatGateway,
    NetworkAcl,
    NetworkAclAssociation,
    NetworkAclEntry,
    PrivateHostedZone,
    Route,
    RoutePropagation,
    RouteTable,
    RouteTableAssociation,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    UnreadPart,
    Vpc,
    VpcCidrBlock,
    VpcEndpoint,
    VpcEndpointPart,
    VpnGateway,
)
from sagemaker_netlint.network.values import Unknown

_PREFIXES: dict[type[Declared], str] = {
    Vpc: "vpc",
    Subnet: "subnet",
    RouteTable: "rtb",
    InternetGateway: "igw",
    VpnGateway: "vgw",
    NatGateway: "nat",
    SecurityGroup: "sg",
    NetworkAcl: "acl",
    VpcEndpoint: "vpce",
}
_PARTS = (
    *(Route, RouteTableAssociation, MainRouteTableAssociation, SecurityGroupRule, NetworkAclEntry),
    *(NetworkAclAssociation, VpcCidrBlock, VpcEndpointPart),
)
NETWORK = (*_PREFIXES, *_PARTS)
"""The classes that an inventory tells about."""


class CannotTellError(Exception):
    """The network is not known well enough to exist as it is declared."""


def moved(deployment: Deployment, file: Path) -> Deployment:
    """Return the deployment with its network in an inventory file instead, which is new.

    Raises:
        CannotTellError: a part of the network isn't known, or is nothing that an inventory tells about.

    """
    return _Move(deployment).moved(file)


class _Move:
    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        network = [c for c in deployment.components if isinstance(c, NETWORK)]
        for component in network:
            _must_be_known(component)
        for kind in (UnreadPart, PrivateHostedZone, RoutePropagation, VpcEndpointPart):
            if next(deployment.each(kind), None) is not None:
                raise CannotTellError(kind.__name__)
        self.ids: dict[str, str] = {}
        for index, component in enumerate(network):
            prefix = _PREFIXES.get(type(component))
            if prefix is not None:
                for name in (component.identity, *component.names):
                    self.ids[name] = f"{prefix}-{index:017x}"
        for vpc in deployment.each(Vpc):
            number = self.id(vpc).removeprefix("vpc-")[1:]
            self.ids[f"{vpc.identity}/default"] = f"sg-f{number}"
            for name in ("DefaultSecurityGroup", "default_security_group_id"):
                self.ids[f"{vpc.identity}/{name}"] = f"sg-f{number}"

    def id(self, component: Declared) -> str:
        return self.ids[component.identity]

    def ref(self, reference: object) -> str:
        if not isinstance(reference, str):
            raise CannotTellError(reference)
        if reference.startswith("@{") and reference not in self.ids:
            raise CannotTellError(reference)
        return self.ids.get(reference, reference)

    def moved(self, file: Path) -> Deployment:
        file.write_text(json.dumps(self.sections(), indent=1), encoding="utf-8")
        kept = (c for c in self.deployment.components if not isinstance(c, NETWORK))
        alone = replace(self.deployment, components=tuple(self.renamed(c) for c in kept))
        return load_inventory((str(file),)).networks.around(alone)

    def renamed(self, value: Any) -> Any:
        """Return a workload with ids in the place of references to the network."""
        if isinstance(value, str):
            return self.ids.get(value, value)
        if isinstance(value, tuple):
            return tuple(self.renamed(item) for item in value)
        if isinstance(value, Declared):
            changes = {each.name: self.renamed(getattr(value, each.name)) for each in fields(value)}
            return replace(value, **changes)
        return value

    def sections(self) -> dict[str, Any]:
        sections: dict[str, list[Any]] = defaultdict(list)
        for vpc in self.deployment.each(Vpc):
            sections["Vpcs"].append(self.vpc(vpc))
            self.add_belongings(vpc, sections)
        sections["Subnets"] = [self.subnet(each) for each in self.deployment.each(Subnet)]
        sections["RouteTables"] += [self.table(each) for each in self.deployment.each(RouteTable)]
        sections["SecurityGroups"] += [
            self.group(each) for each in self.deployment.each(SecurityGroup) if not each.is_default
        ]
        sections["NetworkAcls"] += [self.acl(each) for each in self.deployment.each(NetworkAcl)]
        sections["VpcEndpoints"] = [self.endpoint(each) for each in self.deployment.each(VpcEndpoint)]
        for nat in self.deployment.each(NatGateway):
            sections["NatGateways"].append(
                _given(
                    NatGatewayId=self.id(nat),
                    SubnetId=None if nat.subnet is None else self.ref(nat.subnet),
                    VpcId=self.vpc_of_nat(nat),
                    ConnectivityType=nat.connectivity or "public",
                    AvailabilityMode=nat.availability_mode,
                    State="available",
                )
            )
        vpcs = [self.id(vpc) for vpc in self.deployment.each(Vpc)]
        sections["InternetGateways"] = [
            {"InternetGatewayId": self.id(each), "Attachments": [{"VpcId": vpcs[0]}]}
            for each in self.deployment.each(InternetGateway)
        ]
        sections["VpnGateways"] = [{"VpnGatewayId": self.id(x)} for x in self.deployment.each(VpnGateway)]
        return {"Snapshot": {"Version": 1, "Region": "eu-west-1"}, **sections}

    # -- what EC2 makes with a VPC -------------------------------------------------------------------

    def add_belongings(self, vpc: Vpc, sections: Mapping[str, list[Any]]) -> None:
        """Add the default group, the main table and the default ACL, where they are not declared."""
        own = self.id(vpc).removeprefix("vpc-")[1:]
        mains = [t for t in self.deployment.each(RouteTable) if self.is_main(t) and self.owns(vpc, t)]
        if not mains:
            table = {"RouteTableId": f"rtb-f{own}", "VpcId": self.id(vpc), "Routes": [_local(vpc)]}
            sections["RouteTables"].append({**table, "Associations": [{"Main": True}]})
        default = [g for g in self.deployment.each(SecurityGroup) if g.is_default and self.owns(vpc, g)]
        for group in default:
            self.ids[group.identity] = self.ids[f"{vpc.identity}/default"]
        declared = self.group(default[0]) if default else {}
        ingress = [{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": f"sg-f{own}"}]}]
        sections["SecurityGroups"].append(
            {
                "GroupId": f"sg-f{own}",
                "VpcId": self.id(vpc),
                "IpPermissions": ingress,
                "IpPermissionsEgress": [_everything()],
                **declared,
                "GroupName": "default",
            }
        )
        if not any(acl.is_default and self.owns(vpc, acl) for acl in self.deployment.each(NetworkAcl)):
            entries = [_entry(100, "allow", egress) for egress in (True, False)]
            entries += [_entry(32767, "deny", egress) for egress in (True, False)]
            subnets = [self.id(s) for s in self.deployment.each(Subnet) if self.is_left(vpc, s)]
            sections["NetworkAcls"].append(
                {
                    "NetworkAclId": f"acl-f{own}",
                    "VpcId": self.id(vpc),
                    "IsDefault": True,
                    "Associations": [{"SubnetId": subnet} for subnet in subnets],
                    "Entries": entries,
                }
            )

    def owns(self, vpc: Vpc, part: Any) -> bool:
        return self.deployment.find(Vpc, part.vpc) is vpc

    def is_left(self, vpc: Vpc, subnet: Subnet) -> bool:
        return self.owns(vpc, subnet) and subnet.identity not in self.deployment.associated_acls

    def is_main(self, table: RouteTable) -> bool:
        ties = self.deployment.each(MainRouteTableAssociation)
        return table.is_main or any(self.deployment.find(RouteTable, t.route_table) is table for t in ties)

    # -- one by one ----------------------------------------------------------------------------------

    def vpc_of_nat(self, nat: NatGateway) -> str:
        home = self.deployment.find(Subnet, nat.subnet)
        return self.ref(home.vpc if isinstance(home, Subnet) else nat.vpc)

    def vpc(self, vpc: Vpc) -> dict[str, Any]:
        blocks = [b for b in self.deployment.each(VpcCidrBlock) if self.owns(vpc, b)]
        names = vpc.is_default if vpc.dns_hostnames is None else vpc.dns_hostnames
        return _given(
            VpcId=self.id(vpc),
            CidrBlock=_text(vpc.cidr),
            CidrBlockAssociationSet=[
                {"CidrBlock": str(cidr), "CidrBlockState": {"State": "associated"}}
                for cidr in (vpc.cidr, *(block.cidr for block in blocks))
                if cidr is not None
            ],
            EnableDnsSupport={"Value": vpc.dns_support is not False},
            EnableDnsHostnames={"Value": names},
            InstanceTenancy=vpc.tenancy or "default",
            IsDefault=vpc.is_default,
        )

    def subnet(self, subnet: Subnet) -> dict[str, Any]:
        if subnet.cidr is None and not subnet.ipv6_native:
            raise CannotTellError(subnet)
        return _given(
            SubnetId=self.id(subnet),
            VpcId=self.ref(subnet.vpc),
            CidrBlock=_text(subnet.cidr),
            Ipv6Native=subnet.ipv6_native,
            AvailabilityZone=_rendered(subnet.zone),
            MapPublicIpOnLaunch=subnet.public_ip_on_launch,
            DefaultForAz=subnet.is_default,
        )

    def table(self, table: RouteTable) -> dict[str, Any]:
        vpc = self.deployment.find(Vpc, table.vpc)
        if not isinstance(vpc, Vpc):
            raise CannotTellError(table)
        tied = self.deployment.each(RouteTableAssociation)
        subnets = [t.subnet for t in tied if self.deployment.find(RouteTable, t.route_table) is table]
        ties: list[dict[str, Any]] = [{"Main": True}] if self.is_main(table) else []
        ties += [{"Main": False, "SubnetId": self.ref(subnet)} for subnet in subnets]
        routes = [_local(vpc), *(self.route(route) for route in self.deployment.routes_of(table))]
        return {
            "RouteTableId": self.id(table),
            "VpcId": self.id(vpc),
            "Associations": ties,
            "Routes": routes,
            "PropagatingVgws": [{"GatewayId": self.ref(g)} for g in table.propagating_gateways or ()],
        }

    def route(self, route: Route | Unknown) -> dict[str, Any]:
        if isinstance(route, Unknown):
            raise CannotTellError(route)
        targets = {
            "GatewayId": route.gateway if route.gateway is not None else route.vpc_endpoint,
            "NatGatewayId": route.nat_gateway,
            "TransitGatewayId": route.transit_gateway,
            "VpcPeeringConnectionId": route.peering,
            "EgressOnlyInternetGatewayId": route.egress_only_gateway,
            "NetworkInterfaceId": route.network_interface,
            "InstanceId": route.instance,
            "CoreNetworkArn": route.core_network,
        }
        return _given(
            DestinationCidrBlock=_text(route.destination),
            DestinationIpv6CidrBlock=_text(route.destination_ipv6),
            DestinationPrefixListId=route.prefix_list,
            State="active",
            **{name: None if target is None else self.ref(target) for name, target in targets.items()},
        )

    def group(self, group: SecurityGroup) -> dict[str, Any]:
        return {
            "GroupId": self.id(group),
            "GroupName": group.address.lower(),
            "VpcId": self.ref(group.vpc),
            "IpPermissions": [self.permission(r, group) for r in self.deployment.ingress_of(group)],
            "IpPermissionsEgress": [self.permission(r, group) for r in self.deployment.egress_of(group)],
        }

    def permission(self, rule: SecurityGroupRule | Unknown, group: SecurityGroup) -> dict[str, Any]:
        if isinstance(rule, Unknown):
            raise CannotTellError(rule)
        sources = [str(source) for source in rule.sources or ()]
        peers = [self.ref(peer) for peer in rule.peers or ()]
        peers += [self.id(group)] if rule.self_reference else []
        return _given(
            IpProtocol=rule.protocol,
            FromPort=rule.from_port,
            ToPort=rule.to_port,
            IpRanges=[{"CidrIp": source} for source in sources if ":" not in source],
            Ipv6Ranges=[{"CidrIpv6": source} for source in sources if ":" in source],
            UserIdGroupPairs=[{"GroupId": peer} for peer in peers],
            PrefixListIds=[{"PrefixListId": self.ref(ref)} for ref in rule.prefix_lists or ()],
        )

    def acl(self, acl: NetworkAcl) -> dict[str, Any]:
        entries = list(self.entries(acl))
        found = self.deployment.associated_acls
        subnets = [s for s in self.deployment.each(Subnet) if found.get(s.identity) is acl]
        if acl.is_default:
            vpc = self.deployment.find(Vpc, acl.vpc)
            subnets += [
                s for s in self.deployment.each(Subnet) if isinstance(vpc, Vpc) and self.is_left(vpc, s)
            ]
        return {
            "NetworkAclId": self.id(acl),
            "VpcId": self.ref(acl.vpc),
            "IsDefault": acl.is_default,
            "Associations": [{"SubnetId": self.id(subnet)} for subnet in subnets],
            "Entries": [*entries, *(_entry(32767, "deny", egress) for egress in (True, False))],
        }

    def entries(self, acl: NetworkAcl) -> Iterator[dict[str, Any]]:
        inline = [(False, e) for e in acl.inline_ingress or ()] + [(True, e) for e in acl.inline_egress or ()]
        loose = [(bool(e.egress), e) for e in self.deployment.acl_entries_of(acl)]
        for egress, entry in [*inline, *loose]:
            if isinstance(entry, Unknown):
                raise CannotTellError(entry)
            ports = {"From": entry.from_port, "To": entry.to_port} if entry.from_port is not None else None
            yield _given(
                RuleNumber=entry.number,
                Egress=egress,
                Protocol=entry.protocol or "-1",
                RuleAction=entry.action,
                CidrBlock=_text(entry.cidr),
                Ipv6CidrBlock=_text(entry.ipv6_cidr),
                PortRange=ports,
            )

    def endpoint(self, endpoint: VpcEndpoint) -> dict[str, Any]:
        kind = endpoint.endpoint_type or "Gateway"
        groups = [self.ref(group) for group in endpoint.security_groups or ()]
        if kind == "Interface" and not groups:
            groups = [self.ids[f"{endpoint.vpc}/default"]]
        full = {"Statement": [{"Action": "*", "Effect": "Allow", "Principal": "*", "Resource": "*"}]}
        policy = full if endpoint.policy is None else endpoint.policy
        mains = [  # a gateway endpoint may name what hangs on the VPC
            ref for ref in endpoint.route_tables or () if isinstance(ref, str) and "/" in ref
        ]
        if mains:
            raise CannotTellError(endpoint)
        options = (
            {}
            if endpoint.inbound_dns_only is None
            else {"DnsOptions": {"PrivateDnsOnlyForInboundResolverEndpoint": endpoint.inbound_dns_only}}
        )
        return {
            "VpcEndpointId": self.id(endpoint),
            "VpcId": self.ref(endpoint.vpc),
            "ServiceName": _rendered(endpoint.service_name),
            "VpcEndpointType": kind,
            "State": "available",
            "PrivateDnsEnabled": bool(endpoint.private_dns),
            "SubnetIds": [self.ref(ref) for ref in endpoint.subnets or ()],
            "Groups": [{"GroupId": group} for group in groups],
            "RouteTableIds": [self.ref(ref) for ref in endpoint.route_tables or ()],
            "PolicyDocument": policy if isinstance(policy, str) else json.dumps(policy, default=_gap),
            **options,
        }


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _rendered(value: str | Unknown | None) -> str | None:
    """Return a text with a region where it is open; the rest of it must be known."""
    if not isinstance(value, Unknown):
        return value
    text = re.sub(r"\$\{[^}]*[Rr]egion[^}]*\}", "eu-west-1", value.text or "")
    if not text or "${" in text:
        raise CannotTellError(value)
    return text


def _local(vpc: Vpc) -> dict[str, Any]:
    return {"DestinationCidrBlock": str(vpc.cidr), "GatewayId": "local", "State": "active"}


def _everything() -> dict[str, Any]:
    return {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


def _entry(number: int, action: str, egress: bool) -> dict[str, Any]:  # noqa: FBT001 - EC2's own flag
    return {
        "RuleNumber": number,
        "Egress": egress,
        "Protocol": "-1",
        "RuleAction": action,
        "CidrBlock": "0.0.0.0/0",
    }


_MAY_BE_OPEN = frozenset({"service_name", "zone", "policy"})


def _must_be_known(component: Declared) -> None:
    """Refuse a component of which a part isn't known, but for texts that the region is missing of."""
    if component.when:
        raise CannotTellError(component)
    for each in fields(component):
        value = getattr(component, each.name)
        items: Iterable[object] = value if isinstance(value, tuple) else (value,)
        for item in items:
            if isinstance(item, Unknown) and not (each.name in _MAY_BE_OPEN and item.text):
                raise CannotTellError(f"{component}: {each.name}: {item.reason}")
            if isinstance(item, Declared):
                _must_be_known(item)


def _gap(value: object) -> object:
    """Refuse what isn't known of a document."""
    raise CannotTellError(value)
