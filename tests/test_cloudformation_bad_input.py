"""Broken templates: a problem with file, line and a clear sentence each; what can be read is read."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from sagemaker_netlint.network.topology import Subnet, Vpc
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import NotebookInstance
from sagemaker_netlint.readers.cloudformation.evaluator import Budget, Evaluator
from sagemaker_netlint.readers.cloudformation.nested import Loader
from sagemaker_netlint.readers.cloudformation.reader import read_template
from sagemaker_netlint.readers.raw import Problem, ReadResult

GOOD = "  Good: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}\n"


def read(text: str, name: str = "t.yaml") -> ReadResult:
    return read_template(Path(name), text=text)


UNREADABLE = [
    ("", 1, "it is empty"),
    ("# nothing\n\n", 1, "it is empty"),
    ("---\n", 1, "it is empty"),
    ("just text", 1, "a template is a mapping"),
    ("- a\n- b\n", 1, "a template is a mapping"),
    ("Description: x\n", 1, "the template has no `Resources`"),
    ("AWSTemplateFormatVersion: 2010-09-09\n", 1, "the template has no `Resources`"),
    ("Description: x\nResources: [a]\n", 2, "`Resources` is not a mapping"),
    ("Resources:\n", 1, "`Resources` is not a mapping"),
    ("Resources:\n  A: [\n", 3, "it is not valid YAML"),
    ("Resources:\n\tA: b\n", 2, "it is not valid YAML"),
    ("Resources:\n  A: b\n B: c\n", 3, "it is not valid YAML"),
    ("Resources:\n  A: 'b\n", 3, "it is not valid YAML"),
    ("Resources: {}\naws cloudformation deploy\n", 3, "it is not valid YAML"),
    ("Resources:\n  A: *nothing\n", 2, "alias `*nothing` names no anchor"),
    ("Resources: &r\n  A: *r\n", 2, "anchor `&r` contains itself"),
    ("Resources:\n  A: b\x07\n", 2, "is not allowed"),
    ("Resources:\n  A: \ud800\n", 2, "half a surrogate pair"),
    ('{\n"Resources": {"A" 1}}', 2, "it is not valid JSON: `:` is expected, not `1`"),
    ('{\n"Resources": {\n', 3, "not the end of the file"),
    ('{"Resources": {"A": "x\n', 1, "it is not valid JSON"),
    ('{"Resources": {}} trailing "', 1, "the end is expected"),
    ('{"Resources": {"\\q": 1} ]', 1, "a string is broken"),
    ('{"Resources": [}', 1, "a value or `]` is expected, not `}`"),
]


@pytest.mark.parametrize(("text", "line", "message"), UNREADABLE)
def test_unreadable(text: str, line: int, message: str) -> None:
    result = read(text)
    assert not result.deployments
    (problem,) = result.problems
    assert message in problem.message
    assert (problem.location.file, problem.location.line) == ("t.yaml", line)
    assert result.files_read == {"t.yaml"}


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "binary.yaml").write_bytes(b"\x00\x01")
    (tmp_path / "latin.yaml").write_bytes(b"Resources:\n  # caf\xe9\n")
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    for name, message in {
        "binary.yaml": "binary",
        "latin.yaml": "not UTF-8",
        "loop.yaml": "loop",
        "missing.yaml": "",
        ".": "no regular file",
    }.items():
        (problem,) = read_template(tmp_path / name).problems
        assert message in problem.message, name


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.write(b"Resources:\n")
        file.truncate(200 * 1024 * 1024)
    (problem,) = read_template(path).problems
    assert "209,715,200 bytes" in problem.message
    (problem,) = read("Resources:\n" + " " * 9_000_000).problems
    assert "is not read" in problem.message


PARTIAL = [
    ("  Bad: text\n", "resource `Bad` is not a mapping"),
    ("  Bad: [a]\n", "resource `Bad` is not a mapping"),
    ("  Bad:\n", "resource `Bad` is not a mapping"),
    ("  Bad: {Properties: {}}\n", "resource `Bad` has no `Type`"),
    ("  Bad: {Type: [a]}\n", "the `Type` of resource `Bad` is not a string"),
    ("  Bad: {Type: !Ref X}\n", "the `Type` of resource `Bad` is not a string"),
    ("  Bad: {Type: }\n", "the `Type` of resource `Bad` is not a string"),
    (
        "  Bad: {Type: AWS::EC2::VPC, Properties: [a]}\n",
        "the `Properties` of resource `Bad` are not a mapping",
    ),
    (
        "  Bad: {Type: AWS::EC2::VPC, Properties: text}\n",
        "the `Properties` of resource `Bad` are not a mapping",
    ),
    ("  Bad: !Foo {Type: x}\n", "tag `!Foo` is none of CloudFormation's"),
    ("  Bad: {Type: A, Type: AWS::S3::Bucket}\n", "key `Type` is written twice (first in line 3)"),
    ("  ? [a]\n  : b\n", "a list or a mapping is no key"),
    ("  'Fn::Transform': {Name: AWS::Include}\n", "resources that a transform adds"),
    ("  'Fn::ForEach::X': [A, [b], {}]\n", "the template lacks `Transform: AWS::LanguageExtensions`"),
]


@pytest.mark.parametrize(("resource", "message"), PARTIAL, ids=[row[1] for row in PARTIAL])
def test_the_rest_is_read(resource: str, message: str) -> None:
    result = read("Resources:\n" + GOOD + resource)
    (deployment,) = result.deployments
    assert [vpc.address for vpc in deployment.each(Vpc)] == ["Good"]
    assert any(message in p.message and p.location.line == 3 for p in result.problems), result.problems


@pytest.mark.parametrize("section", ["Parameters", "Mappings", "Conditions", "Outputs"])
def test_sections_of_the_wrong_type(section: str) -> None:
    result = read(f"Resources:\n{GOOD}{section}: [a]\n")
    assert [p.message for p in result.problems] == [f"`{section}` is not a mapping"]
    assert result.problems[0].location.line == 3
    assert result.deployments


def test_parameters_of_the_wrong_type() -> None:
    parameters = """Parameters:
  A: text
  B: {Type: String, Default: [a]}
  C:
  D: {Type: [x], AllowedValues: y}
