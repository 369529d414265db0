"""SMN801 workload-group-open-ingress: a security group of a SageMaker workload that admits everybody.

No workload of SageMaker serves callers from everywhere on its interface in the VPC: users come over the
service's own front door, and the interfaces talk to each other, to endpoints and to file systems.
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

_FIELD = "inline_ingress"
_FIX = "replace the open range by the security groups or the private ranges that must connect"


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every security group that a workload uses."""
    for group, use in used_groups(deployment):
        verdict = _judge(deployment, group, seen(use.workload, f"uses `{group.address}`", use.field))
        if verdict is not None:
            yield at_dependent(deployment, verdict, use.workload, use.field)


def _judge(deployment: Deployment, group: SecurityGroup, use: Step) -> Verdict | None:
    rules = deployment.ingress_of(group)
    known = (rule for rule in rules if not isinstance(rule, Unknown))
    found = [(rule, " and ".join(ranges)) for rule in known if (ranges := open_ranges(rule))]
    if found:
        admitted = "; ".join(f"{ranges} on {traffic(rule)}" for rule, ranges in found)
        links = (seen(rule, f"admits {ranges}", "sources") for rule, ranges in found)
        return violation(group, _FIELD, f"admits {admitted}", fix=_FIX, chain=(use, *links))
    for rule in rules:
        doubt = unknown_source(rule)
        if doubt is not None:
            message = f"whether it admits every address is not known: {doubt.reason}"
            return undecided(group, _FIELD, message, fix=_FIX, chain=(use,))
    return None


RULE = Rule(
    id="SMN801",
    name="workload-group-open-ingress",
    title="Security group of a SageMaker workload open to everybody",
    severity=Severity.HIGH,
    since="0.1.0",
    subjects=(SecurityGroup,),
    stand_ins=DEPENDENTS,
    related=("CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_260", "EC2.18", "EC2.19"),
    references=("https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",),
    check=check,
)
