"""A three-zone VPC-only estate, as AWS's samples build it: green, and red in one place for each fault.

Each mutation breaks one thing and must give exactly the findings that belong to it, and no other.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sagemaker_netlint.findings import Outcome
from sagemaker_netlint.inspection import discover, inspect
from sagemaker_netlint.policy_file import load_policy

Template = dict[str, Any]
ZONES = "abc"
INTERFACES = ("sagemaker.api", "sagemaker.runtime", "sts", "logs", "monitoring", "ecr.api", "ecr.dkr", "kms")
LIMITED = {
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "*",
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:PrincipalAccount": {"Ref": "AWS::AccountId"}}},
        }
    ]
}


def ref(name: str) -> Template:
    return {"Ref": name}


def resource(kind: str, **properties: Any) -> Template:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def network() -> Template:
    """Return the VPC with a private subnet and a route table in each zone."""
    resources: Template = {
        "Vpc": resource("EC2::VPC", CidrBlock="10.0.0.0/16", EnableDnsSupport=True, EnableDnsHostnames=True)
    }
    for number, zone in enumerate(ZONES):
        resources[f"Private{zone.upper()}"] = resource(
            "EC2::Subnet",
            VpcId=ref("Vpc"),
            CidrBlock=f"10.0.{number * 4}.0/22",
            AvailabilityZone=f"eu-west-1{zone}",
        )
        resources[f"Table{zone.upper()}"] = resource("EC2::RouteTable", VpcId=ref("Vpc"))
        resources[f"TableOf{zone.upper()}"] = resource(
            "EC2::SubnetRouteTableAssociation",
            SubnetId=ref(f"Private{zone.upper()}"),
            RouteTableId=ref(f"Table{zone.upper()}"),
        )
    return resources


def subnets() -> list[Template]:
    return [ref(f"Private{zone.upper()}") for zone in ZONES]


def groups() -> Template:
    """Return a group for the workloads, one for a profile, and one for the endpoints."""

    def rule(protocol: str, first: int, last: int, **other: Any) -> Template:
        return {"IpProtocol": protocol, "FromPort": first, "ToPort": last, **other}

    # the gateway endpoint leads to public addresses of S3: its prefix list in eu-west-1
    out = [
        rule("tcp", 443, 443, CidrIp="10.0.0.0/16"),
        rule("tcp", 443, 443, DestinationPrefixListId="pl-6da54004"),
        rule("tcp", 2049, 2049, CidrIp="10.0.0.0/16"),
    ]
    resources = {
        "EndpointGroup": resource(
            "EC2::SecurityGroup",
            VpcId=ref("Vpc"),
            GroupDescription="endpoints",
            SecurityGroupIngress=[rule("tcp", 443, 443, CidrIp="10.0.0.0/16")],
            SecurityGroupEgress=[rule("tcp", 443, 443, CidrIp="10.0.0.0/16")],
        )
    }
    for name in ("StudioGroup", "ProfileGroup", "JobGroup"):
        resources[name] = resource(
            "EC2::SecurityGroup", VpcId=ref("Vpc"), GroupDescription=name, SecurityGroupEgress=out
        )
        for kind, peer in (("Ingress", "SourceSecurityGroupId"), ("Egress", "DestinationSecurityGroupId")):
            resources[f"{name}{kind}"] = resource(
                f"EC2::SecurityGroup{kind}", GroupId=ref(name), IpProtocol="-1", **{peer: ref(name)}
            )
    return resources


def endpoints() -> Template:
    """Return the S3 gateway endpoint and the interface endpoints."""
    region = {"Ref": "AWS::Region"}
    resources = {
        "S3": resource(
            "EC2::VPCEndpoint",
            VpcId=ref("Vpc"),
            ServiceName={"Fn::Sub": "com.amazonaws.${AWS::Region}.s3"},
            VpcEndpointType="Gateway",
            RouteTableIds=[ref(f"Table{zone.upper()}") for zone in ZONES],
            PolicyDocument=LIMITED,
        )
    }
    for service in (*INTERFACES, "studio"):
        prefix = "aws.sagemaker" if service == "studio" else "com.amazonaws"
        resources["Endpoint" + service.title().replace(".", "")] = resource(
            "EC2::VPCEndpoint",
            VpcId=ref("Vpc"),
            ServiceName={"Fn::Join": [".", [prefix, region, service]]},
            VpcEndpointType="Interface",
            PrivateDnsEnabled=True,
            SubnetIds=subnets(),
            SecurityGroupIds=[ref("EndpointGroup")],
            PolicyDocument=LIMITED,
        )
    return resources


def workloads() -> Template:
    """Return a domain with a user, a notebook instance, a distributed job, and a hosted model."""
    vpc = {"Subnets": subnets(), "SecurityGroupIds": [ref("JobGroup")]}
    return {
        "Studio": resource(
            "SageMaker::Domain",
            DomainName="studio",
            AuthMode="IAM",
            VpcId=ref("Vpc"),
            SubnetIds=subnets(),
            AppNetworkAccessType="VpcOnly",
            DefaultUserSettings={"ExecutionRole": "role", "SecurityGroups": [ref("StudioGroup")]},
        ),
        "Ada": resource(
            "SageMaker::UserProfile",
            DomainId={"Fn::GetAtt": ["Studio", "DomainId"]},
            UserProfileName="ada",
            UserSettings={"SecurityGroups": [ref("ProfileGroup")]},
        ),
        "Notebook": resource(
            "SageMaker::NotebookInstance",
            InstanceType="ml.t3.medium",
            RoleArn="role",
            SubnetId=ref("PrivateA"),
            SecurityGroupIds=[ref("JobGroup")],
            DirectInternetAccess="Disabled",
        ),
        "Quality": resource(
            "SageMaker::DataQualityJobDefinition",
            JobResources={
                "ClusterConfig": {"InstanceCount": 2, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 9}
            },
            NetworkConfig={
                "EnableNetworkIsolation": True,
                "EnableInterContainerTrafficEncryption": True,
                "VpcConfig": vpc,
            },
        ),
        "Model": resource(
            "SageMaker::Model",
            EnableNetworkIsolation=True,
            VpcConfig=vpc,
            PrimaryContainer={
                "Image": "registry.example.com/model:1",
                "ImageConfig": {"RepositoryAccessMode": "Vpc"},
            },
        ),
    }


def talking(*, encrypted: bool) -> Template:
    """Return the network settings of a job whose instances talk for certain: it isn't isolated."""
    return {
        "EnableNetworkIsolation": False,
        "EnableInterContainerTrafficEncryption": encrypted,
        "VpcConfig": {"Subnets": subnets(), "SecurityGroupIds": [ref("JobGroup")]},
    }


