"""SMN501 subnet-too-small: the subnets have fewer addresses than the expected use needs.

A subnet can't grow. When it is full, apps, jobs and endpoints don't start, and it must be replaced, often
with the domain. The expected use is the policy's `workload`; declared jobs and interfaces count themselves.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.capacity.forecast import full_month
from sagemaker_netlint.capacity.model import Estate
from sagemaker_netlint.capacity.verdicts import Outcome, in_total, per_subnet
from sagemaker_netlint.findings import Severity, Verdict
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.capacity_verdicts import SUBJECTS, estates, open_question, short
from sagemaker_netlint.rules.rule import Rule


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:
    """Judge the subnets that share demand, together: the demand at the horizon, in total and in each."""
    for estate in estates(deployment, policy):
        month = estate.horizon_months
        answers = in_total(estate, month), per_subnet(estate, month)
        wrong = next((answer for answer in answers if answer.outcome is Outcome.SHORT), None)
        doubtful = next((answer for answer in answers if answer.outcome is Outcome.UNDECIDED), None)
        if wrong is not None:
            yield from short(estate, wrong, month, after=_growth(estate, month))
        elif doubtful is not None:
            yield from open_question(estate, doubtful, month)


def _growth(estate: Estate, month: int) -> str:
    """Say when growth fills the subnets, where they suffice today."""
    full = full_month(estate, month)
    return f"it fits today, and is full in month {full} of {month}" if full else ""


RULE = Rule(
    id="SMN501",
    name="subnet-too-small",
    title="Subnets with fewer addresses than the expected use needs",
    severity=Severity.HIGH,
    since="0.1.0",
    subjects=SUBJECTS,
    references=(
        "https://docs.aws.amazon.com/whitepapers/latest/sagemaker-studio-admin-best-practices/network-management.html",
        "https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html",
    ),
    check=check,
)
