"""What must hold for any input: form and order change no verdict, and no input ends in an exception."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sagemaker_netlint.engine import judge
from sagemaker_netlint.policy_file import load_policy
from sagemaker_netlint.readers.cloudformation.reader import read_template
from sagemaker_netlint.readers.terraform.plan import read_plan
from sagemaker_netlint.rules.catalogue import ALL_RULES

REGULATED = load_policy("regulated")
QUICK = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])

# -- strategies ------------------------------------------------------------------------------------

_ACCESS = st.sampled_from(["Enabled", "Disabled", {"Ref": "Access"}, {"Ref": "AWS::NoValue"}])
_SUBNET = st.sampled_from(
    [{"Ref": "SubnetA"}, {"Ref": "SubnetB"}, {"Fn::ImportValue": "subnet"}, {"Ref": "AWS::NoValue"}]
)
_NOTEBOOK = st.fixed_dictionaries(
    {},
    optional={
        "DirectInternetAccess": _ACCESS,
        "SubnetId": _SUBNET,
        "SecurityGroupIds": st.lists(st.just({"Ref": "Group"}), max_size=2),
    },
)
_DOMAIN = st.fixed_dictionaries(
    {"VpcId": st.just({"Ref": "Vpc"})},
    optional={
        "AppNetworkAccessType": st.sampled_from(["VpcOnly", "PublicInternetOnly", {"Ref": "Mode"}]),
        "SubnetIds": st.lists(_SUBNET, max_size=3),
        "DefaultUserSettings": st.fixed_dictionaries(
            {}, optional={"SecurityGroups": st.lists(st.just({"Ref": "Group"}), max_size=1)}
        ),
    },
)


def _resource(kind: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"Type": kind, "Properties": dict(properties)}


@st.composite
def _templates(draw: st.DrawFn) -> dict[str, Any]:
    resources: dict[str, Any] = {
        "Vpc": _resource("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"}),
        "Group": _resource("AWS::EC2::SecurityGroup", {"VpcId": {"Ref": "Vpc"}}),
    }
    for name, block, zone in (("SubnetA", "10.0.0.0/24", "a"), ("SubnetB", "10.0.1.0/28", "b")):
        subnet = {"VpcId": {"Ref": "Vpc"}, "CidrBlock": block, "AvailabilityZone": f"eu-west-1{zone}"}
        resources[name] = _resource("AWS::EC2::Subnet", subnet)
    for index, properties in enumerate(draw(st.lists(_NOTEBOOK, max_size=3))):
        resources[f"Notebook{index}"] = _resource("AWS::SageMaker::NotebookInstance", properties)
    for index, properties in enumerate(draw(st.lists(_DOMAIN, max_size=2))):
        resources[f"Domain{index}"] = _resource("AWS::SageMaker::Domain", properties)
    names = draw(st.permutations(sorted(resources)))
    parameters = {"Access": {"Type": "String"}, "Mode": {"Type": "String"}}
    return {"Parameters": parameters, "Resources": {name: resources[name] for name in names}}


def _verdicts(text: str, name: str = "t.template") -> set[tuple[str, ...]]:
    result = read_template(Path(name), text=text)
    assert not result.problems
    findings = judge(result.deployments, REGULATED, ALL_RULES).findings
    return {(f.rule_id, f.subject, f.outcome.value, f.message, f.when) for f in findings}


# -- form and order --------------------------------------------------------------------------------


@QUICK
@given(_templates())
def test_yaml_and_json_get_the_same_verdicts(template: dict[str, Any]) -> None:
    assert _verdicts(json.dumps(template, indent=1)) == _verdicts(yaml.safe_dump(template, sort_keys=False))


@QUICK
@given(_templates())
def test_the_order_of_declaration_changes_no_verdict(template: dict[str, Any]) -> None:
    in_order = {**template, "Resources": dict(sorted(template["Resources"].items()))}
    assert _verdicts(json.dumps(template)) == _verdicts(json.dumps(in_order))


@QUICK
@given(_templates())
def test_logical_names_change_no_verdict(template: dict[str, Any]) -> None:
    text = json.dumps(template)
    renamed = text
    for name in template["Resources"]:
        renamed = renamed.replace(f'"{name}"', f'"{name}X"')
    expected = {(rule, f"{subject}X", outcome) for rule, subject, outcome, _, _ in _verdicts(text)}
    assert {(rule, subject, outcome) for rule, subject, outcome, _, _ in _verdicts(renamed)} == expected


@QUICK
@given(_templates())
def test_a_deployment_that_is_known_to_the_last_value_is_decided(template: dict[str, Any]) -> None:
    given_values = {"Access": "Disabled", "Mode": "VpcOnly"}
    text = json.dumps(template).replace('{"Fn::ImportValue": "subnet"}', '{"Ref": "SubnetA"}')
    result = read_template(Path("t.template"), given_values, text=text)
    findings = judge(result.deployments, REGULATED, ALL_RULES).findings
    assert [f for f in findings if f.outcome.value == "undecided"] == []


# -- any input at all ------------------------------------------------------------------------------

_KEYS = st.sampled_from(
    ["Resources", "Type", "Properties", "Fn::If", "Fn::Sub", "Ref", "Fn::Select", "Conditions", "VpcId", "A"]
)
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 9)
    | st.text(max_size=6)
    | st.sampled_from(["A", "AWS::EC2::VPC"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=25,
)


@QUICK
@given(_JSON)
def test_no_template_ends_in_an_exception(content: Any) -> None:
    text = json.dumps({"Resources": content, "Conditions": {"C": content}, "Mappings": content})
    result = read_template(Path("t.template"), text=text)
    assert result.problems or len(result.deployments) >= 1
    assert not judge(result.deployments, REGULATED, ALL_RULES).failures


@QUICK
@given(st.text())
def test_no_text_ends_in_an_exception(text: str) -> None:
    result = read_template(Path("t.template"), text=text)
    assert result.problems or result.deployments
    plan = read_plan(Path("plan.json"), text=text)
    assert plan.problems or plan.deployments


@QUICK
@given(_JSON, _JSON)
def test_no_plan_ends_in_an_exception(values: Any, configuration: Any) -> None:
    plan = {
        "format_version": "1.2",
        "planned_values": {"root_module": values},
        "resource_changes": [],
        "configuration": {"root_module": configuration},
    }
    result = read_plan(Path("plan.json"), text=json.dumps(plan))
    assert result.problems or result.deployments
    assert not judge(result.deployments, REGULATED, ALL_RULES).failures
