"""The questions that jobs, models and endpoint configurations share: is it in a VPC, is it isolated.

A VpcConfig needs subnets and security groups, both (VpcConfig, API reference:
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_VpcConfig.html).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Union

from sagemaker_netlint.findings import Severity, Verdict, undecided, violation
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.hosting import serverless_models
from sagemaker_netlint.network.topology import Refs
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Cluster, EndpointConfig, Job, Model

Workload = Union[Job, Model, EndpointConfig, Cluster]

_VPC_FIX = "set VpcConfig with private subnets and security groups of yours"
_ISOLATION_FIX = "set EnableNetworkIsolation to true"


def model_of(deployment: Deployment, job: Job) -> str:
    """Return how a message names the model whose settings the job has, "" where they are the job's own."""
    model = deployment.find(Model, job.model)
    if not isinstance(model, Model):
        return ""
    return f"its model {model.step or f'`{model.address}`'}"


def outside_vpc(workload: Workload, model: str = "") -> Iterator[Verdict]:
    """Ask whether the workload, or its `model`, has a VpcConfig with subnets and security groups."""
    prefix = f"{model}: " if model else ""
    return without_vpc_config(workload, workload.subnets, workload.security_groups, prefix, _at(model))


def _at(model: str) -> str:
    return f" at {model}" if model else ""


def without_vpc_config(
    workload: Workload, subnets: Refs, groups: Refs, prefix: str = "", place: str = ""
) -> Iterator[Verdict]:
    """Ask whether a VpcConfig of the workload has subnets and security groups; `prefix` says which one.

    `place` ends the fix, where the VpcConfig isn't the workload's own.
    """
    fix = _VPC_FIX + place
    no_subnet, no_group = _is_empty(subnets), _is_empty(groups)
    if no_subnet and no_group:
        message = "it has no VpcConfig with subnets and security groups, so it runs in a VPC of the service"
        yield violation(workload, "subnets", prefix + message, fix=fix)
    elif no_subnet or no_group:
        field, noun = ("subnets", "subnet") if no_subnet else ("security_groups", "security group")
        message = f"its VpcConfig names no {noun}: without one it does not put the workload into a VPC"
        yield violation(workload, field, prefix + message, fix=fix)
    elif isinstance(subnets, Unknown):
        yield undecided(workload, "subnets", f"{prefix}its subnets are not known: {subnets.reason}")
    elif isinstance(groups, Unknown):
        message = f"{prefix}its security groups are not known: {groups.reason}"
        yield undecided(workload, "security_groups", message)


def without_isolation(
    workload: Union[Job, Model, EndpointConfig],
    *,
    hint: str = "",
    model: str = "",
    severity: Severity | None = None,
) -> Iterator[Verdict]:
    """Ask whether the containers of the workload, or of its `model`, are cut off from the network.

    `hint` is added to the fix.
    """
    isolation, prefix = workload.network_isolation, f"{model}: " if model else ""
    if isinstance(isolation, Unknown):
        message = f"its EnableNetworkIsolation is not known: {isolation.reason}"
        yield undecided(workload, "network_isolation", prefix + message)
    elif isolation is not True:
        state = "is not set, and the default is false" if isolation is None else "is false"
        message = f"EnableNetworkIsolation {state}: its containers can call out to the network"
        fix = _ISOLATION_FIX + _at(model) + hint
        yield violation(workload, "network_isolation", prefix + message, fix=fix, severity=severity)


def of_models(deployment: Deployment, ask: Callable[[Model], Iterator[Verdict]]) -> Iterator[Verdict]:
    """Put a question to every model but those that only serverless variants host."""
    serverless = serverless_models(deployment)
    for model in deployment.each(Model):
        hosted = serverless.get(model.identity, False)
        if isinstance(hosted, Unknown):
            for verdict in ask(model):
                reason = (
                    f"{verdict.message}; whether its endpoint is serverless is not known: {hosted.reason}"
                )
                yield undecided(verdict.subject, verdict.field, reason)
        elif not hosted:
            yield from ask(model)


def _is_empty(references: Refs) -> bool:
    return references is None or (isinstance(references, tuple) and not references)
