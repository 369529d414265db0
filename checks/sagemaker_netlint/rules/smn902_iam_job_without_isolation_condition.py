"""SMN902 iam-job-without-isolation-condition: a principal that may start jobs that aren't isolated.

Likewise jobs of which the traffic between instances isn't encrypted. Both are settings of the request, so
whoever starts the job decides, unless a policy asks for them.
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
    yield from judge(deployment, policy, Topic.ISOLATION, Topic.ENCRYPTION)


RULE = Rule(
    id="SMN902",
    name="iam-job-without-isolation-condition",
    title="Principal that may create jobs without network isolation or traffic encryption",
    severity=Severity.MEDIUM,
    since="0.1.0",
    subjects=SUBJECTS,
    references=(
        "https://docs.aws.amazon.com/sagemaker/latest/dg/security_iam_id-based-policy-examples.html",
        "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemakerai.html",
    ),
    check=check,
)
