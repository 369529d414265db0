"""SMN401 model-outside-vpc: a model that is attached to no VPC.

Its endpoints and batch transforms take the model's VpcConfig: without one the containers run in a VPC of
the service, and none of the owner's security groups or endpoint policies applies to them.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.workloads import Model
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.network_settings import of_models, outside_vpc
from sagemaker_netlint.rules.rule import Rule


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every model that may have a VpcConfig."""
    return of_models(deployment, outside_vpc)


RULE = Rule(
    id="SMN401",
    name="model-outside-vpc",
    title="Model outside a VPC",
    severity=Severity.HIGH,
    since="0.1.0",
    subjects=(Model,),
    related=("sagemaker-model-in-vpc",),
    references=("https://docs.aws.amazon.com/sagemaker/latest/dg/host-vpc.html",),
    check=check,
)
