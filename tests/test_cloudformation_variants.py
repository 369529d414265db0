"""Conditions of CloudFormation: a deployment per satisfiable combination of those that matter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sagemaker_netlint.network.topology import InterfaceOwner, Subnet
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Domain, NotebookInstance
from sagemaker_netlint.readers.cloudformation.reader import read_template
from sagemaker_netlint.readers.raw import ReadResult


def read(text: str, **parameters: Any) -> ReadResult:
    return read_template(Path("t.yaml"), parameters, text=text)


def access(result: ReadResult) -> dict[str, object]:
    """Return the notebook's internet access by variant; None where it doesn't exist."""
    found: dict[str, object] = {}
    for deployment in result.deployments:
        notebook = next(deployment.each(NotebookInstance), None)
        found[deployment.variant] = notebook.direct_internet_access if notebook else None
    assert len(found) == len(result.deployments)
    return found


def notebook(
    conditions: str, parameters: str, value: str = "!If [C, Disabled, Enabled]", more: str = ""
) -> str:
    return f"""
Parameters:
  Unused: {{Type: String, Default: x}}
{parameters}
Conditions:
  Unused: !Equals [!Ref Unused, y]
{conditions}
Resources:
  Notebook:
    Type: AWS::SageMaker::NotebookInstance
    Properties:
      DirectInternetAccess: {value}
      RoleArn: !If [Unused, a, b]
{more}
"""


ENV = "  Env: {Type: String, Default: dev}"
FREE = "  Env: {Type: String}"


def test_both_branches_are_read_and_the_default_comes_first() -> None:
    result = read(notebook("  C: !Equals [!Ref Env, prod]", ENV))
    assert list(access(result).items()) == [("C is false", "Enabled"), ("C is true", "Disabled")]
    result = read(notebook("  C: !Equals [dev, !Ref Env]", ENV))
    assert list(access(result).items()) == [("C is true", "Disabled"), ("C is false", "Enabled")]
    assert not result.problems


def test_a_given_parameter_decides() -> None:
    text = notebook("  C: !Equals [!Ref Env, prod]", FREE)
    assert access(read(text, Env="prod")) == {"": "Disabled"}
    assert access(read(text, Env="dev")) == {"": "Enabled"}


def test_a_literal_comparison_decides() -> None:
    assert access(read(notebook("  C: !Equals [a, a]", ENV))) == {"": "Disabled"}
    assert access(read(notebook("  C: !Equals [1, '1']", ENV))) == {"": "Disabled"}
    assert access(read(notebook("  C: !Equals [true, 'true']", ENV))) == {"": "Disabled"}


def test_conditions_of_what_is_not_read_make_no_variant() -> None:
    text = notebook(
        "  C: !Equals [!Ref Env, prod]", ENV, "Disabled", "  B: {Type: AWS::S3::Bucket, Condition: C}"
    )
    assert access(read(text)) == {"": "Disabled"}


def test_a_parameter_equals_one_literal_only() -> None:
    conditions = """
  IsProd: !Equals [!Ref Env, prod]
  IsTest: !Equals [!Ref Env, test]
  C: !And [!Condition IsProd, !Condition IsTest]
"""
    assert access(read(notebook(conditions, FREE))) == {"": "Enabled"}
    value = "!If [IsProd, !If [IsTest, impossible, Disabled], !If [IsTest, Enabled, '']]"
    assert access(read(notebook(conditions, FREE, value))) == {
        "IsProd is true, IsTest is false": "Disabled",
        "IsProd is false, IsTest is true": "Enabled",
        "IsProd is false, IsTest is false": "",
    }


def test_allowed_values_restrict() -> None:
    allowed = "  Env: {Type: String, AllowedValues: [dev, prod]}"
    conditions = """
  IsDev: !Equals [!Ref Env, dev]
  IsProd: !Equals [!Ref Env, prod]
  C: !Or [!Condition IsDev, !Condition IsProd]
"""
    assert access(read(notebook(conditions, allowed))) == {"": "Disabled"}
    assert access(read(notebook("  C: !Equals [!Ref Env, other]", allowed))) == {"": "Enabled"}


def test_the_variant_knows_the_parameter_it_takes_for_granted() -> None:
    conditions = "  C: !Equals [!Ref Env, prod]"
    value = "!If [C, !Ref Env, !Sub '${Env}!']"
    assert access(read(notebook(conditions, ENV, value))) == {"C is false": "dev!", "C is true": "prod"}
    default_is_prod = "  Env: {Type: String, Default: prod}"
    found = access(read(notebook(conditions, default_is_prod, value)))
    assert found["C is true"] == "prod"
    assert found["C is false"] == Unknown("parameter Env has a value here that is not its default", "${Env}!")
    two = "  Env: {Type: String, Default: prod, AllowedValues: [dev, prod]}"
    assert access(read(notebook(conditions, two, value)))["C is false"] == "dev!"


def test_values_that_decide_alike_are_one_variant() -> None:
    conditions = "  C: !Or [!Equals [!Ref Env, dev], !Equals [!Ref Env, test], !Equals [!Ref Env, lab]]"
    value = "!If [C, !Ref Env, Enabled]"
    assert access(read(notebook(conditions, ENV, value))) == {"C is true": "dev", "C is false": "Enabled"}
    found = access(read(notebook(conditions, FREE, value)))
    assert found["C is false"] == "Enabled"
    assert found["C is true"] == Unknown("parameter Env has no default", "${Env}")


def test_not_and_nested_conditions() -> None:
    conditions = """
  A: !Equals [!Ref Env, a]
  C: !Not [!Condition A]
