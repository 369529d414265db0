"""The one table: CloudFormation property ↔ Terraform argument ↔ field of the model.

Property and argument names are those of the CloudFormation template reference (schema date 2026-10-20) and
of the hashicorp/aws provider (5.100.0, newer ones marked). The awscc provider carries CloudFormation's
names in snake case, so its column is derived. `docs/model.md` shows the table to readers.

A path is dotted; `[]` descends into each item of a list. Where a field has several paths, scalar fields
take the first that is written and list fields join them. `^` begins a path of the whole resource where
the others are below a part of it, `@` one that stands beside the resource's properties.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar

from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.topology import (
    InterfaceOwner,
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
    SubnetGroup,
    Vpc,
    VpcCidrBlock,
    VpcEndpoint,
    VpcEndpointPart,
    VpnGateway,
)
from sagemaker_netlint.network.workloads import (
    Cluster,
    Domain,
    EndpointConfig,
    HostingEndpoint,
    InstanceGroup,
    Job,
    Model,
    ModelContainer,
    NotebookInstance,
    ProductionVariant,
    Project,
    Space,
    UserProfile,
    Workforce,
)
from sagemaker_netlint.readers.parsers import (
    Parser,
    agreed,
    boolean,
    document,
    expected_use,
    inbound_only,
    integer,
    json_document,
    largest,
    length,
    length_beside_one,
    list_or_items,
    lowered,
    network,
    networks,
    owner,
    protocol,
    reference,
    references,
    text,
    total,
    written,
)

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the model: how it is parsed, and where each language writes it (" | " between paths).

    An empty path means that the language cannot express it. `items` makes the field a list of components
    of that class (inline security group rules, inline routes), parsed with their own fields.
    """

    name: str
    parse: Parser
    cfn: str
    tf: str
    items: Entity | None = None


@dataclass(frozen=True, slots=True)
class Entity:
    """A class of the model and the resource types that declare it.

    `at` are the paths of the parts that each are a component ("" for the resource itself). `constants`
    are fields that the type implies. `identifiers` are the CloudFormation attributes that return the id
    of the resource, beside `Ref`; `named_by` are paths to physical names by which others refer to it.
    A resource is a component only with one of the fields `only_with`, where there are any.
    """

    kind: type[Declared]
    cfn: str
    tf: tuple[str, ...]
    fields: tuple[Field, ...]
    cfn_at: str = ""
    tf_at: str = ""
    constants: Mapping[str, object] = field(default_factory=dict)
    identifiers: tuple[str, ...] = ()
    cfn_named_by: str = ""
    tf_named_by: str = ""
    only_with: tuple[str, ...] = ()


METADATA = "@Metadata"
"""The first name of paths into a CloudFormation resource's Metadata, which is no property."""


def _vpc_config(cfn: str, tf: str) -> tuple[Field, ...]:
    """Return the two lists of a VpcConfig below the given prefixes."""
    return (
        Field("subnets", references, _under(cfn, "VpcConfig.Subnets"), _under(tf, "vpc_config.subnets")),
        Field(
            "security_groups",
            references,
            _under(cfn, "VpcConfig.SecurityGroupIds"),
            _under(tf, "vpc_config.security_group_ids"),
        ),
    )


def _under(prefix: str, path: str) -> str:
    return f"{prefix}.{path}" if prefix else path


def _network_config(cfn: str, tf: str) -> tuple[Field, ...]:
    """Return the fields of a NetworkConfig (processing, monitoring, job definitions)."""
    return (
        *_vpc_config(cfn, tf),
        Field(
            "network_isolation",
            boolean,
            _under(cfn, "EnableNetworkIsolation"),
            _under(tf, "enable_network_isolation"),
        ),
        Field(
            "traffic_encryption",
            boolean,
            _under(cfn, "EnableInterContainerTrafficEncryption"),
            _under(tf, "enable_inter_container_traffic_encryption"),
        ),
    )


def _instances(cfn: str, tf: str) -> tuple[Field, ...]:
    """Return the count and the type of instances below the given prefixes."""
    return (
        Field("instance_count", integer, _under(cfn, "InstanceCount"), _under(tf, "instance_count")),
        Field("instance_type", text, _under(cfn, "InstanceType"), _under(tf, "instance_type")),
    )


def _job_definition(noun: str, terraform: bool = True) -> Entity:  # noqa: FBT001, FBT002 - a table row
    """Return the row of a model-monitoring job definition."""
    name = noun.title().replace(" ", "")
    return Entity(
        Job,
        f"AWS::SageMaker::{name}JobDefinition",
        (f"aws_sagemaker_{noun.replace(' ', '_')}_job_definition",) if terraform else (),
        (
            *_network_config("NetworkConfig", "network_config"),
            *_instances("JobResources.ClusterConfig", "job_resources.cluster_config"),
        ),
        constants={"kind": noun},
    )


