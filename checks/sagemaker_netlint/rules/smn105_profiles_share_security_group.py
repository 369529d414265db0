"""SMN105 profiles-share-security-group: a VPC-only domain whose user profiles have no group of their own.

Members of one security group that admits itself reach each other's apps. A group for each profile keeps
the users apart, and lets firewalls and databases tell them from one another.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, seen, undecided, violation
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.studio import is_vpc_only, without_own_group
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Domain
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.rule import Rule

_FIX = "give each user profile a security group of its own in SecurityGroups of its UserSettings"


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every domain with two or more user profiles in sight that is, or may be, in VPC-only mode."""
    for domain in deployment.each(Domain):
        mode = is_vpc_only(domain)
        verdict = None if mode is False else _judge(deployment, domain)
        if verdict is not None and isinstance(mode, Unknown):
            message = f"its user profiles share security groups, and {mode.reason}"
            verdict = undecided(domain, "", message, fix=_FIX)
        if verdict is not None:
            yield verdict


def _judge(deployment: Deployment, domain: Domain) -> Verdict | None:
    bare, doubtful = without_own_group(deployment, domain)
    if bare:
        names = ", ".join(f"`{profile.address}`" for profile in bare)
        verb = "have no security groups of their own" if len(bare) > 1 else "has no security group of its own"
        links = tuple(seen(profile, "brings no group of its own", "security_groups") for profile in bare)
        return violation(domain, "", f"VpcOnly, and {names} {verb}", fix=_FIX, chain=links)
    for profile, doubt in doubtful:
        message = f"whether `{profile.address}` has a group of its own is not known: {doubt.reason}"
        return undecided(domain, "", message, fix=_FIX)
    return None


RULE = Rule(
    id="SMN105",
    name="profiles-share-security-group",
    title="User profiles of a VPC-only domain without security groups of their own",
    severity=Severity.MEDIUM,
    since="0.1.0",
    subjects=(Domain,),
    references=(
        "https://docs.aws.amazon.com/whitepapers/latest/sagemaker-studio-admin-best-practices/network-management.html",
        "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UserSettings.html",
    ),
    check=check,
)
