"""Private DNS names of AWS services, and what stands in for an endpoint's private DNS."""

from __future__ import annotations

import re

from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.endpoints import gateway_beside
from sagemaker_netlint.network.logic import either
from sagemaker_netlint.network.placement import same_vpc
from sagemaker_netlint.network.topology import PrivateHostedZone, VpcEndpoint
from sagemaker_netlint.network.values import Maybe, Unknown

# *.studio.<region>.sagemaker.aws: https://docs.aws.amazon.com/sagemaker/latest/dg/studio-interface-endpoint.html
_OWN_SUFFIX = frozenset({"studio", "notebook", "experiments", "partner-app"})
# botocore's partitions.json: the DNS suffix of every partition
_SUFFIXES = (
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazonaws.eu",
    "c2s.ic.gov",
    "sc2s.sgov.gov",
    "csp.hci.ic.gov",
    "cloud.adc-e.uk",
)
_REGION = r"(?:[a-z0-9-]+|\$\{[^}]*\})"


def stand_in(
    deployment: Deployment, endpoint: VpcEndpoint, service: str
) -> PrivateHostedZone | VpcEndpoint | Unknown | None:
    """Return what answers for the service's name in the endpoint's VPC instead of its private DNS.

    That is a gateway endpoint for the same service, or a private hosted zone of its name. `Unknown`
    where a zone may be the one, `None` where none is.
    """
    gateway = gateway_beside(deployment, endpoint, service)
    if gateway is not None:
        return gateway
    doubt: Unknown | None = None
    for zone in deployment.each(PrivateHostedZone):
        answers = _both(_names(zone.zone_name, service), _serves(deployment, zone, endpoint))
        if answers is True:
            return zone
        if isinstance(answers, Unknown) and doubt is None:
            doubt = Unknown(f"hosted zone `{zone.address}` may stand in for it: {answers.reason}")
    if doubt is None and deployment.is_existing(endpoint):
        return Unknown("an inventory doesn't tell the private hosted zones of a VPC")
    return doubt


def _both(first: bool | Unknown, second: bool | Unknown) -> bool | Unknown:  # noqa: FBT001 - three values
    if first is False or second is False:
        return False
    return first if isinstance(first, Unknown) else second


def _names(zone_name: Maybe[str], service: str) -> bool | Unknown:
    text = zone_name.text if isinstance(zone_name, Unknown) else zone_name
    if text is not None:
        if _pattern(service).fullmatch(text.lower()):
            return True
        if isinstance(zone_name, str) or not _may_be(text, service):
            return False
    return zone_name if isinstance(zone_name, Unknown) else False


def _pattern(service: str) -> re.Pattern[str]:
    """Return the pattern of the service's DNS name: `sagemaker.api` is api.sagemaker.<region>.<suffix>."""
    labels = re.escape(".".join(reversed(service.split("."))))
    suffixes = "|".join(map(re.escape, _SUFFIXES))
    if service in _OWN_SUFFIX:
        return re.compile(rf"(?:\*\.)?{labels}\.{_REGION}\.sagemaker\.aws\.?", re.IGNORECASE)
    head, dot, rest = labels.partition(r"\.")
    return re.compile(rf"(?:\*\.)?{head}(?:-fips)?{dot}{rest}\.{_REGION}\.(?:{suffixes})\.?", re.IGNORECASE)


def _may_be(text: str, service: str) -> bool:
    """Say whether a name with missing parts may be the service's: by what stands before and after them."""
    head = text.lower().partition("${")[0].removeprefix("*.")
    tail = text.lower().rstrip(".").rpartition("}")[2]
    label = service.rpartition(".")[2]
    if not (label.startswith(head) or head.startswith((f"{label}.", f"{label}-"))):
        return False
    return any(suffix.endswith(tail) or tail.endswith(suffix) for suffix in (*_SUFFIXES, "sagemaker.aws"))


def _serves(deployment: Deployment, zone: PrivateHostedZone, endpoint: VpcEndpoint) -> bool | Unknown:
    """Say whether the zone is associated with the endpoint's VPC; a zone without VPCs is public."""
    if zone.vpcs is None or isinstance(zone.vpcs, Unknown):
        return zone.vpcs if isinstance(zone.vpcs, Unknown) else False
    return either(same_vpc(deployment, vpc, endpoint.vpc) for vpc in zone.vpcs)
