"""Intrinsic functions of CloudFormation: an expression, and the value that it has offline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.cloudformation.evaluator import Budget, Evaluator
from sagemaker_netlint.readers.cloudformation.nested import Loader
from sagemaker_netlint.readers.cloudformation.nodes import Fields
from sagemaker_netlint.readers.cloudformation.results import NO_VALUE, settled
from sagemaker_netlint.readers.raw import Problem, identity_token

VPC = identity_token("Vpc")

TEMPLATE = """
Parameters:
  Name: {Type: String, Default: studio}
  Count: {Type: Number, Default: 3}
  Flag: {Type: String, Default: true}
  List: {Type: CommaDelimitedList, Default: "a, b,c"}
  Subnets: {Type: List<AWS::EC2::Subnet::Id>}
  NoDefault: {Type: String}
  Empty: {Type: String, Default: ""}
  Stored: {Type: AWS::SSM::Parameter::Value<String>, Default: /vpc/id}
  StoredList: {Type: "AWS::SSM::Parameter::Value<List<String>>", Default: /subnets}
  StoreName: {Type: AWS::SSM::Parameter::Name, Default: /vpc/id}
  Secret: {Type: String, NoEcho: true, Default: hunter2}
Mappings:
  Ranges:
    studio: {Cidr: 10.1.0.0/16, Zones: [a, b], Size: 5}
    other: {Cidr: 10.2.0.0/16, Size: 5}
  Accounts:
    123456789012: {Name: prod}
Conditions:
  Open: !Equals [!Ref NoDefault, x]
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.0.0.0/16
  Subnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Vpc
      CidrBlock: !Ref NoDefault
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties: {VpcId: !Ref Vpc}
  Endpoint: {Type: AWS::EC2::VPCEndpoint}
  Lookup:
    Type: Custom::DefaultVpc
    Properties: {ServiceToken: x}
  Probe:
    Type: AWS::SageMaker::NotebookInstance
    Properties:
      Value: PLACE
