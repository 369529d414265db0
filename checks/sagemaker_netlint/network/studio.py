"""What holds for Studio domains: the network mode, and the user profiles that belong to a domain."""

from __future__ import annotations

from dataclasses import dataclass

from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.security import listed
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Domain, UserProfile

VPC_ONLY = "VpcOnly"
"""The mode in which all traffic of the apps goes through the owner's VPC; the service compares case."""


def is_vpc_only(domain: Domain) -> bool | Unknown:
    """Say whether the domain is in VPC-only mode; absent means PublicInternetOnly."""
    mode = domain.app_network_access_type
    if isinstance(mode, Unknown):
        return Unknown(f"its AppNetworkAccessType is not known: {mode.reason}")
    return mode == VPC_ONLY


@dataclass(frozen=True, slots=True)
class Profiles:
    """The user profiles of a domain, and those that may be: their domain is not known."""

    certain: tuple[UserProfile, ...]
    possible: tuple[UserProfile, ...]


def profiles_of(deployment: Deployment, domain: Domain) -> Profiles:
    """Return the user profiles of the domain that are declared here."""
    found = [(profile, deployment.find(Domain, profile.domain)) for profile in deployment.each(UserProfile)]
    return Profiles(
        tuple(profile for profile, owner in found if owner is domain),
        tuple(profile for profile, owner in found if isinstance(owner, Unknown)),
    )


def each_profile_brings_groups(deployment: Deployment, domain: Domain) -> bool | Unknown:
    """Say whether the domain has user profiles in sight that all name security groups of their own.

    Where none is in sight for certain, one that may belong to the domain makes it unknown.
    """
    profiles = profiles_of(deployment, domain)
    if any(has_no_groups(profile) for profile in profiles.certain):
        return False
    doubtful = [p for p in profiles.certain if isinstance(p.security_groups, Unknown)]
    if not profiles.certain:
        doubtful = [p for p in profiles.possible if not has_no_groups(p)]
    if doubtful:
        return Unknown(
            f"whether user profile `{doubtful[0].address}` brings its own security group is not known"
        )
    return bool(profiles.certain)


def without_own_group(
    deployment: Deployment, domain: Domain
) -> tuple[list[UserProfile], list[tuple[UserProfile, Unknown]]]:
    """Return the user profiles of the domain without a security group of their own, and those in doubt.

    A group is a profile's own where neither the domain nor another profile names it: the domain's default
    groups are everybody's, since a profile's are added to them (UserSettings). One profile alone shares
    nothing in sight.
    """
    bare: list[UserProfile] = []
    doubtful: list[tuple[UserProfile, Unknown]] = []
    profiles = profiles_of(deployment, domain).certain
    if len(profiles) == 1:
        return bare, doubtful
    for profile in profiles:
        others = (other.security_groups for other in profiles if other is not profile)
        shared = {g for groups in (domain.user_security_groups, *others) for g in listed(groups)}
        own = [g for g in listed(profile.security_groups) if g not in shared or not _tells_itself(g)]
        unknown = [group for group in own if isinstance(group, Unknown)]
        if not own:
            bare.append(profile)
        elif len(unknown) == len(own):
            doubtful.append((profile, unknown[0]))
    return bare, doubtful


def _tells_itself(reference: str | Unknown) -> bool:
    """Say whether two references that look like this one are the same: one parameter has one value."""
    if isinstance(reference, Unknown):
        return reference.text is not None and "${...}" not in reference.text
    return True


def has_no_groups(profile: UserProfile) -> bool:
    """Say whether the profile names no security group for certain."""
    return profile.security_groups is None or profile.security_groups == ()
