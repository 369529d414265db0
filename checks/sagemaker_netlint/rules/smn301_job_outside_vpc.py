"""SMN301 job-outside-vpc: a job, or a definition that starts jobs, that is attached to no VPC.

Without a VpcConfig the containers run in a VPC of the service and reach S3, and the internet, from there.
The settings of a Studio domain are not handed on to the jobs that its users start.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.workloads import Job
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.network_settings import model_of, outside_vpc
from sagemaker_netlint.rules.rule import Rule


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every job; serverless training takes a VpcConfig like any other (AWS's Python SDK passes it)."""
    for job in deployment.each(Job):
        yield from outside_vpc(job, model_of(deployment, job))


RULE = Rule(
    id="SMN301",
    name="job-outside-vpc",
    title="Job outside a VPC",
    severity=Severity.HIGH,
    since="0.1.0",
    subjects=(Job,),
    references=("https://docs.aws.amazon.com/sagemaker/latest/dg/infrastructure-give-access.html",),
    check=check,
)
