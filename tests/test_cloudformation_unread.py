"""What a template leaves to others at deployment is never taken for missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from sagemaker_netlint.engine import judge
from sagemaker_netlint.findings import Outcome
from sagemaker_netlint.policy_file import load_policy
from sagemaker_netlint.readers.cloudformation.reader import read_template
from sagemaker_netlint.rules.catalogue import ALL_RULES


def _estate(**more: Any) -> dict[str, Any]:
    """Return a VPC-only domain in a VPC without endpoints."""
    subnets = {
        f"Subnet{zone.upper()}": {
            "Type": "AWS::EC2::Subnet",
            "Properties": {
                "VpcId": {"Ref": "Vpc"},
                "CidrBlock": f"10.0.{number}.0/24",
                "AvailabilityZone": f"eu-west-1{zone}",
            },
        }
        for number, zone in enumerate("ab")
    }
    domain = {
        "AppNetworkAccessType": "VpcOnly",
        "VpcId": {"Ref": "Vpc"},
        "SubnetIds": [{"Ref": name} for name in subnets],
        "DefaultUserSettings": {"SecurityGroups": ["sg-0123456789abcdef0"]},
    }
    return {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        **subnets,
        "Domain": {"Type": "AWS::SageMaker::Domain", "Properties": domain},
        **more,
    }


def _outcome(resources: dict[str, Any], **sections: Any) -> tuple[Outcome, str]:
    result = read_template(Path("t.template"), text=yaml.safe_dump({**sections, "Resources": resources}))
    assert not result.problems
    findings = judge(result.deployments, load_policy("vpc-only"), ALL_RULES).findings
    (finding,) = [finding for finding in findings if finding.rule_id == "SMN601"]
    return finding.outcome, finding.message


def test_a_template_that_stands_alone_is_all_there_is() -> None:
    assert _outcome(_estate())[0] is Outcome.VIOLATION


@pytest.mark.parametrize("transform", ["AWS::Serverless-2016-10-31", "AWS::LanguageExtensions"])
def test_a_transform_of_aws_adds_no_network(transform: str) -> None:
    assert _outcome(_estate(), Transform=transform)[0] is Outcome.VIOLATION


@pytest.mark.parametrize(
    "transform",
    ["OrgEndpoints", {"Name": "AWS::Include", "Parameters": {"Location": "s3://templates/endpoints.yaml"}}],
    ids=["macro", "include"],
)
def test_a_macro_may_add_anything(transform: Any) -> None:
    outcome, message = _outcome(_estate(), Transform=[transform])
    assert outcome is Outcome.UNDECIDED
    assert "a transform runs at deployment" in message


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        pytest.param({"Ref": "Vpc"}, Outcome.UNDECIDED, id="given the VPC"),
        pytest.param({"Fn::Sub": "${SubnetA},${SubnetB}"}, Outcome.UNDECIDED, id="given its subnets"),
        pytest.param("training-data", Outcome.VIOLATION, id="given something else"),
    ],
)
@pytest.mark.parametrize("kind", ["Org::Network::Endpoints::MODULE", "AWS::CloudFormation::Stack"])
def test_what_is_given_a_part_of_the_vpc_may_add_to_it(kind: str, given: Any, outcome: Outcome) -> None:
    properties: dict[str, Any] = {"Parameters": {"Given": given}}
    if kind == "AWS::CloudFormation::Stack":
        properties["TemplateURL"] = "https://templates.example.com/endpoints.yaml"
    assert _outcome(_estate(Endpoints={"Type": kind, "Properties": properties}))[0] is outcome


def test_the_resources_of_a_module_may_be_referred_to() -> None:
    notebook = {
        "SubnetId": {"Ref": "NetworkSubnet"},
        "SecurityGroupIds": [{"Fn::GetAtt": "Network.Group.GroupId"}],
    }
    resources = {
        "Network": {"Type": "Org::Network::Vpc::MODULE"},
        "Notebook": {"Type": "AWS::SageMaker::NotebookInstance", "Properties": notebook},
    }
    result = read_template(Path("t.template"), text=yaml.safe_dump({"Resources": resources}))
    assert not result.problems
