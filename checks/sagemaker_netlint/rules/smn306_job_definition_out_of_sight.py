"""SMN306 job-definition-out-of-sight: jobs that are declared where nobody who reads the input sees them.

A pipeline's definition may lie in S3, and a step may take its whole request from the input of a run: no rule
can judge what these start. A state machine that is out of sight may have nothing to do with SageMaker.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, undecided, violation
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.workloads import JobDocument
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.rule import Rule

_FIX = "put a copy of the definition into the template (PipelineDefinitionBody)"
_JOBS = "the network settings of the jobs that it starts are not known"
_MACHINE = "whether it starts SageMaker jobs is not known"


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:
    """Judge every document that declares jobs, or may declare some."""
    for document in deployment.each(JobDocument):
        field = "stored" if document.stored is True else "body"
        if document.kind == "pipeline" and document.stored is True:
            message = "its definition lies in S3, so the network settings of its jobs are out of sight"
            say = violation if policy.jobs.definitions_required else undecided
            yield say(document, field, message, fix=_FIX)
        elif document.whole is not None:
            doubt = _MACHINE if document.kind == "state machine" else _JOBS
            yield undecided(document, field, f"{doubt}: {document.whole.reason}")
        for part in document.unread:
            yield undecided(document, field, f"what it starts is not wholly in sight: {part.reason}")


RULE = Rule(
    id="SMN306",
    name="job-definition-out-of-sight",
    title="Definition of jobs is out of sight",
    severity=Severity.MEDIUM,
    since="0.1.0",
    subjects=(JobDocument,),
    references=(
        "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_PipelineDefinitionS3Location.html",
    ),
    check=check,
)
