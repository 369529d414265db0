"""SMN606 gateway-endpoint-unrouted: a gateway endpoint that a workload's subnet has no route to.

A gateway endpoint works by routes, which EC2 adds to the listed route tables only. From other subnets calls
of S3 leave by the way to the internet, or nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, seen, undecided, violation
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.topology import VpcEndpoint
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.endpoint_calls import shown
from sagemaker_netlint.rules.existing import DEPENDENTS, at_dependent
from sagemaker_netlint.rules.rule import Rule
from sagemaker_netlint.rules.unrouted import Unrouted, unrouted


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:
    """Judge every gateway endpoint for a service that a workload in its VPC needs."""
    for endpoint, found in unrouted(deployment, policy):
        certain = [each for each in found if each.way.exists is False and each.doubt is None]
        if certain:
            said = _violation(endpoint, certain)
            yield at_dependent(deployment, said, certain[0].interface.workload)
            continue
        for each in found:
            for doubt in (each.way.exists, each.doubt):
                if isinstance(doubt, Unknown):
                    message = (
                        f"whether every subnet of its callers has a route to it is not known: {doubt.reason}"
                    )
                    said = undecided(endpoint, "route_tables", message)
                    yield at_dependent(deployment, said, each.interface.workload)
                    break
            else:
                continue
            break


def _violation(endpoint: VpcEndpoint, found: list[Unrouted]) -> Verdict:
    workloads, subnets = [each.interface.workload for each in found], [each.subnet for each in found]
    message = f"no route leads to it from {shown(subnets)}, from where {shown(workloads)} call it"
    fixes = dict.fromkeys(each.way.fix for each in found)
    use = seen(workloads[0], f"has interfaces in `{subnets[0].address}`", "subnets")
    chain = (use, *(seen(part, text) for part, text in found[0].way.chain))
    return violation(endpoint, "route_tables", message, fix="; ".join(fixes), chain=chain)


RULE = Rule(
    id="SMN606",
    name="gateway-endpoint-unrouted",
    title="Gateway endpoint without a route from a workload's subnet",
    severity=Severity.HIGH,
    since="0.1.0",
    subjects=(VpcEndpoint,),
    stand_ins=DEPENDENTS,
    references=(
        "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html",
        "https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html",
    ),
    check=check,
)
