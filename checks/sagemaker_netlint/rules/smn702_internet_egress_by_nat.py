"""SMN702 internet-egress-by-nat: a route to the internet where the policy forbids it.

A public NAT gateway gives everything in the subnet the whole internet, past every endpoint policy.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Step, Verdict, seen, undecided, violation
from sagemaker_netlint.network.attachments import used_subnets
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.reachability import way_to_internet
from sagemaker_netlint.network.topology import Subnet
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.existing import DEPENDENTS, at_dependent
from sagemaker_netlint.rules.rule import Rule

_FIX = "remove the route to the NAT gateway, and add VPC endpoints for the AWS services that are called"


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:
    """Judge every subnet that a workload uses, where the policy forbids internet egress."""
    if policy.egress.internet_allowed:
        return
    for subnet, use in used_subnets(deployment):
        if deployment.is_existing(subnet) and isinstance(deployment.route_table_of(subnet), Unknown):
            continue  # its routes are in nobody's sight here
        verdict = _judge(deployment, subnet, seen(use.workload, f"uses `{subnet.address}`", use.field))
        if verdict is not None:
            yield at_dependent(deployment, verdict, use.workload, use.field)


def _judge(deployment: Deployment, subnet: Subnet, use: Step) -> Verdict | None:
    way = way_to_internet(deployment, subnet)
    if isinstance(way.exists, Unknown):
        reason = way.exists.reason
        message = f"whether it leads to the internet, which the policy forbids, is not known: {reason}"
        return undecided(subnet, "", message, fix=_FIX)
    if not way.exists:
        return None
    message = "it leads to the internet over a NAT gateway, and the policy forbids that"
    chain = (use, *(seen(part, text) for part, text in way.chain))
    return violation(subnet, "", message, fix=_FIX, chain=chain)


RULE = Rule(
    id="SMN702",
    name="internet-egress-by-nat",
    title="Subnet of a SageMaker workload with a NAT route to the internet",
    severity=Severity.HIGH,
    since="0.1.0",
    subjects=(Subnet,),
    stand_ins=DEPENDENTS,
    references=("https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html",),
    check=check,
)
