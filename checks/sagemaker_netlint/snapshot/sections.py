"""What a snapshot asks for, and what it keeps of the answers: a list of what is allowed, not of what isn't.

A key that AWS adds tomorrow is left out until somebody puts it here. Keys follow the API References of EC2
and CloudFormation: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/OperationList-query.html.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Kept = Mapping[str, Any]
"""The keys that are kept: to an empty mapping for a value that is kept whole, or to the keys below."""


@dataclass(frozen=True, slots=True)
class Section:
    """One list of the file.

    `operation` is the method of boto3's client, `name` the key of the list in its answer and in the file,
    `identity` the key by which items are sorted. `vpcs` are the places where an item says whose it is; none
    means that the item belongs to the region. `tagged` says whether the API gives items tags.
    """

    name: str
    operation: str
    identity: str
    kept: Kept
    vpcs: tuple[str, ...] = ("VpcId",)
    service: str = "ec2"
    tagged: bool = True

    @property
    def action(self) -> str:
        """The IAM action that the call needs: `ec2:DescribeSubnets`."""
        return action_of(self.service, self.operation)


def action_of(service: str, operation: str) -> str:
    """Return the IAM action of a method of boto3: `describe_vpcs` of `ec2` is `ec2:DescribeVpcs`."""
    return f"{service}:{''.join(word.capitalize() for word in operation.split('_'))}"


def _keys(text: str) -> Kept:
    """Read dotted keys, parted by white space, as a tree; lists on the way need no sign."""
    tree: dict[str, Any] = {}
    for path in text.split():
        below = tree
        for key in path.split("."):
            below = below.setdefault(key, {})
    return tree


_PERMISSION = (
    "IpProtocol FromPort ToPort IpRanges.CidrIp Ipv6Ranges.CidrIpv6 PrefixListIds.PrefixListId "
    "UserIdGroupPairs.GroupId UserIdGroupPairs.VpcId UserIdGroupPairs.VpcPeeringConnectionId"
)
_PEER = "VpcId Region CidrBlock CidrBlockSet.CidrBlock Ipv6CidrBlockSet.Ipv6CidrBlock"


def _below(prefix: str, keys: str) -> str:
    return " ".join(f"{prefix}.{key}" for key in keys.split())


SECTIONS = (
    Section(
        "Vpcs",
        "describe_vpcs",
        "VpcId",
        _keys(
            """VpcId CidrBlock InstanceTenancy IsDefault State
            CidrBlockAssociationSet.CidrBlock CidrBlockAssociationSet.CidrBlockState.State
            Ipv6CidrBlockAssociationSet.Ipv6CidrBlock Ipv6CidrBlockAssociationSet.Ipv6CidrBlockState.State"""
        ),
    ),
    Section(
        "Subnets",
        "describe_subnets",
        "SubnetId",
        _keys(
            """SubnetId VpcId CidrBlock AvailabilityZone AvailabilityZoneId AvailableIpAddressCount
            DefaultForAz Ipv6Native MapPublicIpOnLaunch
            Ipv6CidrBlockAssociationSet.Ipv6CidrBlock Ipv6CidrBlockAssociationSet.Ipv6CidrBlockState.State"""
        ),
    ),
    Section(
        "RouteTables",
        "describe_route_tables",
        "RouteTableId",
        _keys(
            """RouteTableId VpcId PropagatingVgws.GatewayId
            Associations.Main Associations.RouteTableId Associations.SubnetId Associations.GatewayId
            Associations.AssociationState.State
            Routes.DestinationCidrBlock Routes.DestinationIpv6CidrBlock Routes.DestinationPrefixListId
            Routes.GatewayId Routes.NatGatewayId Routes.TransitGatewayId Routes.VpcPeeringConnectionId
            Routes.EgressOnlyInternetGatewayId Routes.InstanceId Routes.NetworkInterfaceId
            Routes.CarrierGatewayId Routes.LocalGatewayId Routes.CoreNetworkArn Routes.Origin Routes.State"""
        ),
    ),
    Section(
        "VpcEndpoints",
        "describe_vpc_endpoints",
        "VpcEndpointId",
        _keys(
            """VpcEndpointId VpcEndpointType VpcId ServiceName State PolicyDocument PrivateDnsEnabled
            DnsOptions.PrivateDnsOnlyForInboundResolverEndpoint RouteTableIds SubnetIds Groups.GroupId"""
        ),
    ),
    Section(
        "SecurityGroups",
        "describe_security_groups",
        "GroupId",
        _keys(
            f"""GroupId GroupName VpcId {_below("IpPermissions", _PERMISSION)}
            {_below("IpPermissionsEgress", _PERMISSION)}"""
        ),
    ),
    Section(
        "NetworkAcls",
        "describe_network_acls",
        "NetworkAclId",
        _keys(
            """NetworkAclId VpcId IsDefault Associations.NetworkAclId Associations.SubnetId
            Entries.RuleNumber Entries.Egress Entries.RuleAction Entries.Protocol Entries.CidrBlock
            Entries.Ipv6CidrBlock Entries.PortRange Entries.IcmpTypeCode"""
        ),
    ),
    Section(
        "NatGateways",
        "describe_nat_gateways",
        "NatGatewayId",
        _keys("NatGatewayId VpcId SubnetId State ConnectivityType AvailabilityMode"),
    ),
    Section(
        "InternetGateways",
        "describe_internet_gateways",
        "InternetGatewayId",
        _keys("InternetGatewayId Attachments.VpcId Attachments.State"),
        ("Attachments.VpcId",),
    ),
    Section(
        "EgressOnlyInternetGateways",
        "describe_egress_only_internet_gateways",
        "EgressOnlyInternetGatewayId",
        _keys("EgressOnlyInternetGatewayId Attachments.VpcId Attachments.State"),
        ("Attachments.VpcId",),
    ),
    Section(
        "VpnGateways",
        "describe_vpn_gateways",
        "VpnGatewayId",
        _keys("VpnGatewayId State VpcAttachments.VpcId VpcAttachments.State"),
        ("VpcAttachments.VpcId",),
    ),
    Section(
        "TransitGatewayVpcAttachments",
        "describe_transit_gateway_vpc_attachments",
        "TransitGatewayAttachmentId",
        _keys("TransitGatewayAttachmentId TransitGatewayId VpcId SubnetIds State"),
    ),
    Section(
        "VpcPeeringConnections",
        "describe_vpc_peering_connections",
        "VpcPeeringConnectionId",
        _keys(
            f"""VpcPeeringConnectionId Status.Code {_below("AccepterVpcInfo", _PEER)}
            {_below("RequesterVpcInfo", _PEER)}"""
        ),
        ("AccepterVpcInfo.VpcId", "RequesterVpcInfo.VpcId"),
    ),
    Section(
        "AvailabilityZones",
        "describe_availability_zones",
        "ZoneName",
        _keys("ZoneName ZoneId ZoneType RegionName State"),
        vpcs=(),
        tagged=False,
    ),
    Section(
        "PrefixLists",
        "describe_prefix_lists",
        "PrefixListId",
        _keys("PrefixListId PrefixListName"),
        vpcs=(),
        tagged=False,
    ),
    Section("Exports", "list_exports", "Name", _keys("Name Value"), (), "cloudformation", tagged=False),
)
"""Every list that a snapshot holds, in the order in which they are asked for: VPCs first."""

VPC_ATTRIBUTES = {"EnableDnsSupport": "enableDnsSupport", "EnableDnsHostnames": "enableDnsHostnames"}
"""What DescribeVpcs does not tell: the key in DescribeVpcAttribute's answer, and the attribute's name."""

VPC_ATTRIBUTE_CALL = "describe_vpc_attribute"

ACTIONS = tuple(sorted({section.action for section in SECTIONS} | {action_of("ec2", VPC_ATTRIBUTE_CALL)}))
"""The IAM actions that a snapshot needs: docs/inventory.md has the policy."""

_NETWORK_VALUE = re.compile(
    r"(?:acl|eigw|eni|igw|nat|pcx|pl|rtb|sg|subnet|tgw|tgw-attach|vgw|vpc|vpce)-[0-9a-f]{8,17}"  # an id
    r"|[0-9a-fA-F.:]+/\d{1,3}"  # a CIDR block
    r"|[a-z]{2,}(?:-[a-z]+)+-\d+[a-z]"  # an availability zone
)


def is_network_value(value: str) -> bool:
    """Say whether an export's value is an id of a network, a CIDR block or a zone, or a list of them."""
    return all(_NETWORK_VALUE.fullmatch(part.strip()) for part in value.split(","))
