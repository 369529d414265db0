"""Nested stacks: templates on disk are joined into the deployment of the one that names them."""

from __future__ import annotations

from pathlib import Path

import pytest

from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.topology import SecurityGroup, Subnet, Vpc
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Domain, NotebookInstance
from sagemaker_netlint.readers.cloudformation.reader import read_template
from sagemaker_netlint.readers.raw import ReadResult

ROOT = """
Parameters:
  Range: {Type: String, Default: 10.5.0.0/16}
Resources:
  Network:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./network.yaml
      Parameters:
        VpcCidr: !Ref Range
        Others: !Join [",", [subnet-1, !ImportValue other]]
  Domain:
    Type: AWS::SageMaker::Domain
    Properties:
      VpcId: !GetAtt Network.Outputs.VpcId
      SubnetIds: !Split [",", !GetAtt Network.Outputs.SubnetIds]
      DefaultUserSettings:
        SecurityGroups: [!Sub "${Network.Outputs.Group}"]
"""
NETWORK = """
Parameters:
  VpcCidr: {Type: String}
  Others: {Type: CommaDelimitedList}
  Env: {Type: String, Default: dev}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: !Ref VpcCidr}
  A:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Vpc
      CidrBlock: !Select [0, !Cidr [!Ref VpcCidr, 2, 8]]
  B:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.5.9.0/24}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties: {VpcId: !Ref Vpc}
  Notebook:
    Type: AWS::SageMaker::NotebookInstance
    Properties: {SubnetId: !Select [0, !Ref Others], SecurityGroupIds: !Ref Others}
Outputs:
  VpcId: {Value: !Ref Vpc}
  SubnetIds: {Value: !Join [",", [!Ref A, !Ref B]]}
  Group: {Value: !GetAtt Group.GroupId}
  Empty: {Description: nothing}
"""


def read(folder: Path, files: dict[str, str], root: str = "root.yaml", **parameters: str) -> ReadResult:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return read_template(folder / root, parameters)


def only(result: ReadResult) -> Deployment:
    (deployment,) = result.deployments
    return deployment


def test_parameters_go_in_and_outputs_come_out(tmp_path: Path) -> None:
    result = read(tmp_path, {"root.yaml": ROOT, "network.yaml": NETWORK})
    deployment = only(result)
    assert not result.problems
    (domain,) = deployment.each(Domain)
    vpc = deployment.find(Vpc, domain.vpc)
    assert isinstance(vpc, Vpc)
    assert (vpc.address, str(vpc.cidr)) == ("Network/Vpc", "10.5.0.0/16")
    subnets = deployment.find_all(Subnet, domain.subnets)
    assert [s.address for s in subnets if isinstance(s, Subnet)] == ["Network/A", "Network/B"]
    assert str(next(deployment.each(Subnet)).cidr) == "10.5.0.0/24"
    groups = deployment.find_all(SecurityGroup, domain.user_security_groups)
    assert [g.address for g in groups if isinstance(g, SecurityGroup)] == ["Network/Group"]


def test_lines_are_those_of_the_childs_own_file(tmp_path: Path) -> None:
    deployment = only(read(tmp_path, {"root.yaml": ROOT, "network.yaml": NETWORK}))
    subnet = next(deployment.each(Subnet))
    assert subnet.location.file == str(tmp_path / "network.yaml")
    assert (
        subnet.at("cidr").line
        == NETWORK.splitlines().index("      CidrBlock: !Select [0, !Cidr [!Ref VpcCidr, 2, 8]]") + 1
    )
    assert deployment.source == str(tmp_path / "root.yaml")


def test_every_file_is_accounted_for(tmp_path: Path) -> None:
    result = read(tmp_path, {"root.yaml": ROOT, "network.yaml": NETWORK})
    assert result.files_read == {str(tmp_path / "root.yaml"), str(tmp_path / "network.yaml")}


def test_an_unknown_item_of_a_joined_list_keeps_the_rest(tmp_path: Path) -> None:
    (notebook,) = only(read(tmp_path, {"root.yaml": ROOT, "network.yaml": NETWORK})).each(NotebookInstance)
    assert notebook.subnet == "subnet-1"
    assert isinstance(notebook.security_groups, tuple)
    first, second = notebook.security_groups
    assert first == "subnet-1"
    assert second == Unknown("it is imported from another stack (export `other`)", "${ImportValue:other}")


