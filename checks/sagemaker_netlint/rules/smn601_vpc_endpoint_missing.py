"""SMN601 vpc-endpoint-missing: a VPC-only domain that can't reach the services it needs.

Without an internet path the apps reach the SageMaker API, its runtime and S3 over VPC endpoints only. Where
one is missing and no NAT path stands in for it, apps don't start or calls hang.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, seen, undecided, violation
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.endpoints import Coverage, coverage
from sagemaker_netlint.network.reachability import common_way_out
from sagemaker_netlint.network.services import endpoint_to_add
from sagemaker_netlint.network.studio import is_vpc_only
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.ways import Way
from sagemaker_netlint.network.workloads import Domain
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.rule import Rule


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:
    """Judge every domain that is, or may be, in VPC-only mode."""
    for domain in deployment.each(Domain):
        found = coverage(deployment, domain.vpc, policy.endpoints.required)
        if is_vpc_only(domain) is False or not found.missing:
            continue
        way = Way(exists=False)
        if policy.nat_may_stand_in:
            way = common_way_out(deployment, domain.subnets)
        if way.exists is not True:
            yield _verdict(domain, found, way)


def _verdict(domain: Domain, found: Coverage, way: Way) -> Verdict:
    fix = f"add VPC endpoints: {', '.join(map(endpoint_to_add, found.missing))}"
    missing = ", ".join(found.missing)
    for doubt in (found.doubt, way.exists, is_vpc_only(domain)):
        if isinstance(doubt, Unknown):
            message = f"whether its apps have a way to {missing} is not known: {doubt.reason}"
            return undecided(domain, "vpc", message, fix=fix)
    place = f"`{found.vpc.address}`" if found.vpc is not None else "its VPC"
    message = f"{place} has no endpoint for {missing}"
    if way.chain:
        message += ", and a subnet has no NAT path in its place"
    links = (seen(part, text) for part, text in way.chain)
    return violation(domain, "vpc", message, fix=fix, chain=(seen(domain, f"lies in {place}", "vpc"), *links))


RULE = Rule(
    id="SMN601",
    name="vpc-endpoint-missing",
    title="VPC endpoint missing for a VPC-only domain",
    severity=Severity.HIGH,
    since="0.1.0",
    subjects=(Domain,),
    references=("https://docs.aws.amazon.com/sagemaker/latest/dg/studio-updated-and-internet-access.html",),
    check=check,
)
