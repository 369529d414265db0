"""Networks: VPCs, subnets, routes, gateways, endpoints, security groups, network ACLs."""

from __future__ import annotations

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
    Vpc,
    VpcCidrBlock,
    VpcEndpoint,
    VpcEndpointPart,
    VpnGateway,
)
from sagemaker_netlint.readers.entity import Entity, Field
from sagemaker_netlint.readers.parsers import (
    boolean,
    document,
    inbound_only,
    integer,
    json_document,
    length,
    lowered,
    network,
    networks,
    owner,
    protocol,
    reference,
    references,
    text,
)
from sagemaker_netlint.readers.table.parts import security_groups, subnets

_RULE_FIELDS = (
    Field("protocol", protocol, "IpProtocol", "protocol | ip_protocol"),
    Field("from_port", integer, "FromPort", "from_port"),
    Field("to_port", integer, "ToPort", "to_port"),
    Field("sources", networks, "CidrIp | CidrIpv6", "cidr_blocks | ipv6_cidr_blocks | cidr_ipv4 | cidr_ipv6"),
)
_INGRESS_FIELDS = (
    *_RULE_FIELDS,
    Field(
        "peers",
        references,
        "SourceSecurityGroupId | SourceSecurityGroupName",
        "security_groups | source_security_group_id | referenced_security_group_id",
    ),
    Field("prefix_lists", references, "SourcePrefixListId", "prefix_list_ids | prefix_list_id"),
    Field("self_reference", boolean, "", "self"),
)
_EGRESS_FIELDS = (
    *_RULE_FIELDS,
    Field(
        "peers",
        references,
        "DestinationSecurityGroupId",
        "security_groups | source_security_group_id | referenced_security_group_id",
    ),
    Field("prefix_lists", references, "DestinationPrefixListId", "prefix_list_ids | prefix_list_id"),
    Field("self_reference", boolean, "", "self"),
)
_GROUP = Field("group", reference, "GroupId", "security_group_id")

_ROUTE_FIELDS = (
    Field("destination", network, "DestinationCidrBlock", "destination_cidr_block | cidr_block"),
    Field(
        "destination_ipv6",
        network,
        "DestinationIpv6CidrBlock",
        "destination_ipv6_cidr_block | ipv6_cidr_block",
    ),
    Field("prefix_list", reference, "DestinationPrefixListId", "destination_prefix_list_id"),
    Field("gateway", reference, "GatewayId", "gateway_id"),
    Field("nat_gateway", reference, "NatGatewayId", "nat_gateway_id"),
    Field("transit_gateway", reference, "TransitGatewayId", "transit_gateway_id"),
    Field("peering", reference, "VpcPeeringConnectionId", "vpc_peering_connection_id"),
    Field("egress_only_gateway", reference, "EgressOnlyInternetGatewayId", "egress_only_gateway_id"),
    Field("vpc_endpoint", reference, "VpcEndpointId", "vpc_endpoint_id"),
    Field("network_interface", reference, "NetworkInterfaceId", "network_interface_id"),
    Field("instance", reference, "InstanceId", "instance_id"),
    Field("carrier_gateway", reference, "CarrierGatewayId", "carrier_gateway_id"),
    Field("local_gateway", reference, "LocalGatewayId", "local_gateway_id"),
    Field("core_network", reference, "CoreNetworkArn", "core_network_arn"),
)

_VPC_FIELDS = (
    Field("cidr", network, "CidrBlock", "cidr_block"),
    Field("dns_support", boolean, "EnableDnsSupport", "enable_dns_support"),
    Field("dns_hostnames", boolean, "EnableDnsHostnames", "enable_dns_hostnames"),
    Field("tenancy", text, "InstanceTenancy", "instance_tenancy"),
)
_SUBNET_FIELDS = (
    Field("cidr", network, "CidrBlock", "cidr_block"),
    Field("netmask_length", integer, "Ipv4NetmaskLength", "ipv4_netmask_length"),  # aws 6.29
    Field("ipv6_native", boolean, "Ipv6Native", "ipv6_native"),
    Field("ipv6_cidr", network, "Ipv6CidrBlock", "ipv6_cidr_block"),
    Field("vpc", reference, "VpcId", "vpc_id"),
    Field("zone", text, "AvailabilityZone | AvailabilityZoneId", "availability_zone | availability_zone_id"),
    Field("public_ip_on_launch", boolean, "MapPublicIpOnLaunch", "map_public_ip_on_launch"),
)
_SECURITY_GROUP_FIELDS = (
    Field("vpc", reference, "VpcId", "vpc_id"),
    Field(
        "inline_ingress",
        document,
        "SecurityGroupIngress",
        "ingress",
        items=Entity(SecurityGroupRule, "", (), _INGRESS_FIELDS, constants={"direction": "ingress"}),
    ),
    Field(
        "inline_egress",
        document,
        "SecurityGroupEgress",
        "egress",
        items=Entity(SecurityGroupRule, "", (), _EGRESS_FIELDS, constants={"direction": "egress"}),
    ),
)
_ACL_ENTRY_FIELDS = (
    Field("number", integer, "RuleNumber", "rule_no | rule_number"),
    Field("protocol", protocol, "Protocol", "protocol"),
    Field("action", lowered, "RuleAction", "action | rule_action"),
    Field("cidr", network, "CidrBlock", "cidr_block"),
    Field("ipv6_cidr", network, "Ipv6CidrBlock", "ipv6_cidr_block"),
    Field("from_port", integer, "PortRange.From", "from_port"),
    Field("to_port", integer, "PortRange.To", "to_port"),
)
_ACL_FIELDS = (
    Field("subnets", references, "", "subnet_ids"),
    Field(
        "inline_ingress", document, "", "ingress", items=Entity(NetworkAclEntry, "", (), _ACL_ENTRY_FIELDS)
    ),
    Field("inline_egress", document, "", "egress", items=Entity(NetworkAclEntry, "", (), _ACL_ENTRY_FIELDS)),
)