"""
    assert access(read(notebook(conditions, FREE))) == {"C is true": "Disabled", "C is false": "Enabled"}
    long_form = "  C: {'Fn::Not': [{'Fn::Equals': [{Ref: Env}, '']}]}"
    assert set(access(read(notebook(long_form, FREE)))) == {"C is true", "C is false"}


def test_a_comparison_of_an_expression_is_open_and_consistent() -> None:
    parameters = "  Ids: {Type: CommaDelimitedList, Default: ''}"
    conditions = """
  C: !Not [!Equals [!Join ['', !Ref Ids], '']]
  Same: !Equals [!Join ['', !Ref Ids], '']
"""
    value = "!If [C, !If [Same, impossible, !Select [0, !Ref Ids]], none]"
    found = access(read(notebook(conditions, parameters, value)))
    assert list(found) == ["C is false, Same is true", "C is true, Same is false"]
    assert found["C is false, Same is true"] == "none"
    other = found["C is true, Same is false"]
    assert isinstance(other, Unknown)
    assert other.reason == "parameter Ids has a value here that is not its default"


def test_the_region_is_a_free_variable() -> None:
    text = notebook("  C: !Equals [!Ref AWS::Region, us-east-1]", "", "!If [C, !Ref AWS::Region, x]")
    assert access(read(text)) == {"C is true": "us-east-1", "C is false": "x"}
    assert access(read(text, **{"AWS::Region": "eu-west-1"})) == {"": "x"}


def test_two_parameters_may_be_equal() -> None:
    parameters = "  A: {Type: String}\n  B: {Type: String}"
    text = notebook(
        "  C: !Equals [!Ref A, !Ref B]\n  D: !Equals [!Ref A, !Ref A]",
        parameters,
        "!If [C, a, !If [D, b, c]]",
    )
    assert access(read(text)) == {"C is true": "a", "C is false": "b"}


def test_a_resource_whose_condition_is_false_is_absent() -> None:
    text = """
Parameters: {Vpc: {Type: String, Default: "no"}}
Conditions: {InVpc: !Equals [!Ref Vpc, "yes"]}
Resources:
  Subnet: {Type: AWS::EC2::Subnet, Condition: InVpc, Properties: {CidrBlock: 10.0.0.0/24}}
  Notebook:
    Type: AWS::SageMaker::NotebookInstance
    Properties:
      SubnetId: !If [InVpc, !Ref Subnet, !Ref "AWS::NoValue"]
  Broken:
    Type: AWS::SageMaker::NotebookInstance
    Properties: {SubnetId: !Ref Subnet}
"""
    without, within = read(text).deployments
    assert (without.variant, within.variant) == ("InVpc is false", "InVpc is true")
    assert [s.address for s in within.each(Subnet)] == ["Subnet"]
    assert not list(without.each(Subnet))
    outside, broken = without.each(NotebookInstance)
    assert outside.subnet is None
    assert broken.subnet == Unknown("`Subnet` is not created when InVpc is false", "${Subnet}")
    assert isinstance(within.find(Subnet, next(within.each(NotebookInstance)).subnet), Subnet)


def test_a_condition_matters_by_reference() -> None:
    text = """
Parameters: {Cidr: {Type: String, Default: small}}
Conditions: {Large: !Equals [!Ref Cidr, large]}
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: !If [Large, 10.0.0.0/16, 10.0.0.0/24]}
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: {CidrBlock: !GetAtt Vpc.CidrBlock}
"""
    result = read(text)
    assert [str(next(d.each(Subnet)).cidr) for d in result.deployments] == ["10.0.0.0/24", "10.0.0.0/16"]


def test_allowed_values_without_a_default_are_tried_where_they_are_read() -> None:
    text = """
Parameters:
  Access: {Type: String, AllowedValues: [VpcOnly, PublicInternetOnly]}
  Size: {Type: String, AllowedValues: [small, large]}
Resources:
  Domain:
    Type: AWS::SageMaker::Domain
    Properties: {AppNetworkAccessType: !Ref Access, AuthMode: !Ref Size}
