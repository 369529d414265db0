"""SMN607 endpoint-policy-open: an endpoint that lets anybody do anything with its service.

Without a policy of its own an endpoint has one that allows all: data may leave over it to resources of any
account, by credentials that somebody brings along.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, undecided, violation
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.endpoint_policies import allows_all
from sagemaker_netlint.network.services import service_of, takes_policy
from sagemaker_netlint.network.topology import VpcEndpoint
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.endpoint_calls import to_judge
from sagemaker_netlint.rules.existing import DEPENDENTS, at_dependent
from sagemaker_netlint.rules.rule import Rule

_FIX = (
    "set PolicyDocument to one that names principals, actions and resources,"
    " or that denies what is not of your organisation"
)


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:
    """Judge every endpoint for an AWS service that takes a policy."""
    for endpoint, user in to_judge(deployment, policy):
        verdict = _judge(endpoint)
        if verdict is not None:
            yield at_dependent(deployment, verdict, user)


def _judge(endpoint: VpcEndpoint) -> Verdict | None:
    service, name = service_of(endpoint.service_name), endpoint.service_name
    if service is None or (isinstance(name, str) and not takes_policy(name)):
        return None
    is_open = allows_all(endpoint.policy, service if isinstance(service, str) else "")
    if is_open is False:
        return None
    doubt = next((value for value in (is_open, service) if isinstance(value, Unknown)), None)
    if doubt is not None:
        message = f"whether its policy allows everything is not known: {doubt.reason}"
        return undecided(endpoint, "policy", message, fix=_FIX)
    state = "is not set, and the default" if endpoint.policy is None else "is one that"
    message = f"PolicyDocument {state} allows everybody everything"
    return violation(endpoint, "policy", message, fix=_FIX)


RULE = Rule(
    id="SMN607",
    name="endpoint-policy-open",
    title="VPC endpoint with a policy that allows everything",
    severity=Severity.MEDIUM,
    since="0.1.0",
    subjects=(VpcEndpoint,),
    stand_ins=DEPENDENTS,
    references=("https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html",),
    check=check,
)
