"""SMN106 vpc-only-without-security-group: a VPC-only domain that gives the users' apps no security group.

In VPC-only mode the service asks for groups in the domain's default user settings, or in every profile.
Without either, the service refuses a user profile (API reference, UserSettings).
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, seen, undecided, violation
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.studio import is_vpc_only, profiles_of
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Domain
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.rule import Rule

_FIELD = "user_security_groups"
_FIX = "set SecurityGroups in DefaultUserSettings, or in UserSettings of every user profile"


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every domain whose default user settings are not known to name a group."""
    for domain in deployment.each(Domain):
        mode = is_vpc_only(domain)
        if mode is False:
            continue
        verdict = _judge(deployment, domain)
        if verdict is not None and isinstance(mode, Unknown):
            message = f"no security group in sight, and its AppNetworkAccessType is not known: {mode.reason}"
            verdict = undecided(domain, _FIELD, message, fix=_FIX)
        if verdict is not None:
            yield verdict


def _judge(deployment: Deployment, domain: Domain) -> Verdict | None:
    """Return what is wrong with a domain in VPC-only mode."""
    match domain.user_security_groups:
        case Unknown(reason=reason):
            return undecided(domain, _FIELD, f"its default user settings are not known: {reason}", fix=_FIX)
        case (_, *_):
            return None
    profiles = profiles_of(deployment, domain)
    bare = [profile for profile in profiles.certain if profile.security_groups in (None, ())]
    doubtful = [p for p in profiles.certain if isinstance(p.security_groups, Unknown)]
    if not profiles.certain:
        doubtful = [p for p in profiles.possible if p.security_groups not in (None, ())]
    if profiles.certain and not bare and not doubtful:
        return None
    if doubtful and not bare:
        message = f"whether user profile `{doubtful[0].address}` brings its own security group is not known"
        return undecided(domain, _FIELD, message, fix=_FIX)
    message = "VpcOnly, and neither its default user settings nor every user profile names a security group"
    return violation(domain, _FIELD, message, fix=_FIX, chain=tuple(seen(p, "names none") for p in bare))


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
