"""The policy: what an organisation requires. A profile of ours, or a file that extends one.

This module holds the typed settings. `sagemaker_netlint.policy_file` reads them from YAML.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sagemaker_netlint.findings import Severity


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
    workload: Mapping[str, Any] = field(default_factory=dict)
    inventory: tuple[str, ...] = ()
    waivers: tuple[Mapping[str, Any], ...] = ()

    def setting(self, rule_id: str) -> RuleSetting:
        """Return the rule's setting; a rule that the policy doesn't name is disabled."""
        return self.rules.get(rule_id, RuleSetting(enabled=False))
