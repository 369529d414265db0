"""SMN102 domain-single-zone: a domain whose subnets span fewer availability zones than the policy asks.

Apps of a domain start in one of its subnets: with one zone, an outage of it takes Studio away from everybody.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, undecided, violation
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.placement import ZoneCount, zone_count
from sagemaker_netlint.network.workloads import Domain
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.rule import Rule


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:
    """Judge every domain that names subnets."""
    wanted = policy.subnets.minimum_zones
    fix = f"add subnets to SubnetIds until they span {wanted} availability zones"
    for domain in deployment.each(Domain):
        if domain.subnets in (None, ()):
            continue
        count = zone_count(deployment, domain.subnets)
        if count.at_most is not None and count.at_most < wanted:
            message = f"its subnets span {_shown(count)}, and the policy asks for {wanted}"
            yield violation(domain, "subnets", message, fix=fix)
        elif count.at_least < wanted:
            message = f"whether its subnets span {wanted} availability zones is not known: {count.reason}"
            yield undecided(domain, "subnets", message, fix=fix)


def _shown(count: ZoneCount) -> str:
    noun = "availability zone" if count.at_most == 1 else "availability zones"
    written = [zone for zone in count.zones if not zone.startswith("$")]
    names = f" ({', '.join(written)})" if written and not count.reason else ""
    return f"{'at most ' if count.reason and count.at_most != 1 else ''}{count.at_most} {noun}{names}"


RULE = Rule(
    id="SMN102",
    name="domain-single-zone",
    title="Studio domain in too few availability zones",
    severity=Severity.MEDIUM,
    since="0.1.0",
    subjects=(Domain,),
    references=("https://docs.aws.amazon.com/sagemaker/latest/dg/studio-updated-and-internet-access.html",),
    check=check,
)