def _training_fields() -> tuple[Field, ...]:
    """Return the fields of a training job (Terraform only: CloudFormation has no such type)."""
    return (
        *_network_config("", ""),
        Field(
            "instance_count",
            total,
            "",
            "resource_config.instance_count | resource_config.instance_groups[].instance_count"
            " | hyper_parameter_tuning_resource_config.instance_count",
        ),
        Field(
            "instance_type",
            text,
            "",
            "resource_config.instance_type | hyper_parameter_tuning_resource_config.instance_type",
        ),
        Field(
            "instance_groups",
            document,
            "",
            "resource_config.instance_groups",
            items=Entity(InstanceGroup, "", (), _instances("", "")),
        ),
        Field("keep_alive_seconds", integer, "", "resource_config.keep_alive_period_in_seconds"),
    )


def _interface_owner(
    kind: str, cfn: str, tf: tuple[str, ...], *fields: Field, variant: str | None = None
) -> Entity:
    """Return the row of something else that holds interfaces, if it names the subnets at all."""
    constants = {"kind": kind} if variant is None else {"kind": kind, "variant": variant}
    return Entity(InterfaceOwner, cfn, tf, fields, constants=constants, only_with=("subnets", "subnet_group"))


def _subnets(cfn: str, tf: str, parse: Parser = references) -> Field:
    return Field("subnets", parse, cfn, tf)


def _security_groups(cfn: str, tf: str) -> Field:
    return Field("security_groups", references, cfn, tf)


def _file_system(kind: str) -> Entity:
    """Return the row of a file system whose type the resource type tells (Terraform only)."""
    return _interface_owner(
        "file system", "", (f"aws_fsx_{kind}_file_system",), *_FILE_SYSTEM_FIELDS, variant=kind.upper()
    )


_FILE_SYSTEM_FIELDS = (
    _subnets("SubnetIds", "subnet_ids"),
    _security_groups("SecurityGroupIds", "security_group_ids"),
    Field("amount", integer, "StorageCapacity", "storage_capacity"),
)

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

