"""SMN602 endpoint-private-dns-off: an interface endpoint for an AWS service that nobody's DNS leads to.

SDKs call a service by its public name. Without private DNS, or a private hosted zone that stands in for it,
that name still gives public addresses: calls fail, or leave over the internet path past the endpoint.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, undecided, violation
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.endpoints import is_interface
from sagemaker_netlint.network.private_dns import stand_in
from sagemaker_netlint.network.services import service_of
from sagemaker_netlint.network.topology import VpcEndpoint
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.endpoint_calls import to_judge
from sagemaker_netlint.rules.existing import DEPENDENTS, at_dependent
from sagemaker_netlint.rules.rule import Rule

_FIX = "set PrivateDnsEnabled to true, or associate a private hosted zone for the service's name with the VPC"


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:
    """Judge every interface endpoint of an AWS service whose private DNS is not known to be on."""
    for endpoint, user in to_judge(deployment, policy):
        verdict = _judge(deployment, endpoint)
        if verdict is not None:
            yield at_dependent(deployment, verdict, user)


def _judge(deployment: Deployment, endpoint: VpcEndpoint) -> Verdict | None:
    service, interface = service_of(endpoint.service_name), is_interface(endpoint)
    if endpoint.private_dns is True or service is None or interface is False:
        return None
    zone = None if isinstance(service, Unknown) else stand_in(deployment, endpoint, service)
    for doubt in (interface, service, endpoint.private_dns, zone):
        if isinstance(doubt, Unknown):
            message = f"whether its service's name leads to it is not known: {doubt.reason}"
            return undecided(endpoint, "private_dns", message, fix=_FIX)
    if zone is not None:
        return None
    state = "not set" if endpoint.private_dns is None else "false"
    message = f"PrivateDnsEnabled is {state}, so the name of {service} doesn't lead to this endpoint"
    return violation(endpoint, "private_dns", message, fix=_FIX)


RULE = Rule(
    id="SMN602",
    name="endpoint-private-dns-off",
    title="Interface endpoint without private DNS",
    severity=Severity.MEDIUM,
    since="0.1.0",
    subjects=(VpcEndpoint,),
    stand_ins=DEPENDENTS,
    references=(
        "https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html",
    ),
    check=check,
)
