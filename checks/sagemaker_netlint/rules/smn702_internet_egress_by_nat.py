"""SMN702 internet-egress-by-nat: a route to the internet where the policy forbids it.

A public NAT gateway gives everything in the subnet the whole internet, past every endpoint policy.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, seen, undecided, violation
from sagemaker_netlint.network.attachments import used_subnets
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.reachability import way_to_internet
from sagemaker_netlint.network.topology import Subnet
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.rule import Rule

_FIX = "remove the route to the NAT gateway, and add VPC endpoints for the AWS services that are called"


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:
    """Judge every declared subnet that a workload uses, where the policy forbids internet egress."""
    if policy.egress.internet_allowed:
        return
    for subnet, use in used_subnets(deployment):
        if deployment.is_existing(subnet):
            continue  # its routes are not declared here
        way = way_to_internet(deployment, subnet)
        if isinstance(way.exists, Unknown):
            reason = way.exists.reason
            message = f"whether it leads to the internet, which the policy forbids, is not known: {reason}"
            yield undecided(subnet, "", message, fix=_FIX)
        elif way.exists:
            message = "it leads to the internet over a NAT gateway, and the policy forbids that"
            links = (seen(part, text) for part, text in way.chain)
            chain = (seen(use.workload, f"uses `{subnet.address}`", use.field), *links)
            yield violation(subnet, "", message, fix=_FIX, chain=chain)


RULE = Rule(
    id="SMN702",
    name="internet-egress-by-nat",
    title="Subnet of a SageMaker workload with a NAT route to the internet",
    severity=Severity.HIGH,
    since="0.1.0",
    subjects=(Subnet,),
    references=("https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html",),
    check=check,
)