"""


def evaluate(
    expression: str, given: dict[str, str] | None = None, transform: str = ""
) -> tuple[Any, list[str]]:
    problems: list[Problem] = []
    text = TEMPLATE.replace("PLACE", expression) + (f"Transform: {transform}\n" if transform else "")
    stack = Loader(problems.append, Budget()).load(Path("t.yaml"), text, given or {})
    properties = stack.resources["Probe"].properties
    assert isinstance(properties, Fields)
    value = settled(Evaluator(problems.append).evaluate(properties.nodes["Value"], stack))
    return value, [problem.message for problem in problems]


KNOWN = [
    ("!Ref Name", "studio"),
    ("{Ref: Name}", "studio"),
    ("!Ref Count", "3"),
    ("!Ref Flag", "true"),
    ("!Ref List", ["a", "b", "c"]),
    ("!Ref Empty", ""),
    ("!Ref StoreName", "/vpc/id"),
    ("!Ref Vpc", VPC),
    ("!GetAtt Vpc.VpcId", VPC),
    ("{'Fn::GetAtt': [Vpc, VpcId]}", VPC),
    ("{'Fn::GetAtt': Vpc.VpcId}", VPC),
    ("!GetAtt Endpoint.Id", identity_token("Endpoint")),
    ("!GetAtt [Group, GroupId]", identity_token("Group")),
    ("!GetAtt Vpc.CidrBlock", "10.0.0.0/16"),
    ("!GetAtt Subnet.VpcId", VPC),
    ("!GetAtt Vpc.DefaultSecurityGroup", f"{VPC}/DefaultSecurityGroup"),
    ("!Ref Lookup", identity_token("Lookup")),
    ("!Sub 'a-${Name}-${Count}'", "a-studio-3"),
    ("!Sub '${!Name}-${Vpc}'", f"${{Name}}-{VPC}"),
    ("!Sub ['${x}-${Name}', {x: !Ref Count}]", "3-studio"),
    ("!Sub ['${Name}', {Name: own}]", "own"),
    ("!Sub '${Vpc.CidrBlock}'", "10.0.0.0/16"),
    ("{'Fn::Sub': no variable}", "no variable"),
    ('!Sub \'[{"Ref": "Name"}]\'', '[{"Ref": "Name"}]'),
    ("!Join ['-', [a, !Ref Name, 3, true]]", "a-studio-3-true"),
    ("!Join [',', !Ref List]", "a,b,c"),
    ("!Join ['', [a, !Ref 'AWS::NoValue']]", "a"),
    ("!Split [',', !Join [',', [!Ref Vpc, x]]]", [VPC, "x"]),
    ("!Split ['/', a/b/c]", ["a", "b", "c"]),
    ("!Select [1, !Ref List]", "b"),
    ("!Select ['1', [x, y]]", "y"),
    ("!Select [0, !Split ['-', !Ref Vpc]]", VPC),
    ("!Select [1, !GetAZs '']", "${AWS::Region}:zone-1"),
    ("!Select [0, {'Fn::GetAZs': {Ref: 'AWS::Region'}}]", "${AWS::Region}:zone-0"),
    ("!Select [0, !GetAZs us-east-1]", "us-east-1:zone-0"),
    ("!FindInMap [Ranges, !Ref Name, Cidr]", "10.1.0.0/16"),
    ("!FindInMap [Ranges, studio, Zones]", ["a", "b"]),
    ("!FindInMap [Accounts, '123456789012', Name]", "prod"),
    ("!FindInMap [Ranges, !Ref NoDefault, Size]", 5),
    ("!FindInMap [Ranges, none, Cidr, {DefaultValue: 10.9.0.0/16}]", "10.9.0.0/16"),
    ("!Cidr [10.0.0.0/16, 3, 8]", ["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"]),
    ("!Select [2, !Cidr [!GetAtt Vpc.CidrBlock, '4', '6']]", "10.0.0.128/26"),
    ("!Select [1, !Cidr ['fd00::/56', 2, 64]]", "fd00:0:0:1::/64"),
    ("!Base64 abc", "YWJj"),
    ("{'Fn::Base64': {'Fn::Sub': 'x${Name}'}}", "eHN0dWRpbw=="),
    ("{'Fn::Length': !Ref List}", 3),
    ("!ToJsonString {a: [1, !Ref Name]}", '{"a":[1,"studio"]}'),
    ("[a, !Ref 'AWS::NoValue', b]", ["a", "b"]),
    ("{a: !Ref 'AWS::NoValue', b: 1}", {"b": 1}),
    ("!If [Open, same, same]", "same"),
    ("2010-09-09", "2010-09-09"),
    ("12:30", "12:30"),
    ("012345678901", "012345678901"),
    ("0777", "0777"),
    ("1.10", "1.10"),
    ("1.5", 1.5),
    ("-1", -1),
    ("'-1'", "-1"),
    ("0x1F", 31),
    ("yes", True),
    ("'yes'", "yes"),
    ("Off", False),
    ("!!str 5", "5"),
]


@pytest.mark.parametrize(("expression", "value"), KNOWN, ids=[expression for expression, _ in KNOWN])
def test_known(expression: str, value: object) -> None:
    got, problems = evaluate(expression, transform="AWS::LanguageExtensions")
    assert got == value
    assert type(got) is type(value)
    assert not problems


UNKNOWN = [
    ("!Ref NoDefault", "parameter NoDefault has no default", "${NoDefault}"),
    ("!Ref Subnets", "parameter Subnets has no default", "${Subnets}"),
    ("!Ref Stored", "parameter Stored is read from SSM Parameter Store (`/vpc/id`)", "${Stored}"),
    ("!Ref StoredList", "parameter StoredList is read from SSM Parameter Store", "${StoredList}"),
    ("!Ref Secret", "parameter Secret is a secret", "${Secret}"),
    ("!Ref AWS::Region", "the region is known only at deployment", "${AWS::Region}"),
    ("!Sub 'com.amazonaws.${AWS::Region}.s3'", "the region is", "com.amazonaws.${AWS::Region}.s3"),
    ("!Join ['.', [com.amazonaws, !Ref 'AWS::Region', s3]]", "the region", "com.amazonaws.${AWS::Region}.s3"),
    ("!Sub ['a${x}', {x: !ImportValue vpc}]", "imported", "a${ImportValue:vpc}"),
    ("!GetAtt Lookup.VpcId", "`Lookup.VpcId` is known only at deployment", "${Lookup.VpcId}"),
    ("!GetAtt Vpc.Ipv6CidrBlocks", "`Vpc.Ipv6CidrBlocks` is known only", "${Vpc.Ipv6CidrBlocks}"),
    ("!GetAtt Subnet.CidrBlock", "parameter NoDefault has no default", "${NoDefault}"),
    ("!Sub '${Lookup.VpcId}-x'", "`Lookup.VpcId` is known only", "${Lookup.VpcId}-x"),
    (
        "!ImportValue shared-vpc",
        "imported from another stack (export `shared-vpc`)",
        "${ImportValue:shared-vpc}",
    ),
    ("!ImportValue {'Fn::Sub': '${AWS::StackName}-x'}", "export `${AWS::StackName}-x`", None),
    ("'{{resolve:ssm:/vpc/id:1}}'", "read from SSM Parameter Store", "{{resolve:ssm:/vpc/id:1}}"),
    ("!Sub '{{resolve:ssm:/${Name}/id}}'", "SSM Parameter Store", "{{resolve:ssm:/studio/id}}"),
    ("!Join ['', ['{{resolve:secretsmanager:', 'a}}']]", "Secrets Manager", "{{resolve:secretsmanager:a}}"),
    ("!GetAZs ''", "the zones of the region are known only", None),
    ("!Select [!Ref NoDefault, [a]]", "parameter NoDefault has no default", None),
    ("!Select [0, !Split [',', !Ref NoDefault]]", "parameter NoDefault has no default", "${...}"),
    ("!Select [1, !Split ['-', !Ref Vpc]]", "which item is selected", "${...}"),
    ("!Split [',', !Ref NoDefault]", "parameter NoDefault has no default", None),
    ("!FindInMap [Ranges, !Ref NoDefault, Cidr]", "parameter NoDefault has no default", "${Ranges}"),
    ("!If [Open, a, b]", "condition Open is not known", "${Open}"),
    ("!Base64 {'Fn::Sub': '${NoDefault}'}", "parameter NoDefault has no default", "JHtOb0RlZmF1bHR9"),
    ("{'Fn::Transform': {Name: AWS::Include, Parameters: {}}}", "the transform AWS::Include", None),
    ("{a: 1, 'Fn::Transform': {Name: M}}", "a transform adds to it", None),
    ("!ToJsonString {a: !Ref NoDefault}", "parameter NoDefault", '{"a":"${NoDefault}"}'),
    ("!Join [',', !Ref Subnets]", "parameter Subnets has no default", "${Subnets}"),
]


@pytest.mark.parametrize(("expression", "reason", "text"), UNKNOWN, ids=[row[0] for row in UNKNOWN])
def test_unknown(expression: str, reason: str, text: str | None) -> None:
    value, problems = evaluate(expression, transform="AWS::LanguageExtensions")
    assert isinstance(value, Unknown)
    assert reason in value.reason
    if text is not None:
        assert value.text == text
    assert not problems


REFUSED = [
    ("!Ref Nothing", "the template declares no parameter or resource `Nothing`"),
    ("!GetAtt Nothing.Arn", "the template declares no parameter or resource `Nothing`"),
    ("!Sub '${Nothing}'", "the template declares no parameter or resource `Nothing`"),
    ("!If [Nothing, a, b]", "the template declares no condition `Nothing`"),
    ("!FindInMap [Nothing, a, b]", "the template declares no mapping `Nothing`"),
    ("!FindInMap [Ranges, studio, Nothing]", "mapping `Ranges.studio.Nothing` is not declared"),
    ("!FindInMap [Ranges]", "`Fn::FindInMap` takes"),
    ("!Select [7, [a]]", "`Fn::Select` asks for item 7 of 1"),
    ("!Select [a]", "`Fn::Select` takes"),
    ("!Select [-1, [a]]", "`Fn::Select` takes"),
    ("!Join a", "`Fn::Join` takes"),
    ("!Join [',', a]", "`Fn::Join` takes"),
    ("!Split ['', a]", "the delimiter of `Fn::Split` is empty"),
    ("!Sub [a]", "`Fn::Sub` takes"),
    ("!Sub {a: b}", "`Fn::Sub` takes"),
    ("!GetAtt Vpc", "`Fn::GetAtt` takes"),
    ("!Cidr [10.0.0.0/16, 300, 8]", "`Fn::Cidr` makes 1 to 256 blocks"),
    ("!Cidr [10.0.0.0/24, 4, 8]", "`Fn::Cidr` cannot cut `10.0.0.0/24`"),
    ("!Cidr [10.0.0.0/24, 4, 99]", "`Fn::Cidr` cannot cut"),
    ("!Cidr [nonsense, 4, 8]", "`Fn::Cidr` cannot cut `nonsense`"),
    ("{'Fn::Foo': 1}", "`Fn::Foo` is no function"),
    ("!Equals [a, b]", "a condition's function stands where a value belongs"),
    ("{'Fn::If': [Open, a, b], Other: 1}", "`Fn::If` stands beside other keys"),
    ("!Foo x", "tag `!Foo` is none of CloudFormation's"),
    ("!If [a, b]", "`Fn::If` takes"),
    ("{'Fn::Length': a}", "`Fn::Length` takes a list"),
]


@pytest.mark.parametrize(("expression", "message"), REFUSED, ids=[row[0] for row in REFUSED])
def test_refused(expression: str, message: str) -> None:
    value, problems = evaluate(expression)
    assert isinstance(value, Unknown)
    assert len(problems) == 1
    assert message in problems[0]


def test_null_is_a_problem_and_no_value() -> None:
    assert evaluate("null") == (NO_VALUE, ["null is no value in a template"])
    assert evaluate("[a, ~, b]") == (["a", "b"], ["null is no value in a template"])


def test_an_unknown_item_keeps_the_rest_of_the_list() -> None:
    value, _ = evaluate("[!Ref Vpc, !Ref NoDefault, subnet-1]")
    assert value[0] == VPC
    assert isinstance(value[1], Unknown)
    assert value[2] == "subnet-1"


def test_cidr_of_an_unknown_block_has_its_length() -> None:
    value, problems = evaluate("!Cidr [!Ref NoDefault, 3, 8]")
    assert [type(item) for item in value] == [Unknown] * 3
    assert not problems


@pytest.mark.parametrize(
    ("expression", "given", "value"),
    [
        ("!Ref Name", {"Name": "mine"}, "mine"),
        ("!Ref NoDefault", {"NoDefault": "x"}, "x"),
        ("!Ref Subnets", {"Subnets": "subnet-1,subnet-2"}, ["subnet-1", "subnet-2"]),
        ("!Sub '${AWS::Region}'", {"AWS::Region": "eu-west-1"}, "eu-west-1"),
        ("!Select [0, !GetAZs '']", {"AWS::Region": "eu-west-1"}, "eu-west-1:zone-0"),
    ],
)
def test_given_parameters_win(expression: str, given: dict[str, str], value: object) -> None:
    assert evaluate(expression, given) == (value, [])


def test_a_secret_is_never_shown() -> None:
    value, _ = evaluate("!Sub 'x-${Secret}'", {"Secret": "given"})
    assert value == Unknown("parameter Secret is a secret (NoEcho)", "x-${Secret}")


@pytest.mark.parametrize("transform", ["AWS::Serverless-2016-10-31", "[AWS::LanguageExtensions, MyMacro]"])
def test_what_a_transform_may_declare_is_no_defect(transform: str) -> None:
    value, problems = evaluate("!GetAtt FunctionRole.Arn", transform=transform)
    assert value == Unknown(
        "`FunctionRole` is not declared here; a transform or a module may add it", "${FunctionRole.Arn}"
    )
    assert not problems
