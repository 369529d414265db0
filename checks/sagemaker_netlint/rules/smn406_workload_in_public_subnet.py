"""SMN406 workload-in-public-subnet: a SageMaker interface in a subnet that leads to an internet gateway.

The interface has a private address only, so that way is none for it; VPC-only mode takes no public subnet.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, seen, undecided, violation
from sagemaker_netlint.network.attachments import SUBNET_USERS, subnets_of
from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.reachability import way_to_internet_gateway
from sagemaker_netlint.network.topology import Subnet
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import NotebookInstance
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.rule import Rule

_FIX = "name private subnets: ones whose default route leads to no internet gateway"


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every workload that names subnets."""
    for kind in SUBNET_USERS:
        for workload in deployment.each(kind):
            yield from _judge(deployment, workload)


def _judge(deployment: Deployment, workload: Declared) -> Iterator[Verdict]:
    field = "subnet" if isinstance(workload, NotebookInstance) else "subnets"
    found = subnets_of(deployment, workload)
    ways = [(s, way_to_internet_gateway(deployment, s)) for s in found if isinstance(s, Subnet)]
    public = [(subnet, way) for subnet, way in ways if way.exists is True]
    doubts = [item for item in (*(way.exists for _, way in ways), *found) if isinstance(item, Unknown)]
    if public:
        names = ", ".join(f"`{subnet.address}`" for subnet, _ in public)
        message = f"it lies in {names}, where the default route leads to an internet gateway"
        links = (seen(part, text) for _, way in public for part, text in way.chain)
        yield violation(workload, field, message, fix=_FIX, chain=tuple(links))
    elif doubts:
        message = f"whether it lies in private subnets only is not known: {doubts[0].reason}"
        yield undecided(workload, field, message, fix=_FIX)


RULE = Rule(
    id="SMN406",
    name="workload-in-public-subnet",
    title="SageMaker workload in a public subnet",
    severity=Severity.HIGH,
    since="0.1.0",
    subjects=SUBNET_USERS,
    references=(
        "https://docs.aws.amazon.com/sagemaker/latest/dg/studio-updated-and-internet-access.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html",
    ),
    check=check,
)
