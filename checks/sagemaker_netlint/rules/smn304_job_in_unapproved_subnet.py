"""SMN304 job-in-unapproved-subnet: a job in subnets that are neither a domain's nor approved by the policy.

The network settings of a Studio domain are not handed on to the jobs that its users start: a job runs where
its own VpcConfig says, past the routes, endpoints and groups that were made for the domain.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from sagemaker_netlint.findings import Severity, Verdict, undecided, violation
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.placement import is_among
from sagemaker_netlint.network.security import listed
from sagemaker_netlint.network.topology import Subnet
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Domain, Job
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.network_settings import model_of
from sagemaker_netlint.rules.rule import Rule

_FIX = "give {} subnets of the domain, or add its own to jobs.approved_subnets in the policy"


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:
    """Judge every job in a VPC, where there are subnets to compare its own with."""
    theirs = [subnet for domain in deployment.each(Domain) for subnet in listed(domain.subnets)]
    patterns = policy.jobs.approved_subnets
    for job in deployment.each(Job) if theirs or patterns else ():
        others = [ref for ref in listed(job.subnets) if not _matches(deployment, ref, patterns)]
        fix = _FIX.format(model_of(deployment, job) or "it")
        answers = [(ref, is_among(deployment, ref, theirs)) for ref in others]
        wrong = [f"`{deployment.address_of(str(ref)) or ref}`" for ref, answer in answers if answer is False]
        doubt = next((answer for _, answer in answers if isinstance(answer, Unknown)), None)
        if wrong:
            message = f"it runs in {', '.join(wrong)}: neither a domain's nor in jobs.approved_subnets"
            yield violation(job, "subnets", message, fix=fix)
        elif doubt is not None:
            message = f"whether its subnets are a domain's, or approved, is not known: {doubt.reason}"
            yield undecided(job, "subnets", message, fix=fix)


def _matches(deployment: Deployment, ref: str | Unknown, patterns: tuple[str, ...]) -> bool:
    found = deployment.find(Subnet, ref)
    own = () if isinstance(ref, Unknown) else (ref,)
    names = (*own, found.address, *found.names) if isinstance(found, Subnet) else own
    return any(fnmatchcase(name, pattern) or name == pattern for name in names for pattern in patterns)


RULE = Rule(
    id="SMN304",
    name="job-in-unapproved-subnet",
    title="Job in a subnet that is not approved",
    severity=Severity.MEDIUM,
    since="0.1.0",
    subjects=(Job,),
    references=("https://docs.aws.amazon.com/sagemaker/latest/dg/infrastructure-give-access.html",),
    check=check,
)
