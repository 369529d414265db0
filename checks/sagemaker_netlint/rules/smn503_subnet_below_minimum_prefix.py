"""SMN503 subnet-below-minimum-prefix: a subnet of SageMaker that is smaller than the policy's floor.

A subnet can't grow: when it is full, apps and jobs don't start, and it must be replaced. EC2 keeps five
addresses of each, a user of Studio takes two to four, an instance of a training job at least two.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, seen, undecided, violation
from sagemaker_netlint.network.attachments import SUBNET_USERS, used_subnets
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.subnet_size import ipv4_prefix_length, usable_addresses
from sagemaker_netlint.network.topology import Subnet
from sagemaker_netlint.network.values import Maybe, Unknown, known
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.rule import Rule


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:
    """Judge every subnet that a workload uses; for one that exists already, the workload is the subject."""
    longest = policy.subnets.longest_prefix
    for subnet, use in used_subnets(deployment):
        length = ipv4_prefix_length(subnet)
        if isinstance(length, int) and length <= longest:
            continue
        say = undecided if isinstance(length, Unknown) else violation
        message, wanted = _message(subnet, length, longest), f"/{longest} or larger"
        if deployment.is_existing(subnet):
            message, step = f"`{subnet.address}` of the inventory: {message}", seen(subnet, "exists already")
            yield say(use.workload, use.field, message, fix=f"name a subnet of {wanted}", chain=(step,))
        else:
            step = seen(use.workload, "uses it", use.field)
            yield say(subnet, "cidr", message, fix=f"give it a CidrBlock of {wanted}", chain=(step,))


def _message(subnet: Subnet, length: Maybe[int], longest: int) -> str:
    if isinstance(length, Unknown):
        return f"its size is not known: {length.reason}"
    if length is None:
        return f"it has IPv6 addresses only; the policy asks for an IPv4 block of /{longest} or larger"
    block, usable = known(subnet.cidr) or f"its /{length}", usable_addresses(length)
    return f"{block} has {usable} usable addresses; the policy asks for /{longest} or larger"


RULE = Rule(
    id="SMN503",
    name="subnet-below-minimum-prefix",
    title="SageMaker subnet smaller than the policy's floor",
    severity=Severity.MEDIUM,
    since="0.1.0",
    subjects=(Subnet,),
    stand_ins=SUBNET_USERS,
    references=(
        "https://docs.aws.amazon.com/sagemaker/latest/dg/studio-updated-and-internet-access.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html",
    ),
    check=check,
)
