"""The names of the awscc provider are derived from CloudFormation's."""

from __future__ import annotations

import pytest

from sagemaker_netlint.readers.mapping import awscc_type, snake_case


@pytest.mark.parametrize(
    ("cloudformation", "awscc"),
    [
        ("AppNetworkAccessType", "app_network_access_type"),
        ("VpcId", "vpc_id"),
        ("CidrIpv6", "cidr_ipv_6"),
        ("DestinationIpv6CidrBlock", "destination_ipv_6_cidr_block"),
        ("Ipv6CidrBlock", "ipv_6_cidr_block"),
        ("VPCs", "vp_cs"),
        ("VPCId", "vpc_id"),
        ("SubnetIds", "subnet_ids"),
    ],
)
def test_properties(cloudformation: str, awscc: str) -> None:
    assert snake_case(cloudformation) == awscc


@pytest.mark.parametrize(
    ("cloudformation", "awscc"),
    [
        ("AWS::EC2::VPCEndpoint", "awscc_ec2_vpc_endpoint"),
        ("AWS::EC2::SecurityGroupIngress", "awscc_ec2_security_group_ingress"),
        ("AWS::Route53::HostedZone", "awscc_route53_hosted_zone"),
        ("AWS::SageMaker::Domain", "awscc_sagemaker_domain"),
    ],
)
def test_types(cloudformation: str, awscc: str) -> None:
    assert awscc_type(cloudformation) == awscc
