"""VPC endpoints of a VPC: which services they reach, and which of the wanted ones are missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.placement import same_vpc
from sagemaker_netlint.network.services import service_of
from sagemaker_netlint.network.topology import RouteTable, Subnet, UnreadPart, Vpc, VpcEndpoint
from sagemaker_netlint.network.values import Maybe, Unknown


@dataclass(frozen=True, slots=True)
class Coverage:
    """The wanted services that have no endpoint in the VPC for certain, or perhaps: `doubt` says why."""

    vpc: Vpc | None
    missing: tuple[str, ...]
    doubt: Unknown | None = None


def endpoints_in(deployment: Deployment, vpc: Maybe[str]) -> tuple[list[VpcEndpoint], list[VpcEndpoint]]:
    """Return the endpoints in the VPC, those that exist already included, and those that may be there."""
    answers = [
        (endpoint, same_vpc(deployment, endpoint.vpc, vpc)) for endpoint in deployment.every(VpcEndpoint)
    ]
    return (
        [endpoint for endpoint, inside in answers if inside is True],
        [endpoint for endpoint, inside in answers if isinstance(inside, Unknown)],
    )


def coverage(deployment: Deployment, vpc: Maybe[str], wanted: Sequence[str]) -> Coverage:
    """Say which of the wanted services have no endpoint in the VPC.

    A VPC that is not declared here may have endpoints that are not declared here either, unless an inventory
    says that it holds them all.
    """
    inside, perhaps = endpoints_in(deployment, vpc)
    reached = {service for e in inside if isinstance(service := service_of(e.service_name), str)}
    missing = tuple(service for service in wanted if service not in reached)
    found = deployment.find(Vpc, vpc)
    if found is None:
        return Coverage(None, missing, Unknown("no VPC is named"))
    if isinstance(found, Unknown):
        return Coverage(None, missing, found)
    doubt = _doubt(inside, perhaps, missing)
    if doubt is None and not deployment.holds_all(VpcEndpoint, found):
        doubt = Unknown(f"the inventory doesn't say that it holds all endpoints of `{found.address}`")
    # to find the parts of a VPC takes a look at all of them: only where something may have been given one
    if doubt is None and next(deployment.each(UnreadPart), None) is not None:
        doubt = deployment.unread_about(found, *_parts_of(deployment, vpc))
    return Coverage(found, missing, doubt)


def _parts_of(deployment: Deployment, vpc: Maybe[str]) -> Iterator[Subnet | RouteTable]:
    """Yield what an endpoint may be attached to: a part that is given one of them may make the endpoint."""
    parts: list[Subnet | RouteTable] = [*deployment.every(Subnet), *deployment.every(RouteTable)]
    for part in parts:
        if same_vpc(deployment, part.vpc, vpc) is True:
            yield part


def _doubt(inside: list[VpcEndpoint], perhaps: list[VpcEndpoint], missing: Sequence[str]) -> Unknown | None:
    """Return why a missing service may be reached after all."""
    for endpoint in inside + perhaps:
        service = service_of(endpoint.service_name)
        if isinstance(service, Unknown):
            return Unknown(f"the service of endpoint `{endpoint.address}` is not known: {service.reason}")
    for endpoint in perhaps:
        if service_of(endpoint.service_name) in missing:
            reason = endpoint.vpc.reason if isinstance(endpoint.vpc, Unknown) else "it is not declared here"
            return Unknown(f"the VPC of endpoint `{endpoint.address}` is not known: {reason}")
    return None


def is_interface(endpoint: VpcEndpoint) -> bool | Unknown:
    """Say whether it is an interface endpoint; absent means Gateway."""
    kind = endpoint.endpoint_type
    return kind if isinstance(kind, Unknown) else (kind or "Gateway").lower() == "interface"


def gateway_beside(deployment: Deployment, endpoint: VpcEndpoint, service: str) -> VpcEndpoint | None:
    """Return the gateway endpoint for the same service in the VPC.

    The service's public name is served by it inside of the VPC, and the interface endpoint is for callers
    from outside, who address it by its own names
    (https://docs.aws.amazon.com/AmazonS3/latest/userguide/privatelink-interface-endpoints.html).
    """
    for other in deployment.every(VpcEndpoint):
        same = service_of(other.service_name) == service and is_interface(other) is False
        if same and other is not endpoint and same_vpc(deployment, other.vpc, endpoint.vpc) is True:
            return other
    return None


def serving(deployment: Deployment, vpc: Maybe[str], service: str) -> list[VpcEndpoint]:
    """Return the endpoints of the VPC to which its own callers of the service's name come.

    Beside a gateway endpoint, an interface endpoint gets them only where its private DNS is for all
    resolvers; EC2 leaves them to the gateway endpoint unless told otherwise (CreateVpcEndpoint,
    DnsOptionsSpecification).
    """
    inside, _ = endpoints_in(deployment, vpc)
    same = [endpoint for endpoint in inside if service_of(endpoint.service_name) == service]
    gateways = [endpoint for endpoint in same if is_interface(endpoint) is False]
    others = [endpoint for endpoint in same if is_interface(endpoint) is not False]
    if not gateways:
        return others
    named = [e for e in others if e.private_dns is True and e.inbound_dns_only is False]
    perhaps = [e for e in others if e not in named and _may_be_named(e)]
    return named or [*gateways, *perhaps]


def _may_be_named(endpoint: VpcEndpoint) -> bool:
    private, inbound = endpoint.private_dns, endpoint.inbound_dns_only
    if isinstance(private, Unknown):
        return isinstance(inbound, Unknown) or inbound is False
    return private is True and isinstance(inbound, Unknown)
