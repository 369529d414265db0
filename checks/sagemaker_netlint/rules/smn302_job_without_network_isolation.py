"""SMN302 job-without-network-isolation: a job whose containers can call out to the network.

With network isolation the service still moves the data, but the containers reach nobody, save the other
instances of the same training cluster, and get no AWS credentials.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.workloads import Job
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.network_settings import model_of, without_isolation
from sagemaker_netlint.rules.rule import Rule

# https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-vpc.html: the job calls its shadow endpoint
_CLARIFY = frozenset({"model bias", "model explainability"})
_CLARIFY_HINT = (
    ", or ignore the rule for this job: Clarify needs the network where it starts a shadow endpoint"
)


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every job of a kind that knows the setting."""
    for job in deployment.each(Job):
        if job.has_isolation:
            hint = _CLARIFY_HINT if job.kind in _CLARIFY else ""
            yield from without_isolation(job, hint=hint, model=model_of(deployment, job))


RULE = Rule(
    id="SMN302",
    name="job-without-network-isolation",
    title="Job without network isolation",
    severity=Severity.MEDIUM,
    since="0.1.0",
    subjects=(Job,),
    related=("SageMaker.11", "SageMaker.12", "SageMaker.14", "SageMaker.20", "SageMaker.25"),
    references=("https://docs.aws.amazon.com/sagemaker/latest/dg/mkt-algo-model-internet-free.html",),
    check=check,
)
