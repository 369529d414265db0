"""Fields that several rows share."""

from __future__ import annotations

from sagemaker_netlint.readers.entity import Field
from sagemaker_netlint.readers.parsers import Parser, boolean, integer, references, text


def vpc_config(cfn: str, tf: str) -> tuple[Field, ...]:
    """Return the two lists of a VpcConfig below the given prefixes."""
    return (
        Field("subnets", references, under(cfn, "VpcConfig.Subnets"), under(tf, "vpc_config.subnets")),
        Field(
            "security_groups",
            references,
            under(cfn, "VpcConfig.SecurityGroupIds"),
            under(tf, "vpc_config.security_group_ids"),
        ),
    )


def under(prefix: str, path: str) -> str:
    """Return a path below a prefix, which may be empty."""
    return f"{prefix}.{path}" if prefix else path


def network_config(cfn: str, tf: str) -> tuple[Field, ...]:
    """Return the fields of a NetworkConfig (processing, monitoring, job definitions)."""
    return (
        *vpc_config(cfn, tf),
        Field(
            "network_isolation",
            boolean,
            under(cfn, "EnableNetworkIsolation"),
            under(tf, "enable_network_isolation"),
        ),
        Field(
            "traffic_encryption",
            boolean,
            under(cfn, "EnableInterContainerTrafficEncryption"),
            under(tf, "enable_inter_container_traffic_encryption"),
        ),
    )


def instances(cfn: str, tf: str) -> tuple[Field, ...]:
    """Return the count and the type of instances below the given prefixes."""
    return (
        Field("instance_count", integer, under(cfn, "InstanceCount"), under(tf, "instance_count")),
        Field("instance_type", text, under(cfn, "InstanceType"), under(tf, "instance_type")),
    )


def subnets(cfn: str, tf: str, parse: Parser = references) -> Field:
    """Return a list of subnets at the given paths."""
    return Field("subnets", parse, cfn, tf)


def security_groups(cfn: str, tf: str) -> Field:
    """Return a list of security groups at the given paths."""
    return Field("security_groups", references, cfn, tf)