"""
    result = read(f"{parameters}Resources:\n{GOOD}")
    assert [(p.location.line, p.message) for p in result.problems] == [
        (2, "parameter `A` is not a mapping"),
        (3, "the default of parameter `B` is not a plain value"),
        (4, "parameter `C` is not a mapping"),
    ]


def test_null_is_refused_and_absent() -> None:
    text = "Resources:\n  N:\n    Type: AWS::SageMaker::NotebookInstance\n    Properties:\n      SubnetId:\n"
    result = read(text)
    assert next(result.deployments[0].each(NotebookInstance)).subnet is None
    (problem,) = result.problems
    assert (problem.location.line, problem.message) == (5, "null is no value in a template")
    (problem,) = read("Resources:\n  N:\n    Type: AWS::EC2::VPC\n    Properties:\n").problems
    assert "are null" in problem.message


def test_an_attribute_of_the_wrong_type_is_a_problem_at_its_line() -> None:
    text = "Resources:\n  S:\n    Type: AWS::EC2::Subnet\n    Properties:\n      CidrBlock: {a: b}\n"
    result = read(text)
    (problem,) = result.problems
    assert problem.location.line == 5
    assert isinstance(next(result.deployments[0].each(Subnet)).cidr, Unknown)


TWICE_YAML = """
Resources:
  V:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.1.0.0/16
      CidrBlock: 10.2.0.0/16
"""
TWICE_JSON = """
{"Resources": {"V": {
  "Type": "AWS::EC2::VPC",
  "Properties": {
    "CidrBlock": "10.1.0.0/16",
    "Tags": [],
    "CidrBlock": "10.2.0.0/16"}}}}
"""


@pytest.mark.parametrize("text", [TWICE_YAML, TWICE_JSON])
def test_the_last_of_two_keys_counts(text: str) -> None:
    result = read(text)
    assert str(next(result.deployments[0].each(Vpc)).cidr) == "10.2.0.0/16"
    (problem,) = result.problems
    assert "key `CidrBlock` is written twice (first in line" in problem.message
    assert problem.location.line == 7


def test_more_than_one_document() -> None:
    result = read(f"Resources:\n{GOOD}---\nResources:\n  Other: {{Type: AWS::EC2::VPC}}\n")
    assert [v.address for v in result.deployments[0].each(Vpc)] == ["Good"]
    (problem,) = result.problems
    assert problem.location.line == 3
    assert "more than one YAML document" in problem.message


@pytest.mark.parametrize("opening", ["[", "{a: ", '{"a": ', '{"a": [', "- ", "? ", "!Ref ["])
def test_nesting_of_10000_levels_is_refused(opening: str) -> None:
    start = time.perf_counter()
    result = read(("" if opening.startswith('{"') else "Resources: ") + opening * 10_000)
    assert result.problems
    assert not result.deployments
    assert time.perf_counter() - start < 10


def test_indentation_of_10000_levels_is_refused() -> None:
    (problem,) = read("\n".join(" " * i + "a:" for i in range(2_000))).problems
    assert "nested deeper than 100 levels" in problem.message


def test_nesting_by_aliases_is_refused() -> None:
    lines = ["A0: &a0 [x]"] + [f"A{i}: &a{i} [*a{i - 1}]" for i in range(1, 5_000)]
    (problem,) = read("\n".join(lines)).problems
    assert "nested deeper than 100 levels" in problem.message


def test_an_alias_bomb_is_refused() -> None:
    lines = ["A0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"A{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 10)]
    (problem,) = read("\n".join(lines)).problems
    assert "aliases expanded" in problem.message


def test_plain_aliases_and_merge_keys_work() -> None:
    text = """
