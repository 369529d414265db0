"""SMN409 workforce-outside-vpc: a private labeling workforce whose portal isn't bound to a VPC.

Without a WorkforceVpcConfig the labeling portal, and the data that it shows, are reached over the internet.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, undecided, violation
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Workforce
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.rule import Rule

_FIX = "set WorkforceVpcConfig with a VPC, subnets and security groups of yours"
_PARTS = (("vpc", "VPC"), ("subnets", "subnets"), ("security_groups", "security groups"))


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every workforce; CreateWorkforce makes private ones only."""
    for workforce in deployment.each(Workforce):
        absent = [field for field, _ in _PARTS if getattr(workforce, field) in (None, "", ())]
        if len(absent) == len(_PARTS):
            message = "it has no WorkforceVpcConfig, so its portal is reached over the internet"
            yield violation(workforce, "vpc", message, fix=_FIX)
        elif absent:
            nouns = " and no ".join(noun for field, noun in _PARTS if field in absent)
            message = f"its WorkforceVpcConfig names no {nouns}"
            yield violation(workforce, absent[0], message, fix=_FIX)
        else:
            yield from _open(workforce)


def _open(workforce: Workforce) -> Iterator[Verdict]:
    for field, noun in _PARTS:
        value = getattr(workforce, field)
        if isinstance(value, Unknown):
            verb = "is" if field == "vpc" else "are"
            yield undecided(workforce, field, f"its {noun} {verb} not known: {value.reason}", fix=_FIX)
            return


RULE = Rule(
    id="SMN409",
    name="workforce-outside-vpc",
    title="Private labeling workforce outside a VPC",
    severity=Severity.MEDIUM,
    since="0.1.0",
    subjects=(Workforce,),
    references=("https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateWorkforce.html",),
    check=check,
)
