"""SMN502 capacity-lost-with-zone: when one zone is lost, the rest has too few addresses.

Apps and jobs of the lost zone are started again in the others, which need room for them.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.capacity.verdicts import Outcome, without_a_zone
from sagemaker_netlint.findings import Severity, Verdict
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.capacity_verdicts import SUBJECTS, estates, open_question, short
from sagemaker_netlint.rules.rule import Rule


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:
    """Judge the subnets that share demand, together, without each zone in turn, at the horizon."""
    for estate in estates(deployment, policy):
        month = estate.horizon_months
        answer = without_a_zone(estate, month)
        if answer.outcome is Outcome.SHORT:
            yield from short(estate, answer, month)
        elif answer.outcome is Outcome.UNDECIDED:
            yield from open_question(estate, answer, month)


RULE = Rule(
    id="SMN502",
    name="capacity-lost-with-zone",
    title="Too few addresses when a zone is lost",
    severity=Severity.MEDIUM,
    since="0.1.0",
    subjects=SUBJECTS,
    references=(
        "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_fault_isolation_multiaz_region_system.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html",
    ),
    check=check,
)