Resources:
  A:
    Type: AWS::EC2::Subnet
    Properties: &p
      CidrBlock: 10.0.0.0/24
      AvailabilityZone: &zone us-east-1a
  B:
    Type: AWS::EC2::Subnet
    Properties:
      <<: *p
      CidrBlock: 10.0.1.0/24
  C:
    Type: AWS::EC2::Subnet
    Properties:
      <<: [*p, {MapPublicIpOnLaunch: true}]
      AvailabilityZone: *zone
"""
    result = read(text)
    subnets = [(str(s.cidr), s.zone, s.public_ip_on_launch) for s in result.deployments[0].each(Subnet)]
    assert subnets == [
        ("10.0.0.0/24", "us-east-1a", None),
        ("10.0.1.0/24", "us-east-1a", None),
        ("10.0.0.0/24", "us-east-1a", True),
    ]
    assert not result.problems


def test_a_merge_of_no_mapping_is_a_problem() -> None:
    result = read("Resources:\n" + GOOD + "  Bad:\n    <<: text\n    Type: AWS::S3::Bucket\n")
    assert [p.message for p in result.problems] == ["the merge key `<<` takes a mapping"]


def test_keys_that_are_no_strings() -> None:
    names = ["1", "yes", "2010-09-09"]
    result = read("Resources:\n" + "".join(f"  {name}: {{Type: AWS::EC2::VPC}}\n" for name in names))
    assert [v.address for v in result.deployments[0].each(Vpc)] == names


def test_a_huge_scalar_is_only_a_string() -> None:
    text = f"Description: {'x' * 3_000_000}\nResources:\n{GOOD}"
    assert not read(text).problems
    number = f"Resources:\n  V: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: {'9' * 5000}}}}}\n"
    assert "a CIDR block belongs here" in read(number).problems[0].message


def test_references_in_a_circle_end() -> None:
    text = """
Resources:
  A: {Type: AWS::EC2::Subnet, Properties: {CidrBlock: !GetAtt B.CidrBlock}}
  B: {Type: AWS::EC2::Subnet, Properties: {CidrBlock: !GetAtt A.CidrBlock}}
  C: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref C}}
"""
    result = read(text)
    assert any("CidrBlock` depends on itself" in p.message for p in result.problems)
    assert all(isinstance(s.cidr, Unknown) for s in list(result.deployments[0].each(Subnet))[:2])


def test_a_long_chain_of_references_ends() -> None:
    start = "{Type: AWS::EC2::Subnet, Properties: {CidrBlock: "
    lines = [f"  S{i}: {start}!Sub '${{S{i + 1}.CidrBlock}}'}}}}" for i in range(2_000)]
    lines.append("  S2000: {Type: AWS::EC2::Subnet, Properties: {CidrBlock: 10.0.0.0/24}}")
    result = read("Resources:\n" + "\n".join(lines))
    assert any("the chain of references is longer than 40 steps" in p.message for p in result.problems)
    assert len(list(result.deployments[0].each(Subnet))) == 2_001
    assert str(list(result.deployments[0].each(Subnet))[1_990].cidr) == "10.0.0.0/24"


def test_references_that_multiply_end() -> None:
    def line(i: int) -> str:
        double = f"!Join ['', [!GetAtt S{i + 1}.CidrBlock, !GetAtt S{i + 1}.CidrBlock]]"
        return f"  S{i}: {{Type: AWS::EC2::Subnet, Properties: {{CidrBlock: {double}}}}}"

    text = "Resources:\n" + "\n".join(map(line, range(60)))
    text += "\n  S60: {Type: AWS::EC2::Subnet, Properties: {CidrBlock: 10.0.0.0/24}}"
    start = time.perf_counter()
    result = read(text)
    assert time.perf_counter() - start < 10
    subnets = list(result.deployments[0].each(Subnet))
    assert str(subnets[60].cidr) == "10.0.0.0/24"
    reasons = [subnets[i].cidr.reason for i in (0, 30)]  # type: ignore[union-attr]
    assert "the chain of references is longer than 40 steps" in reasons[0]
    assert "the string has more than 1,000,000 characters" in reasons[1]


def test_a_budget_ends_what_takes_too_long() -> None:
    problems: list[Problem] = []
    text = "Resources:\n" + GOOD
    stack = Loader(problems.append, Budget()).load(Path("t.yaml"), text, {})
    evaluator = Evaluator(problems.append, budget=Budget(1))
    value = evaluator.evaluate(stack.resources["Good"].node, stack)
    assert value == {"Type": "AWS::EC2::VPC", "Properties": Unknown(problems[0].message)}
    assert "takes more than" in problems[0].message


def test_loops_that_multiply_end() -> None:
    items = "[" + ",".join(f"a{i}" for i in range(100)) + "]"
    body = "'R${A}${B}${C}': {Type: AWS::EC2::VPC}"
    for variable in "CBA":
        body = f"'Fn::ForEach::{variable}': [{variable}, {items}, {{{body}}}]"
    result = read(f"Transform: AWS::LanguageExtensions\nResources: {{{body}}}")
    assert "its loops expand to more than" in result.problems[0].message
