"""Planned subnets as Terraform and CloudFormation, to paste beside the VPC that is there already."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network


def terraform(cidrs: Sequence[IPv4Network], region: str | None = None) -> str:
    """Return Terraform for the subnets, one in each of the first zones, as `terraform fmt` writes it."""
    only = [("region-name", region)] if region else []
    filters = "".join(
        f'\n  filter {{\n    name   = "{name}"\n    values = ["{value}"]\n  }}\n'
        for name, value in [("opt-in-status", "opt-in-not-required"), *only]
    )
    subnets = "\n".join(_terraform_subnet(number, cidr) for number, cidr in enumerate(cidrs, start=1))
    listed = "".join(f"    aws_subnet.sagemaker_{number}.id,\n" for number in range(1, len(cidrs) + 1))
    return f"""\
variable "sagemaker_vpc_id" {{
  description = "The VPC in which the subnets lie"
  type        = string
}}

data "aws_availability_zones" "sagemaker" {{
  state = "available"
{filters}}}

{subnets}
locals {{
  # the domain's: subnet_ids = local.sagemaker_subnet_ids
  sagemaker_subnet_ids = [
{listed}  ]
}}
"""


def _terraform_subnet(number: int, cidr: IPv4Network) -> str:
    return f"""\
resource "aws_subnet" "sagemaker_{number}" {{
  vpc_id            = var.sagemaker_vpc_id
  cidr_block        = "{cidr}"
  availability_zone = data.aws_availability_zones.sagemaker.names[{number - 1}]

  tags = {{
    Name = "sagemaker-{number}"
  }}
}}
"""


def cloudformation(cidrs: Sequence[IPv4Network], region: str | None = None) -> str:
    """Return a CloudFormation template of the subnets, one in each of the first zones."""
    zones = f'!GetAZs "{region or ""}"'
    subnets = "\n".join(_resource(number, cidr, zones) for number, cidr in enumerate(cidrs, start=1))
    listed = ", ".join(f"!Ref SageMakerSubnet{number}" for number in range(1, len(cidrs) + 1))
    return f"""\
AWSTemplateFormatVersion: "2010-09-09"
Description: Subnets of a SageMaker domain

Parameters:
  VpcId:
    Type: AWS::EC2::VPC::Id
    Description: The VPC in which the subnets lie

Resources:
{subnets}
Outputs:
  # the domain's, where it stands in the same template: SubnetIds: [{listed}]
  SageMakerSubnetIds:
    Description: The SubnetIds of the domain
    Value: !Join [",", [{listed}]]
"""


def _resource(number: int, cidr: IPv4Network, zones: str) -> str:
    return f"""\
  SageMakerSubnet{number}:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref VpcId
      CidrBlock: {cidr}
      AvailabilityZone: !Select [{number - 1}, {zones}]
      Tags:
        - Key: Name
          Value: sagemaker-{number}
"""
