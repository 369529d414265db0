"""SMN305 distributed-job-group-closed: a job on several instances whose groups don't admit themselves.

The instances find each other by their interfaces in the VPC. Where nothing admits them they wait for each
other until the job times out. An EFA takes rules only that name the group itself, for all traffic.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict
from sagemaker_netlint.network.among_instances import CONNECTIONS, among_instances, instances_talk
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.interfaces import Interface, interfaces_of
from sagemaker_netlint.network.security import ESP, EVERYTHING, IKE
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Job
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.instance_traffic import efa_of_job, open_to_themselves, verdict
from sagemaker_netlint.rules.rule import Rule


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every job in a VPC that runs, or may run, on several instances."""
    for job in deployment.each(Job):
        needed = instances_talk(job)
        for interface in interfaces_of(deployment, job) if needed is not False else ():
            yield from _judge(deployment, job, interface, needed=needed) if interface.groups else ()


def _judge(
    deployment: Deployment, job: Job, interface: Interface, *, needed: bool | Unknown
) -> Iterator[Verdict]:
    efa, encryption = efa_of_job(job), job.traffic_encryption
    by_group = list(among_instances(deployment, interface, EVERYTHING, by_group=True))
    plain = list(among_instances(deployment, interface, CONNECTIONS))
    if efa is True:
        yield from verdict(job, interface, by_group, needed=needed)
    elif encryption is True:
        return  # what the groups see is encrypted: SMN308 asks for that
    elif not open_to_themselves(plain):
        if isinstance(encryption, Unknown) and needed is True:
            encrypted = among_instances(deployment, interface, IKE, ESP)
            needed = encryption if open_to_themselves(encrypted) else needed
        yield from verdict(job, interface, plain, needed=needed)
    elif isinstance(efa, Unknown):
        yield from verdict(job, interface, by_group, needed=efa)


RULE = Rule(
    id="SMN305",
    name="distributed-job-group-closed",
    title="Instances of a distributed job can't reach each other",
    severity=Severity.HIGH,
    since="0.1.0",
    subjects=(Job,),
    references=(
        "https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html",
        "https://docs.aws.amazon.com/sagemaker/latest/dg/process-vpc.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-start.html",
    ),
    check=check,
)
