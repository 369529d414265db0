"""SMN002 waiver-expired: a waiver of the policy that is past its last day, or matches nothing any more.

An exception that nobody ends stays for good. `sagemaker_netlint.waivers` tells; the subject is the policy.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.rule import Rule


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Yield nothing: no deployment knows the day, nor all findings; the inspection makes the findings."""
    yield from ()


RULE = Rule(
    id="SMN002",
    name="waiver-expired",
    title="A waiver that has expired or matches nothing",
    severity=Severity.MEDIUM,
    since="0.1.0",
    subjects=(),
    check=check,
)
