"""SMN104 domain-vpc-dedicated-tenancy: a domain in a VPC whose instances run on dedicated hardware.

Studio's apps run on shared hardware, and a VPC with dedicated tenancy takes no such instances.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, seen, undecided, violation
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.topology import Vpc
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Domain
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.rule import Rule


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every domain that names a VPC; absent tenancy is the default one (CreateVpc)."""
    for domain in deployment.each(Domain):
        vpc = deployment.find(Vpc, domain.vpc)
        if vpc is None:
            continue
        tenancy = vpc if isinstance(vpc, Unknown) else vpc.tenancy
        if isinstance(tenancy, Unknown):
            message = f"whether its VPC has dedicated tenancy is not known: {tenancy.reason}"
            yield undecided(domain, "vpc", message)
        elif isinstance(vpc, Vpc) and tenancy == "dedicated":
            message = f"`{vpc.address}` has dedicated tenancy, and Studio runs on shared hardware only"
            fix = f"set InstanceTenancy of `{vpc.address}` to default"
            link = seen(vpc, "has InstanceTenancy dedicated", "tenancy")
            yield violation(domain, "vpc", message, fix=fix, chain=(link,))


RULE = Rule(
    id="SMN104",
    name="domain-vpc-dedicated-tenancy",
    title="Studio domain in a VPC with dedicated tenancy",
    severity=Severity.HIGH,
    since="0.1.0",
    subjects=(Domain,),
    references=(
        "https://docs.aws.amazon.com/sagemaker/latest/dg/onboard-vpc.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html",
    ),
    check=check,
)
