"""One existing network for tests, as the describe calls tell it, and workloads that name its parts by id.

It is whole and right: a VPC-only domain in it has nothing to be told. Tests break one thing at a time.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Network = dict[str, Any]
VPC, OWN_GROUP, ENDPOINT_GROUP, TABLE = "vpc-0a", "sg-0a", "sg-0e", "rtb-0a"
SERVICES = ("sagemaker.api", "sagemaker.runtime", "sts", "logs", "ecr.api", "ecr.dkr")
POLICY = json.dumps(
    {
        "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "*",
                "Resource": "*",
                "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}},
            },
        ]
    }
)


def permission(*groups: str, protocol: str = "tcp", first: int = 443, last: int = 443) -> dict[str, Any]:
    """Return a rule for members of groups; of all addresses without any."""
    rule: dict[str, Any] = {"IpProtocol": protocol, "FromPort": first, "ToPort": last}
    if groups:
        return {
            **rule,
            "UserIdGroupPairs": [{"GroupId": group, "UserId": "111122223333"} for group in groups],
        }
    return {**rule, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


def subnet(letter: str, number: int) -> dict[str, Any]:
    """Return a subnet in a zone of its own."""
    return {
        "SubnetId": f"subnet-0{letter}",
        "VpcId": VPC,
        "CidrBlock": f"10.0.{number}.0/24",
        "AvailabilityZone": f"eu-west-1{letter}",
        "MapPublicIpOnLaunch": False,
        "Tags": [{"Key": "Name", "Value": f"private-{letter}"}, {"Key": "Tier", "Value": "private"}],
    }


def endpoint(number: int, service: str, **changes: Any) -> dict[str, Any]:
    """Return an interface endpoint in both subnets."""
    return {
        "VpcEndpointId": f"vpce-0{number:x}",
        "VpcId": VPC,
        "ServiceName": f"com.amazonaws.eu-west-1.{service}",
        "VpcEndpointType": "Interface",
        "State": "available",
        "PrivateDnsEnabled": True,
        "SubnetIds": ["subnet-0a", "subnet-0b"],
        "Groups": [{"GroupId": ENDPOINT_GROUP, "GroupName": "endpoints"}],
        "RouteTableIds": [],
        "PolicyDocument": POLICY,
        **changes,
    }


def network() -> Network:
    """Return the network, anew for each test."""
    gateway = {"VpcEndpointType": "Gateway", "SubnetIds": [], "Groups": [], "RouteTableIds": [TABLE]}
    inside = [permission(OWN_GROUP, first=8192, last=65535), permission(OWN_GROUP, first=2049, last=2049)]
    own_out = [*inside, permission(ENDPOINT_GROUP), _to_prefix_list()]
    return {
        "Snapshot": {"Version": 1, "Region": "eu-west-1", "Tags": ["Name", "Tier"]},
        "Vpcs": [
            {
                "VpcId": VPC,
                "CidrBlock": "10.0.0.0/16",
                "InstanceTenancy": "default",
                "IsDefault": False,
                "EnableDnsSupport": {"Value": True},
                "EnableDnsHostnames": {"Value": True},
                "Tags": [{"Key": "Name", "Value": "studio"}],
            }
        ],
        "Subnets": [subnet("a", 0), subnet("b", 1)],
        "RouteTables": [
            {
                "RouteTableId": TABLE,
                "VpcId": VPC,
                "Associations": [
                    {"RouteTableAssociationId": "rtbassoc-0a", "Main": False, "SubnetId": "subnet-0a"},
                    {"RouteTableAssociationId": "rtbassoc-0b", "Main": False, "SubnetId": "subnet-0b"},
                ],
                "Routes": [
                    {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"},
                    {"DestinationPrefixListId": "pl-6da54004", "GatewayId": "vpce-0ff", "State": "active"},
                ],
                "PropagatingVgws": [],
            },
            {
                "RouteTableId": "rtb-0f",
                "VpcId": VPC,
                "Associations": [{"Main": True, "RouteTableId": "rtb-0f"}],
                "Routes": [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}],
            },
        ],
        "SecurityGroups": [
            _group(OWN_GROUP, "studio", inside, own_out),
            _group(ENDPOINT_GROUP, "endpoints", [permission(OWN_GROUP)], []),
            _group("sg-0f", "default", [permission("sg-0f", protocol="-1")], []),
        ],
        "NetworkAcls": [
            {
                "NetworkAclId": "acl-0a",
                "VpcId": VPC,
                "IsDefault": True,
                "Associations": [{"SubnetId": "subnet-0a"}, {"SubnetId": "subnet-0b"}],
                "Entries": [
                    *(entry(100, "allow", egress=egress) for egress in (True, False)),
                    *(entry(32767, "deny", egress=egress) for egress in (True, False)),
                ],
            }
        ],
        "VpcEndpoints": [
            *(endpoint(number, service) for number, service in enumerate(SERVICES)),
            endpoint(255, "s3", **gateway, PrivateDnsEnabled=False),
        ],
        "NatGateways": [],
        "InternetGateways": [],
    }


def _to_prefix_list() -> dict[str, Any]:
    rule = permission()
    del rule["IpRanges"]
    return {**rule, "PrefixListIds": [{"PrefixListId": "pl-6da54004"}]}


def _group(identity: str, name: str, ingress: list[Any], egress: list[Any]) -> dict[str, Any]:
    return {
        "GroupId": identity,
        "GroupName": name,
        "VpcId": VPC,
        "IpPermissions": ingress,
        "IpPermissionsEgress": egress,
    }


def entry(number: int, action: str, *, egress: bool, cidr: str = "0.0.0.0/0") -> dict[str, Any]:
    """Return an entry of an ACL about all traffic."""
    return {
        "RuleNumber": number,
        "Egress": egress,
        "Protocol": "-1",
        "RuleAction": action,
        "CidrBlock": cidr,
    }


RULES = "rules: {SMN607: true, SMN702: true, SMN703: true, SMN804: true}\n"
"""The rules about networks that only the strictest profile asks for."""

# -- a domain in it, in each language ----------------------------------------------------------------

TEMPLATE = """\
Resources:
  Studio:
    Type: AWS::SageMaker::Domain
    Properties:
      DomainName: studio
      AuthMode: IAM
      AppNetworkAccessType: VpcOnly
      VpcId: {vpc}
      SubnetIds: {subnets}
      DefaultUserSettings:
        ExecutionRole: arn:aws:iam::111122223333:role/studio
        SecurityGroups: {groups}
