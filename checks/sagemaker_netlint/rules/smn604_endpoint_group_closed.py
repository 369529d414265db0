"""SMN604 endpoint-group-closed: a security group that stops HTTPS between a workload and an endpoint.

The endpoint is there and its name leads to it, so no other way is taken: calls hang until they time out.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.topology import SecurityGroup, VpcEndpoint
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.closed_groups import verdicts
from sagemaker_netlint.rules.existing import DEPENDENTS
from sagemaker_netlint.rules.rule import Rule


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:
    """Judge every group on the way from a workload to an endpoint of what it needs, at both ends."""
    yield from verdicts(deployment, policy)


RULE = Rule(
    id="SMN604",
    name="endpoint-group-closed",
    title="Security group that closes a VPC endpoint to a workload",
    severity=Severity.HIGH,
    since="0.1.0",
    subjects=(SecurityGroup,),
    stand_ins=(VpcEndpoint, *DEPENDENTS),
    references=(
        "https://docs.aws.amazon.com/sagemaker/latest/dg/studio-interface-endpoint.html",
        "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
        "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html",
    ),
    check=check,
)
