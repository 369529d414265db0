"""SMN905 iam-guardrail-bypassed: a statement that is there to stop a request, and lets it pass.

A guardrail that doesn't guard is worse than none, since everybody believes that the matter is settled.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.iam.identities import IdentityPolicy, Principal, ServiceControlPolicy
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.guard_verdicts import judge_guards
from sagemaker_netlint.rules.rule import Rule

_GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies"


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every policy document that holds a guard."""
    yield from judge_guards(deployment)


RULE = Rule(
    id="SMN905",
    name="iam-guardrail-bypassed",
    title="IAM guardrail that lets through what it should stop",
    severity=Severity.HIGH,
    since="0.1.0",
    subjects=(Principal, IdentityPolicy, ServiceControlPolicy),
    references=(
        f"{_GUIDE}_condition-single-vs-multi-valued-context-keys.html",
        f"{_GUIDE}_elements_condition_operators.html",
        "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemakerai.html",
    ),
    check=check,
)
