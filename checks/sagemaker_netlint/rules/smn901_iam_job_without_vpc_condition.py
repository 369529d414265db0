"""SMN901 iam-job-without-vpc-condition: a principal that may start jobs outside of any VPC.

Likewise models, domains and notebook instances. Most jobs are started by code and stand in no template, so
IAM alone can hold them: a condition on `sagemaker:VpcSubnets`, a Deny, or a permissions boundary.
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
    yield from judge(deployment, policy, Topic.VPC)


RULE = Rule(
    id="SMN901",
    name="iam-job-without-vpc-condition",
    title="Principal that may create jobs and models without a VPC",
    severity=Severity.MEDIUM,
    since="0.1.0",
    subjects=SUBJECTS,
    references=(
        "https://docs.aws.amazon.com/sagemaker/latest/dg/security_iam_id-based-policy-examples.html",
        "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemakerai.html",
    ),
    check=check,
)
