"""SMN408 hosting-single-zone: a model or endpoint configuration in a VPC, in one availability zone only.

SageMaker asks for subnets in two zones, even for one instance, and spreads the instances over the zones. In
one zone, its loss is the loss of the endpoint.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Union

from sagemaker_netlint.findings import Severity, Verdict, undecided, violation
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.placement import zone_count
from sagemaker_netlint.network.workloads import EndpointConfig, Model
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.rule import Rule

_WANTED = 2  # https://docs.aws.amazon.com/sagemaker/latest/dg/host-vpc.html
_FIX = "add a subnet in another availability zone to VpcConfig"


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every model and endpoint configuration that names subnets."""
    workloads: tuple[Union[Model, EndpointConfig], ...]
    workloads = (*deployment.each(Model), *deployment.each(EndpointConfig))
    for workload in workloads:
        if workload.subnets in (None, ()):
            continue
        count = zone_count(deployment, workload.subnets)
        if count.at_most is not None and count.at_most < _WANTED:
            zone = f" ({count.zones[0]})" if count.zones and not count.zones[0].startswith("$") else ""
            message = f"its subnets lie in one availability zone{zone}, and hosting asks for two"
            yield violation(workload, "subnets", message, fix=_FIX)
        elif count.at_least < _WANTED:
            message = f"whether its subnets span two availability zones is not known: {count.reason}"
            yield undecided(workload, "subnets", message, fix=_FIX)


RULE = Rule(
    id="SMN408",
    name="hosting-single-zone",
    title="Hosting in one availability zone only",
    severity=Severity.MEDIUM,
    since="0.1.0",
    subjects=(Model, EndpointConfig),
    references=("https://docs.aws.amazon.com/sagemaker/latest/dg/host-vpc.html",),
    check=check,
)
