"""SMN804 workload-group-open-egress: a security group of a workload that lets traffic out to everywhere.

Where the policy forbids the internet, the group is the last thing that holds traffic back when somebody adds
a route to it. A group without outbound rules of its own keeps the one that EC2 makes: all traffic, anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Step, Verdict, seen, undecided, violation
from sagemaker_netlint.network.attachments import used_groups
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.exposure import open_ranges, traffic, unknown_source
from sagemaker_netlint.network.topology import SecurityGroup
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.existing import DEPENDENTS, at_dependent
from sagemaker_netlint.rules.rule import Rule

_FIELD = "inline_egress"
_FIX = "write egress rules for what must be reached: endpoint groups, private ranges, the prefix list of S3"


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:
    """Judge every security group that a workload uses, where the internet is forbidden."""
    for group, use in () if policy.egress.internet_allowed else used_groups(deployment):
        verdict = _judge(deployment, group, seen(use.workload, f"uses `{group.address}`", use.field))
        if verdict is not None:
            yield at_dependent(deployment, verdict, use.workload, use.field)


def _judge(deployment: Deployment, group: SecurityGroup, use: Step) -> Verdict | None:
    rules = deployment.egress_of(group)
    known = [rule for rule in rules if not isinstance(rule, Unknown)]
    found = [(rule, " and ".join(ranges)) for rule in known if (ranges := open_ranges(rule))]
    if found:
        kept = group.keeps_default_egress and group.inline_egress in (None, ())
        own = ", since it has no egress rules of its own" if kept else ""
        allowed = "; ".join(f"{traffic(rule)} to {ranges}" for rule, ranges in found) + own
        links = (seen(rule, f"allows {traffic(rule)} to {ranges}", "sources") for rule, ranges in found)
        return violation(group, _FIELD, f"allows {allowed}", fix=_FIX, chain=(use, *links))
    for rule in rules:
        doubt = unknown_source(rule)
        if doubt is not None:
            message = f"whether it allows traffic to every address is not known: {doubt.reason}"
            return undecided(group, _FIELD, message, fix=_FIX, chain=(use,))
    return None


RULE = Rule(
    id="SMN804",
    name="workload-group-open-egress",
    title="Security group of a SageMaker workload open to the internet",
    severity=Severity.MEDIUM,
    since="0.1.0",
    subjects=(SecurityGroup,),
    stand_ins=DEPENDENTS,
    references=("https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",),
    check=check,
)