def estate() -> Template:
    return {"Resources": {**network(), **groups(), **endpoints(), **workloads()}}


def findings(template: Template, tmp_path: Path, policy: str = "regulated") -> set[tuple[str, str, str]]:
    """Return (rule, subject, outcome) of what is found."""
    file = tmp_path / "estate.json"
    file.write_text(json.dumps(template), encoding="utf-8")
    report = inspect(discover([file]).inputs, load_policy(policy))
    assert report.failures == []
    return {(f.rule_id, f.subject, f.outcome.value) for f in report.findings}


def violations(template: Template, tmp_path: Path, policy: str = "regulated") -> set[tuple[str, str]]:
    found = findings(template, tmp_path, policy)
    assert {outcome for _, _, outcome in found} <= {Outcome.VIOLATION.value}, found
    return {(rule, subject) for rule, subject, _ in found}


@pytest.mark.parametrize("policy", ["baseline", "vpc-only", "regulated"])
def test_the_estate_is_green(policy: str, tmp_path: Path) -> None:
    assert findings(estate(), tmp_path, policy) == set()


def with_nat(template: Template) -> None:
    """Add a public subnet with a NAT gateway in each zone."""
    resources = template["Resources"]
    resources["Gateway"] = {"Type": "AWS::EC2::InternetGateway"}
    resources["Public"] = resource("EC2::RouteTable", VpcId=ref("Vpc"))
    anywhere = "0.0.0.0/0"
    resources["Out"] = resource(
        "EC2::Route", RouteTableId=ref("Public"), DestinationCidrBlock=anywhere, GatewayId=ref("Gateway")
    )
    for number, zone in enumerate(ZONES.upper()):
        resources[f"Public{zone}"] = resource(
            "EC2::Subnet",
            VpcId=ref("Vpc"),
            CidrBlock=f"10.0.{100 + number}.0/24",
            AvailabilityZone=f"eu-west-1{zone.lower()}",
        )
        resources[f"PublicOf{zone}"] = resource(
            "EC2::SubnetRouteTableAssociation", SubnetId=ref(f"Public{zone}"), RouteTableId=ref("Public")
        )
        resources[f"Nat{zone}"] = resource("EC2::NatGateway", SubnetId=ref(f"Public{zone}"))
        resources[f"Nat{zone}Route"] = resource(
            "EC2::Route",
            RouteTableId=ref(f"Table{zone}"),
            DestinationCidrBlock=anywhere,
            NatGatewayId=ref(f"Nat{zone}"),
        )


