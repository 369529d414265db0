"""The policy: what an organisation requires. A profile of ours, or a file that extends one.

This module holds the typed settings. `sagemaker_netlint.policy_file` reads them from YAML.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from sagemaker_netlint.findings import Severity
from sagemaker_netlint.network.expected_use import KEYS, ExpectedUse


@dataclass(frozen=True, slots=True)
class RuleSetting:
    """What the policy says of one rule; `severity` None keeps the rule's own."""

    enabled: bool = True
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class SubnetSettings:
    """`longest_prefix` is the longest IPv4 prefix length a SageMaker subnet may have; zones are counted."""

    longest_prefix: int = 27
    minimum_zones: int = 2


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """Which VPC endpoints a VPC-only domain needs (short names), and whether a NAT path may stand in."""

    required: tuple[str, ...] = ("sagemaker.api", "sagemaker.runtime", "s3")
    nat_may_stand_in: bool = True


@dataclass(frozen=True, slots=True)
class JobSettings:
    """Whether a job with one instance, too, must encrypt the traffic between its containers."""

    encrypt_single_instance: bool = False


BUILT_IN = "built-in default"
"""The origin of a value of the expected use that no policy states."""


@dataclass(frozen=True, slots=True)
class DomainUse:
    """What the policy states about the use of the domains whose name or address is like `pattern`.

    `origin` is the place in the policy: "policy company.yaml: workload.domains.prod-*".
    """

    pattern: str
    values: Mapping[str, Any]
    origin: str

    def covers(self, name: str | None, address: str) -> bool:
        """Say whether the domain is meant: the pattern matches it, or is its name or address as it stands.

        In Terraform's addresses the brackets of an instance key are no set of characters.
        """
        return any(
            text == self.pattern or fnmatchcase(text, self.pattern)
            for text in (name, address)
            if text is not None
        )


@dataclass(frozen=True, slots=True)
class WorkloadSettings:
    """The expected use of domains: the default, and what differs for some, in the order written."""

    default: ExpectedUse = field(default_factory=lambda: ExpectedUse(origins=dict.fromkeys(KEYS, BUILT_IN)))
    domains: tuple[DomainUse, ...] = ()

    def for_domain(self, name: str | None, address: str) -> ExpectedUse:
        """Return the expected use of a domain; where several patterns match, the last one wins key by key."""
        use = self.default
        for entry in self.domains:
            if entry.covers(name, address):
                use = stated(use, entry.values, entry.origin)
        return use


def stated(use: ExpectedUse, values: Mapping[str, Any], origin: str) -> ExpectedUse:
    """Return the use with what a part of a policy states; each key's origin is its own key path.

    Raises:
        ValueError: a key is not known, or a value is not one that it takes; the text says which.

    """
    for key, value in values.items():
        use = use.changed({key: value}, f"{origin}.{key}")
    return use


@dataclass(frozen=True, slots=True)
class Policy:
    """The effective policy: every setting has a value. A rule that isn't named is off."""

    name: str
    rules: Mapping[str, RuleSetting] = field(default_factory=dict)
    fail_undecided: bool = False
    parameters: Mapping[str, Any] = field(default_factory=dict)
    subnets: SubnetSettings = field(default_factory=SubnetSettings)
    endpoints: EndpointSettings = field(default_factory=EndpointSettings)
    jobs: JobSettings = field(default_factory=JobSettings)
    workload: WorkloadSettings = field(default_factory=WorkloadSettings)
    inventory: tuple[str, ...] = ()
    waivers: tuple[Mapping[str, Any], ...] = ()

    def setting(self, rule_id: str) -> RuleSetting:
        """Return the rule's setting; a rule that the policy doesn't name is disabled."""
        return self.rules.get(rule_id, RuleSetting(enabled=False))
