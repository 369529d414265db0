"""The engine: verdicts of variants merge into one finding that says when it holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from sagemaker_netlint.engine import judge
from sagemaker_netlint.findings import Severity, Verdict, violation
from sagemaker_netlint.network.declared import Location, Suppression
from sagemaker_netlint.network.deployment import Deployment, Language
from sagemaker_netlint.network.topology import Subnet
from sagemaker_netlint.network.workloads import NotebookInstance
from sagemaker_netlint.policy import Policy, RuleSetting
from sagemaker_netlint.rules.rule import Rule

PLACE = Location("t.template", 3, 9)


def _notebook(subnet: str | None, *suppressions: Suppression) -> NotebookInstance:
    return NotebookInstance(
        address="Notebook",
        type="AWS::SageMaker::NotebookInstance",
        identity="n",
        location=PLACE,
        subnet=subnet,
        suppressions=suppressions,
    )


def _check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    for notebook in deployment.each(NotebookInstance):
        if notebook.subnet is None:
            yield violation(notebook, "subnet", "no subnet", fix="set it")


def _raise(_deployment: Deployment, _policy: Policy) -> Iterator[Verdict]:
    raise KeyError("x")


def _rule(check: object = _check) -> Rule:
    return Rule(
        id="SMN202",
        name="n",
        title="t",
        severity=Severity.HIGH,
        since="0",
        subjects=(NotebookInstance,),
        check=check,  # type: ignore[arg-type] # one of the two above
    )


def _variant(*conditions: str, subnet: str | None = None, present: bool = True) -> Deployment:
    components = (_notebook(subnet),) if present else ()
    return Deployment(Language.CLOUDFORMATION, "t.template", components, conditions)


POLICY = Policy("test", {"SMN202": RuleSetting()})


@pytest.mark.parametrize(
    ("variants", "when"),
    [
        pytest.param([_variant()], "", id="the only variant"),
        pytest.param([_variant("A is true"), _variant("A is false")], "", id="in all variants"),
        pytest.param(
            [_variant("A is true"), _variant("A is false", present=False)], "", id="wherever it exists"
        ),
        pytest.param(
            [_variant("A is true"), _variant("A is false", subnet="s")], "A is true", id="in one of two"
        ),
        pytest.param(
            [
                _variant("New is true", "Prod is false", "Dev is true"),
                _variant("New is false", "Prod is false", "Dev is true"),
                _variant("New is true", "Prod is true", "Dev is false", subnet="s"),
                _variant("New is false", "Prod is true", "Dev is false", subnet="s"),
            ],
            "Prod is false",
            id="the one condition that decides",
        ),
        pytest.param(
            [
                _variant("A is true", "B is true"),
                _variant("A is true", "B is false", subnet="s"),
                _variant("A is false", "B is true", subnet="s"),
            ],
            "A is true, B is true",
            id="two conditions together",
        ),
        pytest.param(
            [
                _variant("A is true", "B is true"),
                _variant("A is true", "B is false", subnet="s"),
                _variant("A is false", "B is true", subnet="s"),
                _variant("A is false", "B is false"),
            ],
            "A is true, B is true; or A is false, B is false",
            id="either of two",
        ),
    ],
)
def test_a_finding_says_when_it_holds(variants: list[Deployment], when: str) -> None:
    (finding,) = judge(variants, POLICY, [_rule()]).findings
    assert finding.when == when


def test_a_rule_that_raises_is_a_failure_and_the_other_rules_go_on() -> None:
    judgement = judge([_variant()], POLICY, [_rule(_raise), _rule()])
    assert [(f.rule_id, f.error) for f in judgement.failures] == [("SMN202", "KeyError: 'x'")]
    assert len(judgement.findings) == 1


def test_a_disabled_rule_judges_nothing() -> None:
    judgement = judge([_variant()], Policy("test"), [_rule()])
    assert not judgement.findings
    assert not judgement.judged


def test_an_ignore_beside_the_subject_marks_the_finding_and_does_not_hide_it() -> None:
    ignore = Suppression("SMN2", "approved", PLACE)
    deployment = Deployment(Language.CLOUDFORMATION, "t", (_notebook(None, ignore),))
    (finding,) = judge([deployment], POLICY, [_rule()]).findings
    assert finding.suppressed == ignore


def test_the_policy_sets_the_severity() -> None:
    policy = Policy("test", {"SMN202": RuleSetting(severity=Severity.LOW)})
    (finding,) = judge([_variant()], policy, [_rule()]).findings
    assert finding.severity is Severity.LOW


def test_a_stand_in_is_judged_only_where_it_gets_a_verdict() -> None:
    rule = replace(_rule(), subjects=(Subnet,), stand_ins=(NotebookInstance,))
    assert judge([_variant(subnet="s")], POLICY, [rule]).judged == {"SMN202": set()}
    variants = [_variant("A is true"), _variant("A is false", present=False)]
    judgement = judge(variants, POLICY, [rule])
    assert judgement.judged == {"SMN202": {("t.template", "Notebook")}}
    assert [finding.when for finding in judgement.findings] == [""], "wherever it exists"