def test_a_given_parameter_of_the_root_reaches_the_child(tmp_path: Path) -> None:
    deployment = only(read(tmp_path, {"root.yaml": ROOT, "network.yaml": NETWORK}, Range="10.7.0.0/16"))
    assert str(next(deployment.each(Vpc)).cidr) == "10.7.0.0/16"


def test_conditions_of_the_child_follow_what_the_parent_passes(tmp_path: Path) -> None:
    child = """
Parameters: {Env: {Type: String, Default: dev}}
Conditions: {IsProd: !Equals [!Ref Env, prod]}
Resources:
  Notebook:
    Type: AWS::SageMaker::NotebookInstance
    Properties: {DirectInternetAccess: !If [IsProd, Disabled, Enabled]}
"""

    def root(passed: str) -> str:
        return f"""
Parameters: {{Stage: {{Type: String}}}}
Resources:
  Child:
    Type: AWS::CloudFormation::Stack
    Properties: {{TemplateURL: child.yaml, Parameters: {{{passed}}}}}
"""

    def variants(passed: str) -> dict[str, object]:
        result = read(tmp_path, {"root.yaml": root(passed), "child.yaml": child})
        return {d.variant: next(d.each(NotebookInstance)).direct_internet_access for d in result.deployments}

    assert variants("Env: prod") == {"": "Disabled"}
    both = {"Child/IsProd is false": "Enabled", "Child/IsProd is true": "Disabled"}
    assert variants("Env: !Ref Stage") == both
    assert variants("Env: !Sub '${Stage}'") == both
    assert variants("Other: x") == both
    result = read(tmp_path, {"root.yaml": root("Env: !Ref Stage"), "child.yaml": child}, Stage="prod")
    assert only(result).variant == ""


def test_a_nested_stack_that_is_not_created_brings_nothing(tmp_path: Path) -> None:
    root = """
Parameters: {Make: {Type: String, Default: "yes"}}
Conditions: {Makes: !Equals [!Ref Make, "yes"]}
Resources:
  Network:
    Type: AWS::CloudFormation::Stack
    Condition: Makes
    Properties: {TemplateURL: network.yaml, Parameters: {VpcCidr: 10.0.0.0/16, Others: a}}
  Remote:
    Type: AWS::CloudFormation::Stack
    Condition: Elsewhere
    Properties: {TemplateURL: "https://s3.amazonaws.com/b/x.yaml"}
  Domain:
    Type: AWS::SageMaker::Domain
    Properties: {VpcId: !If [Makes, !GetAtt Network.Outputs.VpcId, vpc-1]}
"""
    result = read(tmp_path, {"root.yaml": root, "network.yaml": NETWORK})
    made, not_made = result.deployments
    assert (made.variant, not_made.variant) == ("Makes is true", "Makes is false")
    assert list(made.each(Vpc))
    assert not list(not_made.each(Vpc))
    assert [next(d.each(Domain)).vpc for d in result.deployments] == ["@{Network+Vpc}", "vpc-1"]


@pytest.mark.parametrize(
    "url",
    [
        "https://s3.amazonaws.com/b/network.yaml",
        "!Sub 'https://${AWS::Region}/x'",
        "!Ref Url",
        "s3://b/n.yaml",
    ],
)
def test_a_remote_template_is_undecided_and_no_defect(tmp_path: Path, url: str) -> None:
    root = ROOT.replace("./network.yaml", url).replace(
        "Parameters:\n  R", "Parameters:\n  Url: {Type: String}\n  R", 1
    )
    result = read(tmp_path, {"root.yaml": root})
    (domain,) = only(result).each(Domain)
    assert domain.vpc == Unknown("nested stack Network is not on disk", "${Network.Outputs.VpcId}")
    assert not result.problems


def test_a_template_beside_the_folder_is_read(tmp_path: Path) -> None:
    files = {
        "stacks/root.yaml": ROOT.replace("./network", "../shared/network"),
        "shared/network.yaml": NETWORK,
    }
    result = read(tmp_path, files, "stacks/root.yaml")
    assert next(only(result).each(Vpc)).location.file == str(tmp_path / "shared/network.yaml")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("missing.yaml", "its template is not there"),
        ("../../network.yaml", "neither in the folder of the root template nor beside it"),
        ("/etc/passwd", "neither in the folder of the root template nor beside it"),
        ("root.yaml", "its template nests itself"),
    ],
)
def test_what_cannot_be_joined_is_a_problem(tmp_path: Path, url: str, message: str) -> None:
    folder = tmp_path / "deep" / "stacks"
    result = read(folder, {"root.yaml": ROOT.replace("./network.yaml", url)})
    (problem,) = result.problems
    assert message in problem.message
    assert problem.location.line == 8
    (domain,) = only(result).each(Domain)
    assert isinstance(domain.vpc, Unknown)


