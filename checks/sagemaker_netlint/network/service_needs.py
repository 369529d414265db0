"""What a workload in a VPC lacks to reach the services that it needs: endpoints, a NAT path, outbound rules.

Whether an endpoint that is there works (its DNS, its groups, its routes) is asked of the endpoint.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.endpoint_ways import vpc_of
from sagemaker_netlint.network.endpoints import coverage, endpoints_in
from sagemaker_netlint.network.interfaces import Interface
from sagemaker_netlint.network.reachability import common_way_out
from sagemaker_netlint.network.security import HTTPS, Party, lets_through, listed
from sagemaker_netlint.network.topology import SecurityGroup, SecurityGroupRule, Vpc
from sagemaker_netlint.network.values import Maybe, Unknown
from sagemaker_netlint.network.ways import Link, Way, blocked

_DATA = "s3"


@dataclass(frozen=True, slots=True)
class Lack:
    """The services without a way, the reason for doubt where there is one, and the VPC if it is in sight.

    `out` is the way that would stand in for the missing endpoints.
    """

    missing: tuple[str, ...]
    doubt: Unknown | None
    vpc: Vpc | None
    out: Way

    @property
    def links(self) -> tuple[Link, ...]:
        """What was followed: to the way out that isn't there, and to the VPC without the endpoints."""
        end = f"has no endpoint for {', '.join(self.missing)}"
        return self.out.chain + (((self.vpc, end),) if self.vpc is not None else ())

    def __str__(self) -> str:
        """Return what was seen, for people."""
        place = f"`{self.vpc.address}`" if self.vpc is not None else "its VPC"
        end = f", and `{self.out.chain[-1][0].address}` {self.out.chain[-1][1]}" if self.out.chain else ""
        return f"{place} has no endpoint for {', '.join(self.missing)}{end}"


def lack_of(
    deployment: Deployment,
    interface: Interface,
    wanted: Sequence[str],
    isolation: Maybe[bool],
    *,
    nat_may_stand_in: bool,
) -> Lack | None:
    """Return what of the wanted services has no way out of the interface's subnets; `None`: nothing.

    Containers in network isolation call nobody: S3 alone is left, where SageMaker moves the data.
    """
    if isolation is True:
        wanted = [service for service in wanted if service == _DATA]
    found = coverage(deployment, vpc_of(deployment, interface), wanted)
    if not found.missing:
        return None
    out = common_way_out(deployment, interface.subnets) if nat_may_stand_in else blocked()
    if out.exists is True:
        return None
    missing = (_DATA,) if isinstance(isolation, Unknown) and _DATA in found.missing else found.missing
    only_if = None
    if isinstance(isolation, Unknown) and missing != (_DATA,):
        only_if = Unknown(f"its EnableNetworkIsolation is not known: {isolation.reason}")
    doubts = (found.doubt, out.exists, only_if)
    doubt = next((item for item in doubts if isinstance(item, Unknown)), None)
    return Lack(missing, doubt, found.vpc, out)


def shut_in(deployment: Deployment, interface: Interface) -> SecurityGroup | None:
    """Return a group of the interface where all of its groups for certain let no HTTPS out to a service.

    A rule that names ranges or a prefix list may lead to one, and so may one that names an endpoint's group.
    """
    groups = deployment.find_all(SecurityGroup, interface.groups)
    known = [group for group in groups if isinstance(group, SecurityGroup)]
    if len(known) < len(groups) or not known or deployment.unread_about(*known) is not None:
        return None
    party = Party("a service", tuple(_groups_of_endpoints(deployment, interface)), _NOWHERE)
    rules = [rule for group in known for rule in deployment.egress_of(group)]
    if any(isinstance(rule, Unknown) or _leads_on(rule) for rule in rules):
        return None
    way = lets_through(deployment, interface.groups, "egress", HTTPS, party)
    return known[0] if way.exists is False else None


_NOWHERE = (Unknown("the addresses of the service are not declared here"),)


def _groups_of_endpoints(deployment: Deployment, interface: Interface) -> Iterator[str | Unknown]:
    for endpoints in endpoints_in(deployment, vpc_of(deployment, interface)):
        for endpoint in endpoints:
            yield from listed(endpoint.security_groups)


def _leads_on(rule: SecurityGroupRule) -> bool:
    """Say whether the rule may allow HTTPS to more than the groups that it names."""
    if rule.sources in (None, ()) and rule.prefix_lists in (None, ()):
        return False
    if isinstance(rule.protocol, str) and rule.protocol not in {"-1", HTTPS.protocol}:
        return False
    first, last = rule.from_port, rule.to_port
    if rule.protocol == HTTPS.protocol and isinstance(first, int) and isinstance(last, int) and first >= 0:
        return first <= HTTPS.from_port <= last
    return True
