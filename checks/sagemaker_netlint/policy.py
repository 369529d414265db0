"""The policy: what an organisation requires. A profile of ours, or a file that extends one.

This module holds the typed settings. `sagemaker_netlint.policy_file` reads them from YAML.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

from sagemaker_netlint.findings import Severity
from sagemaker_netlint.network.declared import Location
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


BY_FEATURE: Mapping[str, tuple[str, ...]] = {
    "notebook": ("sagemaker.api", "sagemaker.runtime", "s3"),
    "job": ("s3",),
    "hosting": ("s3",),
    "canvas": (
        *("application-autoscaling", "athena", "sagemaker.api", "sagemaker.runtime", "notebook"),
        *("sagemaker-data-science-assistant", "sts", "ecr.api", "ecr.dkr", "ec2", "s3", "redshift-data"),
        *("secretsmanager", "ssm", "monitoring", "logs"),
    ),
    "rstudio": ("sagemaker.api", "license-manager"),
    "projects": ("servicecatalog", "sagemaker.api"),
}
"""What the input may show to be in use, and the services that it needs without a way to the internet.

Notebook instances without internet access, jobs and models in a VPC, and what a domain has turned on:
https://docs.aws.amazon.com/sagemaker/latest/dg/appendix-notebook-and-internet-access.html, train-vpc.html,
host-vpc.html, canvas-vpc.html, rstudio-network.html, studio-updated-and-internet-access.html.
"""


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """Which VPC endpoints are needed (short names of services), and whether a NAT path may stand in.

    `required` are those of a VPC-only domain, `by_feature` those of what the input shows to be in use.
    """

    required: tuple[str, ...] = ("sagemaker.api", "sagemaker.runtime", "s3")
    by_feature: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: BY_FEATURE)
    nat_may_stand_in: bool = True


@dataclass(frozen=True, slots=True)
class EgressSettings:
    """Whether workloads may reach the internet at all, over NAT, a proxy or open groups."""

    internet_allowed: bool = True


@dataclass(frozen=True, slots=True)
class JobSettings:
    """Whether a job with one instance, too, must encrypt the traffic between its containers.

    `approved_subnets` are patterns on ids and addresses of subnets in which jobs may run, beside those of a
    domain. `definitions_required` says that the definitions of pipelines must be in sight.
    """

    encrypt_single_instance: bool = False
    approved_subnets: tuple[str, ...] = ()
    definitions_required: bool = False


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
class SuppressionSettings:
    """Whether an ignore beside a resource must give its reason to hold."""

    reason_required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """An exception of the policy: findings of a rule that don't count.

    `subject` is a pattern on addresses, `files` one on paths relative to `folder`, the real path of the
    folder of the policy file. `expires` is the last day on which it holds, `None` where it has no end.
    """

    rule_id: str
    reason: str
    location: Location
    folder: str
    subject: str = "*"
    files: str = "*"
    owner: str = ""
    expires: date | None = None

    def covers(self, rule_id: str, subject: str, files: Iterable[str]) -> bool:
        """Say whether a finding is meant; `files` are the paths by which its place is known."""
        if rule_id != self.rule_id or not is_like(subject, self.subject):
            return False
        return any(is_like(file, self.files) for file in files)

    def has_expired(self, today: date) -> bool:
        """Say whether its last day is over."""
        return self.expires is not None and self.expires < today


def is_like(text: str, pattern: str) -> bool:
    """Say whether a text is like a pattern, in which `*` stands for any characters.

    Nothing else is special: an address has brackets (`aws_x.y["a"]`), elsewhere a set of characters.
    """
    first, *rest = pattern.split("*")
    if not rest:
        return text == pattern
    if not text.startswith(first):
        return False
    *middle, last = rest
    at = len(first)
    for part in middle:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return len(text) - len(last) >= at and text.endswith(last)


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
    egress: EgressSettings = field(default_factory=EgressSettings)
    workload: WorkloadSettings = field(default_factory=WorkloadSettings)
    inventory: tuple[str, ...] = ()
    suppressions: SuppressionSettings = field(default_factory=SuppressionSettings)
    waivers: tuple[Waiver, ...] = ()

    @property
    def nat_may_stand_in(self) -> bool:
        """Whether a way over NAT may stand in for a missing endpoint: not where the internet is forbidden."""
        return self.endpoints.nat_may_stand_in and self.egress.internet_allowed

    def setting(self, rule_id: str) -> RuleSetting:
        """Return the rule's setting; a rule that the policy doesn't name is disabled."""
        return self.rules.get(rule_id, RuleSetting(enabled=False))
