"""SMN103 domain-subnet-outside-vpc: a subnet or security group that belongs to another VPC than the domain.

A domain lies in one VPC. An interface can't join a subnet or a group of another one, so the service refuses
the domain, or the apps of the profile don't start.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, seen, undecided, violation
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.placement import membership
from sagemaker_netlint.network.workloads import Domain, UserProfile
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.rule import Rule


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every domain, and every user profile against its domain: once each at most."""
    subjects: tuple[Domain | UserProfile, ...] = (*deployment.each(Domain), *deployment.each(UserProfile))
    for subject in subjects:
        found = membership(deployment, subject)
        if found.outside:
            names = ", ".join(f"`{part.address}`" for _, part in found.outside)
            verb = "belongs" if len(found.outside) == 1 else "belong"
            yield violation(
                subject,
                found.outside[0][0],
                f"{names} {verb} to another VPC than the domain",
                fix="name subnets and security groups of the VPC that VpcId of the domain names",
                chain=tuple(seen(part, "belongs to another VPC", "vpc") for _, part in found.outside),
            )
        elif found.doubt is not None:
            field, doubt = found.doubt
            yield undecided(
                subject, field, f"whether all of it lies in the domain's VPC is not known: {doubt.reason}"
            )


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
