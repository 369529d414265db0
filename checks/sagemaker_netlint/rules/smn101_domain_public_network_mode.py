"""SMN101 domain-public-network-mode: a Studio domain whose apps reach the internet past the VPC.

In the mode PublicInternetOnly, which is the default, traffic of the apps goes over an interface of the
service, so no security group, route table or endpoint policy of the owner applies to it.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, undecided, violation
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.studio import VPC_ONLY
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Domain
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.rule import Rule


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every domain."""
    for domain in deployment.each(Domain):
        field = "app_network_access_type"
        fix = f"set AppNetworkAccessType to {VPC_ONLY}"
        match domain.app_network_access_type:
            case Unknown(reason=reason):
                yield undecided(domain, field, f"its AppNetworkAccessType is not known: {reason}", fix=fix)
            case None:
                message = "AppNetworkAccessType is not set, and the default is PublicInternetOnly"
                yield violation(domain, field, message, fix=fix)
            case mode if mode != VPC_ONLY:
                yield violation(domain, field, f"AppNetworkAccessType is {mode}, not {VPC_ONLY}", fix=fix)


RULE = Rule(
    id="SMN101",
    name="domain-public-network-mode",
    title="Studio domain in public network mode",
    severity=Severity.HIGH,
    since="0.1.0",
    subjects=(Domain,),
    references=(
        "https://docs.aws.amazon.com/sagemaker/latest/dg/studio-updated-and-internet-access.html",
        "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateDomain.html",
    ),
    check=check,
)