def test_a_cycle_of_files_ends(tmp_path: Path) -> None:
    one = "Resources:\n  Two: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: two.yaml}}"
    two = "Resources:\n  One: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: root.yaml}}"
    result = read(tmp_path, {"root.yaml": one, "two.yaml": two})
    (problem,) = result.problems
    assert problem.message == "nested stack `One` is not read: its template nests itself"
    assert problem.location.file == str(tmp_path / "two.yaml")


def test_stacks_that_multiply_end(tmp_path: Path) -> None:
    files = {}
    for i in range(12):
        line = f"{{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: t{i + 1}.yaml}}}}"
        files[f"t{i}.yaml"] = f"Resources:\n  A: {line}\n  B: {line}\n  C: {line}"
    files["t12.yaml"] = "Resources: {V: {Type: AWS::EC2::VPC}}"
    result = read(tmp_path, files, "t0.yaml")
    assert any("more than 100 templates" in p.message for p in result.problems)


def test_a_broken_child_is_a_problem_of_its_file(tmp_path: Path) -> None:
    result = read(tmp_path, {"root.yaml": ROOT, "network.yaml": "Resources:\n  A: [\n"})
    (problem,) = result.problems
    assert problem.location.file == str(tmp_path / "network.yaml")
    assert "nested stack `Network`" in problem.message
    (domain,) = only(result).each(Domain)
    assert domain.vpc == Unknown("nested stack Network could not be read", "${Network.Outputs.VpcId}")


def test_references_in_a_circle_end(tmp_path: Path) -> None:
    root = ROOT.replace("!Ref Range", "!GetAtt Network.Outputs.Cidr")
    child = NETWORK + "  Cidr: {Value: !GetAtt Vpc.CidrBlock}\n"
    result = read(tmp_path, {"root.yaml": root, "network.yaml": child})
    assert any("depends on itself" in p.message for p in result.problems)
    assert isinstance(next(only(result).each(Vpc)).cidr, Unknown)


@pytest.mark.parametrize(
    ("output", "reason"),
    [("Missing", "nested stack `Network` has no output `Missing`"), ("Empty", "has no value")],
)
def test_an_output_that_is_not_there(tmp_path: Path, output: str, reason: str) -> None:
    root = ROOT.replace("Outputs.VpcId", f"Outputs.{output}")
    (domain,) = only(read(tmp_path, {"root.yaml": root, "network.yaml": NETWORK})).each(Domain)
    assert isinstance(domain.vpc, Unknown)
    assert reason in domain.vpc.reason


def test_cdk_notes_the_nested_template_in_metadata(tmp_path: Path) -> None:
    root = """{"Resources": {"Net": {"Type": "AWS::CloudFormation::Stack",
      "Properties": {"TemplateURL": {"Fn::Join": ["", ["https://s3.", {"Ref": "AWS::Region"}, ".x/y.json"]]}},
      "Metadata": {"aws:asset:path": "Net.nested.template.json", "aws:asset:property": "TemplateURL"}}}}"""
    child = '{"Resources": {"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}}}'
    result = read(tmp_path, {"root.yaml": root, "Net.nested.template.json": child})
    assert [v.address for v in only(result).each(Vpc)] == ["Net/Vpc"]
    assert not result.problems


def test_a_serverless_application_is_a_nested_stack(tmp_path: Path) -> None:
    root = """
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Timeout: 3}}
Resources:
  App: {Type: AWS::Serverless::Application, Properties: {Location: app.yaml}}
  Shop:
    Type: AWS::Serverless::Application
    Properties: {Location: {ApplicationId: x, SemanticVersion: 1.0.0}}
  Function: {Type: AWS::Serverless::Function, Properties: {Role: !GetAtt FunctionRole.Arn}}
  Domain: {Type: AWS::SageMaker::Domain, Properties: {VpcId: !GetAtt Shop.Outputs.Vpc}}
"""
    result = read(tmp_path, {"root.yaml": root, "app.yaml": "Resources: {Vpc: {Type: AWS::EC2::VPC}}"})
    assert [v.address for v in only(result).each(Vpc)] == ["App/Vpc"]
    assert next(only(result).each(Domain)).vpc == Unknown(
        "nested stack Shop is not on disk", "${Shop.Outputs.Vpc}"
    )
    assert not result.problems
