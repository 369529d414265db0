"""What an inventory's items say, row by row: a class of the model, and where EC2's describe calls write it.

A row is like those of the mapping table, with a path into the item in the place of the CloudFormation
property. Sources: the output of https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Operations.html.
"""

from __future__ import annotations

from sagemaker_netlint.network.topology import (
    InternetGateway,
    NatGateway,
    NetworkAcl,
    NetworkAclEntry,
    Route,
    RouteTable,
    RouteTableAssociation,
    SecurityGroup,
    SecurityGroupRule,
    Vpc,
    VpcCidrBlock,
    VpcEndpoint,
    VpnGateway,
)
from sagemaker_netlint.readers.entity import Entity, Field
from sagemaker_netlint.readers.parsers import (
    Parser,
    boolean,
    document,
    inbound_only,
    integer,
    json_document,
    lowered,
    network,
    networks,
    protocol,
    reference,
    references,
    text,
)


def _field(name: str, parse: Parser, path: str, items: Entity | None = None) -> Field:
    return Field(name, parse, path, "", items)


_ROUTE = Entity(
    Route,
    "",
    (),
    (
        _field("destination", network, "DestinationCidrBlock"),
        _field("destination_ipv6", network, "DestinationIpv6CidrBlock"),
        _field("prefix_list", reference, "DestinationPrefixListId"),
        _field("gateway", reference, "GatewayId"),
        _field("nat_gateway", reference, "NatGatewayId"),
        _field("transit_gateway", reference, "TransitGatewayId"),
        _field("peering", reference, "VpcPeeringConnectionId"),
        _field("egress_only_gateway", reference, "EgressOnlyInternetGatewayId"),
        _field("vpc_endpoint", reference, "VpcEndpointId"),
        _field("network_interface", reference, "NetworkInterfaceId"),
        _field("instance", reference, "InstanceId"),
        _field("carrier_gateway", reference, "CarrierGatewayId"),
        _field("local_gateway", reference, "LocalGatewayId"),
        _field("core_network", reference, "CoreNetworkArn"),
    ),
)
_RULE_FIELDS = (
    _field("protocol", protocol, "IpProtocol"),
    _field("from_port", integer, "FromPort"),
    _field("to_port", integer, "ToPort"),
    _field("sources", networks, "IpRanges[].CidrIp | Ipv6Ranges[].CidrIpv6"),
    _field("peers", references, "UserIdGroupPairs[].GroupId"),
    _field("prefix_lists", references, "PrefixListIds[].PrefixListId"),
)
_INGRESS = Entity(SecurityGroupRule, "", (), _RULE_FIELDS, constants={"direction": "ingress"})
_EGRESS = Entity(SecurityGroupRule, "", (), _RULE_FIELDS, constants={"direction": "egress"})
_ACL_ENTRY = Entity(
    NetworkAclEntry,
    "",
    (),
    (
        _field("number", integer, "RuleNumber"),
        _field("protocol", protocol, "Protocol"),
        _field("action", lowered, "RuleAction"),
        _field("cidr", network, "CidrBlock"),
        _field("ipv6_cidr", network, "Ipv6CidrBlock"),
        _field("from_port", integer, "PortRange.From"),
        _field("to_port", integer, "PortRange.To"),
    ),
)
_VPC = _field("vpc", reference, "VpcId")

EXISTING: dict[str, tuple[Entity, ...]] = {
    "Vpcs": (
        Entity(
            Vpc,
            "AWS::EC2::VPC",
            (),
            (
                _field("cidr", network, "CidrBlock"),
                _field("dns_support", boolean, "EnableDnsSupport"),
                _field("dns_hostnames", boolean, "EnableDnsHostnames"),
                _field("tenancy", text, "InstanceTenancy"),
                _field("is_default", boolean, "IsDefault"),
            ),
        ),
        Entity(
            VpcCidrBlock,
            "AWS::EC2::VPCCidrBlock",
            (),
            (_field("vpc", reference, "^VpcId"), _field("cidr", network, "CidrBlock")),
            cfn_at="CidrBlockAssociationSet",
        ),
    ),
    "RouteTables": (
        Entity(
            RouteTable,
            "AWS::EC2::RouteTable",
            (),
            (
                _VPC,
                _field("inline_routes", document, "Routes", _ROUTE),
                _field("propagating_gateways", references, "PropagatingVgws[].GatewayId"),
                _field("is_main", boolean, "IsMain"),
            ),
        ),
        Entity(
            RouteTableAssociation,
            "AWS::EC2::SubnetRouteTableAssociation",
            (),
            (_field("route_table", reference, "^RouteTableId"), _field("subnet", reference, "SubnetId")),
            cfn_at="Associations",
        ),
    ),
    "VpcEndpoints": (
        Entity(
            VpcEndpoint,
            "AWS::EC2::VPCEndpoint",
            (),
            (
                _VPC,
                _field("service_name", text, "ServiceName"),
                _field("endpoint_type", text, "VpcEndpointType"),
                _field("private_dns", boolean, "PrivateDnsEnabled"),
                _field(
                    "inbound_dns_only", inbound_only, "DnsOptions.PrivateDnsOnlyForInboundResolverEndpoint"
                ),
                _field("subnets", references, "SubnetIds"),
                _field("security_groups", references, "Groups[].GroupId"),
                _field("route_tables", references, "RouteTableIds"),
                _field("policy", json_document, "PolicyDocument"),
            ),
        ),
    ),
    "SecurityGroups": (
        Entity(
            SecurityGroup,
            "AWS::EC2::SecurityGroup",
            (),
            (
                _VPC,
                _field("is_default", boolean, "IsDefault"),
                _field("inline_ingress", document, "IpPermissions", _INGRESS),
                _field("inline_egress", document, "IpPermissionsEgress", _EGRESS),
            ),
        ),
    ),
    "NetworkAcls": (
        Entity(
            NetworkAcl,
            "AWS::EC2::NetworkAcl",
            (),
            (
                _VPC,
                _field("is_default", boolean, "IsDefault"),
                _field("subnets", references, "Associations[].SubnetId"),
                _field("inline_ingress", document, "Inbound", _ACL_ENTRY),
                _field("inline_egress", document, "Outbound", _ACL_ENTRY),
            ),
        ),
    ),
    "NatGateways": (
        Entity(
            NatGateway,
            "AWS::EC2::NatGateway",
            (),
            (
                _VPC,
                _field("subnet", reference, "SubnetId"),
                _field("connectivity", text, "ConnectivityType"),
                _field("availability_mode", text, "AvailabilityMode"),
            ),
        ),
    ),
    "InternetGateways": (Entity(InternetGateway, "AWS::EC2::InternetGateway", (), ()),),
    "VpnGateways": (Entity(VpnGateway, "AWS::EC2::VPNGateway", (), ()),),
}
"""The rows by the section of the inventory. Subnets have a constructor of their own: there are many."""
