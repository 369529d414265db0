"""Lines of attributes, and the ignores that stand beside a resource."""

from __future__ import annotations

from pathlib import Path

from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.topology import SecurityGroup, SecurityGroupRule, Vpc
from sagemaker_netlint.network.workloads import NotebookInstance
from sagemaker_netlint.readers.cloudformation.reader import read_template

TEMPLATE = """
Parameters: {Env: {Type: String, Default: dev}}
Conditions: {IsProd: !Equals [!Ref Env, prod]}
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties:
      Tags:
        - Key: Name
          Value: |
            a

      CidrBlock:
        10.0.0.0/16

  # between
  Notebook:
    Type: AWS::SageMaker::NotebookInstance
    Properties:
      DirectInternetAccess: !If
        - IsProd
        - Disabled
        - Enabled
      SecurityGroupIds:
        - !If [IsProd, sg-1, !Ref "AWS::NoValue"]
        -
          sg-2
      SubnetId: subnet-1
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      SecurityGroupIngress:
        - !If
          - IsProd
          - IpProtocol: tcp
            FromPort: 1
            ToPort: 1
          - !Ref AWS::NoValue
        - !If
          - IsProd
          - {IpProtocol: tcp, FromPort: 2, ToPort: 2}
          - IpProtocol: tcp
            FromPort: 3
            ToPort: 3
"""


def read(text: str) -> list[Deployment]:
    result = read_template(Path("t.yaml"), text=text)
    assert not result.problems
    return result.deployments


def lines(component: Declared, field: str = "") -> tuple[int, int]:
    place = component.at(field) if field else component.location
    assert place.file == "t.yaml"
    return place.line, place.end_line


def line_of(text: str, needle: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if needle in line)


def test_lines_of_resources_and_attributes() -> None:
    dev, _ = read(TEMPLATE)
    (vpc,), (notebook,) = dev.each(Vpc), dev.each(NotebookInstance)
    assert lines(vpc) == (5, 14)
    assert lines(vpc, "cidr") == (13, 14)
    assert lines(vpc, "dns_support") == (5, 14)
    assert lines(notebook) == (17, 28)
    assert lines(notebook, "direct_internet_access") == (20, 23)
    assert lines(notebook, "security_groups") == (24, 27)
    assert lines(notebook, "subnet") == (28, 28)
    assert notebook.locate("lifecycle_config") is None


def test_lines_of_list_items_survive_branches() -> None:
    dev, prod = read(TEMPLATE)

    def rules(deployment: Deployment) -> list[SecurityGroupRule]:
        (group,) = deployment.each(SecurityGroup)
        return [rule for rule in deployment.ingress_of(group) if isinstance(rule, SecurityGroupRule)]

    (third,) = rules(dev)
    assert (third.from_port, lines(third, "from_port")[0]) == (3, line_of(TEMPLATE, "FromPort: 3"))
    first, second = rules(prod)
    assert (first.from_port, lines(first, "from_port")[0]) == (1, line_of(TEMPLATE, "FromPort: 1"))
    assert (second.from_port, lines(second, "from_port")[0]) == (2, line_of(TEMPLATE, "FromPort: 2"))


def test_lines_of_json() -> None:
    text = """{
  "Resources": {
    "Vpc": {
      "Type": "AWS::EC2::VPC",
\t  "Properties": {
        "EnableDnsSupport":
          "false",
        "CidrBlock": "10.0.0.0/16"
      }
    }
  }
}"""
    ((vpc,),) = [list(d.each(Vpc)) for d in read(text)]
    assert lines(vpc) == (3, 10)
    assert lines(vpc, "dns_support") == (6, 7)
    assert lines(vpc, "cidr") == (8, 8)
    assert vpc.dns_support is False


def test_comments_inside_a_resource_are_its_ignores() -> None:
    text = """
Resources:
  # checkov:skip=CKV_SMN_101:of nobody
  First:
    # checkov:skip=CKV_SMN_201:a reason
    Type: AWS::SageMaker::NotebookInstance
    Properties:
      SubnetId: subnet-1  # sagemaker-netlint: ignore[SMN202, SMN203] another

      # sagemaker-netlint: ignore[SMN204] below the last property
  # sagemaker-netlint: ignore[SMN205] of nobody
  Second:
    Type: AWS::SageMaker::NotebookInstance
"""
    first, second = read(text)[0].each(NotebookInstance)
    assert [(s.pattern, s.reason, s.location.line) for s in first.suppressions] == [
        ("SMN201", "a reason", 5),
        ("SMN202", "another", 8),
        ("SMN203", "another", 8),
        ("SMN204", "below the last property", 10),
    ]
    assert not second.suppressions


def test_metadata_of_a_resource_and_of_the_template() -> None:
    text = """
Metadata:
  checkov: {skip: [{id: CKV_SMN_203, comment: Checkov reads that of resources only}]}
  cfn-lint: {config: {ignore_checks: [ESMN6]}}
Resources:
  First:
    Type: AWS::SageMaker::NotebookInstance
    Metadata:
      checkov: {skip: [{id: CKV_SMN_201, comment: known}]}
      cfn-lint: {config: {ignore_checks: [ESMN202, E3012]}}
  Second:
    Type: AWS::SageMaker::NotebookInstance
    Metadata: {checkov: text}
"""
    first, second = read(text)[0].each(NotebookInstance)
    assert [s.pattern for s in first.suppressions] == ["SMN201", "ESMN202", "ESMN6"]
    assert [s.pattern for s in second.suppressions] == ["ESMN6"]
    assert first.suppressions[0].location.line == 8
    assert first.suppressions[2].location.line == 2


def test_a_folded_scalar_ends_where_its_text_ends() -> None:
    text = """
Resources:
  V:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: !Sub |-
        10.0.0.0/16
  W:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: "10.0.0.0/16"
      InstanceTenancy: >-
        default
"""
    first, second = read(text)[0].each(Vpc)
    assert lines(first, "cidr") == (6, 7)
    assert lines(second, "tenancy") == (12, 13)
