"""SMN503 subnet-below-minimum-prefix: a subnet of SageMaker that is smaller than the policy's floor.

A subnet can't grow: when it is full, apps and jobs don't start, and it must be replaced. EC2 keeps five
addresses of each, a user of Studio takes two to four, an instance of a training job at least two.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, seen, undecided, violation
from sagemaker_netlint.network.attachments import used_subnets
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.topology import Subnet
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.rule import Rule

# https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html: the first four and the last address
_RESERVED = 5


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:
    """Judge every declared subnet that a workload uses."""
    longest = policy.subnets.longest_prefix
    fix = f"give it a CidrBlock of /{longest} or larger"
    for subnet, use in used_subnets(deployment):
        chain = (seen(use.workload, "uses it", use.field),)
        match subnet.cidr:
            case Unknown(reason=reason):
                yield undecided(subnet, "cidr", f"its size is not known: {reason}", fix=fix, chain=chain)
            case None:
                message = "its size is not known: no CidrBlock is written"
                yield undecided(subnet, "cidr", message, fix=fix, chain=chain)
            case cidr if cidr.prefixlen > longest:
                usable = max(cidr.num_addresses - _RESERVED, 0)
                message = f"{cidr} has {usable} usable addresses; the policy asks for /{longest} or larger"
                yield violation(subnet, "cidr", message, fix=fix, chain=chain)


RULE = Rule(
    id="SMN503",
    name="subnet-below-minimum-prefix",
    title="SageMaker subnet smaller than the policy's floor",
    severity=Severity.MEDIUM,
    since="0.1.0",
    subjects=(Subnet,),
    references=(
        "https://docs.aws.amazon.com/sagemaker/latest/dg/studio-updated-and-internet-access.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html",
    ),
    check=check,
)