TOPOLOGY: tuple[Entity, ...] = (
    Entity(Vpc, "AWS::EC2::VPC", ("aws_vpc",), _VPC_FIELDS, identifiers=("VpcId",)),
    Entity(Vpc, "", ("aws_default_vpc",), _VPC_FIELDS, constants={"is_default": True}),
    Entity(
        VpcCidrBlock,
        "AWS::EC2::VPCCidrBlock",
        ("aws_vpc_ipv4_cidr_block_association",),
        (
            Field("vpc", reference, "VpcId", "vpc_id"),
            Field("cidr", network, "CidrBlock", "cidr_block"),
        ),
    ),
    Entity(Subnet, "AWS::EC2::Subnet", ("aws_subnet",), _SUBNET_FIELDS, identifiers=("SubnetId",)),
    Entity(Subnet, "", ("aws_default_subnet",), _SUBNET_FIELDS, constants={"is_default": True}),
    Entity(
        RouteTable,
        "AWS::EC2::RouteTable",
        ("aws_route_table",),
        (
            Field("vpc", reference, "VpcId", "vpc_id"),
            Field("inline_routes", document, "", "route", items=Entity(Route, "", (), _ROUTE_FIELDS)),
            Field("propagating_gateways", references, "", "propagating_vgws"),
        ),
        identifiers=("RouteTableId",),
    ),
    Entity(
        RouteTable,
        "",
        ("aws_default_route_table",),
        (
            Field("vpc", owner, "", "default_route_table_id"),
            Field("inline_routes", document, "", "route", items=Entity(Route, "", (), _ROUTE_FIELDS)),
            Field("propagating_gateways", references, "", "propagating_vgws"),
        ),
        constants={"is_main": True},
    ),
    Entity(
        Route,
        "AWS::EC2::Route",
        ("aws_route",),
        (Field("route_table", reference, "RouteTableId", "route_table_id"), *_ROUTE_FIELDS),
    ),
    Entity(
        RouteTableAssociation,
        "AWS::EC2::SubnetRouteTableAssociation",
        ("aws_route_table_association",),
        (
            Field("route_table", reference, "RouteTableId", "route_table_id"),
            Field("subnet", reference, "SubnetId", "subnet_id"),
        ),
    ),
    Entity(
        MainRouteTableAssociation,
        "",
        ("aws_main_route_table_association",),
        (
            Field("route_table", reference, "", "route_table_id"),
            Field("vpc", reference, "", "vpc_id"),
        ),
    ),
    Entity(
        InternetGateway,
        "AWS::EC2::InternetGateway",
        ("aws_internet_gateway",),
        (),
        identifiers=("InternetGatewayId",),
    ),
    Entity(
        VpnGateway,
        "AWS::EC2::VPNGateway",
        ("aws_vpn_gateway",),
        (),
        identifiers=("VPNGatewayId",),
    ),
    Entity(
        RoutePropagation,
        "AWS::EC2::VPNGatewayRoutePropagation",
        ("aws_vpn_gateway_route_propagation",),
        (
            Field("gateway", reference, "VpnGatewayId", "vpn_gateway_id"),
            Field("route_tables", references, "RouteTableIds", "route_table_id"),
        ),
    ),
    Entity(
        NatGateway,
        "AWS::EC2::NatGateway",
        ("aws_nat_gateway",),
        (
            Field("subnet", reference, "SubnetId", "subnet_id"),
            Field("vpc", reference, "VpcId", "vpc_id"),
            Field("connectivity", text, "ConnectivityType", "connectivity_type"),
            Field("availability_mode", text, "AvailabilityMode", "availability_mode"),
            # each secondary Elastic IP address needs a private one of its own (CreateNatGateway)
            Field(
                "secondary_addresses",
                length,
                "SecondaryPrivateIpAddressCount | SecondaryPrivateIpAddresses | SecondaryAllocationIds",
                "secondary_private_ip_address_count | secondary_private_ip_addresses"
                " | secondary_allocation_ids",
            ),
        ),
        identifiers=("NatGatewayId",),
    ),
    Entity(
        SecurityGroup,
        "AWS::EC2::SecurityGroup",
        (),
        _SECURITY_GROUP_FIELDS,
        constants={"keeps_default_egress": True},
        identifiers=("GroupId",),
        cfn_named_by="GroupName",
    ),
    Entity(
        SecurityGroup,
        "",
        ("aws_security_group",),
        _SECURITY_GROUP_FIELDS,
        tf_named_by="name",
    ),
    Entity(
        SecurityGroup,
        "",
        ("aws_default_security_group",),
        _SECURITY_GROUP_FIELDS,
        constants={"is_default": True},
    ),
    Entity(
        SecurityGroupRule,
        "AWS::EC2::SecurityGroupIngress",
        ("aws_vpc_security_group_ingress_rule",),
        (_GROUP, *_INGRESS_FIELDS),
        constants={"direction": "ingress"},
    ),
    Entity(
        SecurityGroupRule,
        "AWS::EC2::SecurityGroupEgress",
        ("aws_vpc_security_group_egress_rule",),
        (_GROUP, *_EGRESS_FIELDS),
        constants={"direction": "egress"},
    ),
    Entity(
        SecurityGroupRule,
        "",
        ("aws_security_group_rule",),
        (_GROUP, Field("direction", text, "", "type"), *_INGRESS_FIELDS),
    ),
    Entity(
        NetworkAcl,
        "AWS::EC2::NetworkAcl",
        ("aws_network_acl",),
        (Field("vpc", reference, "VpcId", "vpc_id"), *_ACL_FIELDS),
        identifiers=("Id",),
    ),
    Entity(
        NetworkAcl,
        "",
        ("aws_default_network_acl",),
        (Field("vpc", owner, "", "default_network_acl_id"), *_ACL_FIELDS),
        constants={"is_default": True},
    ),
    Entity(
        NetworkAclEntry,
        "AWS::EC2::NetworkAclEntry",
        ("aws_network_acl_rule",),
        (
            Field("acl", reference, "NetworkAclId", "network_acl_id"),
            Field("egress", boolean, "Egress", "egress"),
            *_ACL_ENTRY_FIELDS,
        ),
    ),
    Entity(
        NetworkAclAssociation,
        "AWS::EC2::SubnetNetworkAclAssociation",
        ("aws_network_acl_association",),
        (
            Field("acl", reference, "NetworkAclId", "network_acl_id"),
            Field("subnet", reference, "SubnetId", "subnet_id"),
        ),
    ),
    Entity(
        VpcEndpoint,
        "AWS::EC2::VPCEndpoint",
        ("aws_vpc_endpoint",),
        (
            Field("vpc", reference, "VpcId", "vpc_id"),
            Field("service_name", text, "ServiceName", "service_name"),
            Field("endpoint_type", text, "VpcEndpointType", "vpc_endpoint_type"),
            Field("private_dns", boolean, "PrivateDnsEnabled", "private_dns_enabled"),
            Field(
                "inbound_dns_only",
                inbound_only,
                "DnsOptions.PrivateDnsOnlyForInboundResolverEndpoint",
                "dns_options.private_dns_only_for_inbound_resolver_endpoint",
            ),
            Field("subnets", references, "SubnetIds", "subnet_ids"),
            Field("security_groups", references, "SecurityGroupIds", "security_group_ids"),
            Field("route_tables", references, "RouteTableIds", "route_table_ids"),
            Field("policy", json_document, "PolicyDocument", "policy"),
        ),
        identifiers=("Id",),
    ),
    *(
        Entity(
            VpcEndpointPart,
            "",
            (f"aws_vpc_endpoint_{part}",),
            (Field("endpoint", reference, "", "vpc_endpoint_id"), added),
        )
        for part, added in (
            ("subnet_association", subnets("", "subnet_id")),
            ("security_group_association", security_groups("", "security_group_id")),
            ("route_table_association", Field("route_tables", references, "", "route_table_id")),
            ("policy", Field("policy", json_document, "", "policy")),
            ("private_dns", Field("private_dns", boolean, "", "private_dns_enabled")),
        )
    ),
    Entity(
        PrivateHostedZone,
        "AWS::Route53::HostedZone",
        ("aws_route53_zone",),
        (
            Field("zone_name", text, "Name", "name"),
            Field("vpcs", references, "VPCs[].VPCId", "vpc[].vpc_id"),
        ),
    ),
)