_TOPOLOGY = (
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
            ("subnet_association", _subnets("", "subnet_id")),
            ("security_group_association", _security_groups("", "security_group_id")),
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

_INTERFACE_OWNERS = (
    *(
        Entity(
            SubnetGroup,
            f"AWS::{service}::DBSubnetGroup",
            (f"aws_{prefix}_subnet_group",),
            (_subnets("SubnetIds", "subnet_ids"),),
            identifiers=("DBSubnetGroupName",),
            cfn_named_by="DBSubnetGroupName",
            tf_named_by="name",
        )
        for service, prefix in (("RDS", "db"), ("DocDB", "docdb"), ("Neptune", "neptune"))
    ),
    _interface_owner(
        "load balancer",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        ("aws_lb", "aws_alb"),
        # a plan holds both: the provider computes the one that is not written
        _subnets(
            "Subnets | SubnetMappings[].SubnetId", "subnets | subnet_mapping[].subnet_id", parse=list_or_items
        ),
        _security_groups("SecurityGroups", "security_groups"),
        Field("variant", text, "Type", "load_balancer_type"),
    ),
    _interface_owner(
        "load balancer",
        "AWS::ElasticLoadBalancing::LoadBalancer",
        ("aws_elb",),
        _subnets("Subnets", "subnets"),
        _security_groups("SecurityGroups", "security_groups"),
        variant="classic",
    ),
    *(
        _interface_owner(
            "Lambda function",
            cfn,
            tf,
            _subnets("VpcConfig.SubnetIds", "vpc_config.subnet_ids"),
            _security_groups("VpcConfig.SecurityGroupIds", "vpc_config.security_group_ids"),
        )
        for cfn, tf in (
            ("AWS::Lambda::Function", ("aws_lambda_function",)),
            ("AWS::Serverless::Function", ()),
        )
    ),
    _interface_owner(
        "database instance",
        "AWS::RDS::DBInstance",
        ("aws_db_instance",),
        Field("subnet_group", owner, "DBSubnetGroupName", "db_subnet_group_name"),
        _security_groups("VPCSecurityGroups", "vpc_security_group_ids"),
        Field("multi_zone", boolean, "MultiAZ", "multi_az"),
    ),
    _interface_owner(
        "database instance",
        "",
        ("aws_rds_cluster_instance",),
        Field("subnet_group", owner, "", "db_subnet_group_name"),
    ),
    _interface_owner(
        "database instance",
        "AWS::Neptune::DBInstance",
        ("aws_neptune_cluster_instance",),
        Field("subnet_group", owner, "DBSubnetGroupName", "neptune_subnet_group_name"),
    ),
    _interface_owner(
        "file system",
        "AWS::FSx::FileSystem",
        (),
        *_FILE_SYSTEM_FIELDS,
        Field("variant", text, "FileSystemType", ""),
    ),
    *(_file_system(kind) for kind in ("lustre", "windows", "ontap", "openzfs")),
    _interface_owner(
        "EFS mount target",
        "AWS::EFS::MountTarget",
        ("aws_efs_mount_target",),
        _subnets("SubnetId", "subnet_id"),
        _security_groups("SecurityGroups", "security_groups"),
    ),
    _interface_owner(
        "instance",
        "AWS::EC2::Instance",
        ("aws_instance",),
        _subnets("SubnetId | NetworkInterfaces[].SubnetId", "subnet_id"),
        _security_groups("SecurityGroupIds | NetworkInterfaces[].GroupSet", "vpc_security_group_ids"),
    ),
    _interface_owner(
        "network interface",
        "AWS::EC2::NetworkInterface",
        ("aws_network_interface",),
        _subnets("SubnetId", "subnet_id"),
        _security_groups("GroupSet", "security_groups"),
        # the lists hold the primary address too
        Field(
            "amount",
            length_beside_one,
            "SecondaryPrivateIpAddressCount | PrivateIpAddresses",
            "private_ips_count | private_ips",
        ),
    ),
)

_CONTAINER_FIELDS = (
    Field("image", text, "Image", "image"),
    Field("model_package", text, "ModelPackageName", "model_package_name"),
    Field(
        "repository_access_mode",
        text,
        "ImageConfig.RepositoryAccessMode",
        "image_config.repository_access_mode",
    ),
)
_VARIANT_FIELDS = (
    Field("model", owner, "ModelName", "model_name"),
    Field("serverless", written, "ServerlessConfig", "serverless_config"),
    Field("instance_type", agreed, "InstanceType | InstancePools[].InstanceType", "instance_type"),
    Field("instance_count", integer, "InitialInstanceCount", "initial_instance_count"),
    Field(
        "maximum_instance_count",
        integer,
        "ManagedInstanceScaling.MaxInstanceCount",
        "managed_instance_scaling.max_instance_count",
    ),
)

_WORKLOADS = (
    Entity(
        Domain,
        "AWS::SageMaker::Domain",
        ("aws_sagemaker_domain",),
        (
            Field("name", text, "DomainName", "domain_name"),
            Field("app_network_access_type", text, "AppNetworkAccessType", "app_network_access_type"),
            Field("vpc", reference, "VpcId", "vpc_id"),
            Field("subnets", references, "SubnetIds", "subnet_ids"),
            Field(
                "user_security_groups",
                references,
                "DefaultUserSettings.SecurityGroups",
                "default_user_settings.security_groups",
            ),
            Field(
                "space_security_groups",
                references,
                "DefaultSpaceSettings.SecurityGroups",
                "default_space_settings.security_groups",
            ),
            Field(
                "domain_security_groups",
                references,
                "DomainSettings.SecurityGroupIds",
                "domain_settings.security_group_ids",
            ),
            Field("home_efs", text, "HomeEfsFileSystemCreation", ""),
            Field(
                "canvas",
                written,
                "DefaultUserSettings.CanvasAppSettings",
                "default_user_settings.canvas_app_settings",
            ),
            Field(
                "rstudio",
                written,
                "DomainSettings.RStudioServerProDomainSettings",
                "domain_settings.r_studio_server_pro_domain_settings",
            ),
            Field("expected_use", expected_use, f"{METADATA}.SageMakerNetlint.Workload", ""),
        ),
        identifiers=("DomainId",),
    ),
    Entity(
        UserProfile,
        "AWS::SageMaker::UserProfile",
        ("aws_sagemaker_user_profile",),
        (
            Field("domain", reference, "DomainId", "domain_id"),
            Field(
                "security_groups", references, "UserSettings.SecurityGroups", "user_settings.security_groups"
            ),
            Field("canvas", written, "UserSettings.CanvasAppSettings", "user_settings.canvas_app_settings"),
        ),
    ),
    Entity(
        Space,
        "AWS::SageMaker::Space",
        ("aws_sagemaker_space",),
        (Field("domain", reference, "DomainId", "domain_id"),),
    ),
    Entity(Project, "AWS::SageMaker::Project", ("aws_sagemaker_project",), ()),
    Entity(
        NotebookInstance,
        "AWS::SageMaker::NotebookInstance",
        ("aws_sagemaker_notebook_instance",),
        (
            Field("subnet", reference, "SubnetId", "subnet_id"),
            Field("security_groups", references, "SecurityGroupIds", "security_groups"),
            Field("direct_internet_access", text, "DirectInternetAccess", "direct_internet_access"),
            Field("lifecycle_config", reference, "LifecycleConfigName", "lifecycle_config_name"),
            Field("platform_identifier", text, "PlatformIdentifier", "platform_identifier"),
        ),
    ),
    _job_definition("data quality"),
    _job_definition("model bias", terraform=False),
    _job_definition("model explainability", terraform=False),
    _job_definition("model quality", terraform=False),
    Entity(
        Job,
        "AWS::SageMaker::ProcessingJob",
        (),
        (
            *_network_config("NetworkConfig", "network_config"),
            *_instances("ProcessingResources.ClusterConfig", "processing_resources.cluster_config"),
        ),
        constants={"kind": "processing"},
    ),
    Entity(
        Job,
        "AWS::SageMaker::MonitoringSchedule",
        ("aws_sagemaker_monitoring_schedule",),  # the inline definition needs provider 6
        (
            *_network_config("NetworkConfig", "network_config"),
            *_instances("MonitoringResources.ClusterConfig", "monitoring_resources.cluster_config"),
        ),
        cfn_at="MonitoringScheduleConfig.MonitoringJobDefinition",
        tf_at="monitoring_schedule_config.monitoring_job_definition",
        constants={"kind": "monitoring"},
    ),
    # provider 6
    Entity(Job, "", ("aws_sagemaker_training_job",), _training_fields(), constants={"kind": "training"}),
    Entity(
        Job,
        "",
        ("aws_sagemaker_hyper_parameter_tuning_job",),
        (
            *_training_fields(),
            # alternatives in an order of preference (HyperParameterTuningResourceConfig), not a sum
            Field(
                "instance_count",
                largest,
                "",
                "hyper_parameter_tuning_resource_config.instance_configs[].instance_count",
            ),
            Field(
                "instance_type",
                agreed,
                "",
                "hyper_parameter_tuning_resource_config.instance_configs[].instance_type",
            ),
            Field(
                "parallel",
                integer,
                "",
                "^hyper_parameter_tuning_job_config.resource_limits.max_parallel_training_jobs",
            ),
        ),
        tf_at="training_job_definition | training_job_definitions",
        constants={"kind": "tuning"},
    ),
    # CreateLabelingJob knows a VpcConfig for its automated labeling only, no isolation, no encryption
    Entity(
        Job,
        "",
        ("aws_sagemaker_labeling_job",),
        _vpc_config("", "labeling_job_resource_config"),
        tf_at="labeling_job_algorithms_config",
        constants={"kind": "labeling", "has_isolation": False, "has_encryption": False},
    ),
    Entity(
        Cluster,
        "AWS::SageMaker::Cluster",
        (),
        (
            *_vpc_config("", ""),
            Field("eks", written, "Orchestrator.Eks", ""),
            Field(
                "instance_groups",
                document,
                "InstanceGroups | RestrictedInstanceGroups",
                "",
                items=Entity(
                    InstanceGroup,
                    "",
                    (),
                    (
                        Field("instance_count", integer, "InstanceCount", ""),
                        # with requirements instead of a type, each instance is of one of several types
                        Field(
                            "instance_type", agreed, "InstanceType | InstanceRequirements.InstanceTypes[]", ""
                        ),
                        _subnets("OverrideVpcConfig.Subnets", ""),
                        _security_groups("OverrideVpcConfig.SecurityGroupIds", ""),
                    ),
                ),
            ),
        ),
    ),
    Entity(
        Workforce,
        "AWS::SageMaker::Workforce",
        ("aws_sagemaker_workforce",),
        (
            Field("vpc", reference, "WorkforceVpcConfig.VpcId", "workforce_vpc_config.vpc_id"),
            Field("subnets", references, "WorkforceVpcConfig.Subnets", "workforce_vpc_config.subnets"),
            Field(
                "security_groups",
                references,
                "WorkforceVpcConfig.SecurityGroupIds",
                "workforce_vpc_config.security_group_ids",
            ),
        ),
    ),
    Entity(
        Model,
        "AWS::SageMaker::Model",
        ("aws_sagemaker_model",),
        (
            *_vpc_config("", ""),
            Field("network_isolation", boolean, "EnableNetworkIsolation", "enable_network_isolation"),
            Field(
                "containers",
                document,
                "PrimaryContainer | Containers",
                "primary_container | container",
                items=Entity(ModelContainer, "", (), _CONTAINER_FIELDS),
            ),
        ),
        identifiers=("ModelName",),
        cfn_named_by="ModelName",
        tf_named_by="name",
    ),
    Entity(
        EndpointConfig,
        "AWS::SageMaker::EndpointConfig",
        ("aws_sagemaker_endpoint_configuration",),
        (
            # the aws provider has no network argument yet (its issues 37659 and 48713 ask for them)
            *_vpc_config("", ""),
            Field("vpc_config_written", written, "VpcConfig", "vpc_config"),
            Field("network_isolation", boolean, "EnableNetworkIsolation", "enable_network_isolation"),
            Field(
                "variants",
                document,
                "ProductionVariants | ShadowProductionVariants",
                "production_variants | shadow_production_variants",
                items=Entity(ProductionVariant, "", (), _VARIANT_FIELDS),
            ),
        ),
        identifiers=("EndpointConfigName",),
        cfn_named_by="EndpointConfigName",
        tf_named_by="name",
    ),
    Entity(
        HostingEndpoint,
        "AWS::SageMaker::Endpoint",
        ("aws_sagemaker_endpoint",),
        (
            Field("config", owner, "EndpointConfigName", "endpoint_config_name"),
            Field(
                "rolling_batch",
                integer,
                "DeploymentConfig.RollingUpdatePolicy.MaximumBatchSize.Value",
                "deployment_config.rolling_update_policy.maximum_batch_size.value",
            ),
            Field(
                "rolling_unit",
                text,
                "DeploymentConfig.RollingUpdatePolicy.MaximumBatchSize.Type",
                "deployment_config.rolling_update_policy.maximum_batch_size.type",
            ),
        ),
    ),
)

TABLE: tuple[Entity, ...] = _TOPOLOGY + _INTERFACE_OWNERS + _WORKLOADS


def from_top(at: tuple[S, ...], path: tuple[str, ...]) -> tuple[S | str, ...]:
    """Return the path of a field from the top of the resource; `at` leads to its part."""
    return (path[0][1:], *path[1:]) if path[0].startswith("^") else (*at, *path)


def snake_case(name: str) -> str:
    """Return a CloudFormation name as the awscc provider spells it: `VPCEndpoint` → `vpc_endpoint`.

    A number is a word there (`destination_ipv_6_cidr_block`), and the last capital of a run begins one
    (`vp_cs` for `VPCs`): https://registry.terraform.io/providers/hashicorp/awscc/latest/docs.
    """
    words = r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-z])(?=[0-9])"
    return re.sub(words, "_", name).lower()


