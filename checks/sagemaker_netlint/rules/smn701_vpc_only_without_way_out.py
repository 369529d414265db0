"""SMN701 vpc-only-without-way-out: a VPC-only domain from which nothing at all leads out.

No app starts there. SMN601 lists the endpoints that are missing, this says that nothing works at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sagemaker_netlint.findings import Severity, Verdict, seen, undecided, violation
from sagemaker_netlint.network.attachments import subnets_of
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.domain_ways import how_to_reach, ways_to_services
from sagemaker_netlint.network.endpoints import coverage
from sagemaker_netlint.network.reachability import way_out
from sagemaker_netlint.network.studio import is_vpc_only
from sagemaker_netlint.network.topology import Subnet
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.ways import Way, some
from sagemaker_netlint.network.workloads import Domain
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.rule import Rule


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:
    """Judge every domain, in or perhaps in VPC-only mode, of which subnets and endpoints are in sight."""
    wanted = policy.endpoints.required
    for domain in deployment.each(Domain):
        found = subnets_of(deployment, domain)
        subnets = [subnet for subnet in found if isinstance(subnet, Subnet)]
        hidden = len(subnets) < len(found) or coverage(deployment, domain.vpc, wanted).doubt is not None
        out = some(way_out(deployment, subnet) for subnet in subnets)
        if not wanted or hidden or out is None or out.exists is True or is_vpc_only(domain) is False:
            continue
        ways = ways_to_services(deployment, domain, wanted)
        if all(way is None or way.exists is False for way in ways.values()):
            yield _verdict(domain, out, ways)


def _verdict(domain: Domain, out: Way, ways: Mapping[str, Way | None]) -> Verdict:
    fix, there = how_to_reach(ways), [way for way in ways.values() if way is not None]
    shut = f"none of {', '.join(ways)} is reachable over an endpoint"
    for doubt in (out.exists, is_vpc_only(domain)):
        if isinstance(doubt, Unknown):
            message = f"{shut}, and whether anything else leads out is not known: {doubt.reason}"
            return undecided(domain, "vpc", message, fix=fix)
    links = tuple(seen(*link) for way in (out, *there) for link in way.chain)
    return violation(domain, "vpc", f"{shut}, and no subnet has a NAT path", fix=fix, chain=links)


RULE = Rule(
    id="SMN701",
    name="vpc-only-without-way-out",
    title="VPC-only domain without any way out",
    severity=Severity.HIGH,
    since="0.1.0",
    subjects=(Domain,),
    references=("https://docs.aws.amazon.com/sagemaker/latest/dg/studio-updated-and-internet-access.html",),
    check=check,
)
