"""SMN103 domain-subnet-outside-vpc: a subnet or security group that belongs to another VPC than the domain.

A domain lies in one VPC. An interface can't join a subnet or a group of another one, so the service refuses
the domain, or the apps of the profile don't start.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, seen, undecided, violation
from sagemaker_netlint.network.attachments import group_fields
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.placement import lies_in
from sagemaker_netlint.network.topology import Refs, SecurityGroup, Subnet
from sagemaker_netlint.network.values import Maybe, Unknown
from sagemaker_netlint.network.workloads import Domain, UserProfile
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.rule import Rule


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every domain, and every user profile against its domain."""
    for domain in deployment.each(Domain):
        yield from _judge(deployment, domain, domain, domain.subnets)
    for profile in deployment.each(UserProfile):
        yield from _judge(deployment, profile, deployment.find(Domain, profile.domain), None)


def _judge(
    deployment: Deployment, subject: Domain | UserProfile, domain: Maybe[Domain], subnets: Refs
) -> Iterator[Verdict]:
    """Yield one verdict at most: the parts that lie outside, else the first reason for doubt."""
    parts: list[tuple[str, Subnet | SecurityGroup | Unknown]] = [
        ("subnets", item) for item in deployment.find_all(Subnet, subnets)
    ]
    for field, references in group_fields(subject):
        parts += [(field, item) for item in deployment.find_all(SecurityGroup, references)]
    answers = [(field, part, lies_in(deployment, part, domain)) for field, part in parts]
    outside = [
        (field, part) for field, part, inside in answers if inside is False and not isinstance(part, Unknown)
    ]
    if outside:
        names = ", ".join(f"`{part.address}`" for _, part in outside)
        verb = "belongs" if len(outside) == 1 else "belong"
        yield violation(
            subject,
            outside[0][0],
            f"{names} {verb} to another VPC than the domain",
            fix="name subnets and security groups of the VPC that VpcId of the domain names",
            chain=tuple(seen(part, "belongs to another VPC", "vpc") for _, part in outside),
        )
        return
    for field, _, inside in answers:
        if isinstance(inside, Unknown):
            yield undecided(subject, field, f"its VPC can't be compared with the domain's: {inside.reason}")
            return


RULE = Rule(
    id="SMN103",
    name="domain-subnet-outside-vpc",
    title="Subnet or security group outside the domain's VPC",
    severity=Severity.HIGH,
    since="0.1.0",
    subjects=(Domain, UserProfile),
    references=("https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateDomain.html",),
    check=check,
)