def awscc_type(cloudformation_type: str) -> str:
    """Return the awscc resource type of a CloudFormation type."""
    _, service, name = cloudformation_type.split("::")
    return f"awscc_{service.lower()}_{snake_case(name)}"  # awscc_sagemaker_domain, awscc_ec2_vpc_endpoint


@cache
def _by_type() -> dict[str, tuple[Entity, ...]]:
    index: dict[str, tuple[Entity, ...]] = {}
    for entity in TABLE:
        for name in types_of(entity):
            index[name] = (*index.get(name, ()), entity)
    return index


def types_of(entity: Entity) -> Iterator[str]:
    """Yield the resource types of all languages that declare the entity."""
    if entity.cfn:
        yield entity.cfn
        if not entity.cfn.startswith("AWS::Serverless::"):  # a transform's types are none of Cloud Control
            yield awscc_type(entity.cfn)
    yield from entity.tf


def entities_of(resource_type: str) -> tuple[Entity, ...]:
    """Return what a resource type declares; empty for a type that is none of our business."""
    return _by_type().get(resource_type, ())


def resource_types(kinds: tuple[type[Declared], ...]) -> tuple[str, ...]:
    """Return the resource types of all languages that declare components of the classes, sorted."""
    return tuple(sorted({name for entity in TABLE if entity.kind in kinds for name in types_of(entity)}))


@cache
def identifiers_of(resource_type: str) -> frozenset[str]:
    """Return the attributes that give a resource's id in the awscc provider, which keeps `id` to itself."""
    if not resource_type.startswith("awscc_"):
        return frozenset()
    return frozenset(snake_case(name) for entity in entities_of(resource_type) for name in entity.identifiers)
