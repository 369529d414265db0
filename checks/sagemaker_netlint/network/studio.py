"""What holds for Studio domains: the network mode, and the user profiles that belong to a domain."""

from __future__ import annotations

from dataclasses import dataclass

from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Domain, UserProfile

VPC_ONLY = "VpcOnly"
"""The mode in which all traffic of the apps goes through the owner's VPC; the service compares case."""


def is_vpc_only(domain: Domain) -> bool | Unknown:
    """Say whether the domain is in VPC-only mode; absent means PublicInternetOnly."""
    mode = domain.app_network_access_type
    return mode if isinstance(mode, Unknown) else mode == VPC_ONLY


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
