"""SMN402 model-without-network-isolation: a model whose containers can call out to the network.

With network isolation the service still loads the model and passes the requests on, but the containers
reach nobody and get no AWS credentials.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.workloads import Model
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.network_settings import of_models, without_isolation
from sagemaker_netlint.rules.rule import Rule


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every model that may be isolated."""
    return of_models(deployment, without_isolation)


RULE = Rule(
    id="SMN402",
    name="model-without-network-isolation",
    title="Model without network isolation",
    severity=Severity.MEDIUM,
    since="0.1.0",
    subjects=(Model,),
    related=("SageMaker.5", "CKV_AWS_370"),
    references=("https://docs.aws.amazon.com/sagemaker/latest/dg/mkt-algo-model-internet-free.html",),
    check=check,
)
