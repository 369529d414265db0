"""SMN303 job-traffic-unencrypted: a job on several instances whose containers talk in the clear.

Encryption between containers has no effect on one instance, so single ones are judged only where the policy
asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, undecided, violation
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Job
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.rule import Rule

_SETTING = "EnableInterContainerTrafficEncryption"


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:
    """Judge every job of a kind that knows the setting."""
    for job in deployment.each(Job):
        if job.has_encryption and job.traffic_encryption is not True:
            yield from _unencrypted(job, single_too=policy.jobs.encrypt_single_instance)


def _unencrypted(job: Job, *, single_too: bool) -> Iterator[Verdict]:
    """Judge a job whose encryption is off or not known: the number of instances decides."""
    count, encryption = job.instance_count, job.traffic_encryption
    if isinstance(count, int) and count < 2 and not single_too:  # noqa: PLR2004 - "between" takes two
        return
    if isinstance(encryption, Unknown):
        message = f"its {_SETTING} is not known: {encryption.reason}"
        yield undecided(job, "traffic_encryption", message)
    elif isinstance(count, int) or single_too:
        state = "not set, and the default is false" if encryption is None else "false"
        parties = f"its {count} instances" if isinstance(count, int) and count > 1 else "its containers"
        message = f"the traffic between {parties} is not encrypted: {_SETTING} is {state}"
        yield violation(job, "traffic_encryption", message, fix=f"set {_SETTING} to true")
    else:
        reason = "it is not written" if count is None else count.reason
        message = f"{_SETTING} is off, and the number of instances is not known: {reason}"
        yield undecided(job, "instance_count", message)


RULE = Rule(
    id="SMN303",
    name="job-traffic-unencrypted",
    title="Traffic between the instances of a job is not encrypted",
    severity=Severity.MEDIUM,
    since="0.1.0",
    subjects=(Job,),
    related=("SageMaker.9", "SageMaker.10", "SageMaker.13", "SageMaker.15", "SageMaker.22", "CKV_AWS_369"),
    references=("https://docs.aws.amazon.com/sagemaker/latest/dg/train-encrypt.html",),
    check=check,
)
