"""SMN504 capacity-exhausted-before-horizon: the subnets suffice today, and growth fills them in time.

Advisory: it names the month, so that larger subnets can be planned before apps fail to start.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.capacity.forecast import full_month
from sagemaker_netlint.capacity.verdicts import Outcome, in_total, per_subnet
from sagemaker_netlint.findings import Severity, Verdict
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.capacity_verdicts import SUBJECTS, estates, open_question, short
from sagemaker_netlint.rules.rule import Rule


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:
    """Judge the subnets that share demand, together: month by month up to the horizon."""
    for estate in estates(deployment, policy):
        if not estate.grows:
            continue
        horizon = estate.horizon_months
        full = full_month(estate, horizon)
        if full:
            answers = in_total(estate, full), per_subnet(estate, full)
            wrong = next(answer for answer in answers if answer.outcome is Outcome.SHORT)
            before = f"fits today, and is full before the horizon of {horizon} months: "
            yield from short(estate, wrong, full, before=before, until=horizon)
        elif full is None:
            for answer in (in_total(estate, horizon), per_subnet(estate, horizon)):
                if answer.outcome is Outcome.UNDECIDED:
                    yield from open_question(estate, answer, horizon)
                    break


RULE = Rule(
    id="SMN504",
    name="capacity-exhausted-before-horizon",
    title="Growth fills the subnets before the horizon",
    severity=Severity.INFO,
    since="0.1.0",
    subjects=SUBJECTS,
    references=("https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html",),
    check=check,
)
