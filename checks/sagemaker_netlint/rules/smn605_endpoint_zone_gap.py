"""SMN605 endpoint-zone-gap: an interface endpoint without an interface in a zone that a workload uses.

Calls from that zone cross to another one: they cost more, and end when the other zone is lost.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, seen, undecided, violation
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.endpoint_ways import zones_without
from sagemaker_netlint.network.interfaces import Interface
from sagemaker_netlint.network.placement import zone_of
from sagemaker_netlint.network.topology import Subnet, VpcEndpoint
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.endpoint_calls import shown, users_of_endpoints
from sagemaker_netlint.rules.existing import DEPENDENTS, at_dependent
from sagemaker_netlint.rules.rule import Rule


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:
    """Judge every interface endpoint that a workload uses."""
    for endpoint, users in users_of_endpoints(deployment, policy):
        gaps: dict[str, tuple[Subnet, Interface]] = {}
        doubt: Unknown | None = None
        for interface, unsure in users:
            found = zones_without(deployment, interface, endpoint)
            if isinstance(found, Unknown) or (found and unsure is not None):
                doubt = found if isinstance(found, Unknown) else unsure
                continue
            for subnet in found:
                gaps.setdefault(subnet.identity, (subnet, interface))
        if gaps:
            said = _violation(endpoint, list(gaps.values()))
            _, interface = next(iter(gaps.values()))
            yield at_dependent(deployment, said, interface.workload)
        elif doubt is not None:
            message = f"whether it has a subnet in every zone of its callers is not known: {doubt.reason}"
            said = undecided(endpoint, "subnets", message)
            yield at_dependent(deployment, said, users[0][0].workload)


def _violation(endpoint: VpcEndpoint, gaps: list[tuple[Subnet, Interface]]) -> Verdict:
    by_zone = {str(zone) if isinstance(zone := zone_of(s), str) else s.identity: s for s, _ in reversed(gaps)}
    missing = shown(list(reversed(by_zone.values())))  # an endpoint takes one subnet of each zone
    message = f"has no subnet in the zone of {shown([s for s, _ in gaps])}, from where {_users(gaps)} call it"
    chain = tuple(seen(i.workload, f"has interfaces in `{s.address}`", "subnets") for s, i in gaps)
    return violation(endpoint, "subnets", message, fix=f"add {missing} to SubnetIds", chain=chain)


def _users(gaps: list[tuple[Subnet, Interface]]) -> str:
    return shown([interface.workload for _, interface in gaps])


RULE = Rule(
    id="SMN605",
    name="endpoint-zone-gap",
    title="VPC endpoint without a subnet in a zone that a workload uses",
    severity=Severity.MEDIUM,
    since="0.1.0",
    subjects=(VpcEndpoint,),
    stand_ins=DEPENDENTS,
    references=("https://docs.aws.amazon.com/vpc/latest/privatelink/interface-endpoints.html",),
    check=check,
)
