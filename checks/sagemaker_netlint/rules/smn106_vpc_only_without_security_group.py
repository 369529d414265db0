"""SMN106 vpc-only-without-security-group: a VPC-only domain that gives the users' apps no security group.

In VPC-only mode the service asks for groups in the domain's default user settings, or in every profile.
Without either, the service refuses a user profile (API reference, UserSettings).
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, seen, undecided, violation
from sagemaker_netlint.network import studio
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Domain
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.rule import Rule

_FIELD = "user_security_groups"
_MESSAGE = "VpcOnly, and neither its default user settings nor every user profile names a security group"
_FIX = "set SecurityGroups in DefaultUserSettings, or in UserSettings of every user profile"


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every domain whose default user settings are not known to name a group."""
    for domain in deployment.each(Domain):
        mode = studio.is_vpc_only(domain)
        verdict = None if mode is False else _judge(deployment, domain)
        if verdict is not None and isinstance(mode, Unknown):
            verdict = undecided(domain, _FIELD, f"no security group in sight, and {mode.reason}", fix=_FIX)
        if verdict is not None:
            yield verdict


def _judge(deployment: Deployment, domain: Domain) -> Verdict | None:
    """Return what is wrong with a domain in VPC-only mode."""
    match domain.user_security_groups:
        case Unknown(reason=reason):
            return undecided(domain, _FIELD, f"its default security groups are not known: {reason}", fix=_FIX)
        case (_, *_):
            return None
    own = studio.each_profile_brings_groups(deployment, domain)
    if isinstance(own, Unknown):
        return undecided(domain, _FIELD, own.reason, fix=_FIX)
    bare = [
        profile for profile in studio.profiles_of(deployment, domain).certain if studio.has_no_groups(profile)
    ]
    links = tuple(seen(profile, "names none") for profile in bare)
    return None if own else violation(domain, _FIELD, _MESSAGE, fix=_FIX, chain=links)


RULE = Rule(
    id="SMN106",
    name="vpc-only-without-security-group",
    title="VPC-only domain without a security group for the users' apps",
    severity=Severity.HIGH,
    since="0.1.0",
    subjects=(Domain,),
    references=("https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UserSettings.html",),
    check=check,
)
