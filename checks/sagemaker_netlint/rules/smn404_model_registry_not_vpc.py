"""SMN404 model-registry-not-vpc: a model whose image doesn't come from a private registry in the VPC.

The platform pulls the image from Amazon ECR over the service's network, where no endpoint policy of the owner
applies. With `Vpc` it comes from a Docker registry that is reached through the model's subnets.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, undecided, violation
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Model, ModelContainer
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.network_settings import of_models
from sagemaker_netlint.rules.rule import Rule

_FIX = "keep the image in a Docker registry in your VPC and set ImageConfig.RepositoryAccessMode to Vpc"


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every model that has images."""
    return of_models(deployment, _judge)


def _judge(model: Model) -> Iterator[Verdict]:
    containers = (model.containers,) if isinstance(model.containers, Unknown) else model.containers or ()
    for number, container in enumerate(containers, 1):
        which = f"container {number}: " if len(containers) > 1 else ""
        if isinstance(container, Unknown):
            yield undecided(model, "containers", f"{which}its settings are not known: {container.reason}")
        else:
            yield from _container(container, which)


def _container(container: ModelContainer, which: str) -> Iterator[Verdict]:
    mode = container.repository_access_mode
    if mode is None and container.image is None:
        return  # made from a model package: there is no image to pull
    if isinstance(mode, Unknown):
        message = f"{which}its RepositoryAccessMode is not known: {mode.reason}"
        yield undecided(container, "repository_access_mode", message)
    elif mode != "Vpc":
        state = "not set, and the default is Platform" if mode is None else f"`{mode}`, not `Vpc`"
        message = f"{which}RepositoryAccessMode is {state}"
        yield violation(container, "repository_access_mode", message, fix=_FIX)


RULE = Rule(
    id="SMN404",
    name="model-registry-not-vpc",
    title="Model image from a registry outside the VPC",
    severity=Severity.MEDIUM,
    since="0.1.0",
    subjects=(Model,),
    related=("SageMaker.16", "SageMaker.19"),
    references=("https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ImageConfig.html",),
    check=check,
)