"""
    found = {d.variant: next(d.each(Domain)).app_network_access_type for d in read(text).deployments}
    assert found == {"Access is VpcOnly": "VpcOnly", "Access is PublicInternetOnly": "PublicInternetOnly"}
    assert [d.variant for d in read(text, Access="VpcOnly").deployments] == [""]


def test_allowed_values_of_a_list_are_items_and_not_tried() -> None:
    text = """
Parameters: {Groups: {Type: CommaDelimitedList, AllowedValues: [sg-1, sg-2]}}
Resources:
  N: {Type: AWS::SageMaker::NotebookInstance, Properties: {SecurityGroupIds: !Ref Groups}}
"""
    (deployment,) = read(text).deployments
    assert isinstance(next(deployment.each(NotebookInstance)).security_groups, Unknown)


def test_more_combinations_than_the_bound_are_undecided_and_said() -> None:
    names = [f"P{i}" for i in range(8)]
    parameters = "\n".join(f"  {n}: {{Type: String}}" for n in names)
    conditions = "\n".join(f"  C{n}: !Equals [!Ref {n}, x]" for n in names) + "\n  Fixed: !Equals [a, b]"
    value = "x"
    for name in names:
        value = f"!If [C{name}, {name}, {value}]"
    more = "  Never: {Type: AWS::SageMaker::NotebookInstance, Condition: Fixed}"
    result = read(notebook(conditions, parameters, value, more))
    assert len(result.deployments) == 1
    (notebook_instance,) = result.deployments[0].each(NotebookInstance)
    assert notebook_instance.direct_internet_access == Unknown("condition CP7 is not known", "${CP7}")
    (problem,) = result.problems
    assert "have over 64 combinations" in problem.message
    assert problem.location.line > 1


def test_what_only_holds_addresses_makes_no_combinations_beyond_the_bound() -> None:
    """Eight mount targets that each may exist: no problem, and each of them says when it does."""
    names = [f"P{i}" for i in range(8)]
    parameters = "\n".join(f"  {n}: {{Type: String}}" for n in names)
    conditions = "\n".join(f"  C{n}: !Equals [!Ref {n}, x]" for n in names)
    targets = "\n".join(
        f"  F{n}: {{Type: AWS::EFS::MountTarget, Condition: C{n}, Properties: {{SubnetId: s}}}}"
        for n in names
    )
    result = read(notebook(conditions, parameters, "Disabled", targets))
    assert result.problems == []
    (deployment,) = result.deployments
    assert [owner.when for owner in deployment.each(InterfaceOwner)] == [f"C{n} is true" for n in names]
    few = read(notebook(conditions, parameters, "!If [CP0, Enabled, Disabled]", targets.splitlines()[1]))
    assert len(few.deployments) == 4
    assert {owner.when for d in few.deployments for owner in d.each(InterfaceOwner)} == {""}


def test_64_combinations_are_within_the_bound() -> None:
    names = [f"P{i}" for i in range(6)]
    parameters = "\n".join(f"  {n}: {{Type: String}}" for n in names)
    conditions = "\n".join(f"  C{n}: !Equals [!Ref {n}, x]" for n in names)
    value = "!Join ['', [" + ", ".join(f"!If [C{n}, y, n]" for n in names) + "]]"
    found = access(read(notebook(conditions, parameters, value)))
    assert len(set(map(str, found.values()))) == 64


def test_defects_of_conditions_are_problems() -> None:
    def messages(conditions: str, value: str = "!If [C, a, b]") -> list[str]:
        return [p.message for p in read(notebook(conditions, ENV, value)).problems]

    assert messages("  C: !Not [!Condition C]") == ["condition `C` depends on itself"]
    assert messages("  C: !Condition D\n  D: !Condition C")[0].endswith("depends on itself")
    assert messages("  C: !Condition Missing") == ["the template declares no condition `Missing`"]
    assert messages("  C: !Equals [a]") == ["`Fn::Equals` takes two values"]
    assert messages("  C: !Equals [!Ref Missing, a]") == [
        "the template declares no parameter or resource `Missing`"
    ]
    assert "a condition takes" in messages("  C: [a]")[0]
    assert messages("  C: !And a") == ["a condition's function takes a list"]
    assert messages("", "!If [Missing, a, b]") == ["the template declares no condition `Missing`"]
    missing = "Resources:\n  N: {Type: AWS::SageMaker::NotebookInstance, Condition: Missing}"
    assert [p.message for p in read(missing).problems] == ["the template declares no condition `Missing`"]


def test_a_long_chain_of_conditions_ends() -> None:
    chain = "\n".join(f"  C{i}: !Condition C{i + 1}" for i in range(2000)) + "\n  C2000: !Equals [a, a]"
    result = read(notebook(chain, ENV, "!If [C0, a, b]"))
    assert any("chain of conditions is longer" in p.message for p in result.problems)
    assert result.deployments
