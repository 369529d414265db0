"""SMN608 endpoint-type-omitted: a gateway endpoint for a service that has none.

The default type is Gateway, and EC2 offers gateway endpoints for S3 and DynamoDB only: for any other service
the endpoint can't be made, and the deployment fails.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, undecided, violation
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.endpoints import is_interface
from sagemaker_netlint.network.services import has_gateway, service_of
from sagemaker_netlint.network.topology import VpcEndpoint
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.rule import Rule


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every endpoint for a service whose type is, or may be, Gateway."""
    for endpoint in deployment.each(VpcEndpoint):
        kind, service = endpoint.endpoint_type, service_of(endpoint.service_name)
        is_other = isinstance(kind, str) and kind.lower() != "gateway"  # load balancers, resources
        if endpoint.service_name is None or is_interface(endpoint) is True or is_other:
            continue
        if isinstance(service, str) and has_gateway(service):
            continue
        doubt = next((value for value in (service, kind) if isinstance(value, Unknown)), None)
        # what somebody offers by PrivateLink stands behind a network or a gateway load balancer
        own = service is None
        fix = f"set VpcEndpointType to Interface{' or GatewayLoadBalancer' if own else ', with private DNS'}"
        if doubt is not None:
            message = f"whether a gateway endpoint suits its service is not known: {doubt.reason}"
            yield undecided(endpoint, "endpoint_type", message, fix=fix)
        else:
            state = "is not set, and the default is Gateway" if kind is None else "is Gateway"
            what = "a service of somebody's own" if own else service
            message = f"VpcEndpointType {state}, and there are no gateway endpoints for {what}"
            yield violation(endpoint, "endpoint_type", message, fix=fix)


RULE = Rule(
    id="SMN608",
    name="endpoint-type-omitted",
    title="Gateway endpoint for a service that takes interface endpoints only",
    severity=Severity.HIGH,
    since="0.1.0",
    subjects=(VpcEndpoint,),
    references=(
        "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html",
        "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html",
    ),
    check=check,
)
