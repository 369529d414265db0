"""SMN601 vpc-endpoint-missing: a domain or notebook that can't reach the services it needs.

Without an internet path it reaches the SageMaker API, its runtime and S3 over VPC endpoints only. Where one
is missing and no NAT path stands in for it, apps don't start or calls hang.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, seen, undecided, violation
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.services import endpoint_to_add
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Domain, NotebookInstance
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.missing_endpoints import Missing, Workload, left_to_smn204, missing_endpoints
from sagemaker_netlint.rules.rule import Rule


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:
    """Judge every VPC-only domain, and every notebook instance without direct internet access."""
    workloads: tuple[Workload, ...] = (*deployment.each(Domain), *deployment.each(NotebookInstance))
    for workload in workloads:
        found = missing_endpoints(deployment, workload, policy)
        if found is not None and not left_to_smn204(deployment, workload, policy):
            yield _verdict(workload, found)


def _verdict(workload: Workload, found: Missing) -> Verdict:
    place = "vpc" if isinstance(workload, Domain) else "subnet"
    fix = f"add VPC endpoints: {', '.join(map(endpoint_to_add, found.services))}"
    for doubt in (found.doubt, found.way.exists, found.need_doubt):
        if isinstance(doubt, Unknown):
            what = "its apps have" if isinstance(workload, Domain) else "it has"
            message = f"whether {what} a way to {', '.join(found.services)} is not known: {doubt.reason}"
            return undecided(workload, place, message, fix=fix)
    vpc = f"`{found.vpc.address}`" if found.vpc is not None else "its VPC"
    message = f"{vpc} has no endpoint for {found.by_cause}"
    if found.way.chain:
        message += ", and a subnet has no NAT path in its place"
    links = (seen(part, text) for part, text in found.way.chain)
    return violation(
        workload, place, message, fix=fix, chain=(seen(workload, f"lies in {vpc}", place), *links)
    )


RULE = Rule(
    id="SMN601",
    name="vpc-endpoint-missing",
    title="VPC endpoint missing for a domain or notebook instance without internet access",
    severity=Severity.HIGH,
    since="0.1.0",
    subjects=(Domain, NotebookInstance),
    references=(
        "https://docs.aws.amazon.com/sagemaker/latest/dg/studio-updated-and-internet-access.html",
        "https://docs.aws.amazon.com/sagemaker/latest/dg/appendix-notebook-and-internet-access.html",
        "https://docs.aws.amazon.com/sagemaker/latest/dg/canvas-vpc.html",
    ),
    check=check,
)
