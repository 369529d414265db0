"""SMN308 encrypted-job-ports-closed: inter-container encryption is on, and the groups don't let it through.

The instances agree on keys over UDP 500 and then send ESP, IP protocol 50, to each other. A rule for TCP
alone passes neither.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict
from sagemaker_netlint.network.among_instances import among_instances, instances_talk
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.interfaces import interfaces_of
from sagemaker_netlint.network.security import ESP, IKE
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Job
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.instance_traffic import verdict
from sagemaker_netlint.rules.rule import Rule


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every job in a VPC with encryption between several instances."""
    for job in deployment.each(Job):
        needed, encryption = instances_talk(job), job.traffic_encryption
        if needed is False or encryption is None or encryption is False:
            continue
        if isinstance(encryption, Unknown):
            needed = Unknown(f"its EnableInterContainerTrafficEncryption is not known: {encryption.reason}")
        for interface in interfaces_of(deployment, job):
            if interface.groups:
                ways = among_instances(deployment, interface, IKE, ESP)
                yield from verdict(job, interface, ways, needed=needed)


RULE = Rule(
    id="SMN308",
    name="encrypted-job-ports-closed",
    title="Encrypted traffic between the instances of a job is shut out",
    severity=Severity.HIGH,
    since="0.1.0",
    subjects=(Job,),
    references=("https://docs.aws.amazon.com/sagemaker/latest/dg/train-encrypt.html",),
    check=check,
)
