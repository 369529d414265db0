"""SMN603 vpc-dns-off: endpoints with private DNS in a VPC that doesn't answer private names.

EC2 refuses to turn private DNS on there; where the VPC is changed later, the services' names give public
addresses again, to which there may be no way.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, seen, undecided, violation
from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.endpoint_ways import answers_names
from sagemaker_netlint.network.endpoints import endpoints_in, is_interface
from sagemaker_netlint.network.topology import Vpc, VpcEndpoint
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.endpoint_calls import shown, to_judge
from sagemaker_netlint.rules.existing import DEPENDENTS, at_dependent
from sagemaker_netlint.rules.rule import Rule


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:
    """Judge every VPC in which an endpoint has, or may have, private DNS; an existing one at who calls it."""
    vpcs: dict[str, tuple[Vpc, Declared]] = {vpc.identity: (vpc, vpc) for vpc in deployment.each(Vpc)}
    for endpoint, user in to_judge(deployment, policy):
        vpc = deployment.find(Vpc, endpoint.vpc)
        if isinstance(vpc, Vpc) and user is not endpoint:
            vpcs.setdefault(vpc.identity, (vpc, user))
    for vpc, user in vpcs.values():
        verdict = _judge(deployment, vpc)
        if verdict is not None:
            yield at_dependent(deployment, verdict, user)


def _judge(deployment: Deployment, vpc: Vpc) -> Verdict | None:
    way = answers_names(vpc)
    inside, perhaps = endpoints_in(deployment, vpc.identity)
    named = [e for e in inside if e.private_dns is True and is_interface(e) is not False]
    if way.exists is True or (way.exists is not False and not named):
        return None
    place = "dns_support" if vpc.dns_support is False else "dns_hostnames"
    if isinstance(way.exists, Unknown):
        message = f"whether it answers the private names of {shown(named)} is not known"
        return undecided(vpc, place, f"{message}: {way.exists.reason}")
    if named:
        message = f"{way.chain[-1][1]}, so nothing answers the private names of {shown(named)}"
        chain = tuple(seen(e, "has private DNS", "private_dns") for e in named)
        return violation(vpc, place, message, fix=way.fix, chain=chain)
    doubt = _doubt(inside, perhaps)
    return None if doubt is None else undecided(vpc, place, f"{way.chain[-1][1]}, and {doubt}", fix=way.fix)


def _doubt(inside: list[VpcEndpoint], perhaps: list[VpcEndpoint]) -> str | None:
    """Return why an endpoint with private DNS may lie in the VPC."""
    for endpoint in inside:
        if isinstance(endpoint.private_dns, Unknown) and is_interface(endpoint) is not False:
            reason = endpoint.private_dns.reason
            return f"whether `{endpoint.address}` has private DNS is not known: {reason}"
    for endpoint in perhaps:
        if endpoint.private_dns is True and isinstance(endpoint.vpc, Unknown):
            return f"whether `{endpoint.address}` lies in it is not known: {endpoint.vpc.reason}"
    return None


RULE = Rule(
    id="SMN603",
    name="vpc-dns-off",
    title="Private DNS of endpoints in a VPC without DNS",
    severity=Severity.HIGH,
    since="0.1.0",
    subjects=(Vpc,),
    stand_ins=DEPENDENTS,
    references=("https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html#vpc-dns-support",),
    check=check,
)