@pytest.mark.parametrize("policy", ["baseline", "vpc-only"])
def test_the_estate_with_nat_is_green(policy: str, tmp_path: Path) -> None:
    template = estate()
    with_nat(template)
    assert findings(template, tmp_path, policy) == set()


Change = Callable[[Template], object]


def at(name: str, **properties: Any) -> Change:
    """Return a change that sets properties of a resource; `None` takes one away."""

    def change(template: Template) -> None:
        own = template["Resources"][name]["Properties"]
        for key, value in properties.items():
            own.pop(key, None)
            if value is not None:
                own[key] = value

    return change


def without(*names: str) -> Change:
    return lambda template: [template["Resources"].pop(name) for name in names]


def adding(**resources: Template) -> Change:
    return lambda template: template["Resources"].update(resources)


def both(*changes: Change) -> Change:
    return lambda template: [change(template) for change in changes]


WORKLOADS = ("Studio", "Notebook", "Quality", "Model")
EVERYTHING_OUT = [{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}]


def acl(*entries: Template) -> Change:
    """Return a change that gives zone A's subnet an ACL with these entries, and all else allowed."""
    parts: dict[str, Template] = {
        "Acl": resource("EC2::NetworkAcl", VpcId=ref("Vpc")),
        "AclOfA": resource(
            "EC2::SubnetNetworkAclAssociation", SubnetId=ref("PrivateA"), NetworkAclId=ref("Acl")
        ),
    }
    for number, entry in enumerate(entries):
        parts[f"Entry{number}"] = entry
    for egress in (True, False):
        parts[f"All{egress}"] = resource(
            "EC2::NetworkAclEntry",
            NetworkAclId=ref("Acl"),
            RuleNumber=900,
            Egress=egress,
            Protocol=-1,
            RuleAction="allow",
            CidrBlock="0.0.0.0/0",
        )
    return adding(**parts)


def denied(first: int, last: int, *, egress: bool) -> Template:
    return resource(
        "EC2::NetworkAclEntry",
        NetworkAclId=ref("Acl"),
        RuleNumber=100,
        Egress=egress,
        Protocol=6,
        RuleAction="deny",
        CidrBlock="10.0.0.0/16",
        PortRange={"From": first, "To": last},
    )


