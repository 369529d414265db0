"""SMN703 nat-zone-dependence: a subnet whose NAT gateway lies in another availability zone.

An outage of that zone takes the way out from a zone that still runs, and until then each byte crosses zones.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Step, Verdict, seen, undecided, violation
from sagemaker_netlint.network.attachments import used_subnets
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.nat_zones import in_another_zone, nat_routes, places
from sagemaker_netlint.network.topology import NatGateway, Subnet
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.existing import DEPENDENTS, at_dependent
from sagemaker_netlint.rules.rule import Rule

_FIX = "lead its default route to a NAT gateway in its own zone, or to a regional one"


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every subnet that a workload uses and whose default route leads to a NAT gateway."""
    for subnet, use in used_subnets(deployment):
        link = seen(use.workload, f"uses `{subnet.address}`", use.field)
        for route, nat in nat_routes(deployment, subnet):
            for verdict in _judge(deployment, subnet, nat, (link, seen(route, "leads to a NAT gateway"))):
                yield at_dependent(deployment, verdict, use.workload, use.field)


def _judge(
    deployment: Deployment, subnet: Subnet, nat: NatGateway | Unknown, links: tuple[Step, ...]
) -> Iterator[Verdict]:
    apart = nat if isinstance(nat, Unknown) else in_another_zone(deployment, subnet, nat)
    if isinstance(apart, Unknown):
        message = f"whether its NAT gateway lies in its own zone is not known: {apart.reason}"
        yield undecided(subnet, "zone", message, fix=_FIX)
    elif apart and isinstance(nat, NatGateway):
        message = f"NAT gateway `{nat.address}` of its default route lies in another zone"
        chain = (*links, *(seen(part, text, "zone") for part, text in places(deployment, subnet, nat)))
        yield violation(subnet, "zone", message, fix=_FIX, chain=chain)


RULE = Rule(
    id="SMN703",
    name="nat-zone-dependence",
    title="NAT gateway in another availability zone",
    severity=Severity.MEDIUM,
    since="0.1.0",
    subjects=(Subnet,),
    stand_ins=DEPENDENTS,
    references=("https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html",),
    check=check,
)
