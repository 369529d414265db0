"""SMN307 job-without-way-out: a job or model in a VPC that can't get at its data.

SageMaker moves data, models and results of a workload in a VPC through its subnets, with network isolation,
too. Without a way to S3 the job fails on its input, and the endpoint never loads its model.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Union

from sagemaker_netlint.findings import Severity, Verdict, seen, undecided, violation
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.interfaces import interfaces_of
from sagemaker_netlint.network.service_needs import Lack, lack_of, shut_in
from sagemaker_netlint.network.services import endpoint_to_add
from sagemaker_netlint.network.topology import SecurityGroup
from sagemaker_netlint.network.workloads import EndpointConfig, Job, Model
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.rule import Rule

Workload = Union[Job, Model, EndpointConfig]


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:
    """Judge every job, model and endpoint configuration in a VPC."""
    workloads: tuple[Workload, ...] = (
        *deployment.each(Job),
        *deployment.each(Model),
        *deployment.each(EndpointConfig),
    )
    nat = policy.nat_may_stand_in
    for workload in workloads:
        wanted = policy.endpoints.by_feature.get("job" if isinstance(workload, Job) else "hosting", ())
        for interface in interfaces_of(deployment, workload) if wanted else ():
            isolation = workload.network_isolation
            lack = lack_of(deployment, interface, wanted, isolation, nat_may_stand_in=nat)
            yield from _judge(workload, lack, shut_in(deployment, interface))


def _judge(workload: Workload, lack: Lack | None, shut: SecurityGroup | None) -> Iterator[Verdict]:
    certain = lack if lack is not None and lack.doubt is None else None
    if lack is not None and lack.doubt is not None and shut is None:
        message = f"whether it has a way to {', '.join(lack.missing)} is not known: {lack.doubt.reason}"
        yield undecided(workload, "subnets", message)
    found = [str(certain)] if certain is not None else []
    fixes = [f"add VPC endpoints: {', '.join(map(endpoint_to_add, certain.missing))}"] if certain else []
    if shut is not None:
        found.append(f"`{shut.address}` allows no TCP 443 out")
        fixes.append(f"add an egress rule to `{shut.address}` for TCP 443 to endpoints and prefix lists")
    if found:
        chain = tuple(seen(item, text) for item, text in certain.links) if certain is not None else ()
        message = f"it has no way to what it needs: {'; '.join(found)}"
        yield violation(workload, "subnets", message, fix="; ".join(fixes), chain=chain)


RULE = Rule(
    id="SMN307",
    name="job-without-way-out",
    title="Job or model in a VPC without a way to its data",
    severity=Severity.HIGH,
    since="0.1.0",
    subjects=(Job, Model, EndpointConfig),
    references=(
        "https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html",
        "https://docs.aws.amazon.com/sagemaker/latest/dg/host-vpc.html",
    ),
    check=check,
)
