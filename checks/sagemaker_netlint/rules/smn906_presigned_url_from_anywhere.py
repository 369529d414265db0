"""SMN906 presigned-url-from-anywhere: a principal that gets URLs into Studio or a notebook anywhere.

Whoever has the URL is in. A condition on where the request comes from keeps it within the owner's network.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, undecided, violation
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.iam.answers import answers_about
from sagemaker_netlint.network.iam.questions import PRESIGNED, from_anywhere, listed
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.iam_verdicts import SUBJECTS, asked, place
from sagemaker_netlint.rules.rule import Rule

_FIX = (
    'add {"Effect": "Deny", "Action": ["sagemaker:CreatePresignedDomainUrl",'
    ' "sagemaker:CreatePresignedNotebookInstanceUrl"], "Resource": "*",'
    ' "Condition": {"StringNotEquals": {"aws:SourceVpce": "<id of your endpoint for sagemaker.api>"}}}'
)


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every principal, and every policy that nobody in sight has."""
    for permissions in asked(deployment):
        context = from_anywhere(permissions.policies.documents())
        answers = answers_about(permissions, PRESIGNED, context)
        if answers.open:
            subject, field, chain = place(permissions, next(iter(answers.open.values())))
            passes = "passes" if len(answers.open) == 1 else "pass"
            message = f"{listed(answers.open)} {passes} from any address on the internet, outside of any VPC"
            yield violation(subject, field, message, fix=_FIX, chain=chain)
        elif answers.unsettled:
            reason = next(iter(answers.unsettled.values())).reason
            message = f"{listed(answers.unsettled)} may pass from any address on the internet: {reason}"
            yield undecided(permissions.subject, permissions.field, message, fix=_FIX)


RULE = Rule(
    id="SMN906",
    name="presigned-url-from-anywhere",
    title="Principal that may ask for presigned URLs from anywhere",
    severity=Severity.MEDIUM,
    since="0.1.0",
    subjects=SUBJECTS,
    references=(
        "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreatePresignedDomainUrl.html",
        "https://docs.aws.amazon.com/sagemaker/latest/dg/security_iam_id-based-policy-examples.html",
    ),
    check=check,
)
