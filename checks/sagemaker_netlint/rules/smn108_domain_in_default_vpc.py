"""SMN108 domain-in-default-vpc: a domain in the VPC that an account has from the start.

Its subnets are public, everything that names no VPC lands in it, and nobody planned its ranges.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, seen, undecided, violation
from sagemaker_netlint.network.attachments import subnets_of
from sagemaker_netlint.network.deployment import Deployment, Language
from sagemaker_netlint.network.topology import Subnet, Vpc
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Domain
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.rule import Rule

_FIX = "set VpcId and SubnetIds to a VPC and to subnets that are made for SageMaker"


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every domain that names a VPC or subnets."""
    for domain in deployment.each(Domain):
        vpc = deployment.find(Vpc, domain.vpc)
        subnets = subnets_of(deployment, domain)
        default = [subnet for subnet in subnets if isinstance(subnet, Subnet) and subnet.is_default]
        if isinstance(vpc, Vpc) and vpc.is_default:
            message, link = f"it lies in the default VPC, `{vpc.address}`", seen(vpc, "is the default VPC")
            yield violation(domain, "vpc", message, fix=_FIX, chain=(link,))
        elif default:
            names = ", ".join(f"`{subnet.address}`" for subnet in default)
            message = f"it uses default subnets: {names}"
            links = tuple(seen(subnet, "is a default subnet") for subnet in default)
            yield violation(domain, "subnets", message, fix=_FIX, chain=links)
        elif isinstance(vpc, Unknown) and deployment.language is not Language.CLOUDFORMATION:
            # a template cannot declare the default VPC or look it up: what comes from outside of it is
            # somebody else's to judge
            message = f"whether it lies in the default VPC is not known: {vpc.reason}"
            yield undecided(domain, "vpc", message, fix=_FIX)


RULE = Rule(
    id="SMN108",
    name="domain-in-default-vpc",
    title="Studio domain in the default VPC",
    severity=Severity.MEDIUM,
    since="0.1.0",
    subjects=(Domain,),
    related=("EC2.2",),
    references=("https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html",),
    check=check,
)