"""
HCL = """\
resource "aws_sagemaker_domain" "studio" {{
  domain_name             = "studio"
  auth_mode               = "IAM"
  app_network_access_type = "VpcOnly"
  vpc_id                  = {vpc}
  subnet_ids              = {subnets}
  default_user_settings {{
    execution_role  = "arn:aws:iam::111122223333:role/studio"
    security_groups = {groups}
  }}
}}
"""


def template(vpc: str = VPC, subnets: str = "[subnet-0a, subnet-0b]", groups: str = "[sg-0a]") -> str:
    """Return a template with a domain."""
    return TEMPLATE.format(vpc=vpc, subnets=subnets, groups=groups)


def hcl(vpc: str = '"vpc-0a"', subnets: str = '["subnet-0a", "subnet-0b"]', groups: str = '["sg-0a"]') -> str:
    """Return a root module with a domain."""
    return HCL.format(vpc=vpc, subnets=subnets, groups=groups)


def plan(*changes: dict[str, Any]) -> str:
    """Return a plan that creates a domain, beside other changes."""
    values = {
        "domain_name": "studio",
        "auth_mode": "IAM",
        "app_network_access_type": "VpcOnly",
        "vpc_id": VPC,
        "subnet_ids": ["subnet-0a", "subnet-0b"],
        "default_user_settings": [
            {"execution_role": "arn:aws:iam::111122223333:role/studio", "security_groups": [OWN_GROUP]}
        ],
    }
    resource = {
        "address": "aws_sagemaker_domain.studio",
        "mode": "managed",
        "type": "aws_sagemaker_domain",
        "name": "studio",
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "values": values,
    }
    own = {**resource, "change": {"actions": ["create"], "before": None, "after": values}}
    return json.dumps(
        {
            "format_version": "1.2",
            "terraform_version": "1.11.0",
            "planned_values": {"root_module": {"resources": [resource]}},
            "resource_changes": [own, *changes],
            "configuration": {"root_module": {"resources": []}},
        },
        indent=1,
    )


LANGUAGES: dict[str, tuple[str, Callable[[], str]]] = {
    "cloudformation": ("template.yaml", template),
    "terraform": ("main.tf", hcl),
    "plan": ("plan.json", plan),
}
"""The file and the text of each language."""


def write_project(folder: Path, known: Network | None, files: dict[str, str], policy: str = "") -> Path:
    """Write a repository with a policy that names the inventory; without one where none is known."""
    (folder / ".git").mkdir(parents=True, exist_ok=True)
    named = "" if known is None else "inventory: [network.json]\n"
    (folder / ".sagemaker-netlint.yaml").write_text(
        f"extends: vpc-only\n{RULES}{named}{policy}", encoding="utf-8"
    )
    if known is not None:
        (folder / "network.json").write_text(json.dumps(known, indent=1), encoding="utf-8")
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