MUTATIONS: dict[str, tuple[Change, set[tuple[str, str]]]] = {
    "an endpoint is missing": (
        without("EndpointSagemakerRuntime"),
        {("SMN601", "Studio"), ("SMN601", "Notebook")},
    ),
    "all SageMaker endpoints are missing": (
        without("EndpointSagemakerApi", "EndpointSagemakerRuntime", "S3"),
        {
            *(("SMN601", "Studio"), ("SMN204", "Notebook"), ("SMN701", "Studio")),
            *(("SMN307", "Quality"), ("SMN307", "Model")),
        },
    ),
    "an endpoint that nobody must have is missing": (without("EndpointKms"), set()),
    "the S3 endpoint is missing": (
        without("S3"),
        {("SMN601", "Studio"), ("SMN601", "Notebook"), ("SMN307", "Quality"), ("SMN307", "Model")},
    ),
    "private DNS is off": (
        at("EndpointSagemakerApi", PrivateDnsEnabled=False),
        {("SMN602", "EndpointSagemakerApi")},
    ),
    "private DNS is left out": (
        at("EndpointLogs", PrivateDnsEnabled=None),
        {("SMN602", "EndpointLogs")},
    ),
    "host names are off": (at("Vpc", EnableDnsHostnames=False), {("SMN603", "Vpc")}),
    "host names are left out": (at("Vpc", EnableDnsHostnames=None), {("SMN603", "Vpc")}),
    "DNS support is off": (at("Vpc", EnableDnsSupport=False), {("SMN603", "Vpc")}),
    "the endpoints' group admits another port": (
        at(
            "EndpointGroup",
            SecurityGroupIngress=[
                {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "10.0.0.0/16"}
            ],
        ),
        {("SMN604", "EndpointGroup")},
    ),
    "the endpoints' group admits two of the zones": (
        at(
            "EndpointGroup",
            SecurityGroupIngress=[
                {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": f"10.0.{zone}.0/22"}
                for zone in (0, 4)
            ],
        ),
        {("SMN604", "EndpointGroup")},
    ),
    "the endpoints' group admits nobody": (
        at("EndpointGroup", SecurityGroupIngress=None),
        {("SMN604", "EndpointGroup")},
    ),
    "an endpoint lies behind the default group": (
        at("EndpointSagemakerApi", SecurityGroupIds=None),
        {("SMN604", "EndpointSagemakerApi")},
    ),
    "a workload's group has no rule for the addresses of S3": (
        at(
            "ProfileGroup",
            SecurityGroupEgress=[
                {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": "10.0.0.0/16"}
                for port in (443, 2049)
            ],
        ),
        set(),  # the domain's group, which the profile's apps carry, too, has one
    ),
    "an endpoint has no subnet in a zone": (
        at("EndpointSagemakerApi", SubnetIds=subnets()[:2]),
        {("SMN605", "EndpointSagemakerApi")},
    ),
    "the S3 endpoint is on two tables only": (
        at("S3", RouteTableIds=[ref("TableA"), ref("TableB")]),
        {("SMN606", "S3")},
    ),
    "a subnet falls back to the main table": (without("TableOfC"), {("SMN606", "S3")}),
    "an endpoint's policy is the default": (
        at("EndpointSts", PolicyDocument=None),
        {("SMN607", "EndpointSts")},
    ),
    "an endpoint's type is left out": (
        at("EndpointSts", VpcEndpointType=None),
        {("SMN608", "EndpointSts")},
    ),
    "the domain is public": (
        at("Studio", AppNetworkAccessType="PublicInternetOnly"),
        {("SMN101", "Studio")},
    ),
    "the domain lies in one zone": (
        at("Studio", SubnetIds=[ref("PrivateA")]),
        {("SMN102", "Studio"), ("SMN502", "Studio"), ("SMN304", "Quality")},
    ),
    "the tenancy is dedicated": (at("Vpc", InstanceTenancy="dedicated"), {("SMN104", "Studio")}),
    "two profiles share a group": (
        adding(
            Bob=resource(
                "SageMaker::UserProfile",
                DomainId={"Fn::GetAtt": ["Studio", "DomainId"]},
                UserProfileName="bob",
                UserSettings={"SecurityGroups": [ref("ProfileGroup")]},
            )
        ),
        {("SMN105", "Studio")},
    ),
    "a NAT path leads to the internet": (
        with_nat,
        {("SMN702", f"Private{zone}") for zone in "ABC"},
    ),
    "a subnet is public": (
        adding(
            Gateway={"Type": "AWS::EC2::InternetGateway"},
            Out=resource(
                "EC2::Route",
                RouteTableId=ref("TableA"),
                DestinationCidrBlock="0.0.0.0/0",
                GatewayId=ref("Gateway"),
            ),
        ),
        {("SMN406", workload) for workload in WORKLOADS},
    ),
    "a workload's group admits everybody": (
        at(
            "JobGroup",
            SecurityGroupIngress=[
                {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}
            ],
        ),
        {("SMN801", "JobGroup")},
    ),
    "the job's group doesn't admit itself": (
        both(
            without("JobGroupIngress", "JobGroupEgress"),
            at("Quality", NetworkConfig=talking(encrypted=False)),
        ),
        {("SMN305", "Quality"), ("SMN302", "Quality"), ("SMN303", "Quality")},
    ),
    "the job's group doesn't admit its own encrypted traffic": (
        both(
            without("JobGroupIngress", "JobGroupEgress"), at("Quality", NetworkConfig=talking(encrypted=True))
        ),
        {("SMN308", "Quality"), ("SMN302", "Quality")},
    ),
    "the users' groups have no way to the file system": (
        both(
            *(
                at(
                    name,
                    SecurityGroupEgress=[
                        {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/16"},
                        {
                            "IpProtocol": "tcp",
                            "FromPort": 443,
                            "ToPort": 443,
                            "DestinationPrefixListId": "pl-6da54004",
                        },
                    ],
                )
                for name in ("StudioGroup", "ProfileGroup")
            ),
            *(
                at(f"{name}Egress", IpProtocol="tcp", FromPort=8192, ToPort=65535)
                for name in ("StudioGroup", "ProfileGroup")
            ),
        ),
        {("SMN802", "Studio")},
    ),
    "the users' groups are closed to themselves": (
        without("StudioGroupIngress", "StudioGroupEgress", "ProfileGroupIngress", "ProfileGroupEgress"),
        {("SMN803", "Studio")},
    ),
    "a group lets everything out": (
        at("JobGroup", SecurityGroupEgress=None),
        {("SMN804", "JobGroup")},
    ),
    "an ACL drops the answers": (acl(denied(32768, 60999, egress=False)), {("SMN805", "Acl")}),
    "an ACL drops HTTPS": (acl(denied(443, 443, egress=True)), {("SMN805", "Acl")}),
    # each zone has a mount target in the domain's own subnet there: NFS meets no ACL
    "an ACL drops NFS": (acl(denied(2049, 2049, egress=True)), set()),
    "an ACL drops what nobody needs": (acl(denied(22, 22, egress=False)), set()),
    "the notebook has direct internet access": (
        at("Notebook", DirectInternetAccess="Enabled"),
        {("SMN201", "Notebook")},
    ),
    "the job lies elsewhere": (
        both(
            adding(
                Other=resource(
                    "EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.0.32.0/22", AvailabilityZone="eu-west-1a"
                ),
                OtherTable=resource(
                    "EC2::SubnetRouteTableAssociation", SubnetId=ref("Other"), RouteTableId=ref("TableA")
                ),
            ),
            at(
                "Quality",
                NetworkConfig={
                    "EnableNetworkIsolation": True,
                    "EnableInterContainerTrafficEncryption": True,
                    "VpcConfig": {"Subnets": [ref("Other")], "SecurityGroupIds": [ref("JobGroup")]},
                },
            ),
        ),
        {("SMN304", "Quality")},
    ),
    "the model lies in one zone": (
        at("Model", VpcConfig={"Subnets": [ref("PrivateA")], "SecurityGroupIds": [ref("JobGroup")]}),
        {("SMN408", "Model")},
    ),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_fault_gives_its_findings_and_no_other(name: str, tmp_path: Path) -> None:
    change, expected = MUTATIONS[name]
    template = copy.deepcopy(estate())
    change(template)
    assert violations(template, tmp_path) == expected


def test_there_are_enough_mutations() -> None:
    assert len([expected for _, expected in MUTATIONS.values() if expected]) >= 25
