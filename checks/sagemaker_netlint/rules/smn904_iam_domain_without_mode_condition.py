"""SMN904 iam-domain-without-mode-condition: a principal that may make or turn a Studio domain public.

PublicInternetOnly is the service's default, and an update may turn a domain back to it.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.iam.questions import Topic
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.iam_verdicts import SUBJECTS, judge
from sagemaker_netlint.rules.rule import Rule


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:
    """Judge every principal, and every policy that nobody in sight has."""
    yield from judge(deployment, policy, Topic.MODE)


RULE = Rule(
    id="SMN904",
    name="iam-domain-without-mode-condition",
    title="Principal that may create or update domains in public network mode",
    severity=Severity.MEDIUM,
    since="0.1.0",
    subjects=SUBJECTS,
    references=(
        "https://docs.aws.amazon.com/sagemaker/latest/dg/security_iam_id-based-policy-examples.html",
        "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemakerai.html",
    ),
    check=check,
)
