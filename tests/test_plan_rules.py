"""SMN107 and SMN407: what a plan does to domains and models that exist."""

from __future__ import annotations

from typing import Any

import pytest

from sagemaker_netlint.findings import Outcome, Verdict
from sagemaker_netlint.network.declared import Action, Location, PlannedChange
from sagemaker_netlint.network.deployment import Deployment, Language
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Domain, Model
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.rule import Rule
from sagemaker_netlint.rules.smn107_domain_network_replaced import RULE as SMN107
from sagemaker_netlint.rules.smn407_model_network_change_not_applied import RULE as SMN407

PLACE = Location("tfplan.json", 1, 1)
UNKNOWN = Unknown("`terraform_data.lookup.output` is known after apply")


def verdicts(rule: Rule, component: Domain | Model) -> list[Verdict]:
    deployment = Deployment(Language.TERRAFORM_PLAN, "tfplan.json", (component,))
    return list(rule.check(deployment, Policy("test")))


def domain(action: Action, *, changed: set[str] | None = None, forced: set[str] | None = None) -> Domain:
    change = PlannedChange(action, frozenset(changed or ()), frozenset(forced or ()))
    return Domain(address="d", type="aws_sagemaker_domain", identity="@d", location=PLACE, change=change)


def model(action: Action, changed: set[str], **values: Any) -> Model:
    change = PlannedChange(action, frozenset(changed))
    return Model(
        address="m", type="aws_sagemaker_model", identity="@m", location=PLACE, change=change, **values
    )


@pytest.mark.parametrize("rule", [SMN107, SMN407], ids=lambda rule: rule.id)
def test_they_judge_plans_only(rule: Rule) -> None:
    assert rule.languages == {Language.TERRAFORM_PLAN}


@pytest.mark.parametrize("field", ["vpc", "subnets", "domain_security_groups"])
def test_a_domain_that_its_network_replaces_is_a_violation(field: str) -> None:
    (verdict,) = verdicts(SMN107, domain(Action.REPLACE, changed={field}, forced={field}))
    assert verdict.outcome is Outcome.VIOLATION
    assert verdict.field == field
    assert "deleted and made anew" in verdict.message


def test_all_causes_are_named_once() -> None:
    (verdict,) = verdicts(SMN107, domain(Action.REPLACE, forced={"vpc", "subnets"}))
    assert "because its VPC and subnets changed" in verdict.message


def test_another_cause_beside_the_network_does_not_hide_it() -> None:
    (verdict,) = verdicts(SMN107, domain(Action.REPLACE, forced={"auth_mode", "subnets"}))
    assert verdict.outcome is Outcome.VIOLATION


def test_a_replacement_without_a_named_cause_is_undecided_where_the_network_changes() -> None:
    (verdict,) = verdicts(SMN107, domain(Action.REPLACE, changed={"subnets", "home_efs"}))
    assert verdict.outcome is Outcome.UNDECIDED


@pytest.mark.parametrize(
    "component",
    [
        domain(Action.REPLACE),
        domain(Action.REPLACE, changed={"user_security_groups"}),
        domain(Action.REPLACE, changed={"subnets"}, forced={"home_efs"}),
        domain(Action.REPLACE, forced={"user_security_groups"}),
        domain(Action.UPDATE, changed={"subnets"}),
        domain(Action.CREATE),
        domain(Action.DELETE),
        domain(Action.NONE),
        Domain(address="d", type="aws_sagemaker_domain", identity="@d", location=PLACE),
    ],
    ids=range(9),
)
def test_what_smn107_lets_pass(component: Domain) -> None:
    assert verdicts(SMN107, component) == []


def test_subnets_and_groups_of_a_model_are_one_violation() -> None:
    changed = {"subnets", "security_groups"}
    (verdict,) = verdicts(SMN407, model(Action.UPDATE, changed, subnets=("a",), security_groups=("b",)))
    assert verdict.outcome is Outcome.VIOLATION
    assert "its subnets and security groups change in place" in verdict.message


def test_a_model_value_that_is_not_known_is_undecided() -> None:
    (verdict,) = verdicts(SMN407, model(Action.UPDATE, {"subnets"}, subnets=UNKNOWN))
    assert verdict.outcome is Outcome.UNDECIDED
    assert UNKNOWN.reason in verdict.message


def test_an_open_item_leaves_a_model_undecided() -> None:
    (verdict,) = verdicts(SMN407, model(Action.UPDATE, {"subnets"}, subnets=("a", UNKNOWN)))
    assert verdict.outcome is Outcome.UNDECIDED


def test_a_certain_change_beside_an_open_one_is_a_violation() -> None:
    changed = {"subnets", "security_groups"}
    (verdict,) = verdicts(SMN407, model(Action.UPDATE, changed, subnets=UNKNOWN, security_groups=("b",)))
    assert (verdict.outcome, verdict.field) == (Outcome.VIOLATION, "security_groups")


@pytest.mark.parametrize("action", [Action.CREATE, Action.REPLACE, Action.DELETE, Action.NONE])
def test_only_an_update_of_a_model_counts(action: Action) -> None:
    assert verdicts(SMN407, model(action, {"subnets"}, subnets=("a",))) == []


def test_an_update_of_a_model_beside_its_network_passes() -> None:
    assert verdicts(SMN407, model(Action.UPDATE, {"network_isolation"}, subnets=("a",))) == []
