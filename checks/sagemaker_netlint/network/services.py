"""Names of AWS services in VPC endpoints, in every partition, matched tolerantly.

The pattern comes from the service names that AWS's own CDK builds (aws-cdk-lib, aws-ec2
`getDefaultEndpointPrefix`) and from the PrivateLink service list
(https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html).
"""

from __future__ import annotations

import re

from sagemaker_netlint.network.values import Maybe, Unknown

# A region may be unresolved (`${AWS::Region}`): the service is then still known from the name's tail.
# com.amazonaws.vpce.<region>.vpce-svc-<id> is somebody's own service.
_REGION = r"(?!vpce\.)(?:[^.$]+|\$\{[^}]*\})"
_AMAZON = re.compile(
    r"^(?:cn\.com\.amazonaws|com\.amazonaws|eu\.amazonaws|gov\.ic\.c2s|gov\.sgov\.sc2s|gov\.ic\.hci\.csp|uk\.adc-e\.cloud)"
    rf"\.{_REGION}\.(?P<service>[a-z0-9.-]+)$"
)
_SAGEMAKER = re.compile(rf"^aws\.sagemaker\.{_REGION}\.(?P<service>studio|notebook|experiments|partner-app)$")
_FIPS = re.compile(r"-fips$")
_DEDICATED = frozenset({"studio", "notebook", "experiments", "partner-app"})
GATEWAY_SERVICES = frozenset({"s3", "dynamodb"})
"""Services with gateway endpoints, which take no address."""
# S3 Express One Zone: https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-networking.html
_OFFERED_AS_GATEWAY = GATEWAY_SERVICES | {"s3express"}


def service_of(service_name: Maybe[str]) -> Maybe[str]:
    """Return the service's short name (`sagemaker.api`, `s3`, `studio`) of an endpoint's service name.

    A FIPS name gives the service without `-fips`. `None` where the name belongs to no AWS service (a
    customer's own PrivateLink service) or is absent; `Unknown` where even the tail cannot be read.
    """
    if service_name is None:
        return None
    text = service_name.text if isinstance(service_name, Unknown) else service_name
    if text is not None:
        match = _AMAZON.match(text) or _SAGEMAKER.match(text)
        if match:
            return _FIPS.sub("", match["service"])
    return service_name if isinstance(service_name, Unknown) else None


def endpoint_to_add(service: str) -> str:
    """Return what to type for an endpoint of the service: its name in the commercial regions, and its type.

    S3 and DynamoDB are offered as gateway endpoints, which cost nothing and take no address
    (https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html).
    """
    prefix = "aws.sagemaker" if service in _DEDICATED else "com.amazonaws"
    kind = "Gateway" if service in GATEWAY_SERVICES else "Interface"
    return f"{prefix}.<region>.{service} ({kind})"


def has_gateway(service: str) -> bool:
    """Say whether a gateway endpoint may be made for the service (its short name).

    All others, those that somebody offers by PrivateLink included, take interface or load balancer
    endpoints (https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html).
    """
    return service in _OFFERED_AS_GATEWAY


def takes_policy(service_name: str) -> bool:
    """Say whether an endpoint for the service of the name takes a policy of its own.

    https://docs.aws.amazon.com/sagemaker/latest/dg/interface-vpc-endpoint.html excepts one.
    """
    return not service_name.endswith(".sagemaker.runtime-fips")
