"""What else holds network interfaces in subnets."""

from __future__ import annotations

from sagemaker_netlint.network.topology import InterfaceOwner, SubnetGroup
from sagemaker_netlint.readers.entity import Entity, Field
from sagemaker_netlint.readers.parsers import (
    boolean,
    integer,
    length_beside_one,
    list_or_items,
    owner,
    text,
)
from sagemaker_netlint.readers.table.parts import security_groups, subnets


def _interface_owner(
    kind: str, cfn: str, tf: tuple[str, ...], *fields: Field, variant: str | None = None
) -> Entity:
    """Return the row of something else that holds interfaces, if it names the subnets at all."""
    constants = {"kind": kind} if variant is None else {"kind": kind, "variant": variant}
    return Entity(InterfaceOwner, cfn, tf, fields, constants=constants, only_with=("subnets", "subnet_group"))


def _file_system(kind: str) -> Entity:
    """Return the row of a file system whose type the resource type tells (Terraform only)."""
    return _interface_owner(
        "file system", "", (f"aws_fsx_{kind}_file_system",), *_FILE_SYSTEM_FIELDS, variant=kind.upper()
    )


_FILE_SYSTEM_FIELDS = (
    subnets("SubnetIds", "subnet_ids"),
    security_groups("SecurityGroupIds", "security_group_ids"),
    Field("amount", integer, "StorageCapacity", "storage_capacity"),
)


INTERFACE_OWNERS: tuple[Entity, ...] = (
    *(
        Entity(
            SubnetGroup,
            f"AWS::{service}::DBSubnetGroup",
            (f"aws_{prefix}_subnet_group",),
            (subnets("SubnetIds", "subnet_ids"),),
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
        subnets(
            "Subnets | SubnetMappings[].SubnetId", "subnets | subnet_mapping[].subnet_id", parse=list_or_items
        ),
        security_groups("SecurityGroups", "security_groups"),
        Field("variant", text, "Type", "load_balancer_type"),
    ),
    _interface_owner(
        "load balancer",
        "AWS::ElasticLoadBalancing::LoadBalancer",
        ("aws_elb",),
        subnets("Subnets", "subnets"),
        security_groups("SecurityGroups", "security_groups"),
        variant="classic",
    ),
    *(
        _interface_owner(
            "Lambda function",
            cfn,
            tf,
            subnets("VpcConfig.SubnetIds", "vpc_config.subnet_ids"),
            security_groups("VpcConfig.SecurityGroupIds", "vpc_config.security_group_ids"),
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
        security_groups("VPCSecurityGroups", "vpc_security_group_ids"),
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
        subnets("SubnetId", "subnet_id"),
        security_groups("SecurityGroups", "security_groups"),
    ),
    _interface_owner(
        "instance",
        "AWS::EC2::Instance",
        ("aws_instance",),
        subnets("SubnetId | NetworkInterfaces[].SubnetId", "subnet_id"),
        security_groups("SecurityGroupIds | NetworkInterfaces[].GroupSet", "vpc_security_group_ids"),
    ),
    _interface_owner(
        "network interface",
        "AWS::EC2::NetworkInterface",
        ("aws_network_interface",),
        subnets("SubnetId", "subnet_id"),
        security_groups("GroupSet", "security_groups"),
        # the lists hold the primary address too
        Field(
            "amount",
            length_beside_one,
            "SecondaryPrivateIpAddressCount | PrivateIpAddresses",
            "private_ips_count | private_ips",
        ),
    ),
)
